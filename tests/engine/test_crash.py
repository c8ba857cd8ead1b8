"""kill -9 at every step of a post: nothing lost, nothing posted twice, no false failure."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.engine.conftest import a_post, armed, until
from tmcore import Reason, TaskStatus
from tmcore.model import TaskDetail
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack
from tmserve.client import RemoteRack

pytestmark = [
    pytest.mark.real_time,  # its seconds are also those of other processes
    pytest.mark.timeout(120),  # two starts of a server, and a post, on a loaded machine
]

# Each step by a command that belongs to it; the phone freezes there, and thaws after the kill.
STEPS = {
    "check": "pm path",
    "push": "Movies/Rack",
    "scan": "scan_file",
    "open": "am start",
    "account": "input tap",
    "caption": "u2 setText",
    "watch": r"dumpWindowHierarchy \[false, \d+\]",
}


class Served:
    """`python -m tmserve` on one database, to be killed and started again."""

    def __init__(self, adb: PrivateAdb, database: Path) -> None:
        self._adb, self._database = adb, database
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> "Served":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tmserve", "--db", str(self._database), "--port", "0"],
            env={**os.environ, **self._adb.environment},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr
        for line in self._process.stderr:
            if "serving at" in line:
                self.url = line.split()[-1]
                return self
        raise AssertionError("the server did not start")

    def kill(self, how: signal.Signals = signal.SIGKILL) -> int:
        assert self._process
        assert self._process.stderr
        self._process.send_signal(how)
        code = self._process.wait(20)
        self._process.stderr.close()
        self._process = None
        return code

    def close(self) -> None:
        if self._process:
            self.kill()


@pytest.fixture
def served(adb: PrivateAdb, tmp_path: Path, migrated: Path) -> Iterator[Served]:
    served = Served(adb, Path(shutil.copy(migrated, tmp_path / "rack.db"))).start()
    yield served
    served.close()


async def created(served: Served, phones: VirtualRack, video: Path, **config: object) -> int:
    """Create one task over HTTP, once the phone is known."""
    async with RemoteRack(served.url) as rack:
        await until(lambda: is_ready(rack, phones.serials[0]))
        await rack.change_settings({"media_folders": [str(video.parent)]})
        return (await rack.create(a_post(video, phones.serials[0], **config))).task_ids[0]


async def has_posts(phones: VirtualRack, serial: str) -> bool:
    return bool(phones.posts(serial))


async def is_ready(rack: RemoteRack, serial: str) -> bool:
    return any(d.serial == serial and d.state == "ready" for d in await rack.devices())


async def ended(served: Served, task_id: int) -> TaskDetail:
    async with RemoteRack(served.url) as rack:
        return await asyncio.wait_for(rack.wait(task_id), 40)


@pytest.mark.parametrize("step", STEPS)
async def test_a_kill_before_the_press_costs_nothing_and_after_it_doubles_nothing(
    served: Served, phones: VirtualRack, video: Path, step: str
) -> None:
    """Killed in this step and started again: the phone's own record has the post exactly once.

    What the dead process had sent runs on the phone when it thaws, as on a real one.
    """
    serial = phones.serials[0]
    phones.fault(serial, "freeze", when={"command": STEPS[step]})
    task_id = await created(served, phones, video, upload_wait_time=10)
    await until(lambda: armed(phones, serial, "freeze"))

    served.kill()
    phones.heal(serial)
    served.start()
    task = await ended(served, task_id)

    await until(lambda: has_posts(phones, serial))
    assert len(phones.posts(serial)) == phones.truth(serial)["presses"] == 1
    if task.reason is not Reason.OUTCOME_UNKNOWN or step != "watch":
        assert task.status is TaskStatus.COMPLETED


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.2, 0.25, 0.3, 0.35])
async def test_a_kill_around_the_press_never_presses_twice(
    served: Served, phones: VirtualRack, video: Path, after_s: float
) -> None:
    """Killed at moments around the intent and the tap: at most one press, and no false failure."""
    serial = phones.serials[0]
    phones.fault(serial, "slow", seconds=0.25, when={"command": "mkdir .*press-"})
    task_id = await created(served, phones, video, upload_wait_time=5)
    await until(lambda: armed(phones, serial, "slow"))

    await asyncio.sleep(after_s)  # the moment itself is what is varied
    served.kill()
    phones.heal(serial)
    served.start()
    task = await ended(served, task_id)

    presses = phones.truth(serial)["presses"]
    assert presses <= 1
    if task.reason is not Reason.OUTCOME_UNKNOWN:
        assert (task.status, presses) == (TaskStatus.COMPLETED, 1)


async def test_a_killed_server_loses_no_acknowledged_task(
    served: Served, phones: VirtualRack, video: Path
) -> None:
    """Every id that a client was given is there after the restart."""
    first = await created(served, phones, video)
    async with RemoteRack(served.url) as rack:
        for serial in phones.serials:
            await until(partial(is_ready, rack, serial))
        later = [await rack.create(a_post(video, *phones.serials)) for _ in range(5)]

    served.kill()
    served.start()

    async with RemoteRack(served.url) as rack:
        for task_id in [first, *(i for created in later for i in created.task_ids)]:
            assert (await rack.task(task_id)).id == task_id
        assert (await rack.stats()).total == 1 + 5 * 4


async def in_step(rack: RemoteRack, task_id: int, step: str) -> bool:
    return (await rack.task(task_id)).step == step


async def test_sigterm_before_the_press_puts_the_task_back(
    served: Served, phones: VirtualRack, video: Path
) -> None:
    """A stopped server exits 0 soon, and its running task is pending again, not failed."""
    serial = phones.serials[0]
    phones.fault(serial, "slow", seconds=0.3)
    task_id = await created(served, phones, video)
    async with RemoteRack(served.url) as rack:
        await until(lambda: in_step(rack, task_id, "create"))

    assert served.kill(signal.SIGTERM) == 0
    phones.heal(serial)
    served.start()

    assert (await ended(served, task_id)).status is TaskStatus.COMPLETED
    assert len(phones.posts(serial)) == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_a_watch_that_a_shutdown_cut_goes_on(
    served: Served, phones: VirtualRack, video: Path, how: signal.Signals
) -> None:
    """An upload outlives the server, and is proved after its restart; nothing is pressed again."""
    serial = phones.serials[0]
    phones.fault(serial, "upload_slow", seconds=6)
    task_id = await created(served, phones, video, app="instagram", upload_wait_time=5)
    async with RemoteRack(served.url) as rack:
        await until(lambda: in_step(rack, task_id, "watch"))

    assert served.kill(how) == (0 if how is signal.SIGTERM else -how)
    served.start()
    async with RemoteRack(served.url) as rack:
        assert (await rack.task(task_id)).status is TaskStatus.RUNNING
    task = await ended(served, task_id)

    assert (task.status, task.reason) == (TaskStatus.COMPLETED, Reason.CONFIRMED), task.remark
    assert [attempt.kind for attempt in task.attempts] == ["post", "recover"]
    assert len(phones.posts(serial)) == phones.truth(serial)["presses"] == 1


async def test_a_shutdown_during_recovery_decides_nothing(
    served: Served, phones: VirtualRack, video: Path
) -> None:
    """Killed in the press, started without its phone, stopped at once: the next start asks it."""
    serial = phones.serials[0]
    phones.fault(serial, "slow", seconds=1, when={"command": "mkdir .*press-"})
    task_id = await created(served, phones, video, upload_wait_time=5)
    await until(lambda: armed(phones, serial, "slow"))
    served.kill()
    phones.heal(serial)
    phones.fault(serial, "unplugged")

    served.start()
    async with RemoteRack(served.url) as rack:
        assert (await rack.task(task_id)).step == "recover"
    assert served.kill(signal.SIGTERM) == 0
    phones.heal(serial)
    served.start()
    task = await ended(served, task_id)

    presses = phones.truth(serial)["presses"]
    assert presses <= 1
    if task.reason is not Reason.OUTCOME_UNKNOWN:
        assert (task.status, presses) == (TaskStatus.COMPLETED, 1)

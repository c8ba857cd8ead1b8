"""What harms the engine from its sides: a database, an adb server or a person at a bad moment."""

import asyncio
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import OpenRack, a_post, armed, at_step, device_is, post, until
from tmcore import BadInput, DeviceState, Rack, Reason, TaskStatus
from tmcore.devices import Hand
from tmcore.engine import crew as crew_module
from tmcore.engine import run as run_module
from tmcore.errors import AdbUnreachable, StoreFailed
from tmcore.phone import owner as owner_module
from tmcore.phone.adb import AdbPhone
from tmcore.store.store import Store
from tmcore.virtual.client import VirtualRack

pytestmark = pytest.mark.real_time  # its seconds are also those of other processes


async def is_free(rack: Rack, serial: str) -> None:
    """Wait until nobody is on the phone, neither in memory nor in the database."""
    await device_is(rack, serial, DeviceState.READY)
    assert await rack._store._read("SELECT id FROM attempt WHERE ended_at IS NULL") == []


async def test_an_adb_server_that_dies_in_mid_run_ends_the_task_by_name(
    rack: Rack, phones: VirtualRack, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the script nor the evidence can reach a phone: failed as device_lost, and free."""

    async def dead(*_: object, **__: object) -> None:
        raise AdbUnreachable("No adb server answers.")

    with monkeypatch.context() as patch:
        for name in ("scan", "look", "screenshot"):
            patch.setattr(AdbPhone, name, dead)
        task = await asyncio.wait_for(post(rack, video, phones.serials[0]), 8)

    assert (task.status, task.reason) == (TaskStatus.FAILED, Reason.DEVICE_LOST)
    await is_free(rack, phones.serials[0])
    await rack.retry(task.id)
    assert (await rack.wait(task.id)).status is TaskStatus.COMPLETED


async def test_evidence_that_cannot_be_kept_does_not_hold_the_task_up(
    rack: Rack, phones: VirtualRack, video: Path, tmp_path: Path
) -> None:
    """A full or forbidden folder costs the picture, not the end of the task."""
    (tmp_path / "rack.evidence").write_text("not a folder")
    phones.fault(phones.serials[0], "app_missing")

    task = await asyncio.wait_for(post(rack, video, phones.serials[0]), 8)

    assert task.reason is Reason.APP_MISSING


async def test_not_posted_waits_for_the_phone_that_may_still_press(
    rack: Rack, phones: VirtualRack, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own worker still settles after the press: the marker has to be contested, not assumed."""
    monkeypatch.setattr(owner_module, "_PRESS_S", 0.3)
    monkeypatch.setattr(run_module, "MARKER_WAIT_S", 0.3)
    serial = phones.serials[0]
    phones.fault(serial, "freeze", when={"command": "mkdir .*press-"})
    task_id = (await rack.create(a_post(video, serial))).task_ids[0]
    await until(lambda: armed(phones, serial, "freeze"))
    await rack.stop(task_id)
    assert (await rack.wait(task_id)).reason is Reason.OUTCOME_UNKNOWN

    with pytest.raises(BadInput, match="connected and free"):
        await rack.resolve(task_id, posted=False)
    phones.heal(serial)

    assert phones.wait(serial, presses=1)
    assert (await rack.task(task_id)).reason is Reason.OUTCOME_UNKNOWN


@pytest.mark.parametrize("verb", ["stop", "delete"])
async def test_a_stop_between_the_claim_and_the_start_is_not_lost(
    rack: Rack, phones: VirtualRack, video: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """Running in the database and on no hand yet: the stop finds it all the same."""
    claimed, go_on, claim = asyncio.Event(), asyncio.Event(), rack._store.claim

    async def slow(*args: Any) -> Any:
        taken = await claim(*args)
        claimed.set()
        await go_on.wait()
        return taken

    monkeypatch.setattr(rack._store, "claim", slow)
    task_id = (await rack.create(a_post(video, phones.serials[0]))).task_ids[0]
    await claimed.wait()
    ending = asyncio.ensure_future(rack.stop(task_id) if verb == "stop" else rack.delete([task_id]))
    await asyncio.sleep(0.05)
    go_on.set()
    await asyncio.wait_for(ending, 3)

    left = (await rack.stats()).failed if verb == "stop" else (await rack.stats()).total
    assert left == (1 if verb == "stop" else 0)
    assert phones.truth(phones.serials[0])["presses"] == 0


async def test_the_scheduler_outlives_a_database_that_cannot_be_read(
    rack: Rack, phones: VirtualRack, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read that fails is a StoreFailed, and the next turn starts the task."""
    database = rack._store._database
    failed = asyncio.Event()

    async def broken(*_: object) -> None:
        failed.set()
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(database, "_reader", broken)
        rack._scheduler.wake()
        await asyncio.wait_for(failed.wait(), 2)
        with pytest.raises(StoreFailed, match="disk I/O"):
            await rack.stats()

    assert (await asyncio.wait_for(post(rack, video, phones.serials[0]), 10)).ended_at


async def test_a_cancelled_hand_leaves_the_phone_free(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """Whoever left while a tap was on its way keeps no slot, and the next task runs."""
    serial = phones.serials[0]
    await rack.pause(serial, "by hand")

    for turn in range(40):
        acting = asyncio.create_task(rack.act(serial, Hand(key="wake")))
        await asyncio.sleep(turn * 0.0005)
        acting.cancel()
        await asyncio.gather(acting, return_exceptions=True)
    await rack.resume(serial)

    assert (await asyncio.wait_for(post(rack, video, serial), 10)).status is TaskStatus.COMPLETED


async def test_a_restored_backup_never_presses_again(
    open_rack: OpenRack, phones: VirtualRack, video: Path, tmp_path: Path
) -> None:
    """The phone remembers the press that the older database forgot: unknown, and no second one."""
    serial, database = phones.serials[0], tmp_path / "rack.db"
    async with open_rack() as rack:
        await device_is(rack, serial, DeviceState.READY)
        await rack.pause(serial, "until the backup is made")
        task_id = (await rack.create(a_post(video, serial))).task_ids[0]
    shutil.copy(database, tmp_path / "backup.db")
    async with open_rack() as rack:
        await device_is(rack, serial, DeviceState.PAUSED)
        await rack.resume(serial)
        assert (await rack.wait(task_id)).status is TaskStatus.COMPLETED
    _restore(tmp_path / "backup.db", database)

    async with open_rack() as rack:
        await device_is(rack, serial, DeviceState.PAUSED)
        await rack.resume(serial)
        task = await rack.wait(task_id)
        with pytest.raises(BadInput, match="resolve"):
            await rack.retry(task_id)

    assert task.reason is Reason.OUTCOME_UNKNOWN
    assert phones.truth(serial)["presses"] == 1


def _restore(backup: Path, database: Path) -> None:
    """Put the old file back; its later runs, on other phones, have larger numbers again."""
    for file in database.parent.glob("rack.db-*"):
        file.unlink()
    shutil.copy(backup, database)
    db = sqlite3.connect(database)
    db.execute("INSERT INTO sqlite_sequence VALUES ('attempt', 1000)")
    db.commit()
    db.close()


async def test_hurried_it_leaves_a_full_disk_to_the_next_start(
    open_rack: OpenRack, phones: VirtualRack, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An end that cannot be written is waited for, until somebody has no patience."""
    serial = phones.serials[0]
    phones.fault(serial, "slow", seconds=0.3)
    async with open_rack() as rack:
        await device_is(rack, serial, DeviceState.READY)
        task_id = (await rack.create(a_post(video, serial))).task_ids[0]
        await at_step(rack, task_id, "create")

        async def full(*_: object, **__: object) -> None:
            raise StoreFailed

        monkeypatch.setattr(rack._store, "apply", full)
        asyncio.get_running_loop().call_later(1, rack.hurry)
        left = asyncio.get_running_loop().time()

    assert asyncio.get_running_loop().time() - left < crew_module.DRAIN_S / 2
    phones.heal(serial)
    async with open_rack() as rack:
        assert (await rack.wait(task_id)).status is TaskStatus.COMPLETED


async def test_a_rack_that_cannot_open_lets_go_of_its_database(
    open_rack: OpenRack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where entering fails nothing is left open, so that it can be tried again."""

    async def broken(_: Store) -> None:
        raise StoreFailed

    with monkeypatch.context() as patch:
        patch.setattr(Store, "adopt_orphans", broken)
        with pytest.raises(StoreFailed):
            async with open_rack():
                raise AssertionError

    async with open_rack() as rack:
        assert (await rack.stats()).total == 0

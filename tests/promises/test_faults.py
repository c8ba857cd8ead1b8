"""Every known failure of adb at every step of a post: a reason of its own class, never two posts.

A slice by default; each failure at each step with TM_TORTURE=1.
"""

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import a_post, device_is
from tests.promises.checker import broken
from tests.promises.liar import Liar
from tests.promises.lies import LIES, Lie
from tmcore import AdbServer, DeviceState, Rack, Reason, TaskStatus
from tmcore.engine import run as run_module
from tmcore.engine import worker as worker_module
from tmcore.model import TaskDetail
from tmcore.phone import eyes as eyes_module
from tmcore.phone import link as link_module
from tmcore.phone import u2 as u2_module
from tmcore.phone.lane import Lane
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

STEPS = (
    "own", "check", "push", "scan", "open", "account", "create", "pick", "edit", "caption",
    "press", "watch",
)  # fmt: skip
AFTER_PRESS = {"press", "watch"}
SHORT_S = 0.4  # a deadline of a phone that hangs; with ten seconds each the matrix takes hours
ENDED_S = 60.0  # a bound on the whole of one case, on a machine that does much else


@dataclass(frozen=True)
class Case:
    """One failure from one step on, until the task has ended."""

    lie: Lie
    step: str

    def __str__(self) -> str:
        return f"{self.lie.name} from {self.step} on"


CASES = tuple(Case(lie, step) for lie in LIES for step in STEPS)
SLICE = tuple(Case(lie, STEPS[n % len(STEPS)]) for n, lie in enumerate(LIES) if n % 4 == 0)
CHOSEN = (
    [pytest.param(tuple(c for c in CASES if c.lie is lie), id=lie.name) for lie in LIES]
    if os.environ.get("TM_TORTURE")
    else [pytest.param(SLICE, id="slice")]
)


@pytest.fixture(scope="module")
def many(adb: PrivateAdb) -> Iterator[VirtualRack]:
    """As many phones as a post has steps: most of a case is waiting."""
    with VirtualRack(adb.port, len(STEPS), prefix="LIE") as rack:
        yield rack


@pytest.fixture
def phones(many: VirtualRack) -> VirtualRack:
    """Those phones as they left the factory."""
    many.reset()
    for serial in many.serials:  # an upload that is over before the first look proves nothing
        many.fault(serial, "upload_slow", seconds=2)
    return many


@pytest.fixture
async def liar(adb: PrivateAdb) -> Liar:
    return Liar(AdbServer("127.0.0.1", adb.port))


@pytest.fixture
async def rack(
    liar: Liar, phones: VirtualRack, tmp_path: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Rack]:
    """A rack that reaches its phones through the liar."""
    _hurry(liar, phones, monkeypatch)
    async with liar as server, Rack(tmp_path / "rack.db", adb=server) as rack:
        await rack.change_settings({"media_folders": [str(video.parent)]})
        for serial in phones.serials:
            await device_is(rack, serial, DeviceState.READY)
        yield rack


def _hurry(liar: Liar, phones: VirtualRack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give phones that hang less time, and only those: others may be slow honestly."""
    monkeypatch.setattr(link_module, "_PAUSE_S", 0.05)
    monkeypatch.setattr(link_module, "_LONGEST_PAUSE_S", 0.3)
    monkeypatch.setattr(worker_module, "EVIDENCE_S", 1.0)
    monkeypatch.setattr(run_module, "MARKER_WAIT_S", 1.0)
    monkeypatch.setattr(eyes_module, "LOOK_S", 4.0)
    monkeypatch.setattr(u2_module, "_START_S", 3.0)
    run = Lane.run

    async def hurried(lane: Lane, work: Any, *, deadline_s: float | None, **more: Any) -> Any:
        serial = lane._name.split()[0]
        if deadline_s is not None and liar.hangs(phones.addresses.get(serial, "")):
            deadline_s = min(deadline_s, SHORT_S)
        return await run(lane, work, deadline_s=deadline_s, **more)

    monkeypatch.setattr(Lane, "run", hurried)


@pytest.mark.timeout(600)  # of the machine's whole patience; each case has its own bound
@pytest.mark.parametrize("cases", CHOSEN)
async def test_each_failure_at_each_step_has_its_reason_and_no_second_post(
    cases: tuple[Case, ...],
    rack: Rack,
    liar: Liar,
    phones: VirtualRack,
    tmp_path: Path,
    video: Path,
) -> None:
    """It ends by name and in time, what was promised holds, and then the phone works."""
    if any(case.lie.only for case in cases):  # the second eye's lies: the first would not ask it
        await rack.change_settings({"first_eye": False})
    left, wrong = deque(cases), list[str]()

    async def work_off(serial: str) -> None:
        while left:
            case = left.popleft()
            wrong.extend(f"{case}: {said}" for said in await _endure(case, serial))

    async def _endure(case: Case, serial: str) -> list[str]:
        return [said async for said in endured(case, serial, rack, liar, phones, video)]

    await asyncio.gather(*(work_off(serial) for serial in phones.serials))

    assert wrong == []
    truths = {serial: phones.truth(serial) for serial in phones.serials}
    assert broken(tmp_path / "rack.db", truths) == []


async def endured(
    case: Case, serial: str, rack: Rack, liar: Liar, phones: VirtualRack, video: Path
) -> AsyncIterator[str]:
    """Live through one case; yield what should not be."""
    before = await asyncio.to_thread(lambda: len(phones.posts(serial)))
    wait_s = 5 if case.step in AFTER_PRESS else 60  # only they end by its being over
    created = await rack.create(a_post(video, serial, allow_repeat=True, upload_wait_time=wait_s))
    task_id = created.task_ids[0]
    address = phones.addresses[serial]
    spoiled = liar.spoil(address, case.lie, _from_step_on(rack, task_id, case.step))
    try:
        async with asyncio.timeout(ENDED_S):
            task = await rack.wait(task_id)
    except TimeoutError:
        yield f"not ended after {ENDED_S:g} s, but at {(await rack.task(task_id)).step}"
        return
    finally:
        liar.heal(address)
        rack._fleet.phones[serial]._eyes.forget()
    if task.reason not in _allowed(case, told=spoiled.told > 0):
        yield f"ended as {task.reason} ({task.remark})"
    again = await _once_more(rack, phones, video, task, before)
    if again.status is not TaskStatus.COMPLETED:
        yield f"after {task.reason} the next task ended as {again.reason} ({again.remark})"


def _from_step_on(rack: Rack, task_id: int, step: str) -> Callable[[], bool]:
    reached = False

    def is_time() -> bool:
        nonlocal reached
        hand = rack._fleet.hand_of(task_id)
        reached = reached or bool(hand and hand.step == step)
        return reached

    return is_time


def _allowed(case: Case, *, told: bool) -> set[Reason]:
    allowed = set(case.lie.reasons) if told else set()
    if case.step in AFTER_PRESS or not told or case.lie.only:
        allowed.add(Reason.CONFIRMED)
    if case.step in AFTER_PRESS:
        allowed.add(Reason.OUTCOME_UNKNOWN)
    return allowed


async def _once_more(
    rack: Rack, phones: VirtualRack, video: Path, task: TaskDetail, before: int
) -> TaskDetail:
    """Try it again, as a person would who has looked; a completed one needs no other."""
    if task.status is TaskStatus.COMPLETED:
        return task
    await device_is(rack, task.serial, DeviceState.READY)
    if task.reason is Reason.OUTCOME_UNKNOWN:
        now = await asyncio.to_thread(lambda: len(phones.posts(task.serial)))
        await rack.resolve(task.id, posted=now > before)
        if now > before:
            created = await rack.create(a_post(video, task.serial, allow_repeat=True))
            return await rack.wait(created.task_ids[0])
    await rack.retry(task.id)
    return await rack.wait(task.id)

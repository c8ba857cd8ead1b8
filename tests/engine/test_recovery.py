"""Recovery where the database or the adb server fails in the middle of it."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from tests.store.conftest import a_draft
from tmcore import Reason, TaskStatus
from tmcore.engine import patience
from tmcore.engine import recovery as recovery_module
from tmcore.engine.recovery import Recovery
from tmcore.engine.verification import Finding
from tmcore.errors import AdbUnreachable, StoreFailed
from tmcore.phone.port import Phone
from tmcore.store.attempts import Intent, Orphan
from tmcore.store.store import Store


class Marker:
    """A phone as far as a recovery asks it: the adb server is away for the first questions."""

    def __init__(self, *, away: int = 0, won: bool = True) -> None:
        self._away, self._won = away, won

    async def settle(self) -> None: ...

    async def own(self, epoch: int) -> None:
        del epoch
        if self._away:
            self._away -= 1
            raise AdbUnreachable

    async def void(self, marker: str, intended_in: int) -> bool:
        del marker, intended_in
        return self._won


@pytest.fixture
async def store(tmp_path: Path) -> Any:
    store = await Store.open(tmp_path / "rack.db")
    yield store
    await store.close()


async def nothing(orphan: Orphan) -> Finding:
    del orphan
    return Finding()


async def recovered(store: Store, phone: Marker) -> Any:
    """Crash a run after its intent, and recover it."""
    [task_id] = await store.insert([a_draft()])
    [claimed] = await store.claim([task_id])
    await store.intend(claimed, Intent("tiktok", "studio", "ab"))
    [orphan] = await store.adopt_orphans()
    recovery = Recovery(store, orphan, lambda _: cast("Phone", phone), nothing)
    await asyncio.wait_for(recovery.run(), 5)
    return await store.task(task_id)


async def test_an_adb_server_that_is_away_is_waited_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The phone is asked again: proved not pressed, and queued again."""
    monkeypatch.setattr(recovery_module, "PHONE_PAUSE_S", 0.01)

    task = await recovered(store, Marker(away=2))

    assert (task.status, task.reason) == (TaskStatus.PENDING, Reason.INTERRUPTED)


async def test_an_adb_server_that_stays_away_leaves_it_to_a_person(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could tell: unknown, and not running for ever."""
    monkeypatch.setattr(recovery_module, "PHONE_PAUSE_S", 0.01)
    monkeypatch.setattr(recovery_module, "PHONE_WAIT_S", 0.1)

    task = await recovered(store, Marker(away=10**6))

    assert (task.status, task.reason) == (TaskStatus.FAILED, Reason.OUTCOME_UNKNOWN)


@pytest.mark.parametrize("verb", ["set_press", "apply"])
async def test_a_full_disk_holds_a_recovery_up_and_no_more(
    store: Store, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """What the phone said is written as soon as there is room."""
    monkeypatch.setattr(patience, "PAUSE_S", 0.01)
    write, tries = getattr(store, verb), iter([True, True])

    async def full(*args: Any, **more: Any) -> None:
        if next(tries, False):
            raise StoreFailed
        await write(*args, **more)

    monkeypatch.setattr(store, verb, full)

    task = await recovered(store, Marker())

    assert (task.status, task.reason) == (TaskStatus.PENDING, Reason.INTERRUPTED)

"""Late evidence of a post whose outcome is unknown: found, not found, and never made."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.engine.conftest import device_is, post, until
from tmcore import DeviceState, NewAccount, Rack, Reason, TaskStatus
from tmcore.model import PressOutcome, TaskDetail
from tmcore.rules import verification
from tmcore.scripts.post import proof, script
from tmcore.virtual.client import VirtualRack

APP = "instagram"


@pytest.fixture
def gaps(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say after how many seconds it is looked again."""

    monkeypatch.setattr(proof, "COUNT_LOOKS", 0)  # right after the press nobody waits for it
    monkeypatch.setattr(script, "GLANCE_S", 0.5)

    def of(*seconds: float) -> None:
        monkeypatch.setattr(verification, "GAPS", [timedelta(seconds=s) for s in seconds])

    return of


async def settled(rack: Rack, task_id: int) -> bool:
    return (await rack.task(task_id)).reason is not Reason.OUTCOME_UNKNOWN


async def unknown_post(rack: Rack, phones: VirtualRack, video: Path) -> TaskDetail:
    """Press, and see no sign of an upload that lasts."""
    serial = phones.serials[0]
    phones.fault(serial, "badge_hidden")
    phones.fault(serial, "upload_slow", seconds=4)
    task = await post(rack, video, serial, app=APP, upload_wait_time=1)
    assert task.reason is Reason.OUTCOME_UNKNOWN
    phones.heal(serial, "badge_hidden")
    return task


async def test_a_post_that_comes_late_is_proved(
    rack: Rack, phones: VirtualRack, video: Path, gaps: Callable[..., None]
) -> None:
    """Completed on evidence, pressed once, and it says when and how it was proved."""
    gaps(0.5, 0.5, 0.5, 0.5)
    unknown = await unknown_post(rack, phones, video)

    await until(partial(settled, rack, unknown.id))

    task = await rack.task(unknown.id)
    assert (task.status, task.reason) == (TaskStatus.COMPLETED, Reason.CONFIRMED), task.remark
    assert task.remark.startswith("proved 0 min after the press: ")
    assert {attempt.kind for attempt in task.attempts} == {"post", "verify"}
    assert task.attempts[0].press is PressOutcome.CONFIRMED
    serial = phones.serials[0]
    assert phones.truth(serial)["presses"] == len(phones.posts(serial)) == 1


async def test_a_wall_met_while_looking_holds_the_account(
    rack: Rack, phones: VirtualRack, video: Path, gaps: Callable[..., None]
) -> None:
    """The task stays unknown, and nobody looks again before a person has released the account."""
    serial = phones.serials[0]
    account = phones.state(serial)["account"]
    await rack.add_account(NewAccount(app=APP, username=account, serial=serial))
    gaps(0.3, 0, 0)
    unknown = await unknown_post(rack, phones, video)
    phones.fault(serial, "dialog", kind="captcha", app=APP)

    async def held() -> bool:
        return (await rack.accounts(app=APP))[0].held is not None

    await until(held)
    await device_is(rack, serial, DeviceState.READY)
    task = await rack.task(unknown.id)
    assert task.reason is Reason.OUTCOME_UNKNOWN
    assert [attempt.kind for attempt in task.attempts] == ["post", "verify"]


async def test_a_person_ends_the_look(
    rack: Rack, phones: VirtualRack, video: Path, gaps: Callable[..., None]
) -> None:
    """Who resolves the task meanwhile waits for nothing, and what he said stands."""
    gaps(0.2)
    unknown = await unknown_post(rack, phones, video)
    await device_is(rack, phones.serials[0], DeviceState.BUSY)

    await rack.resolve(unknown.id, posted=False)

    task = await rack.task(unknown.id)
    assert task.reason is Reason.NOT_POSTED
    assert task.attempts[1].outcome == "interrupted"

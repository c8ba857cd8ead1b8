"""What RackApi promises of events, pausing and acting by hand, on both racks."""

import asyncio
from typing import Any

import pytest

from tests.contract.conftest import SERIALS
from tmcore.api import RackApi
from tmcore.devices import DeviceState, Hand
from tmcore.errors import BadInput, NotFound, TmError
from tmcore.events import Event, EventKind
from tmcore.model import NewTask


async def take(rack: RackApi, count: int, after: int | None = None) -> list[Event]:
    """The next events about tasks."""
    taken: list[Event] = []
    async with asyncio.timeout(10):
        async for event in rack.events(after):
            if event.kind is EventKind.TASK:
                taken.append(event)
            if len(taken) == count:
                break
    return taken


async def test_events_are_replayed_and_then_live_without_a_gap(rack: RackApi, new: NewTask) -> None:
    """From id 0 everything comes once, in rising order, and what happens meanwhile after it."""
    first = await rack.create(new)
    known = await take(rack, 4, after=0)  # the seeded task: create, claim, fail; then ours
    listening = asyncio.create_task(take(rack, 3, after=known[-1].id))
    await rack.stop(first.task_ids[0])
    await rack.retry(first.task_ids[0])

    later = await listening

    ids = [event.id or 0 for event in (*known, *later)]
    assert ids == sorted(set(ids))
    assert [event.change for event in later] == ["create", "stop", "retry"]
    assert later[-1].task is not None
    assert later[-1].task.status_text == "pending"


async def test_a_deleted_task_is_an_event_without_a_task(rack: RackApi, new: NewTask) -> None:
    """It tells which one went."""
    created = await rack.create(new)
    start = (await take(rack, 5, after=0))[-1].id
    await rack.delete(created.task_ids)

    gone = await take(rack, 1, after=start)

    assert (gone[0].change, gone[0].task_id, gone[0].task) == ("delete", created.task_ids[0], None)


async def test_a_paused_device_says_so_until_it_is_resumed(rack: RackApi) -> None:
    """The reason stays with it; an unknown phone is named."""
    paused = await rack.pause(SERIALS[0], "new cable")
    assert paused.paused == "new cable"
    assert (await rack.device(SERIALS[0])).paused == "new cable"

    assert (await rack.resume(SERIALS[0])).paused is None
    with pytest.raises(NotFound):
        await rack.pause("gone", "")


@pytest.mark.parametrize(
    "hand", [{}, {"key": "back", "text": "a"}, {"text": "é"}, {"tap": [-1, 5]}, {"text": ""}]
)
async def test_an_act_is_one_thing_that_can_be_done(rack: RackApi, hand: dict[str, Any]) -> None:
    """None, two at once, or what cannot be typed: refused before the phone is asked."""
    with pytest.raises(BadInput):
        await rack.act(SERIALS[0], Hand.model_validate(hand))


async def test_hands_off_a_phone_that_is_away(rack: RackApi) -> None:
    """Its screen cannot be read, nor can anybody act on it."""
    with pytest.raises(TmError):
        await rack.screen(SERIALS[0])
    with pytest.raises(TmError):
        await rack.act(SERIALS[0], Hand(key="back"))
    assert (await rack.device(SERIALS[0])).state is DeviceState.AWAY

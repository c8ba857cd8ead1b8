"""A person on a phone: pause it, look, act; no script ever goes this way."""

import asyncio
from pathlib import Path

import pytest

from tests.engine.conftest import a_post, until
from tmcore import BadInput, DeviceState, Rack, TaskStatus
from tmcore.devices import Hand
from tmcore.events import EventKind
from tmcore.phone.screen import parse_dump
from tmcore.virtual.client import VirtualRack


async def test_a_paused_phone_takes_no_task_and_a_resumed_one_does(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The task waits; it is not failed."""
    serial, other = phones.serials[:2]
    await rack.pause(serial, "new battery")

    waiting, fine = (await rack.create(a_post(video, serial, other))).task_ids
    await rack.wait(fine)
    held = await rack.task(waiting)
    device = await rack.device(serial)
    await rack.resume(serial)

    assert held.status is TaskStatus.PENDING
    assert (device.state, device.why) == (DeviceState.PAUSED, "new battery")
    assert (await rack.wait(waiting)).status is TaskStatus.COMPLETED


async def test_a_person_taps_what_the_screen_shows(rack: Rack, phones: VirtualRack) -> None:
    """The screen as text tells where; the tap reaches the phone and is told as a person's."""
    serial = phones.serials[0]
    await rack.pause(serial, "by hand")
    shown = await rack.screen(serial)
    icon = next(n for n in parse_dump(shown.xml).nodes if "TikTok" in (n.text, n.desc))
    heard = asyncio.create_task(_log_line(rack))
    await asyncio.sleep(0)

    await rack.act(serial, Hand(tap=icon.bounds.center))

    assert shown.png.startswith(b"\x89PNG")
    assert "a person" in await asyncio.wait_for(heard, 5)
    await until(lambda: _in_front(phones, serial))


async def _log_line(rack: Rack) -> str:
    async for event in rack.events():
        if event.kind is EventKind.LOG:
            return event.text
    return ""


async def _in_front(phones: VirtualRack, serial: str) -> bool:
    return bool(phones.state(serial)["front"] == "com.zhiliaoapp.musically")


async def test_nobody_acts_on_a_phone_that_works(rack: Rack, phones: VirtualRack) -> None:
    """It must be paused first."""
    with pytest.raises(BadInput, match="must be paused"):
        await rack.act(phones.serials[0], Hand(key="back"))


async def test_progress_is_told_live(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """Whoever listens sees the steps and the phone getting busy and ready again."""
    serial = phones.serials[0]
    steps: set[str] = set()
    states: list[DeviceState] = []

    async def listen() -> None:
        async for event in rack.events():
            if event.kind is EventKind.LIVE and event.task:
                steps.add(event.task.step)
            if event.kind is EventKind.DEVICE and event.device:
                states.append(event.device.state)
            if event.kind is EventKind.TASK and event.change == "complete":
                return

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0)
    await rack.create(a_post(video, serial))
    await asyncio.wait_for(listening, 20)

    assert len(steps) > 2
    assert DeviceState.BUSY in states

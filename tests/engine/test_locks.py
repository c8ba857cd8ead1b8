"""Two racks on one computer, each with its own database: one of them drives a phone."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.conftest import OpenRack, a_post, device_is, until
from tmcore import AdbServer, BadInput, DeviceState, Rack, TaskStatus
from tmcore.devices import Hand
from tmcore.events import Event, EventKind
from tmcore.upkeep import Preparation
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

pytestmark = pytest.mark.real_time  # its seconds are also those of other processes

HOLD = """
import asyncio, sys
from tmcore import AdbServer, DeviceState, Rack
from tmcore.upkeep import Preparation

async def main(path, port, serial):
    async with Rack(path, adb=AdbServer("127.0.0.1", int(port))) as rack:
        while not [d for d in await rack.devices(DeviceState.READY) if d.serial == serial]:
            await asyncio.sleep(0.02)
        await rack.upkeep.prepare(serial, Preparation())
        print("holds it", flush=True)
        await asyncio.Event().wait()
asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def other(
    phones: VirtualRack, adb: PrivateAdb, tmp_path: Path, video: Path
) -> AsyncIterator[Rack]:
    """A second rack with a database of its own, on the same phones."""
    assert phones.serials  # as they left the factory: that is another boot of theirs
    async with Rack(tmp_path / "other.db", adb=AdbServer("127.0.0.1", adb.port)) as rack:
        await rack.change_settings({"media_folders": [str(video.parent)]})
        yield rack


async def test_the_second_rack_leaves_the_phone_alone(
    rack: Rack, other: Rack, phones: VirtualRack, video: Path
) -> None:
    """It starts no task there, does nothing by hand and looks at nothing; it says who has it."""
    serial = phones.serials[0]
    await device_is(other, serial, DeviceState.READY)
    await rack.upkeep.prepare(serial, Preparation())
    commands = len(phones.truth(serial)["commands"])

    task_id = (await other.create(a_post(video, serial))).task_ids[0]
    taken = await device_is(other, serial, DeviceState.TAKEN)
    await other.pause(serial, "by hand")

    assert f"process {os.getpid()}" in taken.why
    for deed in (
        other.act(serial, Hand(key="home")),
        other.screen(serial),
        other.upkeep.prepare(serial, Preparation(act=True)),
    ):
        with pytest.raises(BadInput, match="another rack on this computer"):
            await deed
    assert (await other.task(task_id)).status is TaskStatus.PENDING
    asked = [c["command"] for c in phones.truth(serial)["commands"][commands:]]
    assert all("@@serial" in command for command in asked)  # who are you, and no more
    assert (await rack.device(serial)).state is DeviceState.READY


async def test_a_look_takes_nothing(rack: Rack, other: Rack, phones: VirtualRack) -> None:
    """Two racks that only list a phone both see it as ready: the first to use it has it."""
    serial = phones.serials[0]

    await device_is(other, serial, DeviceState.READY)
    await other.upkeep.prepare(serial, Preparation())

    assert (await other.device(serial)).state is DeviceState.READY
    await device_is(rack, serial, DeviceState.TAKEN)


async def test_the_task_starts_when_the_first_rack_has_ended(
    open_rack: OpenRack, other: Rack, phones: VirtualRack, video: Path
) -> None:
    """Nobody has to try again by hand; the change is told to whoever listens."""
    serial = phones.serials[0]
    async with open_rack() as first:
        await device_is(first, serial, DeviceState.READY)
        await first.upkeep.prepare(serial, Preparation())
        await device_is(other, serial, DeviceState.TAKEN)
        told = asyncio.create_task(_states(other, serial, DeviceState.READY))
        task_id = (await other.create(a_post(video, serial))).task_ids[0]
        assert (await other.task(task_id)).status is TaskStatus.PENDING

    await until(lambda: _has_started(other, task_id))

    await asyncio.wait_for(told, 10)


async def test_a_killed_rack_frees_its_phones(
    rack: Rack, adb: PrivateAdb, phones: VirtualRack, tmp_path: Path
) -> None:
    """In another process, and with kill -9: the kernel gives the phone back."""
    serial = phones.serials[0]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, str(tmp_path / "killed.db"), str(adb.port), serial,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"holds it\n"
        taken = await device_is(rack, serial, DeviceState.TAKEN)
        with pytest.raises(BadInput, match=f"process {process.pid}"):
            await rack.upkeep.prepare(serial, Preparation())
    finally:
        process.kill()
        await process.wait()

    assert f"process {process.pid}" in taken.why
    await device_is(rack, serial, DeviceState.READY)
    assert (await rack.upkeep.prepare(serial, Preparation())).serial == serial


async def _states(rack: Rack, serial: str, state: DeviceState) -> Event:
    async for event in rack.events():
        device = event.device
        if event.kind is EventKind.DEVICE and device and device.serial == serial:  # noqa: SIM102
            if device.state in (state, DeviceState.BUSY):
                return event
    raise AssertionError("the events ended")


async def _has_started(rack: Rack, task_id: int) -> bool:
    return bool((await rack.task(task_id)).started_at)

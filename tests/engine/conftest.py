import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.pace import PACE, QuickLoop
from tests.promises.checker import broken
from tmcore import AdbServer, DeviceState, NewTask, Rack
from tmcore.devices import Device
from tmcore.model import Task, TaskDetail
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

OpenRack = Callable[[], Any]


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, type[asyncio.AbstractEventLoop]]:
    """Most of a post is waiting for a phone: three times as fast, and the suite is half as long."""
    real = item.get_closest_marker("real_time")
    return {"real": asyncio.SelectorEventLoop} if real else {"quick": QuickLoop}


@pytest.fixture(autouse=True)
def promises_hold(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """After each test: what is promised always, over its database and what the phones did."""
    yield
    phones = request.node.funcargs.get("phones")
    if (database := tmp_path / "rack.db").exists():
        truths = {serial: phones.truth(serial) for serial in phones.serials} if phones else {}
        assert broken(database, truths) == []


@pytest.fixture
def open_rack(adb: PrivateAdb, tmp_path: Path, video: Path) -> OpenRack:
    """Open a Rack on this test's own database; may be opened again after it was closed."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Rack]:
        async with Rack(tmp_path / "rack.db", adb=AdbServer("127.0.0.1", adb.port)) as rack:
            await rack.change_settings({"media_folders": [str(video.parent)]})
            yield rack

    return opened


@pytest.fixture
async def rack(open_rack: OpenRack, phones: VirtualRack) -> AsyncIterator[Rack]:
    """A rack whose four phones are ready."""
    async with open_rack() as rack:
        for serial in phones.serials:
            await device_is(rack, serial, DeviceState.READY)
        yield rack


async def device_is(rack: Rack, serial: str, state: DeviceState) -> Device:
    """Wait until the device is in this state."""

    async def look() -> Device | None:
        found = [device for device in await rack.devices() if device.serial == serial]
        return found[0] if found and found[0].state is state else None

    found: Device = await until(look)
    return found


async def until(look: Callable[[], Awaitable[Any]], within_s: float = 20) -> Any:
    """Ask again and again, since the phones are a process of their own and tell nobody.

    These are real seconds: what is waited for may be another process, on a busy machine.
    """
    async with asyncio.timeout(within_s * PACE):
        while not (found := await look()):
            await asyncio.sleep(0.02 * PACE)
    return found


async def armed(phones: VirtualRack, serial: str, fault: str) -> bool:
    """Whether a fault that waited for its moment has come."""
    return fault in phones.state(serial)["faults"]["armed"]


def a_post(video: Path, *serials: str, **config: object) -> NewTask:
    """Ask for a post by the app's own button, which passes the most screens."""
    usual = {"captions": "Hello rack", "material_list": [str(video)], "post_way": "addButton"}
    return NewTask(serials=serials, script_name="post", script_config={**usual, **config})


async def post(rack: Rack, video: Path, serial: str, **config: object) -> TaskDetail:
    """Create one task and wait for its end."""
    created = await rack.create(a_post(video, serial, **config))
    return await rack.wait(created.task_ids[0])


async def at_step(rack: Rack, task_id: int, step: str) -> Task:
    """Wait until a running task is in this step."""

    async def look() -> Task | None:
        task = await rack.task(task_id)
        return task if task.step == step else None

    found: Task = await until(look)
    return found

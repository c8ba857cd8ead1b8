"""Wi-Fi phones: connected when a person says so, and again whenever they were lost."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import device_is, until
from tmcore import AdbServer, BadInput, DeviceState, NotFound, Rack
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack


@pytest.fixture(scope="module")
def air() -> Iterator[VirtualRack]:
    """Phones that listen for adb, and that nobody connects."""
    with VirtualRack(None, 2, prefix="AIR", seed=7) as phones:
        yield phones


@pytest.fixture
def serial(air: VirtualRack) -> str:
    air.reset()
    return str(air.serials[0])


@pytest.fixture
def address(air: VirtualRack, serial: str) -> str:
    return str(air.addresses[serial])


@pytest.fixture
def server(adb: PrivateAdb) -> AdbServer:
    return AdbServer("127.0.0.1", adb.port)


@pytest.fixture
async def rack(server: AdbServer, air: VirtualRack, tmp_path: Path) -> AsyncIterator[Rack]:
    async with Rack(tmp_path / "rack.db", adb=server) as rack:
        yield rack
    for address in air.addresses.values():
        await server.disconnect(address)


async def test_a_phone_is_connected(rack: Rack, serial: str, address: str) -> None:
    """It says who it is, and is a phone like any other."""
    phone = await rack.upkeep.connect(address)
    device = await device_is(rack, serial, DeviceState.READY)

    assert (phone.address, phone.connected, phone.serial) == (address, True, serial)
    assert device.address == address
    assert (await rack.upkeep.connect(address)).serial == serial  # twice is once


async def test_it_is_connected_again(
    rack: Rack, server: AdbServer, serial: str, address: str
) -> None:
    """adb forgets a phone after a minute, or when its server restarts; the rack does not."""
    await rack.upkeep.connect(address)
    await device_is(rack, serial, DeviceState.READY)

    await server.disconnect(address)

    await device_is(rack, serial, DeviceState.AWAY)
    await device_is(rack, serial, DeviceState.READY)


async def test_it_is_remembered(
    server: AdbServer, air: VirtualRack, serial: str, address: str, tmp_path: Path
) -> None:
    """The next start connects it; one that is switched off then is no stranger meanwhile."""
    path = tmp_path / "own.db"
    async with Rack(path, adb=server) as first:
        await first.upkeep.connect(address)
    await server.disconnect(address)

    async with Rack(path, adb=server) as second:
        listed = [device.serial for device in await second.devices()]
        assert (serial in listed, address in listed) == (True, False)
        await device_is(second, serial, DeviceState.READY)
        await second.upkeep.disconnect(address)

    assert air.serials


async def test_a_disconnected_phone_stays_away(rack: Rack, serial: str, address: str) -> None:
    """Who was let go is not connected again, and letting go twice says so."""
    await rack.upkeep.connect(address)
    await device_is(rack, serial, DeviceState.READY)

    await rack.upkeep.disconnect(address)

    away = await device_is(rack, serial, DeviceState.AWAY)
    assert away.why
    assert address not in rack._wifi._keepers
    await until(lambda: _is_gone(rack, address))
    with pytest.raises(NotFound, match=address):
        await rack.upkeep.disconnect(address)


async def test_an_unauthorised_phone_is_listed(
    rack: Rack, air: VirtualRack, serial: str, address: str
) -> None:
    """It cannot say who it is, so its address stands for it, with what to do; then it works."""
    air.fault(serial, "unauthorized")

    phone = await rack.upkeep.connect(address)
    shown = await device_is(rack, address, DeviceState.UNAUTHORIZED)
    air.heal(serial)

    assert (phone.connected, phone.serial) == (False, None)
    assert (shown.address, shown.why) == (
        address,
        "Accept the USB debugging dialog on the phone's screen.",
    )
    with pytest.raises(NotFound):
        await rack.pause(address, "an address is no phone")
    await device_is(rack, serial, DeviceState.READY)
    assert not [d for d in await rack.devices() if d.serial == address]


async def test_nobody_is_there(rack: Rack) -> None:
    """adb's own words are told, and a slip of the finger is not tried for ever."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(BadInput, match=f"127.0.0.1:{port} is not reached"):
        await rack.upkeep.connect(f"127.0.0.1:{port}")

    assert f"127.0.0.1:{port}" not in rack._wifi._keepers


async def _is_gone(rack: Rack, address: str) -> bool:
    return address not in rack._watch.listed

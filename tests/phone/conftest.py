from collections.abc import AsyncIterator, Iterator

import pytest

from tests.phone.fake_server import FakeServer
from tmcore.phone.adb import AdbPhone
from tmcore.phone.server import AdbServer
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    server = FakeServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def adb() -> Iterator[PrivateAdb]:
    """A real adb server; the phones behind it are virtual."""
    with PrivateAdb() as adb:
        yield adb


@pytest.fixture(scope="session")
def _rack(adb: PrivateAdb) -> Iterator[VirtualRack]:
    with VirtualRack(adb.port, 3) as rack:
        yield rack


@pytest.fixture
def rack(_rack: VirtualRack) -> VirtualRack:
    """Three phones as they left the factory."""
    _rack.reset()
    return _rack


@pytest.fixture
def server(adb: PrivateAdb) -> AdbServer:
    return AdbServer("127.0.0.1", adb.port)


@pytest.fixture
async def phone(rack: VirtualRack, server: AdbServer) -> AsyncIterator[AdbPhone]:
    """The first phone, owned by run 5."""
    serial = rack.serials[0]
    phone = AdbPhone(serial, rack.addresses[serial], server, "owner-1")
    await phone.own(5)
    yield phone
    phone.close()


@pytest.fixture
def other(phone: AdbPhone, server: AdbServer) -> Iterator[AdbPhone]:
    """The same phone in the hands of another process with the same database."""
    other = AdbPhone(phone.serial, phone.address, server, "owner-1")
    yield other
    other.close()

"""One adb server and one rack a session; the phones are made new between tests."""

from collections.abc import Iterator

import pytest

from tests.virtual.hand import Hand
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack


@pytest.fixture(scope="session")
def adb() -> Iterator[PrivateAdb]:
    with PrivateAdb() as server:
        yield server


@pytest.fixture(scope="session")
def shared_rack(adb: PrivateAdb) -> Iterator[VirtualRack]:
    with VirtualRack(adb.port, 3) as rack:
        yield rack


@pytest.fixture
def rack(shared_rack: VirtualRack) -> VirtualRack:
    shared_rack.reset()
    return shared_rack


@pytest.fixture
def hand(adb: PrivateAdb, rack: VirtualRack) -> Hand:
    return Hand(adb, rack, rack.serials[0])

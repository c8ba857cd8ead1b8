"""The real parts that all tests share: one adb server and one rack of virtual phones a session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tmcore.media.sample import make_video
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack


@pytest.fixture(scope="session")
def adb() -> Iterator[PrivateAdb]:
    with PrivateAdb() as server:
        yield server


@pytest.fixture(scope="session")
def session_phones(adb: PrivateAdb) -> Iterator[VirtualRack]:
    with VirtualRack(adb.port, 4) as rack:
        yield rack


@pytest.fixture
def phones(session_phones: VirtualRack) -> VirtualRack:
    """Four phones as they left the factory."""
    session_phones.reset()
    return session_phones


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real MP4 of three seconds."""
    return make_video(tmp_path_factory.mktemp("media") / "clip.mp4")

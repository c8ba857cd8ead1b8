"""The real parts that all tests share: one adb server and one rack of virtual phones a session."""

import asyncio
import gc
import os
import shutil
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings

from tests.torture.seeds import LONG
from tmcore.engine import rescue
from tmcore.media.sample import make_video
from tmcore.store import database
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

# an example may take long on a busy machine; what must be quick is measured where it is claimed
settings.register_profile("steady", deadline=None, max_examples=400 if LONG else 40)
settings.load_profile("steady")

# the adb server of a session is everybody's: no server that a test starts may replace it
os.environ["TMRACK_RESTART_ADB"] = "false"

real_migrate = database._migrate


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report a failure without collecting garbage meanwhile.

    Python 3.11 parses source to format a traceback. Garbage that warns while pytest parses the
    source of a failure starts a second parse inside the first, and that SystemError ends the run.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each worker begin with the long tests of its share, so that none is left for the end.

    They are the ones that were given a time limit of their own.
    """
    share = max(1, len(items) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    order = sorted(
        enumerate(items), key=lambda at: (at[0] // share, not at[1].get_closest_marker("timeout"))
    )
    items[:] = [item for _, item in order]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without a row, to be copied: migrating one costs half a second of a core."""
    path = tmp_path_factory.mktemp("migrated") / "rack.db"
    asyncio.run(real_migrate(path))
    return path


@pytest.fixture(scope="session", autouse=True)
def migrated_once(migrated: Path) -> Iterator[None]:
    """A new database is a copy of the first that was migrated.

    A file that already holds something is migrated for real, and so is every new one of a process
    that a test starts, unless the test lays a copy there.
    """

    async def migrate(path: Path) -> None:
        if path.stat().st_size:
            await real_migrate(path)
        else:
            shutil.copyfile(migrated, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_migrate", migrate)
        yield


@pytest.fixture(autouse=True)
def adb_server_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rack restarts the server that all tests share because one test took every phone away."""
    monkeypatch.setattr(rescue, "PACE", replace(rescue.PACE, server_grace_s=3600))


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

"""A database that was restored from a backup, copied to another machine, or taken away at work."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import OpenRack, a_post, device_is, post, until
from tmcore import AdbServer, DeviceState, Rack, Reason, TaskStatus
from tmcore.devices import Hand
from tmcore.errors import DatabaseGone
from tmcore.phone import locks
from tmcore.store.backup import back_up, restore
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

OpenCopy = Callable[[str, str], Any]


async def test_what_a_backup_shows_as_pending_is_not_pressed_again(
    open_rack: OpenRack, phones: VirtualRack, video: Path, tmp_path: Path
) -> None:
    """The phone's marker says that it was; and the rack works on with the phone."""
    serial = phones.serials[0]
    database, backup = tmp_path / "rack.db", tmp_path / "backup.db"
    async with open_rack() as rack:
        await device_is(rack, serial, DeviceState.READY)
        await rack.pause(serial, "first a backup")
        [task_id] = (await rack.create(a_post(video, serial, upload_wait_time=1))).task_ids
        back_up(database, backup)
        for _ in range(3):  # attempts that the backup does not know of
            await rack.act(serial, Hand(key="home"))
        await rack.resume(serial)
        assert (await rack.wait(task_id)).status is TaskStatus.COMPLETED

    restore(backup, database)
    async with open_rack() as rack:
        await device_is(rack, serial, DeviceState.PAUSED)
        await rack.resume(serial)
        task = await rack.wait(task_id)

    assert (task.status, task.reason) == (TaskStatus.FAILED, Reason.OUTCOME_UNKNOWN)
    assert [attempt.outcome for attempt in task.attempts] == ["interrupt", "fail"]
    assert "backup" in task.attempts[0].remark
    assert phones.truth(serial)["presses"] == len(phones.posts(serial)) == 1


@pytest.fixture
def racks(adb: PrivateAdb, video: Path, tmp_path: Path) -> OpenCopy:
    """Open a database as a machine with locks of its own would."""

    @asynccontextmanager
    async def opened(name: str, machine: str) -> AsyncIterator[Rack]:
        server = AdbServer("127.0.0.1", adb.port)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(locks, "common_folder", lambda: tmp_path / machine)
            async with Rack(tmp_path / name, adb=server) as rack:
                await rack.change_settings({"media_folders": [str(video.parent)]})
                yield rack

    return opened


def known(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute("SELECT COUNT(*) FROM press WHERE outcome <> 'void'").fetchone()[0])


async def test_a_copy_of_the_database_takes_the_phone_over_for_good(
    racks: OpenCopy, phones: VirtualRack, video: Path, tmp_path: Path
) -> None:
    """On a second machine: whoever had the phone before is refused there from then on."""
    serial = phones.serials[0]
    async with racks("first.db", "here") as first:
        await device_is(first, serial, DeviceState.READY)
        assert (await post(first, video, serial)).status is TaskStatus.COMPLETED
        back_up(tmp_path / "first.db", tmp_path / "copy.db")
        async with racks("copy.db", "there") as copy:
            await device_is(copy, serial, DeviceState.READY)
            taken = await post(copy, video, serial, allow_repeat=True)
            refused = await post(first, video, serial, allow_repeat=True)

    assert taken.status is TaskStatus.COMPLETED
    assert (refused.status, refused.reason) == (TaskStatus.FAILED, Reason.DEVICE_LOST)
    assert "is owned by run" in refused.remark
    assert phones.truth(serial)["presses"] == 2
    assert known(tmp_path / "first.db") + known(tmp_path / "copy.db") - 1 == 2


@contextmanager
def renamed(database: Path) -> Iterator[str]:
    kept = database.rename(database.with_name("elsewhere.db"))
    yield "deleted or replaced"
    kept.rename(database)


@contextmanager
def overwritten(database: Path) -> Iterator[str]:
    kept, backup = database.read_bytes(), database.with_name("backup.db")
    back_up(database, backup)
    database.write_bytes(backup.read_bytes())  # as `cp` does
    yield "overwritten with another"
    database.write_bytes(kept)


@pytest.mark.parametrize("taken", [renamed, overwritten])
async def test_a_database_that_is_taken_away_presses_nothing(
    taken: Callable[[Path], AbstractContextManager[str]],
    rack: Rack, phones: VirtualRack, video: Path, tmp_path: Path,
) -> None:  # fmt: skip
    """Told within a second, and as soon as the file is back the rack works on."""
    serial = phones.serials[0]
    await rack.pause(serial, "wait")
    [task_id] = (await rack.create(a_post(video, serial))).task_ids
    with taken(tmp_path / "rack.db") as how:

        async def told() -> bool:
            return how in (await rack.health()).database

        await until(told)
        with pytest.raises(DatabaseGone):
            await rack.resume(serial)
        with pytest.raises(DatabaseGone):
            await rack.create(a_post(video, serial))
        assert phones.truth(serial)["presses"] == 0

    await rack.resume(serial)
    assert (await rack.wait(task_id)).status is TaskStatus.COMPLETED

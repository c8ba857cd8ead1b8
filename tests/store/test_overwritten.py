"""Another file copied over the database, as `cp backup.db rack.db` does: told, and never mixed."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.conftest import a_draft
from tmcore.errors import DatabaseGone, StoreFailed
from tmcore.model import TaskQuery
from tmcore.store.backup import back_up, restore
from tmcore.store.identity import Identity, belongs
from tmcore.store.store import Store


async def filled(path: Path, tasks: int) -> None:
    store = await Store.open(path)
    await store.insert([a_draft() for _ in range(tasks)])
    await store.close()


async def tasks_in(path: Path) -> int:
    store = await Store.open(path)
    total = (await store.page(TaskQuery())).total
    await store.close()
    return total


def checkpoint(path: Path) -> None:
    """As another program may that has the file open, too."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(PASSIVE)")


def backup(path: Path) -> bytes:
    kept = path.with_name("kept.db")
    back_up(path, kept)
    return kept.read_bytes()


def raw_copy(path: Path) -> bytes:
    checkpoint(path)
    return path.read_bytes()


def another(path: Path) -> bytes:
    return path.with_name("other.db").read_bytes()


OVER: dict[str, Callable[[Path], bytes]] = {
    "another database": another,
    "an older backup": backup,
    "an older copy": raw_copy,
    "half of it": lambda path: path.read_bytes()[: path.stat().st_size // 2 + 99][4096:],
    "nothing": lambda _path: b"",
    "a text": lambda _path: b"groceries" * 999,
}


@pytest.mark.parametrize("what", OVER)
async def test_a_file_that_is_copied_over_stops_the_store(what: str, tmp_path: Path) -> None:
    """Nothing more is written or read, and the file stays as it was put there, also at the end."""
    path = tmp_path / "rack.db"
    await filled(tmp_path / "other.db", 60)
    store = await Store.open(path)
    await store.insert([a_draft()] * 5)
    put = OVER[what](path)
    await store.insert([a_draft()] * 50)
    checkpoint(path)
    await store.vitals.touch()  # as health does each second
    right = path.read_bytes()

    path.write_bytes(put)
    for ask in (store.vitals.touch, store.stats, lambda: store.insert([a_draft()])):
        with pytest.raises(DatabaseGone, match="overwritten with another"):
            await ask()
    path.write_bytes(right)
    await store.insert([a_draft()])
    assert (await store.stats()).total == 56

    path.write_bytes(put)
    await store.close()
    assert path.read_bytes() == put


async def test_what_does_not_change_the_file_stops_nothing(tmp_path: Path) -> None:
    """A checkpoint or write by another program, a new date, mode or name, the same bytes."""
    path = tmp_path / "rack.db"
    store = await Store.open(path)
    for n in range(40):
        await store.insert([a_draft()] * 20)
        if n % 8 == 0:
            checkpoint(path)
        if n % 8 == 4:
            path.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("INSERT INTO setting VALUES ('by_hand', '1')")
    path.chmod(0o640)
    os.utime(path)
    os.link(path, tmp_path / "linked.db")

    await store.insert([a_draft()])

    assert (await store.stats()).total == 801
    await store.close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.parametrize(
    ("made", "long_ago"), [(backup, True), (backup, False), (raw_copy, True), (another, False)]
)
async def test_the_log_of_a_killed_server_is_not_played_into_another_file(
    made: Callable[[Path], bytes], *, long_ago: bool, tmp_path: Path
) -> None:
    """A backup copied over its database is refused until the log is moved away, or restored."""
    path = tmp_path / "rack.db"
    await filled(tmp_path / "other.db", 60)
    store = await Store.open(path)
    await store.insert([a_draft()] * 5)
    put = made(path)
    if long_ago:
        await store.insert([a_draft()] * 50)
        checkpoint(path)
    await store.insert([a_draft()] * 3)
    log = (tmp_path / "rack.db-wal").read_bytes()
    await store.close()
    path.write_bytes(put)
    (tmp_path / "rack.db-wal").write_bytes(log)

    with pytest.raises(StoreFailed, match=r"rack\.db-wal away"):
        await Store.open(path)
    assert path.read_bytes() == put

    restore(tmp_path / "other.db", tmp_path / "rack.db")
    assert await tasks_in(path) == 60
    path.write_bytes(put)
    assert await tasks_in(path) == (60 if made is another else 5)


async def test_a_server_that_is_killed_as_it_opens_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the two numbers that it begins with, and before they are in the file."""
    path, count, moments = tmp_path / "rack.db", Identity.count, 0
    await filled(path, 3)

    def killed(identity: Identity, db: sqlite3.Connection, by: int = 1) -> None:
        nonlocal moments
        count(identity, db, by)
        moments += 1
        for end in ("", "-wal"):
            shutil.copy(tmp_path / f"rack.db{end}", tmp_path / f"{moments}.db{end}")

    with monkeypatch.context() as patch:
        patch.setattr(Identity, "count", killed)
        await (await Store.open(path)).close()

    assert moments == 2
    for moment in range(1, moments + 1):
        assert await tasks_in(tmp_path / f"{moment}.db") == 3


async def test_an_owner_that_was_frozen_in_a_commit_shuts_nobody_out(tmp_path: Path) -> None:
    """Its commit, and the checkpoint that comes of it, are of the file that it was taken from."""
    path = tmp_path / "rack.db"
    frozen = await Store.open(path)
    frozen._database._lock.release()  # as an operator takes it from a stopped process
    store = await Store.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as late:
        frozen._database.write.identity.count(late)
    checkpoint(path)

    await store.insert([a_draft()])
    await frozen.close()
    await store.close()

    assert await tasks_in(path) == 1


async def test_a_killed_server_s_own_log_is_played(tmp_path: Path) -> None:
    """Whatever moment it was killed in: at each, file and log are known as belonging together."""
    path, killed = tmp_path / "rack.db", tmp_path / "killed.db"

    def kill(name: str = "killed.db") -> None:
        for end in ("", "-wal"):
            if (tmp_path / f"rack.db{end}").exists():
                shutil.copy(tmp_path / f"rack.db{end}", tmp_path / f"{name}{end}")
        assert belongs(killed, tmp_path / "killed.db-wal")

    for tasks in range(0, 60, 30):
        store = await Store.open(path)
        with closing(sqlite3.connect(path)) as reader:  # holds back what a checkpoint may do
            for n in range(30):
                await store.insert([a_draft()])
                kill()
                if n % 7 == 3:
                    checkpoint(path)
                    kill()
                if n % 10 == 5:
                    reader.execute("BEGIN").execute("SELECT * FROM task").fetchall()
                if n % 10 == 9:
                    reader.rollback()
        kill()
        await store.close()
        assert await tasks_in(killed) == tasks + 30
        shutil.move(tmp_path / "killed.db", path)

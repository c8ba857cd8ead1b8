"""A backup is one whole moment of a database at work; a restore changes nothing or all of it."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.conftest import FakeClock, a_draft
from tmcore.errors import BadInput, DatabaseInUse, NewerDatabase, StoreFailed
from tmcore.model import Change, TaskQuery
from tmcore.store.backup import back_up, restore
from tmcore.store.store import Store


async def tasks_in(path: Path) -> list[int]:
    store = await Store.open(path)
    page = await store.page(TaskQuery())
    await store.close()
    return [task.id for task in page.tasks]


async def test_a_backup_of_a_database_at_work_opens_as_it_was(store: Store, tmp_path: Path) -> None:
    """What was committed before it is there, what came later is not; only its owner may read it."""
    first = await store.insert([a_draft("R1"), a_draft("R2")])
    backup = tmp_path / "kept.db"

    back_up(tmp_path / "rack.db", backup)
    await store.insert([a_draft("R3")])

    assert await tasks_in(backup) == first[::-1]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


async def test_a_restored_database_is_the_backup_and_nothing_of_the_other(
    tmp_path: Path, clock: FakeClock
) -> None:
    """The log of the database that was there is not played into the one that takes its place."""
    path, backup = tmp_path / "rack.db", tmp_path / "kept.db"
    store = await Store.open(path, clock)
    first = await store.insert([a_draft("R1")])
    back_up(path, backup)
    later = await store.insert([a_draft(f"R{n}") for n in range(2, 60)])
    await store.apply(first[0], Change.stop())
    await store.close()

    kept = restore(backup, path)

    assert await tasks_in(path) == first
    assert kept is not None
    assert len(await tasks_in(kept)) == min(20, len(first + later))


async def test_a_damaged_database_is_replaced_and_kept(tmp_path: Path, clock: FakeClock) -> None:
    """What nobody can read any more stands in the way of no backup."""
    path, backup = tmp_path / "rack.db", tmp_path / "kept.db"
    store = await Store.open(path, clock)
    there = await store.insert([a_draft("R1")])
    back_up(path, backup)
    await store.close()
    path.write_bytes(b"groceries" * 999)

    kept = restore(backup, path)

    assert await tasks_in(path) == there
    assert kept is not None
    assert kept.read_bytes() == b"groceries" * 999


async def test_nothing_is_restored_under_a_running_server(store: Store, tmp_path: Path) -> None:
    """The database belongs to whoever has it open."""
    await store.insert([a_draft("R1")])
    back_up(tmp_path / "rack.db", tmp_path / "kept.db")
    with pytest.raises(DatabaseInUse):
        restore(tmp_path / "kept.db", tmp_path / "rack.db")
    assert (await store.stats()).total == 1


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE recipes (id)")
        db.commit()


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE tortoise_migrations (app, name)")
        db.execute("INSERT INTO tortoise_migrations VALUES ('tm', 'm9999_later')")
        db.commit()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: None, BadInput),
        (lambda path: path.write_bytes(b""), BadInput),
        (lambda path: path.write_bytes(b"no database" * 500), StoreFailed),
        (foreign, StoreFailed),
        (newer, NewerDatabase),
    ],
    ids=["no file", "an empty file", "a damaged file", "another program's", "a newer version's"],
)
async def test_what_is_no_backup_changes_nothing(
    tmp_path: Path, clock: FakeClock, make: object, error: type[Exception]
) -> None:
    """The database that is there stays there, and no half file lies beside it."""
    store = await Store.open(tmp_path / "rack.db", clock)
    there = await store.insert([a_draft("R1")])
    await store.close()
    (tmp_path / "else").mkdir()
    backup = tmp_path / "else" / "kept.db"
    make(backup)  # type: ignore[operator]

    with pytest.raises(error):
        restore(backup, tmp_path / "rack.db")

    assert await tasks_in(tmp_path / "rack.db") == there
    assert not list(tmp_path.glob("*.restoring"))


async def test_a_backup_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    """A name that is taken, or in no folder, is refused by name."""
    (tmp_path / "kept.db").write_text("mine")
    for target in (tmp_path / "kept.db", tmp_path / "none" / "kept.db"):
        with pytest.raises(BadInput, match=target.name if target.exists() else "none"):
            back_up(tmp_path / "rack.db", target)
    assert (tmp_path / "kept.db").read_text() == "mine"

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from tmcore.errors import DatabaseInUse, NewerDatabase, StoreFailed
from tmcore.store import database
from tmcore.store.database import Database


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as db, db:
        yield db


def schema(path: Path) -> set[tuple[str, str]]:
    with opened(path) as db:
        return {(row[0], row[1]) for row in db.execute("SELECT name, sql FROM sqlite_master")}


async def migrate_to(path: Path, name: str) -> None:
    config = database._config(path)
    context = TortoiseContext()
    with context:
        await context.init(config=config)
        executor = MigrationExecutor(context.db("main"), config["apps"])
        await executor.migrate([MigrationTarget("tm", name)])
        await context.close_connections()


async def test_the_models_and_the_migrations_agree() -> None:
    """Nothing in tables.py is missing from the migrations."""
    config = database._config(Path(":memory:"))
    context = TortoiseContext()
    with context:
        await context.init(config=config)
        assert context.apps is not None
        changes = await MigrationAutodetector(context.apps, config["apps"]).changes()
        await context.close_connections()

    assert changes == []


async def test_an_older_database_is_migrated_with_a_backup_beside_it(tmp_path: Path) -> None:
    """The rows of the old file are in the new one, and the old one is kept as it was."""
    path = tmp_path / "old.db"
    await migrate_to(path, "m0001_tables")
    with opened(path) as db:
        db.execute(
            "INSERT INTO task (serial, script_name, script_config, place, start_at, created_at)"
            " VALUES ('R58M1', 'post', '{}', 1, 1, 1)"
        )
    old = schema(path)

    opened_db = await Database.open(path)
    count = await opened_db.read("SELECT n FROM task_count")
    await opened_db.close()

    [backup] = tmp_path.glob("old.db.m0001_tables.*.backup")
    assert count == [{"n": 1}]
    assert schema(backup) == old
    with opened(backup) as db:
        assert db.execute("SELECT serial FROM task").fetchall() == [("R58M1",)]


async def test_a_migrated_database_has_the_schema_of_a_fresh_one(tmp_path: Path) -> None:
    """Tables, indexes and triggers alike, whichever way they came."""
    await migrate_to(tmp_path / "old.db", "m0001_tables")
    for name in ("old.db", "fresh.db"):
        await (await Database.open(tmp_path / name)).close()

    assert schema(tmp_path / "old.db") == schema(tmp_path / "fresh.db")


async def test_a_newer_database_is_refused_by_name_and_left_alone(tmp_path: Path) -> None:
    """A file that a later version wrote is not opened, and not one byte of it changes."""
    path = tmp_path / "rack.db"
    await (await Database.open(path)).close()
    with opened(path) as db:
        db.execute(
            "INSERT INTO tortoise_migrations (app, name, applied_at)"
            " VALUES ('tm', 'm9999_future', '2030-01-01')"
        )
    before = path.read_bytes()

    with pytest.raises(NewerDatabase, match="m9999_future"):
        await Database.open(path)

    assert path.read_bytes() == before


async def test_a_database_has_one_owner(tmp_path: Path) -> None:
    """The second one is told whom to ask instead, and may come when the first has gone."""
    first = await Database.open(tmp_path / "rack.db")

    with pytest.raises(DatabaseInUse, match="another process"):
        await Database.open(tmp_path / "rack.db")
    await first.close()

    await (await Database.open(tmp_path / "rack.db")).close()


async def test_only_the_operator_may_read_the_files(tmp_path: Path) -> None:
    """The database, its WAL and its lock are 0600."""
    opened_db = await Database.open(tmp_path / "rack.db")

    modes = {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    await opened_db.close()

    assert modes == {0o600}


async def test_a_file_that_is_no_database_is_a_typed_error(tmp_path: Path) -> None:
    """It is named, and not overwritten."""
    path = tmp_path / "notes.txt"
    path.write_text("groceries, and not a database at all" * 50)

    with pytest.raises(StoreFailed, match=r"notes\.txt"):
        await Database.open(path)

    assert path.read_text().startswith("groceries")


async def test_the_reading_connection_cannot_write(tmp_path: Path) -> None:
    """Only the writer changes anything."""
    opened_db = await Database.open(tmp_path / "rack.db")

    with pytest.raises(Exception, match="readonly"):
        await opened_db.read("DELETE FROM task")

    await opened_db.close()

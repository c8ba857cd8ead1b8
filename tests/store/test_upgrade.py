"""A kill in the middle of an upgrade: the file opens again, whatever was done by then."""

from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from tests.store.test_database import migrate_to, opened, schema
from tmcore.store import database
from tmcore.store.database import Database


class Killed(BaseException):
    """Nothing runs after it."""


@pytest.fixture
async def old(tmp_path: Path) -> Path:
    """A database of the oldest schema with one task, as an owner that was killed left it."""
    path = tmp_path / "rack.db"
    await migrate_to(path, "m0001_tables")
    with opened(path) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(
            "INSERT INTO task (serial, script_name, script_config, place, start_at, created_at)"
            " VALUES ('R58M1', 'post', '{}', 1, 1, 1)"
        )
    return path


async def test_no_statement_of_an_upgrade_touches_the_file(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each of them it is, byte by byte, the one that the old version opens; so it is killed."""
    before, seen = old.read_bytes(), []
    run: Any = aiosqlite.Connection._execute

    def spied(*args: Any, **more: Any) -> Any:
        seen.append(old.read_bytes() == before)
        return run(*args, **more)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", spied)
    monkeypatch.setattr(database, "_put_in_place", lambda *_: None)

    await database._upgrade(old)

    assert len(seen) > 100
    assert all(seen)


@pytest.mark.parametrize(
    ("step", "number", "after"),
    [
        ("_begin_draft", 1, True),
        ("fold", 1, True),  # of the copy
        ("fold", 2, True),  # of the old file
        ("keep_aside", 1, True),
        ("sync", 1, True),  # next the copy takes the place
        ("sync", 2, False),  # it has
    ],
)
async def test_an_upgrade_that_was_killed_is_done_again(
    old: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, *, after: bool
) -> None:
    """Around each step of taking the place: its task is there, under the schema of a fresh one."""
    calls = 0
    run = getattr(database, step)

    def deadly(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number and not after:
            raise Killed
        run(*args, **more)
        if calls == number:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(database, step, deadly)
        try:
            await (await Database.open(old)).close()
        except Killed:
            old.with_name("rack.db.upgrading-wal").write_bytes(b"half")
    assert calls == number

    again = await Database.open(old)
    assert await again.read("SELECT serial FROM task") == [{"serial": "R58M1"}]
    await again.close()
    fresh = await Database.open(old.with_name("fresh.db"))
    await fresh.close()
    assert schema(old) == schema(old.with_name("fresh.db"))
    assert len(list(old.parent.glob("rack.db.m0001_tables.*.backup"))) in (1, 2)

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tmcore.errors import NotFound, StoreError, StoreFailed
from tmcore.store import writer as writer_module
from tmcore.store.writer import Writer


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[Writer]:
    writer = Writer(tmp_path / "w.db")
    await writer(lambda db: db.execute("CREATE TABLE t(n INTEGER UNIQUE)").rowcount)
    yield writer
    await writer.close()


def add(n: int) -> writer_module.Work[int]:
    def work(db: sqlite3.Connection) -> int:
        db.execute("INSERT INTO t VALUES (?)", (n,))
        return n

    return work


def numbers(path: Path) -> list[int]:
    with sqlite3.connect(path) as db:
        found = [row[0] for row in db.execute("SELECT n FROM t ORDER BY n")]
    db.close()
    return found


async def test_an_answered_write_is_in_the_file(writer: Writer, tmp_path: Path) -> None:
    """Whoever has the answer finds the row with another connection."""
    assert await writer(add(7)) == 7

    assert numbers(tmp_path / "w.db") == [7]


async def test_one_mistake_costs_only_its_maker(writer: Writer, tmp_path: Path) -> None:
    """Of a batch with one impossible and one refusing unit, all the others are committed."""

    def refuse(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO t VALUES (99)")
        raise NotFound("no such thing")

    units = [writer(add(n)) for n in (1, 2, 2, 3)]

    results = await asyncio.gather(*units, writer(refuse), return_exceptions=True)

    assert results[0:2] == [1, 2]
    assert isinstance(results[2], sqlite3.IntegrityError)
    assert results[3] == 3
    assert isinstance(results[4], NotFound)
    assert numbers(tmp_path / "w.db") == [1, 2, 3]


async def test_cancelled_callers_leave_the_writer_working(writer: Writer, tmp_path: Path) -> None:
    """Of 3,000 callers most are cancelled: nothing wedges, nothing answered is lost."""
    answered: list[int] = []

    async def call(n: int) -> None:
        answered.append(await writer(add(n)))

    for start in range(0, 3000, 100):
        calls = [asyncio.create_task(call(n)) for n in range(start, start + 100)]
        for turn, one in enumerate(calls):
            if turn % 5:
                one.cancel()
            if turn % 7 == 0:
                await asyncio.sleep(0)
        await asyncio.gather(*calls, return_exceptions=True)

    assert await asyncio.wait_for(writer(add(10_000)), 2) == 10_000
    assert set(answered) <= set(numbers(tmp_path / "w.db"))


async def test_a_foreign_lock_is_a_typed_error_and_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process holds the file, a write fails by name; afterwards writes work again."""
    monkeypatch.setattr(writer_module, "BUSY_TIMEOUT_MS", 50)
    writer = Writer(tmp_path / "w.db")
    await writer(lambda db: db.execute("CREATE TABLE t(n INTEGER)").rowcount)
    foreign = sqlite3.connect(tmp_path / "w.db", isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreFailed, match="locked"):
        await writer(add(1))
    foreign.execute("ROLLBACK")
    foreign.close()

    assert await writer(add(2)) == 2
    await writer.close()
    assert numbers(tmp_path / "w.db") == [2]


async def test_a_closed_writer_says_so(tmp_path: Path) -> None:
    """What comes after close() is refused, not queued for ever."""
    writer = Writer(tmp_path / "w.db")
    await writer.close()

    with pytest.raises(StoreError, match="closed"):
        await writer(add(1))

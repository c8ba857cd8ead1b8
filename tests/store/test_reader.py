"""The connection that reads."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tmcore.store.reader import Query, Reader
from tmcore.store.writer import connect


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    db = connect(tmp_path / "r.db")
    db.execute("CREATE TABLE t(n INTEGER)")
    reader = Reader(tmp_path / "r.db")
    yield reader
    await reader.close()
    db.close()


async def test_it_cannot_write(reader: Reader) -> None:
    """A statement that would change the database is refused."""
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await reader(Query("INSERT INTO t VALUES (?)", (1,)))

    assert await reader(Query("SELECT COUNT(*) AS n FROM t", ())) == [{"n": 0}]


async def test_it_sees_each_commit(reader: Reader, tmp_path: Path) -> None:
    """What was committed a moment ago, by another connection, is read."""
    for n in range(3):
        with sqlite3.connect(tmp_path / "r.db") as db:
            db.execute("INSERT INTO t VALUES (?)", (n,))
        db.close()

        assert await reader(Query("SELECT MAX(n) AS n FROM t", ())) == [{"n": n}]


async def test_a_wrong_query_costs_only_its_asker(reader: Reader) -> None:
    """Of queries that are asked at once, a wrong one and one whose asker left spoil no other."""
    right = [reader(Query("SELECT ? AS n", (n,))) for n in range(3)]
    wrong = reader(Query("SELECT nothing", ()))
    left = asyncio.ensure_future(reader(Query("SELECT 1", ())))
    asyncio.get_running_loop().call_soon(left.cancel)

    *rows, error, cancelled = await asyncio.gather(*right, wrong, left, return_exceptions=True)

    assert rows == [[{"n": 0}], [{"n": 1}], [{"n": 2}]]
    assert isinstance(error, sqlite3.OperationalError)
    assert isinstance(cancelled, asyncio.CancelledError)

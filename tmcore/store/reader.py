"""The connection that reads. It cannot write, sees each commit, and answers all that wait at once.

Not through Tortoise's client: it takes two hops between threads a query, which cost three times
what SQLite takes to read a page of tasks.
"""

import sqlite3
from pathlib import Path
from typing import Any, NamedTuple, cast

from tmcore.batch import BatchThread, each
from tmcore.store.writer import BUSY_TIMEOUT_MS

Row = dict[str, Any]


class Query(NamedTuple):
    """One statement and what stands for its question marks."""

    sql: str
    values: tuple[Any, ...]


class Reader:
    """Runs queries in a thread; `await reader(query)` returns its rows. Raises sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self._db = connect_reading(path)
        self._thread: BatchThread[Query] = BatchThread("tm-reader", each(self._rows))

    async def __call__(self, query: Query) -> list[Row]:
        return cast("list[Row]", await self._thread.ask(query))

    async def close(self) -> None:
        await self._thread.close()
        self._db.close()

    def _rows(self, query: Query) -> list[Row]:
        return list(map(dict, self._db.execute(*query).fetchall()))


def connect_reading(path: Path) -> sqlite3.Connection:
    """Open a connection that refuses to write, for one thread at a time."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    db.row_factory = sqlite3.Row
    db.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    db.execute("PRAGMA query_only=ON")
    return db

"""The only road to a commit.

One thread owns the writing connection. Whatever waits when a commit ends goes into the next one:
`BEGIN IMMEDIATE`, every unit of work, `COMMIT`, and only then the answers. If a unit fails, all is
rolled back and done again with a savepoint each, so that one caller's mistake costs only itself.

A thread cannot be cancelled, so no cancelled request can leave a transaction or a lock behind (an
asyncio transaction of Tortoise's can: measured). A cancelled caller's write may still happen:
cancelled is not undone.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from tmcore.batch import BatchThread
from tmcore.errors import DatabaseGone, StoreError, StoreFailed
from tmcore.measure import Measure, tell
from tmcore.store.identity import Identity

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]  # repeatable, without effect outside the database

BUSY_TIMEOUT_MS = 5000


class Writer:
    """Runs units of work in one thread; `await writer(work)` answers after the commit."""

    def __init__(self, path: Path) -> None:
        self._path, self._db = path, connect(path)
        self.identity = Identity(path, self._db)
        self._changes = self._db.total_changes
        self._thread: BatchThread[Work[Any]] = BatchThread("tm-writer", self._commit)
        self._closed = False

    async def __call__(self, work: Work[T]) -> T:
        if self._closed:
            raise StoreError("the database is closed")
        return cast("T", await self._thread.ask(work))

    async def close(self) -> None:
        """Commit what waits, then let go of the file."""
        self._closed = True
        await self._thread.close()
        self._db.close()

    def gone(self) -> DatabaseGone | None:
        """What is wrong with the file itself: SQLite would go on writing, and notice nothing."""
        if self.identity.moved:
            how = "deleted or replaced"
        elif self.identity.overwritten:
            how = "overwritten with another database"
        else:
            return None
        return DatabaseGone(
            f"{self._path} was {how} while it was in use; nothing is started or pressed any more; "
            "put it back, or stop the program and put a backup in its place with `tm restore`"
        )

    def _commit(self, units: list[Work[Any]]) -> list[Any]:
        tell(Measure.BATCH, len(units))
        if gone := self.gone():
            return [gone] * len(units)
        try:
            return self._commit_all(units) or self._commit_each(units)
        except sqlite3.Error as error:  # BEGIN or COMMIT failed: nothing is there
            self._rollback()
            failure = StoreFailed(f"the database could not be written: {error}")
            return [failure] * len(units)

    def _commit_all(self, units: list[Work[Any]]) -> list[Any] | None:
        """Return the results, or None when a unit failed and everything was rolled back."""
        self._db.execute("BEGIN IMMEDIATE")
        results = []
        for unit in units:
            try:
                results.append(unit(self._db))
            except Exception:  # noqa: BLE001 - repeated below, where it reaches its caller
                self._rollback()
                return None
        self._end()
        return results

    def _commit_each(self, units: list[Work[Any]]) -> list[Any]:
        self._db.execute("BEGIN IMMEDIATE")
        results = [self._guarded(unit) for unit in units]
        self._end()
        return results

    def _end(self) -> None:
        if self._db.total_changes != self._changes:  # a commit of nothing costs nothing
            self._changes = self._db.total_changes
            self.identity.count(self._db)
        self._db.execute("COMMIT")
        self.identity.look()  # it may have made a checkpoint

    def _guarded(self, unit: Work[Any]) -> Any:
        self._db.execute("SAVEPOINT unit")
        try:
            result = unit(self._db)
        except Exception as error:
            if _is_of_the_file(error):
                raise
            self._db.execute("ROLLBACK TO unit")
            result = error
        self._db.execute("RELEASE unit")
        return result

    def _rollback(self) -> None:
        if self._db.in_transaction:
            self._db.rollback()


def _is_of_the_file(error: Exception) -> bool:
    """Whether every unit would fail: disk full, locked, damaged. Others are their caller's."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


def connect(path: Path) -> sqlite3.Connection:
    """Open the writing connection: WAL, and FULL so that an answered write survives a power cut."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    db.row_factory = sqlite3.Row
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "cache_size=-65536",
    ):
        db.execute(f"PRAGMA {pragma}")
    if db.execute("PRAGMA synchronous").fetchone()[0] != 2:
        raise StoreError("this SQLite does not keep synchronous=FULL; posts could be lost")
    return db

"""First answers to creates that carried a key: a repeat gets the same one, and creates nothing.

The answer is written in the transaction that creates the tasks, so that a crash leaves both or
neither. It outlives its tasks, and is forgotten after a day.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from tmcore.errors import Conflict
from tmcore.store import changes
from tmcore.store.changes import Draft
from tmcore.store.reading import Read
from tmcore.store.times import to_ms
from tmcore.store.writer import Work

T = TypeVar("T")

KEPT = timedelta(hours=24)
FIND = "SELECT body_sha256, answer FROM answer WHERE key = ? AND at > ?"


@dataclass(frozen=True)
class Keyed:
    """A request under its key: who repeats it sends the same body."""

    key: str
    body_sha256: str


class Commit(Protocol):
    """Runs a unit of work that leaves events."""

    async def __call__(self, work: Work[T]) -> T: ...


class AnswerShelf:
    """Reached as `store.answers`."""

    def __init__(self, commit: Commit, read: Read, clock: Callable[[], datetime]) -> None:
        self._commit, self._read, self._now = commit, read, clock

    async def first(self, asked: Keyed) -> str | None:
        """Return what was answered under this key. Raises Conflict: that was another body."""
        for row in await self._read(FIND, asked.key, to_ms(self._now() - KEPT)):
            return _same(asked, row["body_sha256"], row["answer"])
        return None

    async def insert(
        self, asked: Keyed, drafts: Sequence[Draft], answer: Callable[[list[int]], str]
    ) -> str:
        """Create tasks and keep the answer, or return that of whoever was first.

        Raises Conflict, MaterialTaken; nothing is created then.
        """
        return await self._commit(lambda db: _insert(db, asked, drafts, answer, self._now()))


def _insert(
    db: sqlite3.Connection,
    asked: Keyed,
    drafts: Sequence[Draft],
    answer: Callable[[list[int]], str],
    now: datetime,
) -> str:
    oldest = to_ms(now - KEPT)
    # asked again in here: one whose caller has left may have been committed a moment ago
    if row := db.execute(FIND, (asked.key, oldest)).fetchone():
        return _same(asked, row["body_sha256"], row["answer"])
    db.execute("DELETE FROM answer WHERE at <= ?", (oldest,))
    said = answer(changes.insert(db, drafts, now))
    db.execute(
        "INSERT INTO answer (key, body_sha256, answer, at) VALUES (?, ?, ?, ?)",
        (asked.key, asked.body_sha256, said, to_ms(now)),
    )
    return said


def _same(asked: Keyed, body_sha256: str, answer: str) -> str:
    if body_sha256 != asked.body_sha256:
        raise Conflict("That Idempotency-Key was used for another request; take a new one.")
    return answer

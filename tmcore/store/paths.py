"""Which unproven paths were walked on which version of an app, and which a person confirmed."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from tmcore.errors import NotFound
from tmcore.paths import AppPath, PathOf
from tmcore.store.reading import Read
from tmcore.store.times import from_ms, to_ms
from tmcore.store.writer import Writer

_HERE = "WHERE package = ? AND version = ? AND path = ?"


class Walked(NamedTuple):
    """A path as the database knows it."""

    of: PathOf
    task_id: int | None
    evidence: tuple[str, ...]
    walked_at: datetime | None
    confirmed_at: datetime | None


class PathShelf:
    """Reached as `store.paths`."""

    def __init__(self, write: Writer, read: Read, clock: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = write, read, clock

    async def every(self) -> tuple[Walked, ...]:
        rows = await self._read("SELECT * FROM app_path ORDER BY package, version, path")
        return tuple([await self._walked(row) for row in rows])

    async def one(self, path: PathOf) -> Walked:
        """Raises NotFound where it was neither walked nor confirmed."""
        rows = await self._read(f"SELECT * FROM app_path {_HERE}", *_place(path))
        if not rows:
            raise _not_found(path)
        return await self._walked(rows[0])

    async def walk(self, paths: Sequence[PathOf], task_id: int) -> tuple[AppPath, ...]:
        """Note that a task walked these; return those that nobody has confirmed."""
        return await self._write(partial(_walk, paths=paths, task_id=task_id, now=self._now()))

    async def confirm(self, path: PathOf) -> None:
        await self._write(partial(_confirm, path=path, now=self._now()))

    async def withdraw(self, path: PathOf) -> None:
        """Raises NotFound where it is not confirmed."""
        await self._write(partial(_withdraw, path=path))

    async def _walked(self, row: dict[str, Any]) -> Walked:
        place = PathOf(package=row["package"], version=row["version"], path=row["path"])
        return Walked(
            place,
            row["task_id"],
            await self._evidence(row["task_id"], place.path),
            from_ms(row["walked_at"]) if row["walked_at"] else None,
            from_ms(row["confirmed_at"]) if row["confirmed_at"] else None,
        )

    async def _evidence(self, task_id: int | None, path: AppPath) -> tuple[str, ...]:
        """Return the names of what the task's newest attempt kept of it."""
        rows = await self._read(
            "SELECT name FROM evidence WHERE attempt_id = "
            "(SELECT MAX(id) FROM attempt WHERE task_id = ?) ORDER BY id",
            task_id or 0,
        )
        names = [row["name"] for row in rows]
        return tuple(
            name for name in names if name.partition("-")[2].startswith((path, "composer"))
        )


def _walk(
    db: sqlite3.Connection, paths: Sequence[PathOf], task_id: int, now: datetime
) -> tuple[AppPath, ...]:
    for path in paths:
        db.execute(
            "INSERT INTO app_path (package, version, path, task_id, walked_at) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (package, version, path) "
            "DO UPDATE SET task_id = excluded.task_id, walked_at = excluded.walked_at",
            (*_place(path), task_id, to_ms(now)),
        )
    return tuple(path.path for path in paths if not _is_confirmed(db, path))


def _confirm(db: sqlite3.Connection, path: PathOf, now: datetime) -> None:
    db.execute(
        "INSERT INTO app_path (package, version, path, confirmed_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (package, version, path) DO UPDATE "
        "SET confirmed_at = COALESCE(confirmed_at, excluded.confirmed_at)",
        (*_place(path), to_ms(now)),
    )


def _withdraw(db: sqlite3.Connection, path: PathOf) -> None:
    if not _is_confirmed(db, path):
        raise _not_found(path)
    db.execute(f"UPDATE app_path SET confirmed_at = NULL {_HERE}", _place(path))


def _is_confirmed(db: sqlite3.Connection, path: PathOf) -> bool:
    query = f"SELECT 1 FROM app_path {_HERE} AND confirmed_at IS NOT NULL"
    return db.execute(query, _place(path)).fetchone() is not None


def _place(path: PathOf) -> tuple[str, str, str]:
    return path.package, path.version, path.path


def _not_found(path: PathOf) -> NotFound:
    return NotFound(f"{path.path} of {path.package} {path.version} is not confirmed")

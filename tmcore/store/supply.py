"""What may be dealt, asked while it is dealt: in the threads that look at files, and one by one.

How much of a folder is looked at is known only on the way, and the ledger of years does not fit
into an answer. So this reads through a connection of its own, which cannot write and sees each
commit.
"""

import threading
from collections.abc import Sequence
from pathlib import Path

import orjson

from tmcore.materials import Material, MediaKind
from tmcore.store import materials, reservations
from tmcore.store.reader import connect_reading


class Supply:
    """Satisfies scripts.script.Supply. Blocks; safe to be asked from several threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = connect_reading(path)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def materials(self, kind: MediaKind, tags: Sequence[str]) -> tuple[Material, ...]:
        """Return the library's files of a kind that have any of these tags; without tags, all."""
        wanted = orjson.dumps(list(tags)).decode() if tags else None
        with self._lock:
            rows = self._db.execute(
                f"SELECT * FROM material WHERE kind = ? AND {materials.TAGGED} ORDER BY id",
                (kind, wanted, wanted),
            ).fetchall()
        return materials.MATERIALS.validate_python([dict(row) for row in rows])

    def used(self, sha256: str) -> tuple[str, ...]:
        """Return "app/account" of each press of a file."""
        with self._lock:
            return reservations.used(self._db, sha256)

    def held(self, sha256: str) -> tuple[str, ...]:
        """Return the scopes in which a file is reserved."""
        with self._lock:
            return reservations.held(self._db, sha256)

    def turn(self, name: str) -> int:
        """Return how many lines of a text file were dealt so far."""
        with self._lock:
            row = self._db.execute("SELECT count FROM turn WHERE name = ?", (name,)).fetchone()
        return row["count"] if row else 0

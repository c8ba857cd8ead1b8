"""Tokens: their names, scopes and the hashes of their secrets."""

import sqlite3
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

from tmcore.errors import BadInput, NotFound
from tmcore.keys import NewToken, Token
from tmcore.store.reading import Read
from tmcore.store.times import from_ms, to_ms
from tmcore.store.writer import Writer
from tmcore.validation import shown


class TokenShelf:
    """Reached as `store.tokens`."""

    def __init__(self, write: Writer, read: Read) -> None:
        self._write, self._read = write, read

    async def every(self) -> dict[str, Token]:
        """Return the tokens by the hash of their secret."""
        rows = await self._read("SELECT * FROM token ORDER BY name")
        return {
            row["digest"]: Token(
                name=row["name"], scope=row["scope"], created_at=from_ms(row["created_at"])
            )
            for row in rows
        }

    async def add(self, new: NewToken, digest: str, now: datetime) -> None:
        """Keep a token. Raises BadInput when its name is taken."""
        await self._write(partial(_add, new=new, digest=digest, now=now))

    async def remove(self, name: str) -> None:
        """Forget a token. Raises NotFound."""
        await self._write(partial(_remove, name=name))


def _add(db: sqlite3.Connection, new: NewToken, digest: str, now: datetime) -> None:
    if db.execute("SELECT 1 FROM token WHERE name = ?", (new.name,)).fetchone():
        raise BadInput.of("name", f"there is a token {new.name!r} already; revoke it, or name this")
    db.execute(
        "INSERT INTO token (name, scope, digest, created_at) VALUES (?, ?, ?, ?)",
        (new.name, new.scope, digest, to_ms(now)),
    )


def _remove(db: sqlite3.Connection, name: str) -> None:
    if db.execute("DELETE FROM token WHERE name = ?", (name,)).rowcount == 0:
        raise NotFound(f"token {shown(name)} does not exist")


def any_in(path: Path) -> bool:
    """Whether a database file holds a token; it is only looked at, whoever has it open."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return db.execute("SELECT 1 FROM token LIMIT 1").fetchone() is not None
    except sqlite3.Error:  # older than tokens, or no database: opening it will say so
        return False

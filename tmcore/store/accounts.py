"""Which account lives on which device in which app. Units of work, and their one query."""

import sqlite3
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from tmcore.errors import BadInput, NotFound
from tmcore.model import Account, NewAccount
from tmcore.store.reading import Read
from tmcore.store.times import LARGEST_ID, to_ms

ACCOUNTS: TypeAdapter[tuple[Account, ...]] = TypeAdapter(tuple[Account, ...])


def plain(username: str) -> str:
    """A username as it is stored and compared: without @, in lower case."""
    return username.removeprefix("@").lower()


async def everyone(read: Read) -> tuple[Account, ...]:
    return ACCOUNTS.validate_python(await read("SELECT * FROM account"))


def add(db: sqlite3.Connection, new: NewAccount, now: datetime) -> dict[str, Any]:
    username = plain(new.username)
    bound = db.execute(
        "SELECT id FROM account WHERE app = ? AND username = ? AND serial = ?",
        (new.app, username, new.serial),
    ).fetchone()
    if bound:
        raise BadInput.of("username", f"{username!r} is bound to {new.serial} in {new.app} already")
    row = db.execute(
        "INSERT INTO account (app, username, serial, package, user, enabled, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *",
        (new.app, username, new.serial, new.package, new.user, new.enabled, to_ms(now)),
    ).fetchone()
    return dict(row)


def remove(db: sqlite3.Connection, account_id: int) -> None:
    gone = account_id < LARGEST_ID and db.execute("DELETE FROM account WHERE id = ?", (account_id,))
    if not gone or gone.rowcount == 0:
        raise NotFound(f"account {account_id} does not exist")

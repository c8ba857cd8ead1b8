"""Which account lives on which device in which app, which of them are held, and which is open."""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

import orjson
from pydantic import TypeAdapter

from tmcore.accounts import Account, NewAccount
from tmcore.errors import BadInput, FieldError, NotFound
from tmcore.reasons import Reason
from tmcore.rules.holds import open_one, waiting
from tmcore.store.times import LARGEST_ID, to_ms
from tmcore.store.writer import Work
from tmcore.validation import MOST_ERRORS

T = TypeVar("T")
Read = Callable[..., Awaitable[list[dict[str, Any]]]]
ACCOUNTS: TypeAdapter[tuple[Account, ...]] = TypeAdapter(tuple[Account, ...])

# The account that a task is for: its own, or else the one that is open, as rules.holds.open_one
# has it. While that one is held or disabled, the task waits.
WAITS_FOR = """SELECT a.id FROM account a WHERE a.serial = task.serial AND a.app = task.app
AND (a.held IS NOT NULL OR NOT a.enabled) AND CASE
WHEN task.username IS NOT NULL THEN a.username = task.username
ELSE a.id = (SELECT b.id FROM account b WHERE b.serial = task.serial AND b.app = task.app
 ORDER BY b.open_at IS NULL, b.open_at DESC, b.held IS NOT NULL OR NOT b.enabled, b.id LIMIT 1)
END"""


class Write(Protocol):
    """The one road to a commit."""

    async def __call__(self, work: Work[T]) -> T: ...


def plain(username: str) -> str:
    """A username as it is stored and compared: without @, in lower case."""
    return username.removeprefix("@").lower()


class AccountShelf:
    """Every bound account, kept in memory too: every create asks for them."""

    def __init__(self, write: Write, read: Read, clock: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = write, read, clock
        self._known: dict[int, Account] = {}

    async def load(self) -> None:
        """Read them all, once."""
        rows = await self._read("SELECT * FROM account")
        self._known = {account.id: account for account in ACCOUNTS.validate_python(rows)}

    def every(self, app: str | None = None, serial: str | None = None) -> tuple[Account, ...]:
        found = (
            account
            for account in self._known.values()
            if app in (None, account.app) and serial in (None, account.serial)
        )
        return tuple(sorted(found, key=lambda a: (a.serial, a.app, a.username)))

    def one(self, account_id: int) -> Account:
        """Return one account. Raises NotFound."""
        if account_id not in self._known:
            raise NotFound(f"account {account_id} does not exist")
        return self._known[account_id]

    def of(self, app: str, serial: str, username: str | None) -> Account | None:
        """Return the account of that name on a device; without a name the one that is open."""
        bound = self.every(app, serial)
        if username is None:
            return open_one(list(bound))
        return next((account for account in bound if account.username == username), None)

    async def add(self, new: NewAccount) -> Account:
        """Bind an account. Raises BadInput when it is bound there already."""
        return await self._keep(lambda db: _add(db, new, self._now()))

    async def add_all(self, new: Sequence[NewAccount]) -> tuple[Account, ...]:
        """Bind them all or none; one that is bound so already stays as it is. Raises BadInput."""
        rows = await self._write(partial(_add_all, new=new, now=self._now()))
        accounts = ACCOUNTS.validate_python(rows)
        self._known |= {account.id: account for account in accounts}
        return accounts

    async def change(self, account_id: int, changes: dict[str, Any]) -> Account:
        """Change enabled, package or user. Raises NotFound."""
        return await self._keep(partial(_set, account_id=account_id, values=changes))

    async def remove(self, account_id: int) -> None:
        """Unbind an account. Raises NotFound."""
        await self._write(partial(_remove, account_id=account_id))
        self._known.pop(account_id, None)

    async def hold(
        self, app: str, serial: str, username: str | None, reason: Reason, why: str
    ) -> Account | None:
        """Let an account's tasks wait until a person releases it; None where nobody knows which.

        A name that is not bound there is bound by this. A hold that is there keeps its beginning.
        """
        name = username or await self._name_there(app, serial)
        if name is None:
            return None
        place = (app, name, serial)
        return await self._keep(lambda db: _hold(db, place, reason, why, self._now()))

    async def release(self, account_id: int) -> Account:
        """End a hold, if there is one. Raises NotFound."""
        free = {"held": None, "held_why": "", "held_since": None}
        return await self._keep(partial(_set, account_id=account_id, values=free))

    async def opened(self, app: str, serial: str, username: str) -> Account | None:
        """Note which account an app was just seen open as; None where that one is not bound."""
        account = self.of(app, serial, username)
        if account is None:
            return None
        values = {"open_at": to_ms(self._now())}
        return await self._keep(partial(_set, account_id=account.id, values=values))

    async def bind(
        self, app: str, serial: str, usernames: Sequence[str], package: str | None, opened: str
    ) -> tuple[Account, ...]:
        """Bind what was seen in one app, and note which is open there. Return those that are new.

        Nothing is unbound: a list may be longer than what was seen of it.
        """
        known = {account.username for account in self.every(app, serial)}
        for username in usernames:
            place = (app, username, serial)
            await self._keep(partial(_bind, place=place, package=package, now=self._now()))
        await self.opened(app, serial, opened)
        return tuple(a for a in self.every(app, serial) if a.username not in known)

    async def why_waiting(self, task_ids: Sequence[int]) -> dict[int, str]:
        """Return, of these pending tasks, those whose account may not post now, and why."""
        if not task_ids or not any(account.waits for account in self._known.values()):
            return {}
        rows = await self._read(
            f"SELECT id, ({WAITS_FOR}) AS account_id FROM task "
            "WHERE status = 0 AND id IN (SELECT value FROM json_each(?))",
            orjson.dumps(list(task_ids)).decode(),
        )
        found = ((row["id"], self._known.get(row["account_id"])) for row in rows)
        return {task_id: waiting(account) for task_id, account in found if account}

    async def _name_there(self, app: str, serial: str) -> str | None:
        """Say whose app it is, as far as is known: the open one, else the one last posted on."""
        if account := self.of(app, serial, None):
            return account.username
        rows = await self._read(
            "SELECT account FROM press WHERE serial = ? AND app = ? ORDER BY id DESC LIMIT 1",
            serial,
            app,
        )
        return rows[0]["account"] if rows else None

    async def _keep(self, work: Work[dict[str, Any]]) -> Account:
        account = Account.model_validate(await self._write(work))
        self._known[account.id] = account
        return account


Place = tuple[str, str, str]  # app, username, serial


def _add(db: sqlite3.Connection, new: NewAccount, now: datetime) -> dict[str, Any]:
    place = (new.app, plain(new.username), new.serial)
    if bound := _find(db, place):
        where = bound["package"] or new.app
        another = bound["package"] != new.package
        other = "; an account is posted on in one app of a phone" if another else ""
        said = f"{place[1]!r} is bound to {new.serial} in {where} already{other}"
        raise BadInput.of("username", said)
    row = db.execute(
        "INSERT INTO account (app, username, serial, package, user, enabled, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *",
        (*place, new.package, new.user, new.enabled, to_ms(now)),
    ).fetchone()
    return dict(row)


def _add_all(
    db: sqlite3.Connection, new: Sequence[NewAccount], now: datetime
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    errors: list[FieldError] = []
    for place, one in enumerate(new):
        bound = _find(db, (one.app, plain(one.username), one.serial))
        if bound and bound["package"] == one.package:
            rows.append(bound)
            continue
        try:
            rows.append(_add(db, one, now))
        except BadInput as error:
            errors += (FieldError(f"accounts[{place}].{e.field}", e.message) for e in error.errors)
    if errors:
        raise BadInput(*errors[:MOST_ERRORS])
    return rows


def _bind(
    db: sqlite3.Connection, place: Place, package: str | None, now: datetime
) -> dict[str, Any]:
    if bound := _find(db, place):
        return _set(db, bound["id"], {"package": package})
    row = db.execute(
        "INSERT INTO account (app, username, serial, package, created_at) "
        "VALUES (?, ?, ?, ?, ?) RETURNING *",
        (*place, package, to_ms(now)),
    ).fetchone()
    return dict(row)


def _hold(
    db: sqlite3.Connection, place: Place, reason: Reason, why: str, now: datetime
) -> dict[str, Any]:
    bound = _find(db, place) or _bind(db, place, None, now)
    if bound["held"] is not None:
        return bound
    held = {"held": str(reason), "held_why": why, "held_since": to_ms(now)}
    return _set(db, bound["id"], held)


def _find(db: sqlite3.Connection, place: Place) -> dict[str, Any] | None:
    row = db.execute(
        "SELECT * FROM account WHERE app = ? AND username = ? AND serial = ?", place
    ).fetchone()
    return dict(row) if row else None


def _set(db: sqlite3.Connection, account_id: int, values: dict[str, Any]) -> dict[str, Any]:
    """Set columns; their names are ours."""
    if account_id >= LARGEST_ID:
        raise NotFound(f"account {account_id} does not exist")
    columns = ", ".join(f"{name} = ?" for name in values) or "id = id"
    row = db.execute(
        f"UPDATE account SET {columns} WHERE id = ? RETURNING *", (*values.values(), account_id)
    ).fetchone()
    if row is None:
        raise NotFound(f"account {account_id} does not exist")
    return dict(row)


def _remove(db: sqlite3.Connection, account_id: int) -> None:
    gone = account_id < LARGEST_ID and db.execute("DELETE FROM account WHERE id = ?", (account_id,))
    if not gone or gone.rowcount == 0:
        raise NotFound(f"account {account_id} does not exist")

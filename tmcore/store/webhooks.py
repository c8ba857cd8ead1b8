"""Webhooks, and how far each has been told.

What it is to be told is not copied: the events stand in the log, written in the transaction of
what they tell of, and a cursor says how far a webhook has come. So none is lost, and none is made
up by a rollback.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import orjson

from tmcore.errors import BadInput, NotFound
from tmcore.store.accounts import Read, Write
from tmcore.store.times import LARGEST_ID, to_ms
from tmcore.webhooks import MOST, NewWebhook, Webhook

ROWS = """SELECT id, url, events, created_at, told_at, failures, why, off,
(SELECT COALESCE(MAX(id), 0) FROM event) - cursor AS behind FROM webhook ORDER BY id"""
ADD = """INSERT INTO webhook (url, events, secret, cursor, created_at)
VALUES (?, ?, ?, (SELECT COALESCE(MAX(id), 0) FROM event), ?) RETURNING id"""
PASSED = "UPDATE webhook SET cursor = MAX(cursor, ?) WHERE id = ?"
TOLD = "UPDATE webhook SET cursor = ?, told_at = ?, failures = 0, why = '' WHERE id = ?"
FAILED = "UPDATE webhook SET failures = failures + 1, why = ?, off = ? WHERE id = ?"
RESUMED = "UPDATE webhook SET failures = 0, why = '', off = 0 WHERE id = ?"


class Errand(NamedTuple):
    """What whoever tells a webhook has to know: where it stopped, and how to sign."""

    webhook: Webhook
    secret: str
    cursor: int


class WebhookShelf:
    """Reached as `store.webhooks`."""

    def __init__(self, write: Write, read: Read, clock: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = write, read, clock

    async def every(self) -> tuple[Webhook, ...]:
        return tuple(_webhook(row) for row in await self._read(ROWS))

    async def one(self, webhook_id: int) -> Webhook:
        """Raises NotFound."""
        found = [one for one in await self.every() if one.id == webhook_id]
        if not found:
            raise _missing(webhook_id)
        return found[0]

    async def errands(self) -> list[Errand]:
        """Return the webhooks that are to be told."""
        keys = {
            row["id"]: (row["secret"], row["cursor"])
            for row in await self._read("SELECT id, secret, cursor FROM webhook WHERE off = 0")
        }
        return [Errand(one, *keys[one.id]) for one in await self.every() if one.id in keys]

    async def add(self, new: NewWebhook, secret: str) -> Webhook:
        """Raises BadInput where there are too many."""
        webhook_id = await self._write(partial(_add, new=new, secret=secret, now=self._now()))
        return await self.one(webhook_id)

    async def passed(self, webhook_id: int, cursor: int) -> None:
        """It need not be told of what came until then."""
        await self._write(lambda db: db.execute(PASSED, (cursor, webhook_id)).rowcount)

    async def told(self, webhook_id: int, cursor: int) -> None:
        now = to_ms(self._now())
        await self._write(lambda db: db.execute(TOLD, (cursor, now, webhook_id)).rowcount)

    async def failed(self, webhook_id: int, why: str, *, off: bool) -> None:
        await self._write(lambda db: db.execute(FAILED, (why, off, webhook_id)).rowcount)

    async def resume(self, webhook_id: int) -> None:
        await self._touch(RESUMED, webhook_id)

    async def remove(self, webhook_id: int) -> None:
        await self._touch("DELETE FROM webhook WHERE id = ?", webhook_id)

    async def _touch(self, sql: str, webhook_id: int) -> None:
        """Raises NotFound."""
        if webhook_id >= LARGEST_ID or not await self._write(
            lambda db: db.execute(sql, (webhook_id,)).rowcount
        ):
            raise _missing(webhook_id)


def _add(db: sqlite3.Connection, new: NewWebhook, secret: str, now: datetime) -> int:
    [[count]] = db.execute("SELECT COUNT(*) FROM webhook").fetchall()
    if count >= MOST:
        raise BadInput.of("url", f"there are {MOST} webhooks already; delete one first")
    events = orjson.dumps(new.events).decode()
    return int(db.execute(ADD, (new.url, events, secret, to_ms(now))).fetchone()["id"])


def _webhook(row: dict[str, Any]) -> Webhook:
    return Webhook.model_validate(row | {"events": orjson.loads(row["events"])})


def _missing(webhook_id: int) -> NotFound:
    return NotFound(f"webhook {webhook_id} does not exist")

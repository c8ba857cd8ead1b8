"""Which candidates of the profiles find their targets on the phones, per app and version."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from functools import partial

from tmcore.drift import Counted, Hit
from tmcore.store.accounts import Write
from tmcore.store.reading import Read
from tmcore.store.times import from_ms, to_ms

KEPT = timedelta(days=90)  # since a candidate was last of use; versions come and go

ADD = """INSERT INTO target_hit
(app, package, version, target, rule, candidate, looks, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (app, package, version, target, rule, candidate)
DO UPDATE SET looks = looks + excluded.looks, seen_at = excluded.seen_at"""


class HitShelf:
    """Reached as `store.hits`."""

    def __init__(self, write: Write, read: Read, clock: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = write, read, clock

    async def add(self, hits: Mapping[Hit, int]) -> None:
        """Add what one attempt has counted, and forget what is long out of use."""
        await self._write(partial(_add, hits=hits, now=self._now()))

    async def every(self) -> tuple[Counted, ...]:
        rows = await self._read("SELECT * FROM target_hit ORDER BY id")
        return tuple(
            Counted(
                Hit(**{field.name: row[field.name] for field in fields(Hit)}),
                row["looks"],
                from_ms(row["seen_at"]),
            )
            for row in rows
        )


def _add(db: sqlite3.Connection, hits: Mapping[Hit, int], now: datetime) -> None:
    db.executemany(
        ADD,
        [
            (h.app, h.package, h.version, h.target, h.rule, h.candidate, looks, to_ms(now))
            for h, looks in hits.items()
        ],
    )
    db.execute("DELETE FROM target_hit WHERE seen_at < ?", (to_ms(now - KEPT),))

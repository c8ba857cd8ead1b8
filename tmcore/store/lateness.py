"""Units of work: when phones could take tasks, and the tasks whose hour has passed meanwhile."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson

from tmcore.model import Change
from tmcore.rules.lateness import missed_before
from tmcore.store.changes import apply
from tmcore.store.times import from_ms, to_ms

ABSENT = "SELECT serial, able_at FROM device WHERE able_at < ?"
OVERDUE = """SELECT id, start_at FROM task WHERE status = 0 AND serial = ? AND start_at < ?
AND timed ORDER BY start_at"""
ABLE = "UPDATE device SET able_at = ? WHERE serial IN (SELECT value FROM json_each(?))"


def note_able(
    db: sqlite3.Connection, able: Sequence[str], now: datetime, limit: timedelta
) -> list[int]:
    """Fail what was missed until now, then note that these phones are able; return the missed.

    A phone that is still away misses too: nobody learns of it only when it comes back.
    """
    missed = [task_id for row in _absent(db, now, limit) for task_id in _miss(db, row, now, limit)]
    db.execute(ABLE, (to_ms(now), orjson.dumps(list(able)).decode()))
    return missed


def _absent(db: sqlite3.Connection, now: datetime, limit: timedelta) -> list[sqlite3.Row]:
    return db.execute(ABSENT, (to_ms(now - limit),)).fetchall() if limit else []


def _miss(
    db: sqlite3.Connection, device: sqlite3.Row, now: datetime, limit: timedelta
) -> list[int]:
    able_at = from_ms(device["able_at"])
    before = missed_before(able_at, now, limit)
    if before is None:
        return []
    rows = db.execute(OVERDUE, (device["serial"], to_ms(before))).fetchall()
    minutes = limit.total_seconds() / 60
    for row in rows:
        since = max(able_at, from_ms(row["start_at"]))
        away = (now - since).total_seconds() / 60
        remark = f"its phone was away for {away:.0f} min past its hour; {minutes:.0f} are allowed"
        apply(db, row["id"], Change.miss(remark), now)
    return [row["id"] for row in rows]

"""The one place where a task's status moves. Units of work for the writer: plain functions on SQL.

Every move is guarded by the old status in its WHERE clause, ends the attempt that was open, settles
the press that was made, and leaves an event, all in one transaction.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from tmcore.accounts import App
from tmcore.errors import BadInput, FieldError, NotFound
from tmcore.model import (
    COMPLETED,
    FAILED,
    PENDING,
    RUNNING,
    TRANSITIONS,
    Change,
    Media,
    PressOutcome,
    TaskStatus,
)
from tmcore.reasons import Reason
from tmcore.rules.dealing import ALWAYS
from tmcore.store.accounts import WAITS_FOR
from tmcore.store.reservations import release, reserve
from tmcore.store.times import LARGEST_ID, to_ms


class IllegalMove(BadInput):
    """A task cannot move like that from where it is."""

    def __init__(self, task_id: int, status: TaskStatus, change: str) -> None:
        message = f"task {task_id} is {status.name.lower()}; it cannot {change}"
        super().__init__(FieldError("task_id", message))


@dataclass(frozen=True)
class Draft:
    """A task about to be created; everything about it has been checked."""

    serial: str
    username: str | None
    app: str | None  # None: it is about no account
    script_name: str
    script_config: str
    source: str
    start_at: datetime
    place: int
    media: Path | None
    media_sha256: str | None
    caption: str
    more: tuple[Media, ...] = ()
    sound: str = ""
    scope: str | None = None  # for whom its files are reserved; see rules/dealing.py
    turns: tuple[str, ...] = ()  # the text files that gave it a line


@dataclass(frozen=True)
class Claimed:
    """A task that owns its device's slot now."""

    attempt_id: int
    task_id: int
    gen: int
    serial: str
    username: str | None
    script_name: str
    script_config: str
    retry_count: int = 0
    media: Path | None = None
    media_sha256: str | None = None
    caption: str = ""
    app: App = "tiktok"
    more: tuple[Media, ...] = ()
    sound: str = ""
    may_repeat: bool = False  # post what its account has posted before


INSERT = """INSERT INTO task (serial, username, app, script_name, script_config, source, place,
media, media_sha256, caption, more, sound, scope, start_at, created_at, timed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
TURN = "INSERT INTO turn VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1"


def insert(db: sqlite3.Connection, drafts: Sequence[Draft], now: datetime) -> list[int]:
    """Create the tasks, all or none; ids follow each other in the drafts' order.

    Raises MaterialTaken where a file that was dealt to one of them is not free any more.

    AUTOINCREMENT inside one BEGIN IMMEDIATE hands out neighbouring ids, so one executemany does.
    """
    created = to_ms(now)
    rows = [row_of(draft, created) for draft in drafts]
    db.executemany(INSERT, rows)
    last: int = db.execute("SELECT last_insert_rowid()").fetchone()[0]
    first = last - len(rows) + 1
    db.executemany(
        "INSERT INTO event (task_id, at, change, new) VALUES (?, ?, 'create', 0)",
        [(task_id, created) for task_id in range(first, last + 1)],
    )
    _take(db, drafts, first)
    return list(range(first, last + 1))


def row_of(d: Draft, created: int) -> tuple[Any, ...]:
    """Return what INSERT binds for a draft."""
    return (
        d.serial,
        d.username,
        d.app,
        d.script_name,
        d.script_config,
        d.source,
        d.place,
        str(d.media) if d.media else None,
        d.media_sha256,
        d.caption,
        orjson.dumps([(str(media.path), media.sha256) for media in d.more]).decode(),
        d.sound,
        d.scope,
        to_ms(d.start_at),
        created,
        to_ms(d.start_at) > created,
    )


def _take(db: sqlite3.Connection, drafts: Sequence[Draft], first: int) -> None:
    """Reserve what the new tasks were dealt, and turn their text files on."""
    scoped = [first + place for place, draft in enumerate(drafts) if draft.scope is not None]
    reserve(db, scoped, "script_config.material_source")
    db.executemany(TURN, [(name,) for draft in drafts for name in draft.turns])


CLAIM = f"""UPDATE task SET status = 1, started_at = ?, ended_at = NULL, reason = NULL, remark = '',
step = '', progress = 0 WHERE id = ? AND status = 0
RETURNING id AS task_id, gen, serial, username, script_name, script_config, retry_count, media,
media_sha256, caption, IFNULL(app, 'tiktok') AS app, more, sound,
scope IS '{ALWAYS}' AS may_repeat"""


KINDS = {"match_accounts": "match"}  # what an attempt of such a script is; of any other a post

# a device takes no task while its slot is held, nor from the moment it is paused or quarantined, or
# the task's account is held
SHUT = f"""SELECT 1 FROM task WHERE id = ? AND (
EXISTS (SELECT 1 FROM attempt WHERE attempt.serial = task.serial AND ended_at IS NULL)
OR EXISTS (SELECT 1 FROM device WHERE device.serial = task.serial
    AND (paused IS NOT NULL OR quarantined IS NOT NULL))
OR EXISTS ({WAITS_FOR}))"""


def claim(db: sqlite3.Connection, task_ids: Sequence[int], now: datetime) -> list[Claimed]:
    """Claim tasks with their devices' slots; what is gone, or its device shut, is left out."""
    claimed = (_claim_one(db, task_id, to_ms(now)) for task_id in task_ids)
    return [one for one in claimed if one]


def _claim_one(db: sqlite3.Connection, task_id: int, now_ms: int) -> Claimed | None:
    if db.execute(SHUT, (task_id,)).fetchone():
        return None
    task = db.execute(CLAIM, (now_ms, task_id)).fetchone()
    if task is None:
        return None
    kind = KINDS.get(task["script_name"], "post")
    if orjson.loads(task["script_config"]).get("rehearse"):
        kind = "rehearse"
    attempt_id = open_attempt(db, task_id, task["serial"], task["gen"], kind, now_ms)
    _event(db, task_id, attempt_id, now_ms, Change(name="claim"), PENDING, RUNNING)
    return _claimed(task, attempt_id)


def _claimed(row: sqlite3.Row, attempt_id: int) -> Claimed:
    """The row's columns bear the fields' names; what SQL has no type for is read here."""
    typed = {
        "media": Path(row["media"]) if row["media"] else None,
        "more": tuple(Media(path=path, sha256=sha) for path, sha in orjson.loads(row["more"])),
        "may_repeat": bool(row["may_repeat"]),
    }
    return Claimed(attempt_id, **dict(row) | typed)


def open_attempt(
    db: sqlite3.Connection, task_id: int, serial: str, gen: int, kind: str, now_ms: int
) -> int:
    cursor = db.execute(
        "INSERT INTO attempt (task_id, kind, serial, gen, started_at) VALUES (?, ?, ?, ?, ?)",
        (task_id, kind, serial, gen, now_ms),
    )
    assert cursor.lastrowid
    return cursor.lastrowid


def apply(
    db: sqlite3.Connection,
    task_id: int,
    change: Change,
    now: datetime,
    attempt_id: int | None = None,
) -> None:
    """Move a task. Raises NotFound, IllegalMove; BadInput when an unknown outcome forbids it.

    MaterialTaken when it is to run again, and its files belong to another task by now.

    A running task moves only for its own open attempt: an old owner changes nothing.
    """
    task = db.execute("SELECT status, gen, start_at FROM task WHERE id = ?", (task_id,)).fetchone()
    if task is None:
        raise NotFound(f"task {task_id} does not exist")
    old = TaskStatus(task["status"])
    new = TRANSITIONS[old].get(change.name)
    if new is None:
        raise IllegalMove(task_id, old, change.name)
    now_ms = to_ms(now)
    if old is RUNNING:
        attempt_id = _end_attempt(db, task_id, change, now_ms, attempt_id)
    _settle_press(db, task_id, task["gen"], old, change)
    _move(db, task_id, old, new, change, now_ms, task["start_at"])
    if new in (COMPLETED, FAILED):
        release(db, task_id)
    elif old is FAILED:
        reserve(db, [task_id], "task_id")
    _event(db, task_id, attempt_id, now_ms, change, old, new)


def _end_attempt(
    db: sqlite3.Connection, task_id: int, change: Change, now_ms: int, attempt_id: int | None
) -> int:
    ended = db.execute(
        "UPDATE attempt SET ended_at = ?, outcome = ?, reason = ?, remark = ? "
        "WHERE task_id = ? AND ended_at IS NULL AND id = COALESCE(?, id) RETURNING id",
        (now_ms, change.name, change.reason, change.remark, task_id, attempt_id),
    ).fetchone()
    if ended is None:
        raise IllegalMove(task_id, RUNNING, f"{change.name} for an attempt that has ended")
    return int(ended["id"])


def _move(
    db: sqlite3.Connection,
    task_id: int,
    old: TaskStatus,
    new: TaskStatus,
    change: Change,
    now_ms: int,
    start_ms: int,
) -> None:
    due_ms = to_ms(change.start_at) if change.start_at else start_ms
    counts = change.name == "retry" and not change.by_person
    # whoever asks for another run wants it at whatever hour, unless its own is still ahead
    untimed = change.by_person and due_ms <= now_ms
    moved = db.execute(
        "UPDATE task SET status = ?, reason = ?, remark = ?, stop_requested = 0, "
        "ended_at = ?, start_at = ?, place = MIN(place, ?), timed = timed AND NOT ?, "
        "retry_count = retry_count + ? WHERE id = ? AND status = ?",
        (
            new,
            change.reason,
            change.remark,
            now_ms if new in (COMPLETED, FAILED) else None,
            due_ms,
            due_ms,
            untimed,
            int(counts),
            task_id,
            old,
        ),
    )
    assert moved.rowcount == 1, "the row was read in this transaction"


# What a change says about the task's newest press, where one was made.
PRESS_AFTER: dict[str, PressOutcome] = {
    "complete": PressOutcome.CONFIRMED,
    "prove": PressOutcome.CONFIRMED,
    "posted": PressOutcome.POSTED,
    "not_posted": PressOutcome.NOT_POSTED,
}
SETTLED = (PressOutcome.VOID, PressOutcome.NOT_POSTED)


def _settle_press(
    db: sqlite3.Connection, task_id: int, gen: int, old: TaskStatus, change: Change
) -> None:
    """Keep ledger and status in step; `retry` needs a press that is proved not to be out."""
    press = db.execute(
        "SELECT outcome FROM press WHERE task_id = ? AND gen = ?", (task_id, gen)
    ).fetchone()
    outcome = PressOutcome(press["outcome"]) if press else None
    claims_a_press = change.reason in (Reason.CONFIRMED, Reason.OUTCOME_UNKNOWN)
    if claims_a_press and outcome is None:
        raise IllegalMove(task_id, old, f"{change.name} as {change.reason} without a press")
    if change.name in ("prove", "posted", "not_posted") and outcome is not PressOutcome.UNKNOWN:
        raise BadInput.of("task_id", f"the outcome of task {task_id} is not unknown")
    if change.name in ("retry", "interrupt") and outcome is not None:
        _next_generation(db, task_id, outcome)
    elif change.reason is Reason.OUTCOME_UNKNOWN:
        set_press(db, task_id, gen, PressOutcome.UNKNOWN)
    elif change.name in PRESS_AFTER and (change.name != "complete" or claims_a_press):
        set_press(db, task_id, gen, PRESS_AFTER[change.name])
    elif change.name in ("fail", "stop", "complete") and outcome not in (None, *SETTLED):
        raise IllegalMove(task_id, old, f"{change.name} as {change.reason} after a press")


def _next_generation(db: sqlite3.Connection, task_id: int, outcome: PressOutcome) -> None:
    if outcome not in SETTLED:
        raise BadInput.of(
            "task_id",
            f"task {task_id} may have been posted; resolve it first "
            f"(tm resolve {task_id} --posted or --not-posted)",
        )
    db.execute("UPDATE task SET gen = gen + 1 WHERE id = ?", (task_id,))


def set_press(db: sqlite3.Connection, task_id: int, gen: int, outcome: PressOutcome) -> None:
    db.execute(
        "UPDATE press SET outcome = ? WHERE task_id = ? AND gen = ?", (outcome, task_id, gen)
    )


def _event(
    db: sqlite3.Connection,
    task_id: int,
    attempt_id: int | None,
    now_ms: int,
    change: Change,
    old: TaskStatus,
    new: TaskStatus,
) -> None:
    db.execute(
        "INSERT INTO event (task_id, attempt_id, at, change, old, new, reason, remark) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (task_id, attempt_id, now_ms, change.name, old, new, change.reason, change.remark),
    )


def delete(db: sqlite3.Connection, task_ids: Sequence[int], now: datetime) -> list[int]:
    """Delete tasks that do not run; return the ids that were there. The ledger stays."""
    found = []
    for task_id in dict.fromkeys(task_ids):
        if task_id >= LARGEST_ID:
            continue
        row = db.execute("SELECT status FROM task WHERE id = ?", (task_id,)).fetchone()
        if row is None:
            continue
        if row["status"] == RUNNING:
            raise IllegalMove(task_id, RUNNING, "be deleted")
        for table in ("step", "log", "evidence"):
            db.execute(
                f"DELETE FROM {table} WHERE attempt_id IN "
                "(SELECT id FROM attempt WHERE task_id = ?)",
                (task_id,),
            )
        db.execute("DELETE FROM attempt WHERE task_id = ?", (task_id,))
        release(db, task_id)
        db.execute("DELETE FROM task WHERE id = ?", (task_id,))
        db.execute(
            "INSERT INTO event (task_id, at, change, old) VALUES (?, ?, 'delete', ?)",
            (task_id, to_ms(now), row["status"]),
        )
        found.append(task_id)
    return found


def last_event(db: sqlite3.Connection) -> int:
    return db.execute("SELECT MAX(id) FROM event").fetchone()[0] or 0

"""Units of work: what an attempt leaves behind while it runs."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from tmcore.errors import BadInput, ScriptFailed, TmError
from tmcore.model import PressOutcome
from tmcore.reasons import Reason
from tmcore.store.changes import Claimed, open_attempt
from tmcore.store.reservations import Earlier, earlier_press
from tmcore.store.times import to_ms

FURTHEST_EPOCH = 2**62  # whatever a phone says: SQLite's numbers must not come to their end


class NotOurs(TmError):
    """The attempt has ended; somebody else settled its task."""


class AlreadyPosted(ScriptFailed):
    """This account has posted this file before."""

    def __init__(self, earlier: Earlier, account: str) -> None:
        super().__init__(
            Reason.ALREADY_POSTED, f"@{account} has posted this file before: task {earlier.task_id}"
        )


@dataclass(frozen=True)
class Intent:
    """What is about to be pressed."""

    app: str
    account: str
    media_sha256: str
    more: tuple[str, ...] = ()  # the other files of the post
    may_repeat: bool = False
    before: str | None = None  # what stood there, and so proves nothing afterwards

    @property
    def files(self) -> tuple[str, ...]:
        return (self.media_sha256, *self.more)


@dataclass(frozen=True)
class Orphan:
    """An attempt that was open when the program ended, and its task's press if one was intended."""

    task_id: int
    attempt_id: int
    gen: int
    serial: str
    press: PressOutcome | None
    pressed_in: int  # the attempt, and so the epoch, under which the press was intended


def begin_step(db: sqlite3.Connection, attempt_id: int, name: str, now: datetime) -> int:
    cursor = db.execute(
        "INSERT INTO step (attempt_id, name, started_at) VALUES (?, ?, ?)",
        (attempt_id, name, to_ms(now)),
    )
    assert cursor.lastrowid
    return cursor.lastrowid


def end_step(db: sqlite3.Connection, step_id: int, outcome: str, now: datetime) -> None:
    db.execute(
        "UPDATE step SET ended_at = ?, outcome = ? WHERE id = ?", (to_ms(now), outcome, step_id)
    )


def log(db: sqlite3.Connection, attempt_id: int, text: str, now: datetime) -> None:
    db.execute(
        "INSERT INTO log (attempt_id, at, text) VALUES (?, ?, ?)", (attempt_id, to_ms(now), text)
    )


def keep_evidence(db: sqlite3.Connection, attempt_id: int, name: str) -> None:
    db.execute("INSERT INTO evidence (attempt_id, name) VALUES (?, ?)", (attempt_id, name))


def note_live(
    db: sqlite3.Connection, claimed: Claimed, step: str, progress: float, looks: int
) -> None:
    """Write what was shown live, once, when the attempt ends."""
    db.execute(
        "UPDATE task SET step = ?, progress = ? WHERE id = ?", (step, progress, claimed.task_id)
    )
    db.execute("UPDATE attempt SET looks = ? WHERE id = ?", (looks, claimed.attempt_id))


def request_stop(db: sqlite3.Connection, task_id: int) -> None:
    db.execute("UPDATE task SET stop_requested = 1 WHERE id = ? AND status = 1", (task_id,))


def intend(db: sqlite3.Connection, claimed: Claimed, intent: Intent, now: datetime) -> None:
    """Write the press's intent and its ledger row. Raises NotOurs when the slot was lost.

    AlreadyPosted where the ledger has a press of one of its files by this account.

    The unique (task_id, gen) makes a second press of one generation impossible.
    """
    ours = db.execute(
        "UPDATE task SET username = COALESCE(username, ?) WHERE id = ? AND status = 1 AND gen = ? "
        "AND EXISTS (SELECT 1 FROM attempt WHERE id = ? AND ended_at IS NULL)",
        (intent.account, claimed.task_id, claimed.gen, claimed.attempt_id),
    )
    if ours.rowcount != 1:
        raise NotOurs
    refuse_repeat(db, claimed, intent)
    press = db.execute(
        "INSERT INTO press (task_id, gen, attempt_id, serial, app, account, media_sha256, "
        "intent_at, before) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            claimed.task_id,
            claimed.gen,
            claimed.attempt_id,
            claimed.serial,
            intent.app,
            intent.account,
            intent.media_sha256,
            to_ms(now),
            intent.before,
        ),
    )
    db.executemany(
        "INSERT INTO press_file (press_id, sha256) VALUES (?, ?)",
        [(press.lastrowid, sha256) for sha256 in intent.files],
    )


def refuse_repeat(db: sqlite3.Connection, claimed: Claimed, intent: Intent) -> None:
    """Raise AlreadyPosted where this account may have posted one of these files before."""
    if intent.may_repeat:
        return
    found = earlier_press(db, claimed.task_id, intent.app, intent.account, intent.files)
    if found:
        raise AlreadyPosted(found, intent.account)


def take_slot(db: sqlite3.Connection, task_id: int, serial: str, kind: str, now: datetime) -> int:
    """Open an attempt that only makes sure of something. Raises BadInput when the slot is taken."""
    try:
        return open_attempt(db, task_id, serial, 0, kind, to_ms(now))
    except sqlite3.IntegrityError:
        raise BadInput.of("serial", f"{serial} is busy; try again when it is free") from None


def leave_slot(db: sqlite3.Connection, attempt_id: int, now: datetime) -> None:
    db.execute(
        "UPDATE attempt SET ended_at = ?, outcome = 'left' WHERE id = ?",
        (to_ms(now), attempt_id),
    )


def skip_epochs(db: sqlite3.Connection, ahead: int) -> None:
    """Let every later attempt have a larger number than this."""
    db.execute(
        "UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = 'attempt'",
        (min(ahead, FURTHEST_EPOCH),),
    )


ORPHANS = """SELECT a.task_id, a.id AS attempt_id, a.gen, a.serial, p.outcome AS press,
COALESCE(p.attempt_id, a.id) AS pressed_in
FROM attempt a JOIN task t ON t.id = a.task_id AND t.status = 1
LEFT JOIN press p ON p.task_id = a.task_id AND p.gen = a.gen WHERE a.ended_at IS NULL"""


def adopt_orphans(db: sqlite3.Connection, now: datetime) -> list[Orphan]:
    """Close what a crash left open and give each a recovering attempt with its device's slot.

    The new attempt's id is the larger epoch that shuts a late command of the old one out.
    """
    now_ms = to_ms(now)
    adopted = []
    db.execute(
        "UPDATE attempt SET ended_at = ?, outcome = 'crashed' WHERE ended_at IS NULL "
        "AND task_id NOT IN (SELECT id FROM task WHERE status = 1)",
        (now_ms,),
    )
    for row in db.execute(ORPHANS).fetchall():
        db.execute(
            "UPDATE attempt SET ended_at = ?, outcome = 'crashed' WHERE id = ?",
            (now_ms, row["attempt_id"]),
        )
        attempt_id = open_attempt(db, row["task_id"], row["serial"], row["gen"], "recover", now_ms)
        press = PressOutcome(row["press"]) if row["press"] else None
        adopted.append(
            Orphan(row["task_id"], attempt_id, row["gen"], row["serial"], press, row["pressed_in"])
        )
    return adopted

"""Presses whose outcome is unknown, and the attempts that look for evidence of them."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tmcore.accounts import App
from tmcore.model import Change
from tmcore.store.accounts import WAITS_FOR
from tmcore.store.answers import Commit
from tmcore.store.changes import Claimed, apply, open_attempt
from tmcore.store.reading import Read
from tmcore.store.times import from_ms, to_ms

KIND = "verify"
CUT = "interrupted"  # how a look ended that does not count
SPARE = timedelta(minutes=2)  # a look takes less: what starts sooner than that goes first

# of the last ten minutes before the press, and from then on: what else could be seen on the way
OTHERS = """SELECT 1 FROM press o WHERE o.id <> p.id AND o.outcome <> 'void' AND o.app = p.app
AND o.intent_at > p.intent_at - ?"""
PRESSES = f"""SELECT p.task_id, p.gen, p.serial, p.app, p.account, p.before,
p.intent_at AS pressed_at, t.script_name, t.script_config, t.ended_at AS unknown_since,
NOT EXISTS ({OTHERS} AND o.serial = p.serial) AS alone_on_phone,
NOT EXISTS ({OTHERS} AND o.account = p.account) AS alone_of_account,
(SELECT COUNT(*) FROM attempt a WHERE a.task_id = p.task_id AND a.gen = p.gen
 AND a.kind = '{KIND}' AND a.outcome NOT IN ('{CUT}', 'crashed')) AS looks,
(SELECT MAX(a.ended_at) FROM attempt a WHERE a.task_id = p.task_id AND a.kind = '{KIND}'
 AND a.outcome NOT IN ('{CUT}', 'crashed')) AS looked_at
FROM press p JOIN task t ON t.id = p.task_id AND t.gen = p.gen
WHERE p.before IS NOT NULL"""
UNKNOWN = f"{PRESSES} AND p.outcome = 'unknown' AND t.status = 3"
OF_TASK = f"{PRESSES} AND p.task_id = ?"

# a person, or a task that is due now or soon, goes first
TAKEN = f"""SELECT 1 WHERE
EXISTS (SELECT 1 FROM attempt WHERE serial = ?1 AND ended_at IS NULL)
OR EXISTS (SELECT 1 FROM device WHERE serial = ?1 AND paused IS NOT NULL)
OR EXISTS (SELECT 1 FROM task WHERE status = 0 AND serial = ?1 AND start_at <= ?2
 AND NOT EXISTS ({WAITS_FOR}))"""


@dataclass(frozen=True)
class Suspect:
    """A press that may have happened, and what a look for evidence of it needs."""

    task_id: int
    gen: int
    serial: str
    app: App
    account: str
    script_name: str
    script_config: str
    before: str
    pressed_at: datetime
    unknown_since: datetime | None  # None while its task still runs
    alone_on_phone: bool
    alone_of_account: bool
    looks: int
    looked_at: datetime | None

    def claimed(self, attempt_id: int) -> Claimed:
        """The attempt that looks for it, as a run sees it."""
        return Claimed(
            attempt_id=attempt_id,
            task_id=self.task_id,
            gen=self.gen,
            serial=self.serial,
            username=self.account,
            script_name=self.script_name,
            script_config=self.script_config,
            app=self.app,
            may_repeat=True,  # it publishes nothing
        )


class VerificationShelf:
    """Reached as `store.verification`."""

    def __init__(self, commit: Commit, read: Read, clock: Callable[[], datetime]) -> None:
        self._commit, self._read, self._now = commit, read, clock

    async def suspects(self, window: timedelta) -> list[Suspect]:
        """Every press of unknown outcome; within the window another one could be taken for it."""
        ms = window // timedelta(milliseconds=1)
        return [_suspect(row) for row in await self._read(UNKNOWN, ms, ms)]

    async def of_task(self, task_id: int, window: timedelta) -> Suspect | None:
        """The newest press of a task; None where it has none that evidence can be found of."""
        ms = window // timedelta(milliseconds=1)
        rows = await self._read(OF_TASK, ms, ms, task_id)
        return _suspect(rows[0]) if rows else None

    async def begin(self, suspect: Suspect) -> int | None:
        """Take the device's slot for a look; None where somebody else goes first, or it is moot."""
        return await self._commit(lambda db: _begin(db, suspect, self._now()))

    async def end(self, attempt_id: int, outcome: str, remark: str) -> None:
        """Give the slot back; the task stays as it is."""
        await self._commit(lambda db: _end(db, attempt_id, outcome, remark, self._now()))

    async def prove(self, suspect: Suspect, attempt_id: int, remark: str) -> None:
        """Complete the task on evidence. Raises NotFound, BadInput where a person was faster."""

        def work(db: sqlite3.Connection) -> None:
            now = self._now()
            _end(db, attempt_id, "prove", remark, now)
            apply(db, suspect.task_id, Change.prove(remark), now, attempt_id)

        await self._commit(work)


def _begin(db: sqlite3.Connection, suspect: Suspect, now: datetime) -> int | None:
    still = db.execute(
        "SELECT 1 FROM press WHERE task_id = ? AND gen = ? AND outcome = 'unknown'",
        (suspect.task_id, suspect.gen),
    ).fetchone()
    taken = db.execute(TAKEN, (suspect.serial, to_ms(now + SPARE))).fetchone()
    if not still or taken:
        return None
    return open_attempt(db, suspect.task_id, suspect.serial, suspect.gen, KIND, to_ms(now))


def _end(db: sqlite3.Connection, attempt_id: int, outcome: str, remark: str, now: datetime) -> None:
    db.execute(
        "UPDATE attempt SET ended_at = ?, outcome = ?, remark = ? WHERE id = ?",
        (to_ms(now), outcome, remark, attempt_id),
    )


def _suspect(row: dict[str, Any]) -> Suspect:
    """The row's columns bear the fields' names; what SQL has no type for is read here."""
    times = {
        name: from_ms(row[name]) if row[name] else None
        for name in ("pressed_at", "unknown_since", "looked_at")
    }
    alone = {name: bool(row[name]) for name in ("alone_on_phone", "alone_of_account")}
    return Suspect(**row | times | alone)

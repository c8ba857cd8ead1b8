"""What may go because it is old, in small batches: a writer that is asked for more stays free."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

import orjson

from tmcore.store import changes
from tmcore.store.accounts import Write
from tmcore.store.times import to_ms

BATCH = 200  # rows a commit; a task takes a dozen others with it

# What a person still has to look at stays, however old.
OLD_TASKS = """SELECT id FROM task WHERE status IN (2, 3) AND ended_at < ?
AND COALESCE(reason, '') <> 'outcome_unknown' ORDER BY id LIMIT ?"""

# Both are written in the order of time, so the oldest rows are the ones with the lowest ids.
HISTORY = tuple(
    f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} ORDER BY id LIMIT ?) AND at < ?"
    for table in ("event", "schedule_run")
)

# Evidence of these is still needed: they run, wait, or a person has not decided.
NEEDED = """SELECT id FROM task WHERE id IN (SELECT value FROM json_each(?))
AND (status < 2 OR reason = 'outcome_unknown')"""
FORGET = """DELETE FROM evidence WHERE attempt_id IN
(SELECT id FROM attempt WHERE task_id IN (SELECT value FROM json_each(?)))"""

# Files that the library has let go of, and that nothing which may still run names. SQLite reads the
# tasks only where a file is no longer in the library.
UNWANTED = """SELECT value FROM json_each(?) WHERE value NOT IN (SELECT path FROM material)
AND value NOT IN (SELECT media FROM task WHERE status <> 2 AND media IS NOT NULL)
AND value NOT IN (SELECT atom FROM task, json_tree(more) WHERE status <> 2 AND type = 'text')
AND value NOT IN (SELECT atom FROM task, json_tree(script_config)
WHERE status <> 2 AND type = 'text')
AND value NOT IN (SELECT atom FROM schedule, json_tree(template) WHERE type = 'text')"""


class RetentionShelf:
    """Reached as `store.retention`; each call is one batch."""

    def __init__(self, change: Write, clock: Callable[[], datetime]) -> None:
        self._change, self._now = change, clock

    async def drop_tasks(self, before: datetime) -> list[int]:
        """Delete the oldest tasks that ended before then, and return their ids."""

        def work(db: sqlite3.Connection) -> list[int]:
            old = [row["id"] for row in db.execute(OLD_TASKS, (to_ms(before), BATCH))]
            return changes.delete(db, old, self._now())

        return await self._change(work)

    async def drop_history(self, before: datetime) -> int:
        """Delete the oldest events and runs of schedules; return how many rows went."""
        bounds = (BATCH, to_ms(before))
        return await self._change(
            lambda db: sum(db.execute(sql, bounds).rowcount for sql in HISTORY)
        )

    async def forget_evidence(self, task_ids: Sequence[int]) -> list[int]:
        """Forget the evidence of these tasks, but for those where it is still needed.

        Returns the tasks whose files may go, those of deleted tasks among them.
        """

        def work(db: sqlite3.Connection) -> list[int]:
            asked = orjson.dumps(list(task_ids)).decode()
            needed = {row["id"] for row in db.execute(NEEDED, (asked,))}
            gone = [task_id for task_id in task_ids if task_id not in needed]
            db.execute(FORGET, (orjson.dumps(gone).decode(),))
            return gone

        return await self._change(work)

    async def unwanted(self, paths: Sequence[str]) -> list[str]:
        """Return those of the files that neither the library nor a task to come still needs."""
        asked = orjson.dumps(list(paths)).decode()
        return await self._change(
            lambda db: [row["value"] for row in db.execute(UNWANTED, (asked,))]
        )

"""What a monitor asks of the database: whether it takes a write, and how much waits."""

from datetime import datetime

from tmcore.model import TaskCount
from tmcore.store.accounts import WAITS_FOR
from tmcore.store.reading import Read
from tmcore.store.times import from_ms, to_ms
from tmcore.store.writer import Writer

COUNTS = "SELECT status, reason, SUM(n) AS n FROM task_count GROUP BY 1, 2 HAVING SUM(n) > 0"
ENDED = """SELECT new, reason, COUNT(*) AS n FROM event
WHERE at >= ? AND old = 1 AND new IN (2, 3) GROUP BY 1, 2"""
# by the index of each phone's queue: a million tasks that wait cost no more than ten
OLDEST_DUE = f"""SELECT MIN((SELECT start_at FROM task
WHERE status = 0 AND serial = device.serial AND start_at <= ? AND NOT EXISTS ({WAITS_FOR})
ORDER BY start_at LIMIT 1)) AS due_ms FROM device"""


class VitalsShelf:
    """Reached as `store.vitals`."""

    def __init__(self, write: Writer, read: Read) -> None:
        self._write, self._read = write, read

    async def touch(self) -> None:
        """Write something, to see that it can be done. Raises StoreFailed."""
        await self._write(
            lambda db: db.execute("INSERT OR REPLACE INTO meta VALUES ('touched', '')").rowcount
        )

    async def counts(self) -> tuple[TaskCount, ...]:
        """Count the tasks by status and reason."""
        return tuple(
            TaskCount(status=row["status"], reason=row["reason"] or "", n=row["n"])
            for row in await self._read(COUNTS)
        )

    async def ended_since(self, since: datetime) -> tuple[TaskCount, ...]:
        """Count the ends of tasks since then; reads every event that is kept."""
        return tuple(
            TaskCount(status=row["new"], reason=row["reason"] or "", n=row["n"])
            for row in await self._read(ENDED, to_ms(since))
        )

    async def oldest_due(self, now: datetime) -> datetime | None:
        """Return since when the task has been due that waits longest for its phone."""
        [row] = await self._read(OLDEST_DUE, to_ms(now))
        return from_ms(row["due_ms"]) if row["due_ms"] else None

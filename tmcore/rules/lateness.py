"""Whose hour has passed: tasks with a start time whose phone could not take them for too long."""

from datetime import datetime, timedelta


def missed_before(able_at: datetime, now: datetime, limit: timedelta) -> datetime | None:
    """Tasks that were due before this have missed their hour; None where none has.

    `able_at` is when their phone could take a task last. While it can, that is now, and a task
    waits in a queue as long as it takes. So a task is missed only where one and the same absence
    lasted longer than the limit past its start. A limit of nothing is none. What the clock did
    meanwhile is all one: a computer that slept could take no task either.
    """
    return now - limit if limit and now - able_at > limit else None

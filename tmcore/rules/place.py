"""A task's place in its device's queue: a number on the scale of due times, in milliseconds."""

from random import Random

HOUR_MS = 3_600_000


def place(start_ms: int, earliest_ms: int | None, rng: Random) -> int:
    """Draw a place for a task that is created while random_order is on; otherwise it is `start_ms`.

    `earliest_ms` is the first place taken in that queue, None where it is empty. The hour makes
    room where all of a queue has one due time. Never behind the task's own start: a place moves
    a task forward among those that are due, and cannot hold one back.
    """
    hour_before = start_ms - HOUR_MS
    first = hour_before if earliest_ms is None else min(earliest_ms, hour_before)
    return rng.randint(first, start_ms)

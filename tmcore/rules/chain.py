"""The tasks of one request form one chain, drawn once at creation: a restart must not redraw it."""

from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from tmcore.errors import FieldError

LONGEST_MINUTES = 7 * 24 * 60


def due_times(
    first: datetime, count: int, min_minutes: int, max_minutes: int, rng: Random
) -> list[datetime]:
    """When each task of a request is due: each a random time in [min, max] after the one before."""
    gaps_s = (rng.randint(min_minutes * 60, max_minutes * 60) for _ in range(count - 1))
    offsets_s = accumulate(gaps_s, initial=0) if count else ()
    return [first + timedelta(seconds=offset_s) for offset_s in offsets_s]


def interval_errors(min_minutes: int, max_minutes: int) -> tuple[FieldError, ...]:
    """Say what is wrong with an interval; nothing, where it can be drawn from."""
    bounds = (("min_interval", min_minutes), ("max_interval", max_minutes))
    errors = tuple(
        FieldError(field, f"{minutes} is not allowed; use 0 to {LONGEST_MINUTES} minutes")
        for field, minutes in bounds
        if not 0 <= minutes <= LONGEST_MINUTES
    )
    if not errors and min_minutes > max_minutes:
        message = f"{min_minutes} is more than max_interval ({max_minutes})"
        return (FieldError("min_interval", message),)
    return errors

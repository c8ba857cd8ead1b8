"""When a schedule is due, found the slow way: by looking at the zone's clock in every minute.

Shares nothing with the program that is judged: no croniter, no wall time turned into an instant.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
AN_HOUR_OR_TWO = timedelta(hours=2)  # no clock of today skips more


@cache  # a judge asks again for every run
def due_times(cron: str, zone: str, first: datetime, last: datetime) -> tuple[datetime, ...]:
    """Return the instants past `first` until `last`; numbers, lists, ranges and steps are read.

    A fixed time of day is due once a day: where the clock first shows it, or where it has just
    skipped it. An interval is due whenever the clock shows it.
    """
    minute, hour, day, month, weekday = map(_read, cron.split(), STARTS, ENDS)
    shown = [
        (at, wall, (wall.minute, wall.hour))
        for at, wall in _minutes(ZoneInfo(zone), first - AN_HOUR_OR_TWO, last)
        if wall.day in day and wall.month in month and wall.isoweekday() % 7 in weekday
    ]
    wanted = {(m, h) for m in minute for h in hour}
    if "*" in "".join(cron.split()[:2]):
        found = {at for at, _, clock in shown if clock in wanted}
    else:
        firsts: dict[datetime, datetime] = {}
        for at, wall, clock in shown:
            if clock in wanted:
                firsts.setdefault(wall, at)
        found = {*firsts.values(), *_skipped(shown, wanted)}
    return tuple(sorted(at for at in found if first < at <= last))


Shown = list[tuple[datetime, datetime, tuple[int, int]]]
STARTS, ENDS = (0, 0, 1, 1, 0), (59, 23, 31, 12, 6)


def _minutes(
    zone: ZoneInfo, first: datetime, last: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield each minute, and what the zone's clock shows in it."""
    at = first.astimezone(UTC).replace(second=0, microsecond=0)
    while at <= last:
        yield at, at.astimezone(zone).replace(tzinfo=None)
        at += MINUTE


def _skipped(shown: Shown, wanted: set[tuple[int, int]]) -> Iterator[datetime]:
    """Yield the minute after each jump that left out a wanted time."""
    for (before, wall, _), (at, next_wall, _) in pairwise(shown):
        left_out = wall + MINUTE
        while at - before == MINUTE and left_out < next_wall:
            if (left_out.minute, left_out.hour) in wanted:
                yield at
            left_out += MINUTE


def _read(text: str, start: int, end: int) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        every = range(start, end + 1) if span == "*" else range(int(low), int(high or low) + 1)
        found |= set(every[:: int(step or 1)])
    return found

"""From a wall clock to an instant.

A wall time names one instant as a rule, two in the autumn fold, none in the spring gap. zoneinfo
answers all three without complaint: in a fold `fold` chooses the pass, in a gap it chooses between
two instants that lie around the transition, and neither shows the time that was asked for.
"""

import re
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tmcore.errors import BadInput

MINUTE = timedelta(minutes=1)
NOON = time(12)
_CLOCK_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


def next_clock_time(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When the clock of `zone` next shows HH:MM, in UTC; the present minute means now."""
    clock, now = _clock_time(text), now.astimezone(UTC)
    day = now.astimezone(zone).date()
    while (due := _on(day, clock, zone)) + MINUTE <= now:
        day = _next_date(day, zone)
    return max(due, now)


def resolve(naive: datetime, zone: ZoneInfo, *, fixed: bool) -> tuple[datetime, ...]:
    """Turn one wall time into its UTC instants, earliest first.

    A fixed time of day (vixie cron's word) always has exactly one: the first instant after a gap,
    the first pass of a fold. Any other has none in a gap and both passes in a fold.
    """
    first, second = (_reading(naive, zone, fold) for fold in (0, 1))
    if first == second:  # as nearly always
        return (first,)
    if not _exists(naive, zone):
        return (_end_of_gap(second, first, zone),) if fixed else ()
    return (first,) if fixed else (first, second)


def _clock_time(text: str) -> time:
    if not _CLOCK_TIME.fullmatch(text):
        shown = repr(text) if len(text) <= 40 else repr(text[:40]) + "…"
        raise BadInput.of("start_time", f"{shown} is not a time; use HH:MM from 00:00 to 23:59")
    return time(int(text[:2]), int(text[3:]))


def _on(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return resolve(datetime.combine(day, clock), zone, fixed=True)[0]


def _next_date(day: date, zone: ZoneInfo) -> date:
    """Tomorrow's date, never 24 hours; a zone may lack one (Apia crossed the date line in 2011)."""
    day += timedelta(days=1)
    while not _exists(datetime.combine(day, NOON), zone):
        day += timedelta(days=1)
    return day


def _reading(naive: datetime, zone: ZoneInfo, fold: int) -> datetime:
    offset = naive.replace(tzinfo=zone, fold=fold).utcoffset()
    assert offset is not None, "a zone has an offset at any time"
    return (naive - offset).replace(tzinfo=UTC)  # a third of what astimezone costs


def _exists(naive: datetime, zone: ZoneInfo) -> bool:
    instant = naive.replace(tzinfo=zone).astimezone(UTC)
    return instant.astimezone(zone).replace(tzinfo=None) == naive


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the transition between two instants around it, by bisecting their offsets."""
    old_offset = before.astimezone(zone).utcoffset()

    def has_passed(second: int) -> bool:
        return (before + timedelta(seconds=second)).astimezone(zone).utcoffset() != old_offset

    seconds = range(int((after - before).total_seconds()))
    return before + timedelta(seconds=bisect_left(seconds, True, key=has_passed))

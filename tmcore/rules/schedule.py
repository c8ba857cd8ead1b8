"""The times that a cron expression means in a zone, and which of them are due.

croniter reads the expression and never sees a zone, whose changes of the clock it gets wrong. Its
wall times are walked here, at a tenth of what its own walk costs, and what one of them means in UTC
is calendar.resolve's to say. Vixie cron's rule holds: a fixed time of day runs once where the clock
skips it or shows it twice, an interval keeps its beat through both.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import islice, product, takewhile
from operator import itemgetter
from zoneinfo import ZoneInfo

from croniter import croniter

from tmcore.rules.calendar import resolve
from tmcore.rules.cron import is_fixed

DAY = timedelta(days=1)
ON_TIME = timedelta(minutes=1)  # cron's own grain: a start so late is no missed one
MOST_MISSES = 500  # told one by one; a schedule of every minute misses 40,000 in a month


def times(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Yield every instant past `after`, in UTC, in order and without end."""
    fixed, after = is_fixed(cron), after.astimezone(UTC)
    ahead: list[datetime] = []  # found, and perhaps not yet the next: a fold has two passes
    newest = after
    for wall in wall_times(cron, _start(after, zone)):
        instants = resolve(wall, zone, fixed=fixed)
        while ahead and instants and ahead[0] < instants[0]:
            if (instant := heappop(ahead)) > newest:  # several may share the end of a gap
                newest = instant
                yield instant
        for instant in instants:
            heappush(ahead, instant)


def next_times(cron: str, zone: ZoneInfo, after: datetime, count: int = 5) -> tuple[datetime, ...]:
    """Return the first few instants past `after`."""
    return tuple(islice(times(cron, zone, after), count))


@dataclass(frozen=True, slots=True)
class Due:
    """What to do now: the time to run for, and those that have passed without a run.

    `cut` says that more were missed, from the last one that is told until now.
    """

    fire: datetime | None
    missed: tuple[datetime, ...]
    cut: bool = False


def due(cron: str, zone: ZoneInfo, after: datetime, now: datetime, catch_up: timedelta) -> Due:
    """Decide about the times in (after, now]: the newest runs if it is recent, the rest are missed.

    So a rack that was down for an hour makes one late run, not sixty.
    """
    recent = now - max(catch_up, ON_TIME) - timedelta(microseconds=1)
    passed = takewhile(lambda at: at <= now, times(cron, zone, max(after, recent)))
    fire = max(passed, default=None)
    before = takewhile(lambda at: at < (fire or now + ON_TIME), times(cron, zone, after))
    told = tuple(at for at in islice(before, MOST_MISSES + 1) if at <= now)
    return Due(fire, told[:MOST_MISSES], cut=len(told) > MOST_MISSES)


def wall_times(cron: str, start: datetime) -> Iterator[datetime]:
    """Yield every wall time past `start`; cron.plain has seen to it that there are always more."""
    days = Days.of(cron)
    clocks = _clocks(cron)
    day = start.date()
    while True:
        if day in days:
            walls = (datetime.combine(day, clock) for clock in clocks)
            yield from (wall for wall in walls if wall > start)
        day += DAY


@dataclass(frozen=True, slots=True)
class Days:
    """The dates of an expression; an empty set is any."""

    of_month: frozenset[object]  # numbers, or "l": the last
    months: frozenset[object]
    of_week: frozenset[object]  # 0 is Sunday
    nth: Mapping[int, Collection[object]]  # the 3rd Friday is {5: {3}}, the last {5: {"l"}}

    @classmethod
    def of(cls, cron: str) -> "Days":
        (_, _, *parts), nth = croniter.expand(cron)
        of_month, months, of_week = (
            frozenset[object]() if part == ["*"] else frozenset(part) for part in parts
        )
        return cls(of_month, months, of_week, nth)

    def __contains__(self, day: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        if not self.of_week:
            return not self.of_month or self._in_month(day)
        if not self.of_month:
            return self._in_week(day)
        return self._in_month(day) or self._in_week(day)

    def _in_month(self, day: date) -> bool:
        return day.day in self.of_month or ("l" in self.of_month and (day + DAY).day == 1)

    def _in_week(self, day: date) -> bool:
        weekday = day.isoweekday() % 7
        if weekday not in self.of_week or weekday not in self.nth:
            return weekday in self.of_week
        last = (day + timedelta(days=7)).month != day.month
        return (day.day - 1) // 7 + 1 in self.nth[weekday] or (last and "l" in self.nth[weekday])


def _clocks(cron: str) -> list[time]:
    (minutes, hours, *_), _ = croniter.expand(cron)
    every = (range(60) if minutes == ["*"] else minutes), (range(24) if hours == ["*"] else hours)
    return [time(hour, minute) for minute, hour in sorted(product(*every), key=itemgetter(1, 0))]


def _start(after: datetime, zone: ZoneInfo) -> datetime:
    """Return the wall time to search from: before a fold that is near, since it comes twice."""
    before, later = (_offset(at, zone) for at in (after - DAY, after + DAY))
    return after.astimezone(zone).replace(tzinfo=None) - max(before - later, timedelta())


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None, "a zone has an offset at any time"
    return offset

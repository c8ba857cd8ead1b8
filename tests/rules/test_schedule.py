"""When a schedule runs, around the transitions at which zones have misled schedulers before.

The oracle walks every minute of UTC and reads the wall clock; it knows neither croniter nor folds.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.test_calendar import BERLIN, TRANSITIONS, at, seconds_around
from tests.rules.test_cron import TAKEN
from tmcore.rules.schedule import MOST_MISSES, due, next_times, times, wall_times

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIXED = (
    "30 2 * * *", "0 2 * * *", "0 0 * * *", "30 0 * * *", "30 1 * * *", "0 20 * * *", "0 9 * * 1",
    "0 0 1 * *", "15 1-3 * * *", "10 3 * * 0", "0,30 0-3 * * *",
)  # fmt: skip
INTERVALS = ("*/30 * * * *", "0 * * * *", "*/7 * * * *", "0 */2 * * *", "15 */3 * * *")

zones = st.sampled_from(TRANSITIONS).map(
    lambda pair: (ZoneInfo(pair[0]), datetime.fromisoformat(pair[1]).replace(tzinfo=UTC))
)


def matches(cron: str, wall: datetime) -> bool:
    """Whether a wall time is one of a (simple) expression."""
    asked = (wall.minute, wall.hour, wall.day, wall.month, wall.isoweekday() % 7)
    return all(value in values(part) for part, value in zip(cron.split(), asked, strict=True))


def values(part: str) -> set[int]:
    span, _, step = part.partition("/")
    if span == "*":
        return set(range(0, 60, int(step or 1)))
    ends = [[int(end) for end in item.split("-")] for item in span.split(",")]
    return {value for low, *high in ends for value in range(low, (high or [low])[0] + 1)}


def walked(cron: str, zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """All runs in (start, end], found minute by minute."""
    runs: list[datetime] = []
    seen: set[datetime] = set()  # wall times that a clock has shown
    begin = (start - 2 * DAY).replace(second=0, microsecond=0)
    before = begin.astimezone(zone).replace(tzinfo=None)
    for minute in range(int((end - begin) / MINUTE) + 1):
        instant = begin + minute * MINUTE
        wall = instant.astimezone(zone).replace(tzinfo=None)
        skipped = (before + MINUTE * n for n in range(1, max(1, int((wall - before) / MINUTE))))
        if cron in FIXED:
            hit = any(matches(cron, w) for w in skipped) or (
                matches(cron, wall) and wall not in seen
            )
        else:
            hit = matches(cron, wall)
        seen.add(wall)
        before = wall
        if hit and start < instant <= end:
            runs.append(instant)
    return runs


@settings(max_examples=150)
@given(zones, seconds_around, st.sampled_from(FIXED + INTERVALS))
def test_it_runs_when_the_clock_says_so(
    transition: tuple[ZoneInfo, datetime], offset_s: int, cron: str
) -> None:
    """A skipped fixed time at the first instant after, a repeated one once; intervals at each."""
    zone, instant = transition
    start = instant + timedelta(seconds=offset_s)
    end = start + 50 * HOUR

    runs = list(takewhile(lambda run: run <= end, times(cron, zone, start)))

    assert runs == walked(cron, zone, start, end)


@given(zones, seconds_around, st.sampled_from(FIXED + INTERVALS), st.integers(0, 3600 * 30))
def test_looking_later_changes_nothing(
    transition: tuple[ZoneInfo, datetime], offset_s: int, cron: str, later_s: int
) -> None:
    """The next run is the same from any moment before it."""
    zone, instant = transition
    start = instant + timedelta(seconds=offset_s)
    [run] = next_times(cron, zone, start, 1)

    later = min(start + timedelta(seconds=later_s), run - timedelta(microseconds=1))

    assert start < run
    assert next_times(cron, zone, later, 1) == (run,)


@settings(max_examples=300)
@given(TAKEN, st.datetimes(datetime(2024, 1, 1), datetime(2033, 1, 1)))
def test_wall_times_are_those_of_croniter(cron: str, start: datetime) -> None:
    """Without a zone, the library's own walk finds the same ones."""
    walk = croniter(cron, start)

    assert list(islice(wall_times(cron, start), 5)) == [walk.get_next(datetime) for _ in range(5)]


@given(zones, st.sampled_from(FIXED[:6]))
def test_a_daily_time_runs_once_on_each_date(
    transition: tuple[ZoneInfo, datetime], cron: str
) -> None:
    """Never twice, never not at all; the first instant after a gap may be of the next date."""
    zone, instant = transition
    runs = next_times(cron, zone, instant - 4 * DAY, 8)

    days = [later - earlier for earlier, later in pairwise(runs)]
    assert len(set(runs)) == 8
    assert all(DAY - 4 * HOUR <= day <= DAY + 4 * HOUR for day in days) or "Apia" in str(zone)


@pytest.mark.parametrize(
    ("cron", "start", "runs"),
    [
        ("30 2 * * *", "2026-03-28 12:00", ["29 03:00+0200", "30 02:30+0200"]),
        ("0,30 2 * * *", "2026-03-28 12:00", ["29 03:00+0200", "30 02:00+0200"]),
        ("30 2 * * *", "2026-10-24 12:00", ["25 02:30+0200", "26 02:30+0100"]),
        ("30 * * * *", "2026-10-25 01:45", ["25 02:30+0200", "25 02:30+0100"]),
        ("0 */2 * * *", "2026-03-29 00:30", ["29 04:00+0200", "29 06:00+0200"]),
        ("*/30 * * * *", "2026-03-29 01:15", ["29 01:30+0100", "29 03:00+0200"]),
    ],
)
def test_berlin(cron: str, start: str, runs: list[str]) -> None:
    """Two runs at one moment after a gap are one."""
    found = next_times(cron, BERLIN, at(start), 2)

    assert [run.astimezone(BERLIN).strftime("%d %H:%M%z") for run in found] == runs


NOON = at("2026-06-10 12:00")
TEN = timedelta(minutes=10)


def minutes(*times: str) -> tuple[datetime, ...]:
    return tuple(at(f"2026-06-10 {time}") for time in times)


@pytest.mark.parametrize(
    ("cron", "asleep", "catch_up", "fire", "missed"),
    [
        ("0 12 * * *", MINUTE, TEN, "12:00", ()),  # in time
        ("55 11 * * *", HOUR, TEN, "11:55", ()),  # caught up
        ("50 11 * * *", HOUR, TEN, "11:50", ()),  # the oldest that is
        ("49 11 * * *", HOUR, TEN, None, ("11:49",)),
        ("49,53,58 11 * * *", HOUR, TEN, "11:58", ("11:49", "11:53")),  # once
        ("59 11 * * *", HOUR, timedelta(), "11:59", ()),  # this minute is no miss
        ("58 11 * * *", HOUR, timedelta(), None, ("11:58",)),
        ("5 12 * * *", HOUR, TEN, None, ()),
        ("55 11 * * *", TEN / 5, TEN, None, ()),  # done before
    ],
)
def test_what_was_missed(
    cron: str, asleep: timedelta, catch_up: timedelta, fire: str | None, missed: tuple[str, ...]
) -> None:
    """The newest time runs if it is recent; the others are named."""
    found = due(cron, BERLIN, NOON - asleep, NOON, catch_up)

    assert found.fire == (minutes(fire)[0] if fire else None)
    assert found.missed == minutes(*missed)
    assert not found.cut


def test_a_month_of_minutes_is_cut() -> None:
    """The first misses are told, and that there are more; the newest still runs."""
    found = due("* * * * *", BERLIN, NOON - 30 * DAY, NOON, TEN)

    assert (found.fire, len(found.missed), found.cut) == (NOON, MOST_MISSES, True)
    assert found.missed[0] == NOON - 30 * DAY + MINUTE


@given(
    zones, seconds_around, st.sampled_from(FIXED + INTERVALS), st.integers(1, 3600 * 30),
    st.lists(st.integers(1, 3600 * 30), max_size=4), st.integers(0, 120),
)  # fmt: skip
def test_every_time_is_told_once(
    transition: tuple[ZoneInfo, datetime],
    offset_s: int,
    cron: str,
    asleep_s: int,
    looks_s: list[int],
    catch_up: int,
) -> None:
    """However often somebody looks, each time is run for or missed, and only one of them."""
    zone, instant = transition
    start = instant + timedelta(seconds=offset_s)
    end = start + timedelta(seconds=asleep_s)
    looks = sorted(start + timedelta(seconds=s) for s in looks_s if s < asleep_s)

    told: list[datetime] = []
    for after, now in pairwise((start, *looks, end)):
        told += told_at(cron, zone, after, now, timedelta(minutes=catch_up))

    assert told == list(takewhile(lambda run: run <= end, times(cron, zone, start)))


def told_at(
    cron: str, zone: ZoneInfo, after: datetime, now: datetime, catch_up: timedelta
) -> Iterator[datetime]:
    found = due(cron, zone, after, now, catch_up)
    yield from found.missed
    if found.fire:
        assert now - found.fire <= max(catch_up, MINUTE)
        yield found.fire

"""HH:MM and wall times, around the transitions at which zones have misled schedulers before."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcore.errors import BadInput
from tmcore.rules.calendar import next_clock_time, resolve

BERLIN = ZoneInfo("Europe/Berlin")
APIA = ZoneInfo("Pacific/Apia")  # had no 30 December 2011
TRANSITIONS = (
    ("Europe/Berlin", "2026-03-29 01:00"),
    ("Europe/Berlin", "2026-10-25 01:00"),
    ("America/New_York", "2026-03-08 07:00"),
    ("America/New_York", "2026-11-01 06:00"),
    ("Australia/Lord_Howe", "2026-10-03 15:30"),
    ("Australia/Lord_Howe", "2026-04-04 15:00"),
    ("America/Sao_Paulo", "2018-11-04 03:00"),
    ("America/Sao_Paulo", "2018-02-18 02:00"),
    ("Africa/Cairo", "2026-04-23 22:00"),
    ("Asia/Beirut", "2026-03-28 22:00"),
    ("Pacific/Apia", "2011-12-30 10:00"),
    ("America/Santiago", "2026-09-06 04:00"),
    ("UTC", "2026-03-29 01:00"),
    ("America/Nuuk", "2024-03-31 01:00"),  # ours: a gap that ends at midnight, on the next date
)

transitions = st.sampled_from(TRANSITIONS).map(
    lambda pair: (ZoneInfo(pair[0]), datetime.fromisoformat(pair[1]).replace(tzinfo=UTC))
)
seconds_around = st.integers(-40 * 3600, 40 * 3600)
clock_times = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    # in UTC, because Python calls no time in a fold equal to one of another zone
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def exists(day: date, clock: time, zone: ZoneInfo) -> bool:
    return bool(resolve(datetime.combine(day, clock), zone, fixed=False))


@pytest.mark.parametrize(
    ("now", "text", "due"),
    [
        ("2026-06-10 14:29:59", "14:30", "2026-06-10 14:30"),
        ("2026-06-10 14:30:00", "14:30", "2026-06-10 14:30"),
        ("2026-06-10 14:30:59.999", "14:30", "2026-06-10 14:30:59.999"),
        ("2026-06-10 14:31:00", "14:30", "2026-06-11 14:30"),
        ("2026-06-10 23:59:59", "00:00", "2026-06-11 00:00"),
        ("2026-03-28 14:31", "14:30", "2026-03-29 14:30"),  # 23 hours later
        ("2026-10-24 14:31", "14:30", "2026-10-25 14:30"),  # 25 hours later
        ("2026-03-28 20:00", "02:30", "2026-03-29 03:00"),  # in the gap
        ("2026-03-29 03:00:30", "02:30", "2026-03-29 03:00:30"),  # its present minute
        ("2026-03-29 03:01", "02:30", "2026-03-30 02:30"),
    ],
)
def test_next_clock_time_is_today_or_tomorrow(now: str, text: str, due: str) -> None:
    """Still ahead is today, the present minute is now, past is tomorrow's date, a gap its end."""
    assert next_clock_time(text, at(now), BERLIN) == at(due)


def test_a_time_that_occurs_twice_means_the_first() -> None:
    """02:30 in the autumn night is the summer one; in the second pass it is over."""
    first_pass = at("2026-10-25 02:30", fold=0)

    assert next_clock_time("02:30", at("2026-10-24 20:00"), BERLIN) == first_pass
    assert next_clock_time("02:30", at("2026-10-25 02:15", fold=1), BERLIN) == at(
        "2026-10-26 02:30"
    )


def test_a_date_that_a_zone_lacks_is_no_tomorrow() -> None:
    """In Apia the day after 29 December 2011 was the 31st, and 10:00 there is 10:00."""
    assert next_clock_time("10:00", at("2011-12-29 12:00", APIA), APIA) == at(
        "2011-12-31 10:00", APIA
    )


def test_a_gap_that_ends_at_midnight_ends_on_the_next_date() -> None:
    """In Nuuk 23:30 was skipped on 30 March 2024: the first instant after is midnight."""
    nuuk = ZoneInfo("America/Nuuk")

    assert next_clock_time("23:30", at("2024-03-30 12:00", nuuk), nuuk) == at("2024-03-31", nuuk)


@given(transitions, seconds_around, clock_times)
def test_next_clock_time_is_the_first_such_time(
    transition: tuple[ZoneInfo, datetime], offset_s: int, clock: time
) -> None:
    """Never in the past, never beyond tomorrow, and the clock shows it, is in it, or skips it."""
    zone, instant = transition
    now = instant + timedelta(seconds=offset_s)
    due = next_clock_time(f"{clock:%H:%M}", now, zone)

    wall = due.astimezone(zone)
    just_before = (due - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    skipped = any(
        just_before < datetime.combine(day, clock) < wall.replace(tzinfo=None)
        for day in (just_before.date(), wall.date())
    )
    assert due.tzinfo is UTC
    assert now <= due <= now + timedelta(hours=26)
    assert wall.strftime("%H:%M") == f"{clock:%H:%M}" or skipped or due == now


@given(transitions, seconds_around, st.integers(0, 3600), clock_times)
def test_waiting_changes_nothing(
    transition: tuple[ZoneInfo, datetime], offset_s: int, later_s: int, clock: time
) -> None:
    """The same request a little later means the same instant, as long as that is ahead."""
    zone, instant = transition
    now = instant + timedelta(seconds=offset_s)
    due = next_clock_time(f"{clock:%H:%M}", now, zone)
    later = min(now + timedelta(seconds=later_s), due)

    assert next_clock_time(f"{clock:%H:%M}", later, zone) == due


@pytest.mark.parametrize(
    "text",
    [
        "24:00",
        "9:5",
        "9:00",
        "09:60",
        "٠٩:٠٠",  # noqa: RUF001  # these digits are the point
        "0٩:00",
        " 09:00",
        "09:00\n",
        "09:00:00",
        "0900",
        "",
        "-1:00",
    ],
)
def test_what_is_not_a_time_is_refused(text: str) -> None:
    """The refusal names the field, what was sent, and what is allowed."""
    with pytest.raises(BadInput) as refusal:
        next_clock_time(text, at("2026-06-10 14:00"), BERLIN)

    (error,) = refusal.value.errors
    assert error.field == "start_time"
    assert repr(text) in error.message
    assert "HH:MM from 00:00 to 23:59" in error.message


def test_a_huge_time_is_not_repeated() -> None:
    """The refusal of a megabyte is short."""
    with pytest.raises(BadInput) as refusal:
        next_clock_time("9" * 1_000_000, at("2026-06-10 14:00"), BERLIN)

    assert len(str(refusal.value)) < 200


@given(transitions, seconds_around)
def test_every_instant_is_one_of_its_wall_times(
    transition: tuple[ZoneInfo, datetime], offset_s: int
) -> None:
    """Whatever a clock ever showed resolves to that instant; fixed keeps the first pass."""
    zone, instant = transition
    moment = instant + timedelta(seconds=offset_s)
    naive = moment.astimezone(zone).replace(tzinfo=None)
    passes = resolve(naive, zone, fixed=False)

    assert moment in passes
    assert list(passes) == sorted(passes)
    assert resolve(naive, zone, fixed=True) == passes[:1]


@given(transitions, seconds_around)
def test_a_fixed_time_always_has_one_instant(
    transition: tuple[ZoneInfo, datetime], offset_s: int
) -> None:
    """A wall time in a gap is fixed to the very first instant after it."""
    zone, instant = transition
    naive = instant.astimezone(zone).replace(tzinfo=None) + timedelta(seconds=offset_s)
    (due,) = resolve(naive, zone, fixed=True)

    if not resolve(naive, zone, fixed=False):
        just_before = (due - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert just_before < naive < due.astimezone(zone).replace(tzinfo=None)


def test_a_gap_runs_nothing_that_follows_the_clock() -> None:
    """Only a fixed time of day is moved out of a gap; an hourly one has no run there."""
    assert not exists(date(2026, 3, 29), time(2, 30), BERLIN)

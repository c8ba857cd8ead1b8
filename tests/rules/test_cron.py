"""Which expressions are taken, and in what words they are shown."""

from datetime import datetime, timedelta

import pytest
from croniter import CroniterBadDateError, croniter
from hypothesis import given
from hypothesis import strategies as st

from tmcore.errors import BadInput
from tmcore.rules.cron import in_words, is_fixed, plain


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("30 2 * * *", "At 02:30"),
        ("0 9 * * 1-5", "At 09:00, Monday through Friday"),
        ("0 9 * * mon,FRI", "At 09:00, only on Monday and Friday"),
        ("*/30 * * * *", "Every 30 minutes"),
        ("0 9 L * *", "At 09:00, on the last day of the month"),
        ("0 9 * * 5#3", "At 09:00, on the third Friday of the month"),
        ("0 0 13 * 5", "At 00:00, on day 13 of the month, or on Friday (either day is enough)"),
    ],
)
def test_an_expression_in_words(cron: str, said: str) -> None:
    """Midnight to midnight, and two days are said to be alternatives."""
    assert in_words(plain(cron)) == said


@pytest.mark.parametrize(
    ("cron", "named"),
    [
        ("* * * * * *", "6 fields"),  # croniter: seconds
        ("0 9 * *", "4 fields"),
        ("0 0 1 1 * 0 2099", "7 fields"),
        ("@daily", "nickname"),
        ("@every 5m", "nickname"),
        ("", "five"),
        ("0 9 * * * " + "1" * 300, "five"),
        ("٣ 9 * * *", "five"),
        ("R * * * *", "'R' is not 0 to 59"),  # croniter: another minute at each call
        ("H * * * *", "'H'"),
        ("0 9 ? * 1", r"'\?'"),
        ("60 * * * *", "'60' is not 0 to 59"),
        ("0 24 * * *", "0 to 23"),
        ("0 9 0 * *", "1 to 31"),
        ("0 9 * 13 *", "jan to dec"),
        ("0 9 * * 8", "sun to sat"),
        ("0 9 * * -1", "day of the week"),
        ("*/90 * * * *", "step '90' is not 1 to 59"),  # croniter: hourly
        ("*/0 * * * *", "step '0'"),
        ("59/15 * * * *", "no end"),  # croniter 7: minute 59 alone; before: each 15th
        ("0 9 * * 6/1", "no end"),
        ("1-1 9 * * *", "one value"),  # croniter: each minute
        ("0 9 *,1 * *", "stands alone"),
        ("0 9 1,L * *", "'L'"),  # words: "day 1 and l"
        ("0 9 13 * 5#3", "needs *"),
        ("0 0 31 2 *", "never comes"),
        ("0 0 30 feb *", "never comes"),
    ],
)
def test_what_programs_read_differently_is_refused(cron: str, named: str) -> None:
    """By field and value, with what is allowed there."""
    with pytest.raises(BadInput, match=named):
        plain(cron)


def test_every_wrong_field_is_told() -> None:
    """Not only the first."""
    with pytest.raises(BadInput) as caught:
        plain("61 25 * * x")

    assert [error.message.split(" '")[0] for error in caught.value.errors] == [
        "minute", "hour", "day of the week",
    ]  # fmt: skip


def test_spaces_do_not_count() -> None:
    """As a crontab has them."""
    assert plain("  0\t9  * * 1 ") == "0 9 * * 1"


@pytest.mark.parametrize(
    ("cron", "fixed"),
    [("30 2 * * *", True), ("0 1-3 * * *", True), ("*/5 2 * * *", False), ("0 * * * *", False)],
)
def test_a_fixed_time_has_no_star(cron: str, fixed: bool) -> None:
    """In minute or hour; the other fields do not matter."""
    assert is_fixed(cron) is fixed


def part(first: int, last: int) -> st.SearchStrategy[str]:
    """One field as it is taken: a star, or a list of values and spans, with steps or without."""
    value = st.integers(first, last)
    pairs = st.tuples(value, value).filter(lambda ends: ends[0] != ends[1])
    span = pairs.map("{0[0]}-{0[1]}".format)
    step = st.integers(1, last - first).map("/{}".format)
    stepped = st.builds(str.__add__, span, step)
    some = st.lists(value.map(str) | span | stepped, min_size=1, max_size=3).map(",".join)
    return st.just("*") | st.builds(str.__add__, st.just("*"), step) | some


def comes(cron: str) -> bool:
    """Whether it ever does, as 31 February does not."""
    try:
        croniter(cron, datetime(2026, 1, 1)).get_next(datetime)
    except CroniterBadDateError:
        return False
    return True


WEEKDAYS = st.sampled_from(["L0", "L5", "0#1", "5#3", "3#5"])
DAYS = st.tuples(part(1, 31) | st.just("L"), part(1, 12), part(0, 7)) | st.tuples(
    st.just("*"), part(1, 12), WEEKDAYS
)
CLOCKS = st.tuples(part(0, 59), part(0, 23))
TAKEN = st.tuples(CLOCKS, DAYS).map(lambda both: " ".join((*both[0], *both[1]))).filter(comes)


@given(TAKEN)
def test_what_is_clear_is_taken(cron: str) -> None:
    """Every expression of this grammar, as it was written."""
    assert plain(cron) == cron
    assert in_words(cron)


def fields(first: int, last: int) -> st.SearchStrategy[str]:
    """Whatever a field may be written as, its values inside and a bit outside the range."""
    value = st.integers(first - 1, last + 2).map(str)
    spans = st.builds(lambda a, b: f"{a}-{b}", value, value)
    steps = st.builds(lambda span, n: f"{span}/{n}", st.just("*") | spans, st.integers(0, 70))
    return st.lists(value | spans | steps, min_size=1, max_size=3).map(",".join) | st.just("*")


EXPRESSIONS = st.tuples(fields(0, 59), fields(0, 23), fields(1, 31), fields(1, 12), fields(0, 7))


@given(EXPRESSIONS.map(" ".join))
def test_what_is_taken_has_words_and_times(cron: str) -> None:
    """An expression that passes can be described, and comes again and again."""
    try:
        taken = plain(cron)
    except BadInput:
        return

    walls = croniter(taken, datetime(2026, 1, 1))
    first, second = walls.get_next(datetime), walls.get_next(datetime)
    assert in_words(taken)
    assert first < second < first + timedelta(days=366 * 41)  # 29 February, over the year 2100

"""One chain of due times a request."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcore.rules.chain import LONGEST_MINUTES, due_times, interval_errors

FIRST = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)


@given(
    count=st.integers(0, 50),
    bounds=st.tuples(st.integers(0, 10080), st.integers(0, 10080)).map(sorted),
    seed=st.integers(),
)
def test_each_task_follows_the_one_before(count: int, bounds: list[int], seed: int) -> None:
    """The first is due as asked, every other between min and max minutes after its predecessor."""
    low, high = bounds
    times = due_times(FIRST, count, low, high, Random(seed))

    gaps = [after - before for before, after in pairwise(times)]
    assert len(times) == count
    assert times[:1] == [FIRST][:count]
    assert all(timedelta(minutes=low) <= gap <= timedelta(minutes=high) for gap in gaps)


def test_the_default_is_all_at_once() -> None:
    """Without an interval every task is due at the same time."""
    assert due_times(FIRST, 3, 0, 0, Random(1)) == [FIRST] * 3


def test_the_draw_is_the_random_numbers_alone() -> None:
    """The same seed draws the same chain; another draws another."""
    one, same, other = (due_times(FIRST, 9, 1, 60, Random(seed)) for seed in (1, 1, 2))

    assert one == same != other


@given(st.integers(0, LONGEST_MINUTES), st.integers(0, LONGEST_MINUTES))
def test_every_pair_in_order_is_allowed(one: int, other: int) -> None:
    """0 ≤ min ≤ max ≤ a week has no errors, and min > max has one."""
    low, high = sorted((one, other))

    assert interval_errors(low, high) == ()
    assert len(interval_errors(high, low)) == (low != high)


@pytest.mark.parametrize(
    ("low", "high", "fields"),
    [
        (-1, 5, ["min_interval"]),
        (0, 10081, ["max_interval"]),
        (-1, 10**20, ["min_interval", "max_interval"]),
        (9, 3, ["min_interval"]),
    ],
)
def test_a_wrong_interval_is_named(low: int, high: int, fields: list[str]) -> None:
    """Each wrong bound is named with its value; an inverted pair is one error."""
    errors = interval_errors(low, high)

    assert [error.field for error in errors] == fields
    assert all(str(low) in e.message or str(high) in e.message for e in errors)

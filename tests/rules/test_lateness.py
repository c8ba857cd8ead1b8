"""Which tasks have missed their hour."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tmcore.rules.lateness import missed_before

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
minutes = st.integers(-600, 3000).map(lambda n: timedelta(minutes=n))
limits = st.integers(1, 600).map(lambda n: timedelta(minutes=n))


@given(ago=minutes, due_ago=minutes, limit=limits)
def test_missed_means_away_for_longer_than_the_limit_past_its_start(
    ago: timedelta, due_ago: timedelta, limit: timedelta
) -> None:
    """Whatever came first, the start or the absence: the time in which both held counts."""
    before = missed_before(NOW - ago, NOW, limit)

    missed = before is not None and NOW - due_ago < before
    assert missed == (min(ago, due_ago) > limit)


@given(ago=minutes)
def test_no_limit_misses_nothing(ago: timedelta) -> None:
    """Zero minutes mean never."""
    assert missed_before(NOW - ago, NOW, timedelta(0)) is None

"""What auto_retry repeats, reason by reason."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcore.errors import PhoneError
from tmcore.reasons import Reason
from tmcore.rules.retry import REPEAT_HELPS, may_retry, retry_delay
from tmcore.settings import Settings

ON = Settings(auto_retry=True, max_retry_count=3)
NEVER = (
    Reason.OUTCOME_UNKNOWN,
    Reason.UPLOAD_FAILED,
    Reason.STOPPED,
    Reason.NOT_POSTED,
    Reason.WRONG_ACCOUNT,
    Reason.ALREADY_POSTED,
    Reason.LOGIN_REQUIRED,
    Reason.SECURITY_CHECK,
    Reason.ACCOUNT_SUSPENDED,
    Reason.ACTION_LIMITED,
    Reason.MISSED,
)


def test_every_reason_is_decided() -> None:
    """The table holds the whole vocabulary, so that a new reason is a decision."""
    assert set(REPEAT_HELPS) == set(Reason)


@pytest.mark.parametrize("reason", NEVER)
def test_what_may_have_posted_or_was_refused_is_never_repeated(reason: Reason) -> None:
    """No setting makes auto_retry press twice, or argue with a platform or a person."""
    assert not may_retry(reason, 0, ON)


@pytest.mark.parametrize("error", PhoneError.__subclasses__())
def test_an_error_that_a_repeat_can_help_is_repeated(error: type[PhoneError]) -> None:
    """The errors' own word about repeating and the table agree."""
    assert REPEAT_HELPS[error.reason] or not error.retry


@given(st.sampled_from(Reason), st.integers(0, 20), st.integers(1, 10))
def test_retries_are_counted(reason: Reason, done: int, most: int) -> None:
    """A repeat happens while fewer than max_retry_count are done, and never while it is off."""
    settings = Settings(auto_retry=True, max_retry_count=most)

    assert may_retry(reason, done, settings) == (REPEAT_HELPS[reason] and done < most)
    assert not may_retry(reason, done, Settings(auto_retry=False, max_retry_count=most))


@given(st.tuples(st.integers(0, 86400), st.integers(0, 86400)).map(sorted), st.integers())
def test_the_delay_is_within_its_settings(bounds: list[int], seed: int) -> None:
    """The wait is between the two settings, which may be equal."""
    low, high = bounds
    settings = Settings(retry_delay_min_s=low, retry_delay_max_s=high)
    delay = retry_delay(settings, Random(seed))

    assert timedelta(seconds=low) <= delay <= timedelta(seconds=high)

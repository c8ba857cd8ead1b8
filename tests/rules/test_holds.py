"""What makes an account wait, and how that is said."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tmcore.accounts import Account
from tmcore.reasons import Reason
from tmcore.rules.holds import HOLDS, open_one, waiting, warning
from tmcore.rules.retry import REPEAT_HELPS

AT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


def an_account(number: int = 1, **changes: object) -> Account:
    values: dict[str, object] = {
        "id": number, "app": "tiktok", "username": f"user_{number}", "serial": "R58M1",
        "created_at": AT,
    }  # fmt: skip
    return Account.model_validate(values | changes)


HELD: dict[str, Any] = {"held": Reason.ACTION_LIMITED, "held_why": "slow down", "held_since": AT}


@pytest.mark.parametrize("reason", sorted(HOLDS))
def test_nothing_that_holds_an_account_is_tried_again_by_itself(reason: Reason) -> None:
    """A platform that has said no is not asked twice."""
    assert not REPEAT_HELPS[reason]


def test_a_hold_is_said_with_its_beginning_its_words_and_its_end() -> None:
    """An operator who reads it knows what to do."""
    said = waiting(an_account(**HELD))

    assert said == (
        "@user_1 is held since 2026-11-24 09:05 UTC: action_limited (slow down); "
        "look at it on the phone, then `tm account release 1`"
    )


def test_an_account_that_may_post_waits_for_nothing() -> None:
    """Nothing is said of it."""
    assert waiting(an_account()) == ""
    assert "`tm account enable 1`" in waiting(an_account(enabled=False))


def test_the_open_one_is_the_one_last_seen_open() -> None:
    """Held or not: what is open is what a task would post on."""
    older = an_account(1, open_at=AT)
    newer = an_account(2, open_at=AT.replace(hour=10), **HELD)

    assert open_one([older, newer, an_account(3)]) == newer
    assert open_one([an_account(1, **HELD), an_account(2)]) == an_account(2)
    assert open_one([]) is None


def test_several_accounts_and_none_named_names_the_open_one() -> None:
    """The task posts on it, so the operator is told which it is."""
    bound = [an_account(1), an_account(2, open_at=AT)]

    said = warning(None, "R58M1", bound)

    assert "2 accounts of the app bound (@user_1, @user_2)" in said
    assert said.endswith("@user_2, last seen 2026-11-24 09:05 UTC")
    assert "nobody has seen which" in warning(None, "R58M1", [*bound[:1], an_account(3)])


def test_a_held_account_is_warned_of() -> None:
    """Named, or the only one: the task is created and waits."""
    bound = [an_account(1, **HELD)]

    assert "until then its task waits" in warning("user_1", "R58M1", bound)
    assert "until then its task waits" in warning(None, "R58M1", bound)
    assert warning("user_1", "R58M1", [an_account(1)]) == ""

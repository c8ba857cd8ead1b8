"""What `tm demo --tour` finds wrong: each thing that the phones may say otherwise, by name."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tmcore.model import FAILED, Source, TaskDetail
from tmcore.reasons import Reason
from tmtui.tour import STOPS, Seen

VIDEO, BLOCKED = STOPS[0][0], STOPS[1][-1]
POST: dict[str, Any] = {"kind": "video", "sha256s": ["ab"], "caption": f"{VIDEO.caption} "}


def task(reason: Reason) -> TaskDetail:
    at = datetime(2026, 1, 31, tzinfo=UTC)
    return TaskDetail(
        id=1, serial="R58M1", script_name="post", script_config={}, status=FAILED, reason=reason,
        source=Source.API, created_at=at, start_at=at,
    )  # fmt: skip


GOOD = Seen(VIDEO, task(Reason.CONFIRMED), (POST,), ("ab",), met=True, held=None)
BLOCK = Seen(BLOCKED, task(Reason.SECURITY_CHECK), (), ("ab",), met=True, held="security_check")


def test_what_is_right_is_right() -> None:
    """The app may add a blank behind a hashtag."""
    assert (GOOD.wrong, BLOCK.wrong) == ("", "")


@pytest.mark.parametrize(
    ("seen", "wrong"),
    [
        (replace(GOOD, posts=()), "posted 0 times"),
        (replace(GOOD, posts=(POST, POST)), "posted 2 times"),
        (replace(GOOD, posts=(POST | {"kind": "photo"},)), "posted as a photo"),
        (replace(GOOD, files=("cd",)), "other files, or in another order"),
        (replace(GOOD, posts=(POST | {"caption": "x"},)), "with another caption: x"),
        (replace(GOOD, task=task(Reason.OUTCOME_UNKNOWN)), "the task ended as outcome_unknown"),
        (replace(GOOD, met=False), "what was put in its way never came up"),
        (replace(BLOCK, posts=(POST,)), "posted 1 times"),
        (replace(BLOCK, held=None), "the account is not held"),
    ],
)
def test_what_is_wrong_is_named(seen: Seen, wrong: str) -> None:
    """The phone's word goes before the queue's: a post that is not there is said first."""
    assert seen.wrong == wrong

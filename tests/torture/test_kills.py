"""The short form of `make torture`: a few kills and frosts, and what other policies make of one."""

from pathlib import Path

import pytest

from tests.torture.kills import living
from tests.torture.moments import Point
from tests.torture.points import NAMES, Blow
from tests.torture.policies import GIVEN_UP, OURS, UNMARKED

# a device that was seen, a setting; and what a failure leaves
BESIDE = ("commit other", "commit save device", "screenshot", "foreground")


def kill(name: str) -> Blow:
    return Blow(Point(name), 0, freeze=False, wake_early=False)


def freeze(name: str) -> Blow:
    return Blow(Point(name), 0, freeze=True, wake_early=True)


@pytest.mark.timeout(240)
def test_neither_a_kill_nor_an_owner_that_wakes_up_breaks_a_promise(tmp_path: Path) -> None:
    """Around the press, on the way back and at any moment: nothing lost, twice or called failed."""
    with living(tmp_path / "rack", OURS, phones=2) as life:
        life.strike(
            [
                freeze("after commit intend"),
                kill("before void"),
                freeze("before press"),
                kill("after press"),
                Blow(None, 1.5, freeze=False, wake_early=True),
            ]
        )
        verdict = life.end()

    assert verdict.broken == ()
    assert (verdict.doubles, verdict.lost, verdict.false_failed, verdict.false_done) == (0, 0, 0, 0)
    assert verdict.posted > 0
    assert {name for name in life.passed if not name.endswith(BESIDE)} <= set(NAMES)
    assert life.hits["before void"] == life.hits["before press"] == 1


@pytest.mark.parametrize(
    ("policy", "doubles", "false_failed"), [(GIVEN_UP, 0, 1), (UNMARKED, 1, 0)]
)
@pytest.mark.timeout(120)
def test_a_queue_without_intent_and_marker_is_found_out(
    tmp_path: Path, policy: str, doubles: int, false_failed: int
) -> None:
    """Killed with its post out: one says failed, one posts it again; both are reported."""
    with living(tmp_path / "rack", policy, phones=1) as life:
        life.strike([kill("before commit complete")])
        verdict = life.end()

    assert (verdict.doubles, verdict.false_failed) == (doubles, false_failed)
    assert any("was pressed" in said for said in verdict.broken)

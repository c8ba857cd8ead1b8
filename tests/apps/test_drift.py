"""Drift is told by what found a target, per version, before nothing finds it any more."""

from datetime import UTC, datetime

import pytest

from tests.screens import FIXTURES, fixture, folder
from tmcore.accounts import App
from tmcore.apps.catalog import catalog, profile_for
from tmcore.apps.drift import Tally, report, rule_of
from tmcore.drift import Counted, Hit
from tmcore.phone.screen import parse_dump

TIKTOK = profile_for("tiktok")
PACKAGE = "com.zhiliaoapp.musically"
MANY = 15  # targets are on the real screens
SEEN = datetime(2026, 1, 31, tzinfo=UTC)


def hit(target: str, candidate: int, version: str = "47.0", rule: str = "") -> Hit:
    rule = rule or rule_of(TIKTOK.targets[target])
    return Hit("tiktok", PACKAGE, version, target, rule, candidate)


def counted(looks: int, target: str, candidate: int, **more: str) -> Counted:
    return Counted(hit(target, candidate, **more), looks, SEEN)


def test_a_tally_counts_looks() -> None:
    """By version, target and candidate; what is asked for twice in one look counts once."""
    tally = Tally()
    tally.of(catalog().choose("tiktok", "43.1.4"), PACKAGE)

    for _ in range(2):
        screen = parse_dump(fixture("tiktok_composer_video.xml"))
        for name in ("post_button", "drafts", "post_button"):
            match = TIKTOK.target(name, screen)
            assert match is not None
            tally.note(name, match.candidate_index, screen)

    assert tally.counts == {
        hit("post_button", 0, "43.1.4"): 2,
        hit("drafts", 0, "43.1.4"): 2,
    }


def test_a_first_choice_that_never_matches_is_drift() -> None:
    """One that matches now and then is none; nor is one of another version, or of other rules."""
    found = report(
        (
            counted(5, "post_button", 2),
            counted(3, "post_button", 1),
            counted(9, "post_button", 0, version="43.1"),
            counted(9, "post_button", 0, rule="other"),
            counted(1, "create", 0),
            counted(40, "create", 1),
            counted(8, "drafts", 1, rule="other"),
        ),
        catalog(),
    )

    (drift,) = found.drifts
    assert (drift.target, drift.version, drift.candidate, drift.hits, drift.looks) == (
        "post_button", "47.0", 3, 5, 8,
    )  # fmt: skip
    assert drift.of == len(TIKTOK.targets["post_button"].candidates)
    assert drift.said.startswith("TikTok 47.0: 'post_button' was found by its 3rd choice (")
    assert drift.said.endswith(" in 5 of 8 looks; the 1st no longer matches")


@pytest.mark.parametrize("app", catalog().apps)
def test_no_target_drifts_on_the_real_screens(app: App) -> None:
    """What today's apps show is found as it is meant to be: else every rack would report it."""
    tally, choice = Tally(), catalog().choose(app)
    tally.of(choice, "")

    for file in sorted((folder() or FIXTURES).rglob("*.xml")):
        screen = parse_dump(file.read_bytes())
        for name in choice.profile.targets:
            if match := choice.profile.target(name, screen):
                tally.note(name, match.candidate_index, screen)

    found = report((Counted(hit, n, SEEN) for hit, n in tally.counts.items()), catalog())
    assert len(tally.counts) > MANY
    assert [drift.said for drift in found.drifts] == []


def test_a_version_without_a_profile_is_told() -> None:
    """With the profile that is used for it: the nearest lower one."""
    found = report(
        (counted(1, "create", 0, version="43.1"), counted(1, "create", 0, version="999")),
        catalog(),
    )

    assert [(met.version, met.known) for met in found.met] == [("43.1", True), ("999", False)]
    assert "has no profile of its own" in found.met[1].profile
    assert not found.drifts

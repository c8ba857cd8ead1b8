"""Drift is told by what found a target, per version, before nothing finds it any more."""

from collections import Counter

from tests.screens import fixture
from tmcore.apps.catalog import profile_for
from tmcore.apps.drift import Hit, Tally, drifts
from tmcore.phone.screen import parse_dump

TIKTOK = profile_for("tiktok")


def hit(target: str, candidate: int, version: str = "47.0") -> Hit:
    return Hit("tiktok", version, target, candidate)


def test_a_tally_counts_what_found_a_target() -> None:
    """By app, version, target and candidate."""
    tally, screen = Tally("tiktok", "43.1.4"), parse_dump(fixture("tiktok_composer_video.xml"))

    for name in ("post_button", "post_button", "drafts"):
        match = TIKTOK.target(name, screen)
        assert match is not None
        tally.note(match)

    assert tally.counts == {hit("post_button", 0, "43.1.4"): 2, hit("drafts", 0, "43.1.4"): 1}


def test_a_first_choice_that_never_matches_is_drift() -> None:
    """One that matches now and then is none; nor is one of another version or app."""
    counts = Counter(
        {
            hit("post_button", 1): 5,
            hit("post_button", 2): 3,
            hit("post_button", 0, "43.1"): 9,
            hit("create", 0): 1,
            hit("create", 1): 40,
            hit("gone", 3): 2,
            hit("drafts", 2): 0,
            Hit("instagram", "47.0", "create", 2): 7,
        }
    )

    (found,) = drifts(counts, TIKTOK)

    assert (found.target, found.version, found.candidate, found.hits) == (
        "post_button",
        "47.0",
        2,
        8,
    )
    assert found.of == len(TIKTOK.targets["post_button"].candidates)

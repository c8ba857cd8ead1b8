"""What a person who mends a profile is told about a dump."""

import pytest

from tests.screens import fixture
from tmcore.accounts import App
from tmcore.apps.catalog import catalog
from tmcore.apps.verdict import Verdict, headline, judge
from tmcore.phone.screen import parse_dump


def judged(name: str, app: App | None = None, version: str | None = None) -> Verdict:
    return judge(parse_dump(fixture(name)), catalog(), app, version)


@pytest.mark.parametrize(
    ("name", "app", "screen"),
    [
        ("tiktok_gallery.xml", "tiktok", "gallery"),
        ("instagram_composer_post.xml", "instagram", "composer"),
        ("instagram_try_again_later.xml", "instagram", "limited"),
    ],
)
def test_the_app_is_told_by_its_windows(name: str, app: str, screen: str) -> None:
    """Nobody has to say which app it is."""
    verdict = judged(name)

    assert (verdict.app, verdict.screen) == (app, screen)
    assert headline(verdict).startswith(f"{app}: <")


def test_a_window_of_androids_own_is_told_by_whoever_knows_it() -> None:
    """A permission dialog belongs to no app's package."""
    verdict = judged("android_permission_media.xml")

    assert (verdict.kind, verdict.screen, verdict.button) == (
        "dialog", "permission_media", "[60,1250][840,1370]",
    )  # fmt: skip


def test_targets_are_found_or_missing() -> None:
    """With where they are, what would be tapped, and by which candidate."""
    verdict = judged("tiktok_gallery.xml")

    tile = next(found for found in verdict.found if found.name == "newest_tile")
    assert (tile.tap, tile.candidate) == ("[5,310][295,600]", 1)
    assert "videos_tab" not in verdict.missing
    assert not verdict.doubts
    assert judged("tiktok_composer_keyboard_hidden.xml").missing == (
        "title", "post_button", "drafts", "more_options", "ai_switch",
    )  # fmt: skip


def test_two_things_for_one_target_are_a_doubt() -> None:
    """It is passed over, and said."""
    verdict = judged("tiktok_own_profile_two_handles.xml")

    doubt = next(doubt for doubt in verdict.doubts if doubt.name == "username")
    assert len(doubt.bounds) == 2
    assert "username" in verdict.missing


def test_an_unknown_version_is_said() -> None:
    """The nearest profile is used."""
    assert judged("tiktok_gallery.xml", version="43.1.4").known
    assert not judged("tiktok_gallery.xml", version="99.0").known
    assert "has no profile of its own" in judged("tiktok_gallery.xml", version="99.0").profile


def test_another_app_is_unknown() -> None:
    """As the launcher is; the words that are in sight are told."""
    verdict = judged("android_launcher.xml")

    assert (verdict.kind, verdict.screen, verdict.found, verdict.missing) == ("unknown", "", (), ())
    assert "Camera" in verdict.text


def test_a_hostile_dump_is_judged_soon() -> None:
    """Ten thousand nodes that all mean something cost seconds at the most, not minutes."""
    row = '<node package="com.instagram.android" clickable="true" text="{}" {} bounds="{}"/>'
    names = row.format("user_1", 'selected="true"', "[0,1][9,5]") * 4_000
    rows = row.format("Add account", "", "[0,6][9,9]") * 4_000
    screen = parse_dump(f"<hierarchy>{names}{rows}</hierarchy>")

    assert judge(screen, catalog()).kind in {"screen", "unknown"}

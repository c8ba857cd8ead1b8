"""Posts by hand in the Instagram-like app, judged by the phone's own truth."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import uiautomator2 as u2
from adbutils import AdbClient

from tests.virtual.instagram import INSTAGRAM, InstagramHand
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

HANDLERS = f"{INSTAGRAM}/com.instagram.share.handleractivity"


@pytest.fixture
def hand(adb: PrivateAdb, rack: VirtualRack, tmp_path: Path) -> InstagramHand:
    hand = InstagramHand(adb, rack, rack.serials[0])
    hand.add_clip(tmp_path)
    return hand


def posted(hand: InstagramHand) -> dict[str, Any]:
    assert hand.rack.wait(hand.serial, posts=1)
    (post,) = hand.rack.posts(hand.serial)
    return post


def truth(hand: InstagramHand, name: str) -> object:
    return hand.rack.truth(hand.serial)[name]


def said(hand: InstagramHand) -> set[str]:
    return {n["text"] for n in hand.look()} | {n["content-desc"] for n in hand.look()}


def test_reel(hand: InstagramHand) -> None:
    """Published as a reel of the open account, with the caption, once."""
    hand.share_reel("A quiet day")

    assert hand.screen == "reels"
    post = posted(hand)
    assert (post["kind"], post["app"], post["account"]) == ("reel", INSTAGRAM, "studio_01")
    assert post["caption"] == "A quiet day"
    assert truth(hand, "presses") == 1
    assert truth(hand, "misses") == 0


def test_reel_says_that_it_is_on_its_way_and_that_it_arrived(hand: InstagramHand) -> None:
    hand.rack.set(hand.serial, app="instagram", upload_seconds=3)
    hand.share_reel()
    during = hand.look()
    assert any(n["text"] == "Sharing to Reels…" for n in during)
    (bar,) = [n for n in during if n["class"].endswith("ProgressBar")]
    assert 0 <= float(bar["text"]) < 100

    posted(hand)

    assert "Done posting. Want to send it directly to friends?" in said(hand)
    assert "Sharing to Reels…" not in said(hand)


def test_video_as_a_post_stands_in_the_feed_until_it_is_out(hand: InstagramHand) -> None:
    """Then the row is gone and the profile counts one more."""
    hand.rack.set(hand.serial, app="instagram", upload_seconds=3)
    hand.to_gallery()
    hand.tap(text="Next")
    hand.tap(desc="Next")
    assert hand.find(text="New post")
    hand.tap(desc="Share")
    assert hand.screen == "feed"
    row = [n for n in hand.look() if n["resource-id"].endswith("row_pending_container")]
    assert len(row) == 1

    assert posted(hand)["kind"] == "video"

    assert not [n for n in hand.look() if n["resource-id"].endswith("row_pending_container")]
    hand.tap(desc="Profile")
    assert hand.find(desc="9posts")


def test_new_post_has_the_newest_selected(hand: InstagramHand, tmp_path: Path) -> None:
    """Whoever selects several finds one of them selected already."""
    hand.add_images(2, tmp_path)
    hand.to_gallery()

    assert [n["content-desc"].partition(" ")[0] for n in hand.thumbnails] == [
        "Selected", "Unselected", "Unselected",
    ]  # fmt: skip


def test_carousel_is_numbered_in_the_order_of_the_taps(hand: InstagramHand, tmp_path: Path) -> None:
    """Not in the grid's, and a second tap takes a picture out again."""
    paths = hand.add_images(4, tmp_path)  # the grid shows 3, 2, 1, 0, then the video
    hand.to_gallery()
    hand.tap(desc="Select multiple button")
    for tile in (0, 3, 1, 0, 2, 0):  # 3 is selected at first: out, 0, 2, in, 1, out
        hand.tap_tile(tile)
    hand.tap(text="Next")
    hand.tap(desc="Next")
    hand.tap(desc="Share")

    post = posted(hand)
    assert post["kind"] == "carousel"
    assert post["files"] == [paths[0], paths[2], paths[1]]
    assert post["sha256s"] == [hashlib.sha256(f"image {n}".encode()).hexdigest() for n in (0, 2, 1)]


def test_gallery_scrolls(hand: InstagramHand, tmp_path: Path) -> None:
    """What is older lies below."""
    hand.add_images(14, tmp_path)
    hand.to_gallery()
    before = [n["content-desc"] for n in hand.thumbnails]
    width, height = 1080, 2400

    hand.sh(
        f"input swipe {width // 2} {height * 7 // 10} {width // 2} {height * 7 // 10 - 600} 300"
    )

    assert len(before) < 15
    assert len(hand.thumbnails) + len(before) >= 15
    assert hand.rack.state(hand.serial)["screen"] == "gallery"


def test_story_is_out_at_once_and_draws_a_ring(hand: InstagramHand) -> None:
    """No caption and no further page; the badge on the own picture gives way to a ring."""
    hand.open()
    assert [n for n in _first_bubble(hand) if n.endswith("reel_empty_badge")]
    hand.to_gallery()
    hand.tap(text="STORY")
    hand.tap_tile(0)
    hand.tap(desc="Your story")

    assert hand.screen == "feed"
    assert posted(hand)["kind"] == "story"
    assert not [n for n in _first_bubble(hand) if n.endswith("reel_empty_badge")]
    hand.tap(desc="Profile")
    assert hand.find(desc="8posts")


def _first_bubble(hand: InstagramHand) -> list[str]:
    return [n["resource-id"] for n in hand.look() if n.bounds[2] <= 274 and n.bounds[3] <= 580]


def test_neighbours_of_your_story_publish_nothing(hand: InstagramHand) -> None:
    hand.to_gallery()
    hand.tap(text="STORY")
    hand.tap_tile(0)
    hand.tap(desc="Close Friends")
    hand.tap(desc="Share to")

    assert truth(hand, "presses") == 0


def test_older_versions_have_the_button_in_the_bar(hand: InstagramHand) -> None:
    """And what it makes first differs as well."""
    hand.rack.set(hand.serial, app="instagram", old_tabs=True, opens_with="reel")
    hand.open()
    hand.tap(id=f"{INSTAGRAM}:id/creation_tab")

    assert hand.find(text="New reel")


def test_create_menu(hand: InstagramHand) -> None:
    """The profile's button asks what to make."""
    hand.open()
    hand.tap(desc="Profile")
    hand.tap(desc="Create New")
    assert hand.screen == "create_sheet"

    hand.tap(desc="Story")

    assert hand.find(text="Add to story")


def test_open_keyboard_takes_share_away(hand: InstagramHand) -> None:
    """Until OK, or until the keyboard is closed."""
    hand.to_gallery()
    hand.tap(text="REEL")
    hand.tap_tile(0)
    hand.tap(desc="Next")
    assert hand.find(desc="Share")

    hand.tap(text="Write a caption and add hashtags…")
    assert not hand.find(desc="Share")
    assert hand.find(text="OK")
    hand.sh("input keyevent 111")
    assert hand.find(desc="Share")
    assert hand.find(text="OK")
    hand.tap(text="OK")

    assert not hand.find(text="OK")


def test_field_may_hide_under_the_keyboard(hand: InstagramHand) -> None:
    """It takes what is typed all the same, and is there again when the keyboard is closed."""
    hand.rack.set(hand.serial, app="instagram", field_hides=True)
    hand.to_gallery()
    hand.tap(text="REEL")
    hand.tap_tile(0)
    hand.tap(desc="Next")
    hand.tap(text="Write a caption and add hashtags…")
    hand.sh("input text hidden")
    assert not hand.find(kind="android.widget.AutoCompleteTextView")

    hand.sh("input keyevent 111")

    (field,) = hand.find(kind="android.widget.AutoCompleteTextView")
    assert field["text"] == "hidden"


def test_tree_may_be_empty_while_a_reel_plays(hand: InstagramHand) -> None:
    """As often as it is told; where nothing plays the tree is whole."""
    hand.rack.fault(hand.serial, "empty_tree", count=2)
    hand.to_gallery()
    hand.tap(text="REEL")
    hand.tap_tile(0)

    assert [len(hand.look()) > 1 for _ in range(3)] == [False, False, True]


def test_share_may_ask_once_more(hand: InstagramHand) -> None:
    """Only the answer is the press."""
    hand.rack.set(hand.serial, app="instagram", confirms=True)
    hand.share_reel()
    assert hand.screen == "confirm_publish"
    assert truth(hand, "presses") == 0

    hand.tap(text="Share", kind="android.widget.Button")

    assert posted(hand)["kind"] == "reel"
    assert truth(hand, "presses") == 1


def test_saved_draft_publishes_nothing(hand: InstagramHand) -> None:
    hand.to_gallery()
    hand.tap(text="REEL")
    hand.tap_tile(0)
    hand.tap(desc="Next")
    hand.tap(desc="Save draft")

    assert (truth(hand, "presses"), truth(hand, "drafts")) == (0, 1)


def test_failing_upload_leaves_the_apps_own_row(hand: InstagramHand) -> None:
    """In the feed, until its button takes it away."""
    hand.rack.fault(hand.serial, "upload_fails")
    hand.share_reel()
    assert hand.rack.wait(hand.serial, failures=1)
    hand.tap(desc="Home")

    assert hand.find(text="Video can't be posted")
    assert (truth(hand, "posts"), truth(hand, "failed_uploads")) == ([], 1)
    hand.tap(id=f"{INSTAGRAM}:id/row_pending_media_discard_button")
    assert not hand.find(text="Video can't be posted")


def test_failure_row_of_earlier(hand: InstagramHand) -> None:
    """It stands there before anything was pressed, and after a post that went well."""
    hand.rack.fault(hand.serial, "failure_row")
    hand.open()
    assert hand.find(text="Video can't be posted")

    hand.share_reel()
    posted(hand)
    hand.tap(desc="Home")

    assert hand.find(text="Video can't be posted")


@pytest.mark.parametrize(
    ("activity", "screen", "kind"),
    [
        ("ShareHandlerActivity", "photo_editor", "video"),
        ("ClipsShareHandlerActivity", "editor", "reel"),
        ("StoryShareHandlerActivity", "story_editor", "story"),
    ],
)
def test_share_intents(hand: InstagramHand, activity: str, screen: str, kind: str) -> None:
    """Each handler opens its own editor with the file."""
    row = hand.sh("content query --uri content://media/external/video/media --projection _id")
    uri = f"content://media/external/video/media/{row.partition('_id=')[2]}"
    component = f"{HANDLERS}.{activity}"
    query = "cmd package query-activities --brief -a android.intent.action.SEND -t video/mp4"
    assert component in hand.sh(f"{query} {INSTAGRAM}")

    hand.sh(
        f"am start -n {component} -a android.intent.action.SEND -t video/mp4"
        f" --eu android.intent.extra.STREAM {uri} -d {uri} --grant-read-uri-permission"
    )

    assert (hand.screen, hand.rack.state(hand.serial)["kind"]) == (screen, kind)


@pytest.mark.parametrize(
    ("extra", "screen"), [("", "feed"), ("--es source_application 1234", "editor")]
)
def test_metas_actions_want_an_app_id(hand: InstagramHand, extra: str, screen: str) -> None:
    row = hand.sh("content query --uri content://media/external/video/media --projection _id")
    uri = f"content://media/external/video/media/{row.partition('_id=')[2]}"

    hand.sh(f"am start -a com.instagram.share.ADD_TO_REEL -p {INSTAGRAM} -t video/mp4 {extra}"
            f" --eu android.intent.extra.STREAM {uri}")  # fmt: skip

    assert hand.screen == screen


@pytest.mark.parametrize("index", [0, 1, 2])
def test_reel_on_every_size_of_screen(hand: InstagramHand, index: int, tmp_path: Path) -> None:
    other = InstagramHand(hand.adb, hand.rack, hand.rack.serials[index])
    if index:
        other.add_clip(tmp_path)
    other.share_reel("size")

    assert posted(other)["caption"] == "size"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_real_uiautomator2_client_types_the_caption(hand: InstagramHand) -> None:
    """Emoji arrive whole; the tap that it makes first opens the keyboard, and Share is away."""
    hand.to_gallery()
    hand.tap(text="REEL")
    hand.tap_tile(0)
    hand.tap(desc="Next")
    client = u2.Device(AdbClient("127.0.0.1", hand.adb.port).device(hand.address))
    try:
        client(text="Write a caption and add hashtags…").set_text("Dusk \U0001f305")

        assert hand.rack.state(hand.serial)["caption"] == "Dusk \U0001f305"
        assert not client(description="Share").exists
        assert client(text="OK").exists
    finally:
        client.stop_uiautomator()

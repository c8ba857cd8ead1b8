"""A whole post by hand: shell commands only, judged by the phone's own truth."""

import hashlib
import time
from pathlib import Path

import pytest

from tests.virtual.hand import TIKTOK, Hand
from tests.virtual.test_files import tiny_mp4

VIDEO = tiny_mp4(8000, b"first")


def wait_for_posts(hand: Hand, count: int) -> list[dict[str, object]]:
    assert hand.rack.wait(hand.serial, posts=count)
    return hand.rack.posts(hand.serial)


@pytest.fixture
def loaded(hand: Hand, tmp_path: Path) -> Hand:
    hand.add_video(VIDEO, "/storage/emulated/0/Movies/v.mp4", tmp_path)
    return hand


def test_post_by_hand(loaded: Hand) -> None:
    """The caption, the file's hash and the account are what the phone published, once."""
    loaded.to_composer()
    loaded.type_caption("A quiet day")
    loaded.tap(text="Post")

    assert loaded.screen == "friends"
    (post,) = wait_for_posts(loaded, 1)
    assert post["sha256"] == hashlib.sha256(VIDEO).hexdigest()
    assert post["caption"] == "A quiet day"
    assert post["account"] == "studio_01"
    assert loaded.rack.truth(loaded.serial)["presses"] == 1


def test_badge_is_seen_by_windows_dump_only(loaded: Hand) -> None:
    """A plain dump shows the active window; the badge is another, and goes when the upload ends."""
    loaded.to_composer()
    loaded.tap(text="Post")

    assert "%" not in loaded.xml()
    seen = loaded.xml("--windows")
    assert seen.index("%") < seen.index('active="true"')  # the badge lies in front, not active
    wait_for_posts(loaded, 1)
    assert "%" not in loaded.xml("--windows")


def test_gallery_holds_camera_first(loaded: Hand) -> None:
    """As the real tree: POST of the camera comes before the picker."""
    loaded.to_gallery()

    texts = [n["text"] for n in loaded.look()]
    assert texts.index("POST") < texts.index("Recents")


def test_next_waits_for_selection(loaded: Hand) -> None:
    """Next is there and enabled, but takes no tap until something is selected."""
    loaded.to_gallery()
    assert loaded.find(text="Next")[0]["clickable"] == "false"
    loaded.tap(text="Next")
    assert loaded.screen == "gallery"

    loaded.tap(id=f"{TIKTOK}:id/h9t")

    assert loaded.find(text="Next")[0]["clickable"] == "true"


def test_newest_file_is_first_tile(loaded: Hand, tmp_path: Path) -> None:
    other = tiny_mp4(3000, b"second")
    loaded.add_video(other, "/storage/emulated/0/Movies/w.mp4", tmp_path)
    loaded.sh("touch -d @4000000000 /sdcard/Movies/w.mp4")
    loaded.to_composer()
    loaded.tap(text="Post")

    (post,) = wait_for_posts(loaded, 1)
    assert post["sha256"] == hashlib.sha256(other).hexdigest()


def test_tile_may_open_editor_at_once(loaded: Hand) -> None:
    loaded.rack.set(loaded.serial, tile_opens="editor")

    loaded.to_composer()


def test_typing_without_focus_is_lost(loaded: Hand) -> None:
    loaded.to_composer()
    loaded.sh("input text hello")

    assert loaded.rack.state(loaded.serial)["caption"] == ""


def test_dump_may_take_the_focus(loaded: Hand) -> None:
    """On some phones a look between tap and typing loses what is typed."""
    loaded.rack.set(loaded.serial, dump_drops_focus=True)
    loaded.to_composer()
    loaded.tap(text="Add description…")
    loaded.look()
    loaded.sh("input text hello")

    assert loaded.rack.state(loaded.serial)["caption"] == ""


def test_input_text_refuses_what_is_not_ascii(loaded: Hand) -> None:
    loaded.to_composer()
    loaded.tap(text="Add description…")
    loaded.sh("input text 'café'")

    assert loaded.code == 255
    assert loaded.rack.state(loaded.serial)["caption"] == ""


def test_adb_keyboard_types_anything(loaded: Hand) -> None:
    """Emoji arrive whole, and a dump shows two dots for each."""
    loaded.sh("ime enable com.android.adbkeyboard/.AdbIME; ime set com.android.adbkeyboard/.AdbIME")
    loaded.to_composer()
    loaded.tap(text="Add description…")
    loaded.sh("am broadcast -a ADB_INPUT_B64 --es msg Y2Fmw6kg8J+YgA==")

    assert loaded.rack.state(loaded.serial)["caption"] == "café 😀"
    assert loaded.find(text="café ..")


def test_keyboard_moves_post(loaded: Hand) -> None:
    """Above the keyboard Post is another button elsewhere; ESCAPE brings the first one back."""
    loaded.to_composer()
    (before,) = loaded.find(text="Post")
    loaded.tap(text="Add description…")
    (during,) = loaded.find(text="Post")
    assert during["resource-id"] != before["resource-id"]
    assert during.bounds[3] < before.bounds[1]
    assert "mInputShown=true" in loaded.sh("dumpsys input_method")

    loaded.sh("input keyevent 111")

    assert loaded.find(text="Post")[0].bounds == before.bounds
    assert loaded.screen == "composer"


def test_keyboard_may_hide_post(loaded: Hand) -> None:
    loaded.rack.set(loaded.serial, keyboard_post="missing")
    loaded.to_composer()
    loaded.tap(text="Add description…")

    assert loaded.find(text="Post") == []


def test_hashtag_suggestions_cover_post(loaded: Hand) -> None:
    """A tap on Post hits a suggestion until a space ends the hashtag."""
    loaded.to_composer()
    (post,) = loaded.find(text="Post")
    loaded.type_caption("day #rain")
    loaded.sh("input tap {} {}".format(*post.middle))
    assert loaded.rack.truth(loaded.serial)["presses"] == 0
    assert loaded.rack.state(loaded.serial)["caption"].startswith("day #rain")

    loaded.sh("input text '%s'")
    loaded.sh("input tap {} {}".format(*post.middle))

    assert loaded.rack.truth(loaded.serial)["presses"] == 1


def test_title_stands_above_description(loaded: Hand) -> None:
    """With a title box the first EditText is the wrong one."""
    loaded.rack.set(loaded.serial, title_box=True)
    loaded.to_composer()

    fields = [n["text"] for n in loaded.look() if n["class"].endswith("EditText")]
    assert fields == ["Add a catchy title", "Add description…"]


def test_create_tab_leads_to_camera_by_post(loaded: Hand) -> None:
    loaded.rack.set(loaded.serial, create_tab_first=True)
    loaded.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")
    loaded.tap(desc="Create")
    assert loaded.screen == "create_tab"

    loaded.tap(text="POST")

    assert loaded.screen == "camera"


def test_account_is_switched_on_profile(loaded: Hand) -> None:
    """The handle only copies; the name opens the sheet; the active row is marked."""
    loaded.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")
    loaded.tap(desc="Profile")
    loaded.tap(text="@studio_01")
    assert loaded.screen == "profile"
    loaded.tap(text="Virtual Studio")
    rows = [n for n in loaded.look() if n["resource-id"].endswith("k5o")]
    assert [(r["content-desc"], r["selected"]) for r in rows] == [
        ("studio_01", "true"), ("studio_01_b", "false"), ("Add account", "false"),
    ]  # fmt: skip

    loaded.tap(desc="studio_01_b")
    loaded.tap(desc="Profile")

    assert loaded.find(text="@studio_01_b")


def test_photo_has_a_title(loaded: Hand, tmp_path: Path) -> None:
    loaded.sh("rm /sdcard/Movies/v.mp4")
    loaded.add_video(b"jpeg", "/storage/emulated/0/Pictures/p.jpg", tmp_path)
    loaded.to_composer()

    assert loaded.find(text="Add a catchy title")


def test_share_intent_opens_editor(loaded: Hand) -> None:
    """The other way in: the editor comes up with the shared file."""
    row = loaded.sh("content query --uri content://media/external/video/media --projection _id")
    uri = f"content://media/external/video/media/{row.partition('_id=')[2]}"
    share = f"{TIKTOK}/com.ss.android.ugc.aweme.share.SystemShareActivity"
    loaded.sh(
        f"am start -n {share} -a android.intent.action.SEND -t video/mp4"
        f" --eu android.intent.extra.STREAM {uri} --grant-read-uri-permission"
    )

    assert loaded.screen == "editor"
    assert loaded.rack.state(loaded.serial)["picked"] == ["/storage/emulated/0/Movies/v.mp4"]


def test_unknown_activity_is_an_error_with_exit_0(loaded: Hand) -> None:
    assert "does not exist" in loaded.sh(f"am start -n {TIKTOK}/.Nope 2>&1")
    assert loaded.code == 0


def test_force_stop_aborts_upload(loaded: Hand) -> None:
    loaded.rack.set(loaded.serial, upload_seconds=0.6)
    loaded.to_composer()
    loaded.tap(text="Post")
    loaded.sh(f"am force-stop {TIKTOK}")
    time.sleep(0.8)

    truth = loaded.rack.truth(loaded.serial)
    assert (truth["presses"], truth["posts"], truth["aborted_uploads"]) == (1, [], 1)


def test_ids_are_drawn_anew(loaded: Hand) -> None:
    """Another seed, other ids; the texts stay."""
    loaded.rack.set(loaded.serial, ids_seed=7)
    loaded.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")

    (create,) = loaded.find(desc="Create")
    assert create["resource-id"].startswith(f"{TIKTOK}:id/")
    assert create["resource-id"] != f"{TIKTOK}:id/mkn"


@pytest.mark.parametrize("index", [0, 1, 2])
def test_flow_on_every_size_of_screen(loaded: Hand, index: int, tmp_path: Path) -> None:
    hand = Hand(loaded.adb, loaded.rack, loaded.rack.serials[index])
    if index:
        hand.add_video(VIDEO, "/storage/emulated/0/Movies/v.mp4", tmp_path)
    hand.to_composer()
    hand.type_caption("size")
    hand.tap(text="Post")

    assert wait_for_posts(hand, 1)[0]["caption"] == "size"
    assert f"{hand.look()[0].bounds[2]}x{hand.look()[0].bounds[3]}" in hand.sh("wm size")


def test_drafts_publish_nothing(loaded: Hand) -> None:
    loaded.to_composer()
    loaded.tap(text="Drafts")

    assert loaded.rack.truth(loaded.serial)["presses"] == 0


def test_back_leads_home_step_by_step(loaded: Hand) -> None:
    loaded.to_composer()
    shown = []
    for _ in range(4):
        loaded.sh("input keyevent 4")
        shown.append(loaded.screen)

    assert shown == ["editor", "gallery", "camera", "home_feed"]

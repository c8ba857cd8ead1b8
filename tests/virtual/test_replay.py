"""A phone that shows real dumps, read in place, as its screens."""

import hashlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import screens
from tests.virtual.hand import TIKTOK, Hand
from tests.virtual.instagram import INSTAGRAM, InstagramHand
from tests.virtual.test_files import tiny_mp4
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack
from tmcore.virtual.replay import replays
from tmcore.virtual.tape import BadScreens, read_tape

HERE = Path(__file__).parent
TAPE = HERE / "real_tiktok.toml"
VIDEO = tiny_mp4(8000, b"real")


def dumps() -> Path:
    folder = screens.folder()
    if folder is None:
        pytest.skip("REAL DUMPS ARE MISSING, no replay was tested: set TM_SCREENS")
    return folder


@pytest.fixture
def hand(adb: PrivateAdb) -> Iterator[Hand]:
    with VirtualRack(adb.port, 1, prefix="RPL", screens=TAPE, screens_folder=dumps()) as rack:
        yield Hand(adb, rack, rack.serials[0])


@pytest.fixture
def both(adb: PrivateAdb, tmp_path: Path) -> Iterator[InstagramHand]:
    """A phone whose two apps are recorded, from a folder with a file for each."""
    for name in ("real_tiktok.toml", "real_instagram.toml"):
        shutil.copy(HERE / name, tmp_path)
    with VirtualRack(adb.port, 1, prefix="RPB", screens=tmp_path, screens_folder=dumps()) as rack:
        hand = InstagramHand(adb, rack, rack.serials[0])
        hand.add_video(VIDEO, "/storage/emulated/0/Movies/v.mp4", tmp_path)
        yield hand


def test_post_over_real_dumps(hand: Hand, tmp_path: Path) -> None:
    """Each right tap leads to the next real screen; the press publishes what was typed."""
    hand.add_video(VIDEO, "/storage/emulated/0/Movies/v.mp4", tmp_path)
    hand.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")
    hand.tap(desc="Profile")
    assert hand.find(text="@acct_a")
    hand.sh("input keyevent 4")
    hand.tap(desc="Create")
    hand.tap(id=f"{TIKTOK}:id/ymg")
    hand.tap(id=f"{TIKTOK}:id/mub", bounds="[5,385][359,742]")
    hand.tap(text="Next")
    hand.tap(text="Next")
    hand.tap(id=f"{TIKTOK}:id/g19")
    hand.sh("input text 'Real%sscreens'")
    assert hand.find(text="Real screens")
    hand.tap(text="Post")

    assert hand.screen == "friends"
    assert any(n["text"] == "66%" for n in hand.look("--windows"))
    time.sleep(1.7)
    assert not any(n["text"] == "66%" for n in hand.look("--windows"))
    truth = hand.rack.truth(hand.serial)
    assert (truth["presses"], truth["misses"]) == (1, 0)
    (post,) = truth["posts"]
    assert post["sha256"] == hashlib.sha256(VIDEO).hexdigest()
    assert post["caption"] == "Real screens"


def test_wrong_tap_is_a_miss(hand: Hand) -> None:
    """Also one on a clickable node that leads nowhere, and on a text that stands twice."""
    hand.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")
    hand.sh("input tap 3 3")
    hand.tap(desc="Search")

    assert hand.screen == "home"
    assert hand.rack.truth(hand.serial)["misses"] == 2


def test_reel_over_real_dumps(both: InstagramHand) -> None:
    """Share is away while the caption has the focus; the upload ends by itself."""
    both.open()
    both.tap(desc="Profile")
    both.tap(text="acct_user")
    assert both.find(desc="Add Instagram account")
    both.sh("input keyevent 4; input keyevent 4")
    both.sh("input tap 40 85")
    both.tap(text="REEL")
    both.tap_tile(0)
    both.tap(desc="Next")
    both.tap(text="Write a caption and add hashtags…")
    both.sh("input text 'Real%sscreens'")
    assert not both.find(desc="Share")
    both.tap(text="OK")
    assert both.find(text="Real screens")
    both.tap(desc="Share")

    assert both.find(text="Sharing to Reels…")
    assert both.rack.wait(both.serial, posts=1, screen="done")
    truth = both.rack.truth(both.serial)
    assert (truth["presses"], truth["misses"]) == (1, 0)
    (post,) = truth["posts"]
    assert (post["kind"], post["app"], post["caption"]) == ("reel", INSTAGRAM, "Real screens")


def test_story_over_real_dumps(both: InstagramHand) -> None:
    both.open()
    both.sh("input tap 40 85")
    both.tap(text="STORY")
    assert both.find(text="Add to story")
    both.tap_tile(0)
    both.tap(desc="Your story")

    assert both.rack.wait(both.serial, posts=1)
    assert both.rack.posts(both.serial)[0]["kind"] == "story"
    assert both.rack.truth(both.serial)["misses"] == 0


def test_folder_shows_an_app_for_each_of_its_files(both: InstagramHand) -> None:
    """One is left as it was while the other is in front."""
    both.open()
    both.tap(desc="Profile")
    both.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")
    assert both.screen == "home"
    both.open()

    apps = both.rack.state(both.serial)["apps"]
    assert {name: app["screen"] for name, app in apps.items()} == {
        TIKTOK: "home", INSTAGRAM: "profile",
    }  # fmt: skip


def test_dumps_that_were_saved_play_again(
    adb: PrivateAdb, rack: VirtualRack, tmp_path: Path
) -> None:
    """Ten screens of an updated app are enough to mend a profile against."""
    live = InstagramHand(adb, rack, rack.serials[0])
    live.add_clip(tmp_path)
    live.to_gallery()
    (tmp_path / "post.xml").write_text(live.xml())
    live.tap(text="REEL")
    (tmp_path / "reel.xml").write_text(live.xml())
    (tmp_path / "instagram.toml").write_text("""
        package = "instagram"
        [[screens]]
        name = "post"
        file = "post.xml"
        taps = [{ on = { text = "REEL" }, to = "reel" }]
        [[screens]]
        name = "reel"
        file = "reel.xml"
        keys = { BACK = "post" }
    """)

    with VirtualRack(adb.port, 1, prefix="RPS", screens=tmp_path) as replay:
        hand = InstagramHand(adb, replay, replay.serials[0])
        hand.open()
        assert hand.find(text="New post")
        hand.tap(text="REEL")
        assert hand.find(text="New reel")
        hand.sh("input keyevent 4")
        assert hand.screen == "post"


def test_folder_without_a_file_is_refused(tmp_path: Path) -> None:
    """Dumps alone do not say where a tap leads."""
    (tmp_path / "a.xml").write_text("<hierarchy/>")

    with pytest.raises(BadScreens, match=r"holds no \*\.toml"):
        replays(tmp_path)


def test_two_files_of_one_app_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text('<hierarchy><node text="Go" bounds="[0,0][9,9]"/></hierarchy>')
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text('[[screens]]\nname = "a"\nfile = "a.xml"\n')

    with pytest.raises(BadScreens, match=f"two files are {TIKTOK}"):
        replays(tmp_path)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('taps = [{ on = { text = "Go" }, to = "nowhere" }]', "no screen 'nowhere'"),
        ('taps = [{ on = { text = "Stop" }, to = "a" }]', "nothing in"),
        ('edit = { colour = "red" }', "knows no 'colour'"),
        ('windows = [{ file = "none.xml", seconds = 1 }]', "no file"),
        ('holds = [{ on = { text = "Go" }, to = "nowhere" }]', "no screen 'nowhere'"),
        ('then = { to = "nowhere", seconds = 1 }', "no screen 'nowhere'"),
        ('taps = [{ to = "a" }]', "'on' is missing"),
        ('keys = { HOME = "a" }', "'HOME'"),
        ("taps = [", r"t\.toml: Invalid value"),
    ],
)
def test_tape_is_checked_when_read(tmp_path: Path, body: str, problem: str) -> None:
    """A tape that could never be played is refused at the start."""
    (tmp_path / "a.xml").write_text('<hierarchy><node text="Go" bounds="[0,0][9,9]"/></hierarchy>')
    tape = tmp_path / "t.toml"
    tape.write_text(f'[[screens]]\nname = "a"\nfile = "a.xml"\n{body}\n')

    with pytest.raises(BadScreens, match=problem):
        read_tape(tape)

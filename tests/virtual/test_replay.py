"""A phone that shows real dumps, read in place, as its screens."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import screens
from tests.virtual.hand import TIKTOK, Hand
from tests.virtual.test_files import tiny_mp4
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack
from tmcore.virtual.tape import BadScreens, read_tape

TAPE = Path(__file__).parent / "real_tiktok.toml"


@pytest.fixture
def hand(adb: PrivateAdb) -> Iterator[Hand]:
    folder = screens.folder()
    if folder is None:
        pytest.skip("REAL DUMPS ARE MISSING, no replay was tested: set TM_SCREENS")
    with VirtualRack(adb.port, 1, prefix="RPL", screens=TAPE, screens_folder=folder) as rack:
        yield Hand(adb, rack, rack.serials[0])


def test_post_over_real_dumps(hand: Hand, tmp_path: Path) -> None:
    """Each right tap leads to the next real screen; the press publishes what was typed."""
    video = tiny_mp4(8000, b"real")
    hand.add_video(video, "/storage/emulated/0/Movies/v.mp4", tmp_path)
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
    assert post["sha256"] == hashlib.sha256(video).hexdigest()
    assert post["caption"] == "Real screens"


def test_wrong_tap_is_a_miss(hand: Hand) -> None:
    """Also one on a clickable node that leads nowhere, and on a text that stands twice."""
    hand.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")
    hand.sh("input tap 3 3")
    hand.tap(desc="Search")

    assert hand.screen == "home"
    assert hand.rack.truth(hand.serial)["misses"] == 2


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('taps = [{ on = { text = "Go" }, to = "nowhere" }]', "no screen 'nowhere'"),
        ('taps = [{ on = { text = "Stop" }, to = "a" }]', "nothing in"),
        ('edit = { colour = "red" }', "knows no 'colour'"),
        ('windows = [{ file = "none.xml", seconds = 1 }]', "no file"),
    ],
)
def test_tape_is_checked_when_read(tmp_path: Path, body: str, problem: str) -> None:
    """A tape that could never be played is refused at the start."""
    (tmp_path / "a.xml").write_text('<hierarchy><node text="Go" bounds="[0,0][9,9]"/></hierarchy>')
    tape = tmp_path / "t.toml"
    tape.write_text(f'[[screens]]\nname = "a"\nfile = "a.xml"\n{body}\n')

    with pytest.raises(BadScreens, match=problem):
        read_tape(tape)

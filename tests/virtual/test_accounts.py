"""Whose profile is open, and the lists on which it is changed."""

from pathlib import Path

import pytest

from tests.virtual.hand import TIKTOK, Hand
from tests.virtual.instagram import INSTAGRAM, InstagramHand
from tests.virtual.test_app import VIDEO
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import RackFailed, VirtualRack

MANY = ["studio_01", "shop.eu", "cafe_nord", "a.b_c", "late.night"]


@pytest.fixture
def gram(adb: PrivateAdb, rack: VirtualRack) -> InstagramHand:
    return InstagramHand(adb, rack, rack.serials[0])


def to_tiktok_accounts(hand: Hand) -> None:
    hand.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")
    hand.tap(desc="Profile")
    hand.tap(text="Virtual Studio")


def test_instagram_switches_by_the_name(gram: InstagramHand) -> None:
    """The active row is selected; what is no account stands below."""
    gram.rack.set(gram.serial, app="instagram", accounts=MANY)
    gram.open()
    gram.tap(desc="Profile")
    assert gram.find(id=f"{INSTAGRAM}:id/action_bar_title", text="studio_01")
    gram.tap(id=f"{INSTAGRAM}:id/action_bar_username_container")
    rows = [n for n in gram.look() if n["class"].endswith("ViewGroup") and n["content-desc"]]
    chosen = {n["content-desc"]: n["selected"] for n in rows if n["content-desc"] in MANY}
    assert chosen == {name: str(name == "studio_01").lower() for name in MANY}
    assert gram.find(desc="Add Instagram account")

    gram.tap(desc="cafe_nord", kind="android.view.ViewGroup")

    assert gram.screen == "feed"
    gram.tap(desc="Profile")
    assert gram.find(id=f"{INSTAGRAM}:id/action_bar_title", text="cafe_nord")


def test_instagram_opens_the_accounts_by_a_long_press(gram: InstagramHand) -> None:
    gram.open()
    x, y = gram.find(desc="Profile")[0].middle

    gram.sh(f"input swipe {x} {y} {x} {y} 900")

    assert gram.screen == "account_switcher"


def test_accounts_of_the_apps_are_their_own(gram: InstagramHand) -> None:
    gram.rack.set(gram.serial, app="instagram", accounts=["only.here"])

    apps = gram.rack.state(gram.serial)["apps"]
    assert apps[INSTAGRAM]["accounts"] == ["only.here"]
    assert apps[TIKTOK]["accounts"] == ["studio_01", "studio_01_b"]


def test_tiktok_asks_to_save_the_login(hand: Hand) -> None:
    """Refused, the profile shows the account that was chosen."""
    hand.rack.set(hand.serial, asks_save_login=True)
    to_tiktok_accounts(hand)
    hand.tap(desc="studio_01_b")
    assert hand.screen == "save_login"

    hand.tap(text="Not now")
    hand.tap(desc="Profile")

    assert hand.find(text="@studio_01_b")


def test_switch_may_change_nothing(hand: Hand) -> None:
    """Only the profile tells."""
    hand.rack.set(hand.serial, switch_fails=True)
    to_tiktok_accounts(hand)
    hand.tap(desc="studio_01_b")
    hand.tap(desc="Profile")

    assert hand.find(text="@studio_01")


def test_post_goes_to_the_account_that_is_open(hand: Hand, tmp_path: Path) -> None:
    """Whatever the operator meant."""
    hand.add_video(VIDEO, "/storage/emulated/0/Movies/v.mp4", tmp_path)
    hand.rack.fault(hand.serial, "wrong_account", account="studio_01_b")
    hand.to_composer()
    hand.tap(text="Post")
    assert hand.rack.wait(hand.serial, posts=1)

    assert hand.rack.posts(hand.serial)[0]["account"] == "studio_01_b"
    hand.rack.heal(hand.serial, "wrong_account")
    assert hand.rack.state(hand.serial)["account"] == "studio_01"


def test_setting_of_an_app_that_is_none_is_refused(rack: VirtualRack) -> None:
    with pytest.raises(RackFailed, match=r"no app 'com\.other'"):
        rack.set(rack.serials[0], app="com.other", accounts=["x"])

"""Phones that are not as they should be, as the shell shows it, and that they are mended again."""

import time
from pathlib import Path

import pytest

from tests.virtual.hand import TIKTOK, Hand
from tests.virtual.instagram import INSTAGRAM
from tests.virtual.test_app import VIDEO, wait_for_posts

AIRPLANE = "settings get global airplane_mode_on"


@pytest.mark.parametrize(
    ("name", "args", "command", "broken", "whole"),
    [
        ("battery_low", {"level": 4}, "dumpsys battery | grep level", "level: 4", "level: 87"),
        ("battery_low", {}, "dumpsys battery | grep status", "status: 3", "status: 2"),
        ("hot", {"celsius": 51.3}, "dumpsys battery | grep temp", "513", "274"),
        ("airplane_mode", {}, AIRPLANE, "1", "0"),
        ("asleep", {}, "dumpsys power | grep Wakefulness", "Asleep", "Awake"),
        ("other_user", {"id": 11}, "am get-current-user", "11", "0"),
        ("app_disabled", {}, "pm list packages -d", TIKTOK, ""),
        ("app_disabled", {"app": "instagram"}, "pm list packages -d", INSTAGRAM, ""),
        ("app_missing", {"app": "instagram"}, f"pm path {INSTAGRAM} || echo no", "no", "base.apk"),
        ("locked", {}, "dumpsys trust", "deviceLocked=1", "deviceLocked=0"),
        ("no_permission", {}, f"dumpsys package {TIKTOK} | grep READ_MEDIA_VIDEO", "false", "true"),
        ("language", {"to": "fr"}, "getprop persist.sys.locale", "fr-FR", "en-US"),
        ("app_update", {"version": "44.3.3"}, f"dumpsys package {TIKTOK}", "44.3.3", "43.1.4"),
    ],
)
def test_condition_is_shown_and_heals(
    hand: Hand, name: str, args: dict[str, object], command: str, broken: str, whole: str
) -> None:
    """By the commands that a check before a run asks."""
    before = hand.sh(command)
    assert whole in before
    assert broken not in before
    hand.rack.fault(hand.serial, name, **args)  # type: ignore[arg-type]  # no `when` among them
    assert broken in hand.sh(command)

    hand.rack.heal(hand.serial, name)

    assert hand.sh(command) == before


def test_wrong_clock(hand: Hand) -> None:
    hand.rack.fault(hand.serial, "wrong_clock", seconds=-7200)

    assert -7300 < int(hand.sh("date +%s")) - time.time() < -7100


def test_disabled_app_does_not_start(hand: Hand) -> None:
    """It is installed all the same."""
    hand.rack.fault(hand.serial, "app_disabled")

    assert "No activities found" in hand.sh(f"monkey -p {TIKTOK} 1")
    assert "does not exist" in hand.sh(f"am start -n {TIKTOK}/.Main 2>&1")
    assert "base.apk" in hand.sh(f"pm path {TIKTOK}")


def test_fault_that_is_set_twice_still_heals(hand: Hand) -> None:
    """To what was before the first."""
    hand.rack.fault(hand.serial, "battery_low", level=9)
    hand.rack.fault(hand.serial, "battery_low", level=2)

    hand.rack.heal(hand.serial)

    assert "level: 87" in hand.sh("dumpsys battery")


def test_upload_waits_for_a_network(hand: Hand, tmp_path: Path) -> None:
    """In airplane mode nothing is published, and nothing fails either."""
    hand.add_video(VIDEO, "/storage/emulated/0/Movies/v.mp4", tmp_path)
    hand.rack.set(hand.serial, upload_seconds=0.2)
    hand.to_composer()
    hand.rack.fault(hand.serial, "airplane_mode")
    hand.tap(text="Post")
    assert not hand.rack.wait(hand.serial, timeout_s=1, posts=1)
    assert hand.rack.state(hand.serial)["uploads"] == [99]

    hand.rack.heal(hand.serial, "airplane_mode")

    assert len(wait_for_posts(hand, 1)) == 1

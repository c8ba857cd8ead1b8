"""Each fault as a client sees it, and that it heals."""

import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.virtual.hand import TIKTOK, Hand
from tests.virtual.test_app import VIDEO, wait_for_posts
from tmcore.virtual.client import RackFailed, VirtualRack


def listed(hand: Hand) -> str | None:
    lines = hand.adb.run("devices").stdout.decode().splitlines()
    return dict(ln.split("\t") for ln in lines if "\t" in ln).get(hand.address)


def wait_until(hand: Hand, state: str | None, seconds: float = 5) -> None:
    until = time.monotonic() + seconds
    while listed(hand) != state:
        assert time.monotonic() < until, listed(hand)
        time.sleep(0.02)


@pytest.mark.parametrize("name", ["offline", "unauthorized"])
def test_state_is_shown_and_heals(hand: Hand, name: str) -> None:
    hand.rack.fault(hand.serial, name)
    wait_until(hand, name)

    hand.rack.heal(hand.serial, name)

    wait_until(hand, "device")
    assert hand.sh("echo back") == "back"


def test_unplugged_phone_vanishes_and_returns(hand: Hand) -> None:
    hand.rack.fault(hand.serial, "unplugged")
    assert listed(hand) is None

    hand.rack.heal(hand.serial)

    assert listed(hand) == "device"


def test_frozen_phone_still_reads_device_and_runs_late(hand: Hand) -> None:
    """What was sent to a frozen phone runs when it thaws, though its client is long gone."""
    hand.rack.fault(hand.serial, "freeze")
    with pytest.raises(subprocess.TimeoutExpired):
        hand.adb.run("-s", hand.address, "shell", "echo late > /sdcard/late", timeout_s=0.7)
    assert listed(hand) == "device"

    hand.rack.heal(hand.serial, "freeze")

    assert hand.sh("cat /sdcard/late") == "late"


def test_slow_phone_takes_its_time(hand: Hand) -> None:
    hand.rack.fault(hand.serial, "slow", seconds=0.4)

    started = time.monotonic()
    hand.sh("echo x")

    assert time.monotonic() - started > 0.4


def test_full_storage_fails_the_push(hand: Hand, tmp_path: Path) -> None:
    hand.rack.fault(hand.serial, "storage_full", bytes=100_000)
    local = tmp_path / "big"
    local.write_bytes(bytes(300_000))

    done = hand.adb.run("-s", hand.address, "push", str(local), "/sdcard/Movies/big.mp4")

    assert done.returncode == 1
    assert b"No space left on device" in done.stderr + done.stdout
    assert hand.sh("df -k /sdcard | tail -1").split()[3] == "97"
    assert hand.sh("ls /sdcard/Movies") == ""


def test_missing_app_fails_silently_as_am_does(hand: Hand) -> None:
    hand.rack.fault(hand.serial, "app_missing")

    assert hand.sh(f"pm path {TIKTOK}") == ""
    assert hand.code == 1
    assert "does not exist" in hand.sh(f"am start -n {TIKTOK}/.Main 2>&1")
    assert hand.code == 0


def test_dump_error_exits_zero_and_counts(hand: Hand) -> None:
    hand.rack.fault(
        hand.serial,
        "dump_error",
        count=1,
        text="ERROR: null root node returned by UiTestAutomationBridge.",
    )

    assert hand.sh("uiautomator dump /sdcard/q.xml").startswith("ERROR: null root")
    assert hand.code == 0
    assert hand.sh("uiautomator dump /sdcard/q.xml").startswith("UI hierchary dumped")


def test_playing_video_never_idles(hand: Hand) -> None:
    """Only where a video plays, and --compressed gets through."""
    hand.rack.fault(hand.serial, "never_idles")
    hand.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")
    assert "could not get idle state" in hand.sh("uiautomator dump /sdcard/q.xml")
    assert "dumped to" in hand.sh("uiautomator dump --compressed /sdcard/q.xml")

    hand.sh("input tap 972 2270")  # Profile

    assert "dumped to" in hand.sh("uiautomator dump /sdcard/q.xml")


@pytest.mark.parametrize(
    ("kind", "closes"),
    [("contacts", True), ("unknown_sheet", True), ("unlabelled", False), ("captcha", False),
     ("login", False), ("suspended", False)],
)  # fmt: skip
def test_dialog_covers_the_screen(hand: Hand, kind: str, closes: bool) -> None:
    """It comes with its screen, hides what lies below, and BACK closes only what it should."""
    hand.rack.fault(hand.serial, "dialog", kind=kind, when={"screen": "camera"})
    hand.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")
    assert hand.screen == "home_feed"
    hand.tap(desc="Create")
    assert hand.screen == kind
    assert hand.find(text="PHOTO") == []

    hand.sh("input keyevent 4")

    assert (hand.screen == "camera") == closes


def test_contacts_dialog_is_refused_by_its_button(hand: Hand) -> None:
    hand.rack.fault(hand.serial, "dialog", kind="contacts", when={"screen": "home_feed"})
    hand.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")

    hand.tap(text="Don’t allow")  # noqa: RUF001

    assert hand.screen == "home_feed"


def test_extra_sheet_comes_before_its_screen(hand: Hand) -> None:
    hand.rack.set(hand.serial, extra_sheet={"before": "gallery"})
    hand.rack.set(hand.serial, account="studio_x")
    hand.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")
    hand.tap(desc="Create")
    left, top, _, _ = next(n for n in hand.look() if n["resource-id"].endswith("ymg")).bounds
    hand.sh(f"input tap {left + 9} {top + 9}")

    assert hand.screen == "unknown_sheet"


@pytest.fixture
def composing(hand: Hand, tmp_path: Path) -> Hand:
    hand.add_video(VIDEO, "/storage/emulated/0/Movies/v.mp4", tmp_path)
    hand.to_composer()
    return hand


def test_swallowed_press_publishes_nothing(composing: Hand) -> None:
    composing.rack.fault(composing.serial, "swallow_press", count=1)
    composing.tap(text="Post")

    truth = composing.rack.truth(composing.serial)
    assert (composing.screen, truth["presses"], truth["swallowed"]) == ("composer", 1, 1)


def test_hidden_badge_is_in_no_dump(composing: Hand) -> None:
    composing.rack.fault(composing.serial, "badge_hidden")
    composing.tap(text="Post")

    assert "%" not in composing.xml("--windows")
    wait_for_posts(composing, 1)


def test_failed_upload_shows_and_publishes_nothing(composing: Hand) -> None:
    composing.rack.set(composing.serial, upload_seconds=0.2)
    composing.rack.fault(composing.serial, "upload_fails")
    composing.tap(text="Post")
    time.sleep(0.4)

    assert composing.find(text="Couldn’t upload video")  # noqa: RUF001
    assert composing.rack.posts(composing.serial) == []


def test_slow_upload_lasts(composing: Hand) -> None:
    composing.rack.fault(composing.serial, "upload_slow", seconds=60)
    composing.tap(text="Post")

    assert composing.rack.state(composing.serial)["uploads"] == [0]


def test_locked_phone_shows_keyguard(hand: Hand) -> None:
    hand.rack.fault(hand.serial, "locked")

    assert "isKeyguardShowing=true" in hand.sh("dumpsys window")
    hand.sh("wm dismiss-keyguard")
    assert "deviceLocked=1" in hand.sh("dumpsys trust")
    assert hand.look()[0]["package"] == "com.android.systemui"


def test_swipe_lock_opens(hand: Hand) -> None:
    hand.rack.fault(hand.serial, "locked", kind="swipe")

    hand.sh("wm dismiss-keyguard")

    assert "isKeyguardShowing=false" in hand.sh("dumpsys window")


def test_missing_permission_empties_gallery(hand: Hand, tmp_path: Path) -> None:
    hand.add_video(VIDEO, "/storage/emulated/0/Movies/v.mp4", tmp_path)
    hand.rack.fault(hand.serial, "no_permission")
    assert "READ_MEDIA_VIDEO: granted=false" in hand.sh(f"dumpsys package {TIKTOK}")
    hand.to_gallery()
    assert not [n for n in hand.look() if n["resource-id"].endswith("mub")]

    hand.sh(f"pm grant {TIKTOK} android.permission.READ_MEDIA_VIDEO")

    assert [n for n in hand.look() if n["resource-id"].endswith("mub")]


def test_drop_after_lets_command_take_effect(hand: Hand) -> None:
    """The command ran, its exit code never came."""
    hand.rack.fault(hand.serial, "drop_after", regex="mkdir", point="after")
    hand.sh("mkdir /sdcard/marker")
    assert hand.code != 0

    wait_until(hand, "device")
    assert hand.sh("[ -d /sdcard/marker ] && echo made") == "made"


def test_drop_before_leaves_nothing_done(hand: Hand) -> None:
    hand.rack.fault(hand.serial, "drop_after", regex="mkdir", point="before")
    hand.sh("mkdir /sdcard/marker")
    assert hand.code != 0

    wait_until(hand, "device")
    assert hand.sh("[ -d /sdcard/marker ] || echo nothing") == "nothing"


def test_drop_may_unplug_for_good(hand: Hand) -> None:
    hand.rack.fault(hand.serial, "drop_after", regex="mkdir", unplug=True)
    hand.sh("mkdir /sdcard/marker")

    wait_until(hand, None)
    hand.rack.heal(hand.serial)
    assert hand.sh("[ -d /sdcard/marker ] && echo made") == "made"


def test_freeze_in_the_middle_of_a_push(hand: Hand, tmp_path: Path) -> None:
    """The push hangs while frozen and ends when it thaws."""
    hand.rack.fault(hand.serial, "freeze", when={"command": "sync:SND2"})
    local = tmp_path / "big"
    local.write_bytes(bytes(900_000))
    command = [str(hand.adb.binary), "-P", str(hand.adb.port), "-s", hand.address]
    with subprocess.Popen([*command, "push", str(local), "/sdcard/Movies/b.mp4"]) as pushing:
        with pytest.raises(subprocess.TimeoutExpired):
            pushing.wait(0.6)

        hand.rack.heal(hand.serial)

        assert pushing.wait(5) == 0
    assert hand.sh("stat -c %s /sdcard/Movies/b.mp4") == "900000"


def test_push_breaks_in_the_middle(hand: Hand, tmp_path: Path) -> None:
    hand.rack.fault(hand.serial, "drop_after", bytes=100_000)
    local = tmp_path / "big"
    local.write_bytes(bytes(900_000))

    done = hand.adb.run("-s", hand.address, "push", str(local), "/sdcard/Movies/big.mp4")

    assert done.returncode != 0
    wait_until(hand, "device")
    assert hand.sh("ls /sdcard/Movies") == ""


def test_fault_waits_for_its_command(hand: Hand) -> None:
    """Any fault can be put at any command."""
    hand.rack.fault(hand.serial, "unplugged", when={"command": "sync; true", "point": "after"})
    assert hand.sh("echo fine") == "fine"

    hand.sh("sync; true")

    wait_until(hand, None)


def test_crash_takes_upload_with_it(composing: Hand) -> None:
    composing.tap(text="Post")
    composing.rack.fault(composing.serial, "app_crash")

    assert composing.rack.truth(composing.serial)["aborted_uploads"] == 1
    assert composing.sh("dumpsys activity activities | grep -c nexuslauncher") != "0"


def test_reboot_keeps_files_and_comes_back(hand: Hand) -> None:
    hand.sh("echo 3 > /data/local/tmp/epoch")
    hand.sh("reboot")
    wait_until(hand, None)

    wait_until(hand, "device", 6)
    assert hand.sh("cat /data/local/tmp/epoch") == "3"


def test_other_phones_do_not_notice(hand: Hand, rack: VirtualRack) -> None:
    """A frozen phone keeps nobody else waiting."""
    rack.fault(hand.serial, "freeze")
    other = Hand(hand.adb, rack, rack.serials[1])

    def wait() -> None:
        with pytest.raises(subprocess.TimeoutExpired):
            hand.adb.run("-s", hand.address, "shell", "echo", timeout_s=1)

    stuck = threading.Thread(target=wait)
    stuck.start()

    started = time.monotonic()
    assert other.sh("echo quick") == "quick"
    assert time.monotonic() - started < 0.5
    stuck.join()


@pytest.mark.parametrize(
    ("cmd", "request_", "error"),
    [
        ("fault", {"serial": "none", "name": "freeze"}, "no phone"),
        ("fault", {"name": "boredom"}, "no fault"),
        ("set", {"colour": "red"}, "nothing named"),
        ("dance", {}, "no command"),
        ("reset", {"profile": "slow"}, "no profile"),
    ],
)
def test_control_refuses_by_name(
    rack: VirtualRack, cmd: str, request_: dict[str, str], error: str
) -> None:
    with pytest.raises(RackFailed, match=error):
        rack.ask(cmd, **request_)


def test_reset_makes_phone_new(hand: Hand, tmp_path: Path) -> None:
    hand.add_video(VIDEO, "/storage/emulated/0/Movies/v.mp4", tmp_path)
    hand.rack.fault(hand.serial, "unplugged")

    hand.rack.reset()

    truth = hand.rack.truth(hand.serial)
    assert (truth["files"], truth["commands"], truth["posts"]) == ([], [], [])
    assert listed(hand) == "device"


def test_phones_are_added_and_removed(hand: Hand, rack: VirtualRack) -> None:
    serial = rack.add("VRTEXTRA")
    assert Hand(hand.adb, rack, serial).sh("getprop ro.serialno") == "VRTEXTRA"

    rack.remove(serial)

    assert serial not in rack.serials


def test_wait_is_told_when_it_is_too_late(hand: Hand) -> None:
    """Other conditions than posts, and a wait that is not met."""
    hand.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")

    assert hand.rack.wait(hand.serial, screen="home_feed", commands="monkey")
    assert not hand.rack.wait(hand.serial, timeout_s=0.1, presses=1)
    with pytest.raises(RackFailed, match="wait for some of"):
        hand.rack.wait(hand.serial, mood="good")

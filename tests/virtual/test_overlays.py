"""What lies in the way in either app: dialogs that a button closes, and walls that stay."""

import contextlib
from pathlib import Path

import pytest

from tests.virtual.hand import TIKTOK, Hand
from tests.virtual.instagram import INSTAGRAM
from tmcore.virtual.client import RackFailed

PERMISSIONS = "com.google.android.permissioncontroller"
HARMLESS = [
    (TIKTOK, "contacts", "Don’t allow"),  # noqa: RUF001 - TikTok's own
    (TIKTOK, "rate_app", "Not now"),
    (TIKTOK, "notifications", "Not now"),
    (TIKTOK, "whats_new", "Got it"),
    (TIKTOK, "save_login", "Not now"),
    (TIKTOK, "keep_draft", "Not now"),
    (TIKTOK, "update_offer", "Later"),
    (INSTAGRAM, "rate_app", "No, thanks"),
    (INSTAGRAM, "notifications", "Not now"),
    (INSTAGRAM, "contacts", "Don’t allow"),  # noqa: RUF001
    (INSTAGRAM, "keep_draft", "Start new video"),
    (INSTAGRAM, "about_reels", "OK"),
    (INSTAGRAM, "whats_new", "OK"),
    (INSTAGRAM, "update_offer", "Not now"),
    (INSTAGRAM, "not_responding", "Wait"),
]
WALLS = [
    (TIKTOK, "captcha", "Verify you are human"),
    (TIKTOK, "identity", "Security verification"),
    (TIKTOK, "login", "Log in to TikTok"),
    (TIKTOK, "suspended", "Your account was permanently banned"),
    (TIKTOK, "limited", "You cannot post"),
    (TIKTOK, "update_required", "Update TikTok"),
    (TIKTOK, "unlabelled", ""),
    (INSTAGRAM, "captcha", "Confirm you're human"),
    (INSTAGRAM, "identity", "Upload your ID"),
    (INSTAGRAM, "selfie", "Confirm you're a real person with a video selfie"),
    (INSTAGRAM, "login", "Log in"),
    (INSTAGRAM, "suspended", "We disabled your account"),
    (INSTAGRAM, "suspended_for_now", "We suspended your account"),
    (INSTAGRAM, "limited", "Try Again Later"),
    (INSTAGRAM, "update_required", "Update Instagram"),
    (INSTAGRAM, "unlabelled", ""),
]


def launch(hand: Hand, package: str) -> None:
    hand.sh(f"monkey -p {package} -c android.intent.category.LAUNCHER 1")


def home(package: str) -> str:
    return "home_feed" if package == TIKTOK else "feed"


@pytest.mark.parametrize(("package", "kind", "refuse"), HARMLESS)
def test_harmless_dialog_is_closed_by_its_button(
    hand: Hand, package: str, kind: str, refuse: str
) -> None:
    """It covers what is below, and is gone for good after the refusing button."""
    launch(hand, package)
    hand.rack.fault(hand.serial, "dialog", kind=kind)
    assert hand.screen == kind

    hand.tap(text=refuse)

    assert hand.screen == home(package)
    assert hand.rack.state(hand.serial)["faults"]["armed"] == {}
    assert not hand.find(text=refuse)


@pytest.mark.parametrize(("package", "kind", "says"), WALLS)
def test_wall_stays_whatever_is_pressed(hand: Hand, package: str, kind: str, says: str) -> None:
    """BACK, a tap on each of its buttons, a new start of the app: it is still there."""
    hand.rack.fault(hand.serial, "dialog", kind=kind, app=package)
    launch(hand, package)
    shown = hand.look()
    assert not says or any(says in (n["text"], n["content-desc"]) for n in shown)

    taps = ["input tap {} {}".format(*n.middle) for n in shown if n["clickable"] == "true"]
    hand.sh("; ".join(["input keyevent 4", "input tap 500 1200", *taps]))
    hand.sh(f"am force-stop {package}")
    launch(hand, package)

    assert hand.screen == kind


@pytest.mark.parametrize("package", [TIKTOK, INSTAGRAM])
def test_unlabelled_overlay_says_nothing(hand: Hand, package: str) -> None:
    """There is not a word and not an id on it, as on the real one."""
    launch(hand, package)
    hand.rack.fault(hand.serial, "dialog", kind="unlabelled")

    assert not any(n["text"] or n["content-desc"] or n["resource-id"] for n in hand.look())


def test_wall_may_wait_for_a_screen(hand: Hand) -> None:
    """In the middle of a post."""
    hand.rack.fault(hand.serial, "dialog", kind="limited", when={"screen": "camera"})
    launch(hand, TIKTOK)
    assert hand.screen == "home_feed"

    hand.tap(desc="Create")

    assert hand.screen == "limited"


@pytest.mark.parametrize("package", [TIKTOK, INSTAGRAM])
def test_permission_is_asked_in_androids_own_window(hand: Hand, package: str) -> None:
    """Allowed, the app may read media; the foreground activity is Android's meanwhile."""
    hand.sh(f"pm revoke {package} android.permission.READ_MEDIA_VIDEO")
    launch(hand, package)
    hand.rack.fault(hand.serial, "dialog", kind="permission_media")
    assert f"{PERMISSIONS}/" in hand.sh("dumpsys activity activities | grep topResumed")
    assert {n["package"] for n in hand.look()} == {PERMISSIONS}

    hand.tap(id="com.android.permissioncontroller:id/permission_allow_all_button")

    assert "READ_MEDIA_VIDEO: granted=true" in hand.sh(f"dumpsys package {package}")
    assert hand.screen == home(package)


def test_refused_permission_stays_refused(hand: Hand) -> None:
    launch(hand, INSTAGRAM)
    hand.rack.fault(hand.serial, "dialog", kind="permission_contacts")

    hand.tap(id="com.android.permissioncontroller:id/permission_deny_button")

    assert "READ_CONTACTS: granted=false" in hand.sh(f"dumpsys package {INSTAGRAM}")
    assert hand.screen == "feed"


def test_instagrams_sheet_stands_in_the_tree_of_its_page(hand: Hand) -> None:
    """TikTok's dialog is a window of its own, and a plain dump shows nothing else."""
    launch(hand, INSTAGRAM)
    hand.rack.fault(hand.serial, "dialog", kind="rate_app")
    assert hand.find(desc="Home")
    assert hand.find(text="Rate Instagram")

    launch(hand, TIKTOK)
    hand.rack.fault(hand.serial, "dialog", kind="contacts")

    assert not hand.find(desc="Home")


def test_dialog_of_one_app_leaves_the_other_alone(hand: Hand) -> None:
    hand.rack.fault(hand.serial, "dialog", kind="captcha", app="instagram")
    launch(hand, TIKTOK)
    assert hand.screen == "home_feed"

    launch(hand, INSTAGRAM)

    assert hand.screen == "captcha"


def test_help_lists_what_can_lie_in_the_way(hand: Hand) -> None:
    """Each of them can be put over one of the apps at least."""
    launch(hand, INSTAGRAM)
    launch(hand, TIKTOK)
    for kind in hand.rack.ask("help")["dialogs"]:
        shown = []
        for app in ("tiktok", "instagram"):
            with contextlib.suppress(RackFailed):
                hand.rack.fault(hand.serial, "dialog", kind=kind, app=app)
                shown.append(hand.rack.state(hand.serial)["apps"])
            hand.rack.heal(hand.serial)
        assert any(kind == a["screen"] for apps in shown for a in apps.values()), kind


def test_unknown_kind_is_refused(hand: Hand) -> None:
    with pytest.raises(RackFailed, match="no dialog 'tea'"):
        hand.rack.fault(hand.serial, "dialog", kind="tea")


def test_killed_in_the_middle_of_an_upload(hand: Hand, tmp_path: Path) -> None:
    """Nothing is published, and the app begins anew."""
    hand.rack.set(hand.serial, upload_seconds=20)
    hand.add_video(b"x" * 500, "/storage/emulated/0/Movies/a.mp4", tmp_path)
    hand.to_composer()
    hand.tap(text="Post")

    hand.rack.fault(hand.serial, "app_crash")

    assert "launcher" in hand.sh("dumpsys window | grep mCurrentFocus")
    truth = hand.rack.truth(hand.serial)
    assert (truth["presses"], truth["aborted_uploads"], truth["posts"]) == (1, 1, [])
    launch(hand, TIKTOK)
    assert hand.screen == "home_feed"


def test_screen_may_kill_the_app(hand: Hand) -> None:
    """Named by the app, as soon as a screen comes up."""
    hand.rack.fault(hand.serial, "app_crash", app="instagram", when={"screen": "gallery"})
    launch(hand, INSTAGRAM)
    hand.tap(desc="Profile")
    hand.tap(desc="Create New")
    hand.tap(desc="Reel")

    assert "launcher" in hand.sh("dumpsys window | grep mCurrentFocus")

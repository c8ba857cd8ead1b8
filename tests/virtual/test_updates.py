"""The same app after an update, in another language, under another package."""

from pathlib import Path

import pytest

from tests.virtual.hand import TIKTOK, Hand
from tests.virtual.instagram import INSTAGRAM, InstagramHand
from tests.virtual.test_app import VIDEO
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

TRILL = "com.ss.android.ugc.trill"


@pytest.fixture
def gram(adb: PrivateAdb, rack: VirtualRack, tmp_path: Path) -> InstagramHand:
    gram = InstagramHand(adb, rack, rack.serials[0])
    gram.add_clip(tmp_path)
    return gram


def test_update_renames_ids_and_a_label_and_puts_a_page_between(gram: InstagramHand) -> None:
    """All three at once, and all of it goes with the fault."""
    gram.rack.fault(
        gram.serial,
        "app_update",
        app="instagram",
        version="450.0.0.50.77",
        seed=2,
        words={"Share": "Publish reel"},
        before="composer",
    )
    gram.to_gallery()
    gram.tap(text="REEL")
    gram.tap_tile(0)
    gram.tap(desc="Next")
    assert gram.screen == "between"
    gram.tap(text="Continue")
    assert gram.screen == "composer"
    ids = {n["resource-id"] for n in gram.look()}
    assert f"{INSTAGRAM}:id/share_button_v2" in ids
    assert f"{INSTAGRAM}:id/share_button" not in ids
    assert not gram.find(desc="Share")
    assert "450.0.0.50.77" in gram.sh(f"dumpsys package {INSTAGRAM}")

    gram.rack.heal(gram.serial, "app_update")

    (share,) = gram.find(desc="Share")
    assert share["resource-id"] == f"{INSTAGRAM}:id/share_button"
    gram.tap(desc="Share")
    assert gram.rack.wait(gram.serial, posts=1)


def test_updated_tiktok_has_other_ids(hand: Hand) -> None:
    hand.rack.fault(hand.serial, "app_update", seed=5, words={"Create": "New"})
    hand.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")

    (create,) = hand.find(desc="New")
    assert create["resource-id"] not in ("", f"{TIKTOK}:id/mkn")


def test_what_people_typed_is_no_label(hand: Hand, tmp_path: Path) -> None:
    """A caption that says Post stays as it was typed, in any language."""
    hand.add_video(VIDEO, "/storage/emulated/0/Movies/v.mp4", tmp_path)
    hand.to_composer()
    hand.type_caption("Post")
    hand.rack.fault(hand.serial, "language", to="fr")

    assert {n["class"] for n in hand.find(text="Post")} == {"android.widget.EditText"}
    hand.tap(text="Publier")
    assert hand.rack.wait(hand.serial, posts=1)
    assert hand.rack.posts(hand.serial)[0]["caption"] == "Post"


def test_french_composer(hand: Hand, tmp_path: Path) -> None:
    """What the shortened French dump shows: the hint, Publier, Brouillons."""
    hand.add_video(VIDEO, "/storage/emulated/0/Movies/v.mp4", tmp_path)
    hand.to_composer()
    hand.rack.fault(hand.serial, "language", to="fr")

    said = {n["text"] for n in hand.look()}
    assert {"Ajouter une description…", "Publier", "Brouillons"} <= said


def test_french_permission_dialog(gram: InstagramHand) -> None:
    """As the one dump of Android's dialogs has it."""
    gram.rack.fault(gram.serial, "language", to="fr")
    gram.open()
    gram.rack.fault(gram.serial, "dialog", kind="permission_camera")

    said = {n["text"] for n in gram.look()}
    assert "Autoriser Instagram à prendre des photos et enregistrer des vidéos ?" in said
    assert {"Lorsque vous utilisez l'appli", "Ne pas autoriser"} <= said


def test_tiktok_under_its_other_package(hand: Hand) -> None:
    """Not there until it is installed; then it is an app of its own."""
    assert hand.sh(f"pm path {TRILL}") == ""
    hand.rack.set(hand.serial, install=TRILL)

    hand.sh(f"monkey -p {TRILL} -c android.intent.category.LAUNCHER 1")

    assert {n["package"] for n in hand.look()} == {TRILL}
    hand.tap(desc="Create")
    state = hand.rack.state(hand.serial)
    assert (state["app"], state["screen"]) == (TRILL, "camera")
    assert not state["apps"][TIKTOK]["running"]

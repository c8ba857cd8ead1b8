"""Several images in the TikTok-like app, in the order of the taps."""

from pathlib import Path

import pytest

from tests.virtual.hand import TIKTOK, Hand
from tests.virtual.instagram import InstagramHand


def tap_circles(hand: Hand, *tiles: int) -> None:
    for tile in tiles:
        circles = [n for n in hand.look() if n["resource-id"] == f"{TIKTOK}:id/h9t"]
        hand.sh("input tap {} {}".format(*circles[tile].middle))


@pytest.fixture
def images(hand: Hand, tmp_path: Path) -> list[str]:
    return InstagramHand(hand.adb, hand.rack, hand.serial).add_images(5, tmp_path)


def test_images_keep_the_order_of_the_taps(hand: Hand, images: list[str]) -> None:
    """The circles count along, and the title stands above the description."""
    hand.to_gallery()
    hand.tap(text="Photos")
    hand.tap(text="Select multiple")
    tap_circles(hand, 4, 0, 2)
    marks = [n["text"] for n in hand.look() if n["resource-id"] == f"{TIKTOK}:id/jh7"]
    assert marks == ["2", "", "3", "", "1"]
    hand.tap(text="Next")
    hand.tap(text="Next")
    hand.tap(text="Add a catchy title")
    hand.sh("input text Three")
    hand.sh("input keyevent 111")
    hand.type_caption("of them")
    hand.tap(text="Post")
    assert hand.rack.wait(hand.serial, posts=1)

    (post,) = hand.rack.posts(hand.serial)
    assert post["files"] == [images[0], images[4], images[2]]
    assert (post["kind"], post["title"], post["caption"]) == ("carousel", "Three", "of them")


def test_a_second_tap_takes_an_image_out(hand: Hand, images: list[str]) -> None:
    """The numbers close up."""
    hand.to_gallery()
    hand.tap(text="Select multiple")
    tap_circles(hand, 0, 1, 2, 1)

    assert hand.rack.state(hand.serial)["picked"] == [images[4], images[2]]


def test_without_select_multiple_the_second_takes_the_place_of_the_first(
    hand: Hand, images: list[str]
) -> None:
    hand.to_gallery()
    tap_circles(hand, 0, 3)

    assert hand.rack.state(hand.serial)["picked"] == [images[1]]


def test_no_more_than_35(hand: Hand, tmp_path: Path) -> None:
    """The rest is not taken, and one must scroll to reach them."""
    InstagramHand(hand.adb, hand.rack, hand.serial).add_images(37, tmp_path)
    hand.to_gallery()
    hand.tap(text="Select multiple")
    seen = 0
    for _ in range(3):
        circles = [n for n in hand.look() if n["resource-id"] == f"{TIKTOK}:id/h9t"]
        new = circles if seen == 0 else circles[-(37 - seen) :] if seen + 15 > 37 else circles
        hand.sh("; ".join("input tap {} {}".format(*c.middle) for c in new))
        seen += len(new)
        hand.sh(f"input swipe 540 2190 540 {2190 - 5 * 362} 400")

    assert seen == 37
    assert len(hand.rack.state(hand.serial)["picked"]) == 35


def test_next_may_count(hand: Hand, images: list[str]) -> None:
    hand.rack.set(hand.serial, next_counts=True)
    hand.to_gallery()
    hand.tap(text="Select multiple")
    tap_circles(hand, 0, 1)

    assert hand.find(text="Next (2)")
    assert len(images) == 5


def test_post_may_ask_once_more(hand: Hand, images: list[str]) -> None:
    """Only the answer is the press."""
    hand.rack.set(hand.serial, confirms=True)
    hand.to_composer()
    hand.tap(text="Post")
    assert hand.rack.truth(hand.serial)["presses"] == 0

    hand.tap(text="Publish now")

    assert hand.rack.wait(hand.serial, posts=1)
    (post,) = hand.rack.posts(hand.serial)
    assert (post["kind"], post["files"]) == ("photo", [images[4]])
    assert hand.rack.truth(hand.serial)["presses"] == 1


def test_back_may_ask_what_becomes_of_the_post(hand: Hand, images: list[str]) -> None:
    hand.rack.set(hand.serial, asks_discard=True)
    hand.to_composer()
    hand.sh("input keyevent 4; input keyevent 4")
    assert hand.screen == "discard"

    hand.tap(text="Discard")

    assert hand.screen == "home_feed"
    truth = hand.rack.truth(hand.serial)
    assert (truth["discarded"], truth["presses"], len(images)) == (1, 0, 5)

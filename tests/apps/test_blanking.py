"""A recorded screen holds no names and captions, and is still the screen that it was."""

from io import BytesIO

import pytest
from PIL import Image

from tests.apps.test_screens import ALL, PROFILES, Read, found
from tests.screens import fixture
from tmcore.accounts import App
from tmcore.apps.blanking import blank_dump, blank_picture, is_the_same
from tmcore.phone.screen import Box, parse_dump

TIKTOK, INSTAGRAM = PROFILES["tiktok"], PROFILES["instagram"]


@pytest.mark.parametrize(("app", "read", "name"), [each[:3] for each in ALL])
def test_blanking_changes_nothing_that_matters(app: App, read: Read, name: str) -> None:
    """It is the same screen, with everything where it was."""
    screen = parse_dump(read(name))

    once = blank_dump(screen, PROFILES[app])
    after = parse_dump(once.xml)

    assert is_the_same(screen, once.xml, PROFILES[app])
    assert found(PROFILES[app], after) == found(PROFILES[app], screen)
    assert [node.bounds for node in after.nodes] == [node.bounds for node in screen.nodes]


@pytest.mark.parametrize(
    ("name", "private"),
    [
        ("tiktok_own_profile.xml", ("the.shop_1",)),
        ("tiktok_composer_photo_typed.xml", ("My day",)),
        ("tiktok_composer_photo_both_typed.xml", ("Holiday",)),
        ("instagram_account_sheet_over_profile.xml", ("my.shop_1", "my.shop_2")),
        ("instagram_edit_info.xml", ("What I wrote",)),
        ("instagram_feed_with_alarming_words.xml", ("they said",)),
        ("instagram_comments.xml", ("Post it again", "please")),
    ],
)
def test_names_and_captions_are_gone(name: str, private: tuple[str, ...]) -> None:
    """Texts, descriptions and hints; also where a name stands in a sentence of the app's."""
    profile = PROFILES["tiktok" if name.startswith("tiktok") else "instagram"]
    xml = fixture(name)

    blanked = blank_dump(parse_dump(xml), profile).xml

    assert all(words in xml for words in private)
    assert not [words for words in private if words in blanked]


def test_the_same_name_stays_the_same() -> None:
    """A row's text and description are told to be one; an @ stays an @."""
    xml = (
        '<hierarchy><node text="ann.b" content-desc="Ann.B" package="x" bounds="[0,0][9,9]">'
        '<node text="@ann.b" package="x" bounds="[0,0][9,9]"/>'
        '<node text="12.3K" content-desc="Home" package="x" bounds="[0,0][9,9]"/>'
        "</node></hierarchy>"
    )

    after = parse_dump(blank_dump(parse_dump(xml), TIKTOK).xml)

    assert [(n.text, n.desc) for n in after.nodes] == [
        ("name_1", "name_1"), ("@name_1", ""), ("12.3K", "Home"),
    ]  # fmt: skip


def test_what_was_blanked_is_painted_over() -> None:
    """Where the name stood is grey; the button beside it is not."""
    screen = parse_dump(fixture("tiktok_own_profile.xml"))
    white = BytesIO()
    Image.new("RGB", screen.size, "white").save(white, "PNG")

    boxes = blank_dump(screen, TIKTOK).boxes
    with Image.open(BytesIO(blank_picture(white.getvalue(), boxes))) as picture:
        colours = [picture.convert("RGB").getpixel(at) for at in ((450, 330), (90, 1800))]

    assert Box(350, 315, 550, 345) in boxes
    assert colours == [(128, 128, 128), (255, 255, 255)]


def test_a_box_beyond_the_picture_is_harmless() -> None:
    """A dump may say more than its picture shows."""
    small = BytesIO()
    Image.new("L", (10, 10), 255).save(small, "PNG")

    painted = blank_picture(small.getvalue(), [Box(-5, -5, 5, 5), Box(50, 50, 60, 60), Box()])

    with Image.open(BytesIO(painted)) as picture:
        assert picture.size == (10, 10)
        assert picture.getpixel((1, 1)) == (128, 128, 128)
        assert picture.getpixel((9, 9)) == (255, 255, 255)

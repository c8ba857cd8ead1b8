"""What a profile promises beyond the dumps: it is checked when loaded and never guesses."""

from pathlib import Path

import pytest

from tests.screens import fixture
from tmcore.apps.catalog import HERE, Catalog, profile_for
from tmcore.errors import BadInput
from tmcore.phone.screen import parse_dump
from tmcore.reasons import Reason

TIKTOK = profile_for("tiktok")
SHIPPED = (HERE / "tiktok.toml").read_text("utf-8")


def refused(tmp_path: Path, source: str) -> list[tuple[str, str]]:
    """What loading `source` complains about: (where, message)."""
    path = tmp_path / "mine.toml"
    path.write_text(source, "utf-8")
    with pytest.raises(BadInput) as caught:
        Catalog([path])
    return [(error.field, error.message) for error in caught.value.errors]


def line(source: str, words: str) -> int:
    return next(n for n, text in enumerate(source.splitlines(), 1) if words in text)


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('{ label = "Photos", zone', '{ labl = "Photos", zone', "any_of.2.labl", "Extra inputs"),
        (
            "'(Next|Suivant|Berikutnya)( ?\\(\\d+\\))?'",
            "'(Next|Suivant|Berikutnya('",
            "all_of.0.label_match",
            "no regular expression",
        ),
        ("zone = [0, 0.6, 1, 1] },\n]", "zone = [0, 6, 1, 1] },\n]", "zone.1", "1"),
        ('is_a = "gallery"', 'is_a = "galery"', "screens.gallery_selected.is_a", "galery"),
        ('reason = "action_limited"', 'reason = "limited"', "blocks.limited.reason", "login_req"),
        ('badge = "upload_badge"', 'badge = "badge"', "evidence.badge", "no target 'badge'"),
        ('until = "48.0"', 'until = "newest"', "until", "match pattern"),
        ('until = "48.0"', 'until = "35.0"', "until", "must be higher than since"),
        ("at_least = 2", "at_least = 20", "sound_picker.at_least", "more than any_of has"),
        ('does = "refuse"', 'does = "close"', "dialogs.contacts.does", "'refuse', 'allow'"),
        ('app = "tiktok"', 'app = "tiktak"', "app", "'tiktok' or 'instagram'"),
        ('screens = ["preview"]', 'screens = [\n"preview",\n"gone"]', "screens.1", "'gone'"),
    ],
)
def test_fault_names_file_line_and_key(
    tmp_path: Path, old: str, new: str, key: str, says: str
) -> None:
    """A wrong profile is refused at load, and the operator is led to the place."""
    assert old in SHIPPED
    source = SHIPPED.replace(old, new, 1)

    where, message = refused(tmp_path, source)[0]

    marked = next(part for part in new.splitlines()[::-1] if part.strip(" ]"))
    assert where.startswith(f"mine.toml:{line(source, marked)} ")
    assert key in where
    assert says in message


def test_broken_toml_names_its_line(tmp_path: Path) -> None:
    """A file that is no TOML is refused with the line that the parser stumbled over."""
    ((where, message),) = refused(tmp_path, 'app = "tiktok"\npackages = [\n"a"\nsince = "1"\n')

    assert where == "mine.toml:4"
    assert "no TOML" in message


def test_a_rule_without_anchors_is_refused(tmp_path: Path) -> None:
    """A screen that would match everything is a mistake."""
    source = SHIPPED + "\n[screens.anything]\nfloats = true\n"

    ((where, message),) = refused(tmp_path, source)

    assert where == f"mine.toml:{line(source, '[screens.anything]')} screens.anything"
    assert "match everything" in message


def test_an_empty_selector_is_refused(tmp_path: Path) -> None:
    """So would a selector that says nothing."""
    source = SHIPPED.replace('    { label = "Photos", zone = [0, 0, 1, 0.4] },', "    {},", 1)

    where, message = refused(tmp_path, source)[0]

    assert where.startswith(f"mine.toml:{line(source, '    {},')} ")
    assert "matches everything" in message


def test_missing_file_is_bad_input(tmp_path: Path) -> None:
    """A path that leads nowhere is said by name."""
    with pytest.raises(BadInput, match=r"none\.toml: cannot be read"):
        Catalog([tmp_path / "none.toml"])


def test_a_circle_of_screens_is_refused(tmp_path: Path) -> None:
    """No screen is a more exact name for itself."""
    source = SHIPPED.replace(
        "[screens.gallery]\n", '[screens.gallery]\nis_a = "gallery_selected"\n'
    )

    where, message = refused(tmp_path, source)[0]

    first = line(source, 'is_a = "gallery"')
    assert where == f"mine.toml:{first} screens.gallery_selected.is_a"
    assert "circle: gallery_selected > gallery > gallery_selected" in message


def test_an_id_alone_is_refused(tmp_path: Path) -> None:
    """An id may change with every release; a target is found by something else too."""
    source = SHIPPED + '\n[targets.lonely]\nscreens = ["home"]\ncandidates = [{ id = "abc" }]\n'

    where, message = refused(tmp_path, source)[0]

    assert where == f"mine.toml:{line(source, '[{ id =')} targets.lonely.candidates"
    assert "an id alone" in message


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("tiktok_captcha", Reason.SECURITY_CHECK),
        ("tiktok_banned", Reason.ACCOUNT_SUSPENDED),
        ("tiktok_profile_logged_out", Reason.LOGIN_REQUIRED),
    ],
)
def test_block_has_its_reason_and_words(name: str, reason: Reason) -> None:
    """What ends a task says why in the app's own words."""
    seen = TIKTOK.recognise(parse_dump(fixture(f"{name}.xml")))

    assert (seen.kind, seen.reason) == ("block", reason)
    assert seen.text in fixture(f"{name}.xml")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tiktok_unknown_sheet_in_tree", "Try our new sounds"),
        ("tiktok_unknown_sheet_named", "Try our new sounds"),
        ("tiktok_unknown_dialog_window", "Tell us what you think"),
        ("tiktok_empty", "an empty tree"),
    ],
)
def test_unknown_screen_says_what_it_says(name: str, says: str) -> None:
    """The operator reads what stood in the way, not what lay behind it."""
    seen = TIKTOK.recognise(parse_dump(fixture(f"{name}.xml")))

    assert seen.reason is Reason.UNKNOWN_SCREEN
    assert says in seen.text
    assert "Your Story" not in seen.text


@pytest.mark.parametrize(
    "words",
    ["Log in to TikTok", "My account was banned", "Verify you are human", "Update TikTok", "Post"],
)
def test_typed_words_are_no_block(words: str) -> None:
    """A caption may say anything: what stands in a field is not the app speaking."""
    xml = fixture("tiktok_composer_video.xml").replace("Add description…", words)

    screen = parse_dump(xml)
    post, description = TIKTOK.target("post_button", screen), TIKTOK.target("description", screen)

    assert TIKTOK.recognise(screen).name == "composer"
    assert post is not None
    assert post.node.cls == "Button"
    assert description is not None
    assert description.node.text == words


def test_typed_text_finds_its_field() -> None:
    """The field that shows what was typed is the description, emoji as dots or not."""
    screen = parse_dump(fixture("tiktok_composer_photo_typed.xml"))

    match = TIKTOK.target("description", screen, text="My day \U0001f600 at the sea")

    assert match is not None
    assert match.node.text == "My day .. at the sea"


def test_description_is_never_the_title_box() -> None:
    """With the description scrolled away there is none."""
    xml = fixture("tiktok_composer_photo_typed.xml")
    (field,) = [line for line in xml.splitlines() if "My day" in line]

    assert TIKTOK.target("description", parse_dump(xml.replace(field, ""))) is None


def test_post_that_is_disabled_is_no_target() -> None:
    """A grey button swallows the press."""
    xml = fixture("tiktok_composer_video.xml")
    (button,) = [line for line in xml.splitlines() if 'text="Post"' in line]
    grey = button.replace('enabled="true"', 'enabled="false"')

    assert TIKTOK.target("post_button", parse_dump(xml.replace(button, grey))) is None


def test_two_posts_are_no_target_and_are_reported() -> None:
    """Rather nothing than a guess; the trace shows both."""
    xml = fixture("tiktok_composer_video.xml")
    (button,) = [line for line in xml.splitlines() if 'text="Post"' in line]
    moved = button.replace("[460,1720][870,1830]", "[740,120][870,196]")
    screen = parse_dump(xml.replace(button, button + moved))

    assert TIKTOK.target("post_button", screen) is None
    assert [len(tried.nodes) for tried in TIKTOK.trace("post_button", screen)] == [2, 2, 0, 0]


def test_target_only_on_its_screens() -> None:
    """The camera lies behind the gallery; its targets are not the gallery's."""
    screen = parse_dump(fixture("tiktok_gallery.xml"))

    assert TIKTOK.target("gallery_thumb", screen) is None
    assert TIKTOK.target("post_tab", screen) is None


@pytest.mark.parametrize(
    ("name", "percent"),
    [("tiktok_home_uploading", 7), ("tiktok_feed_with_alarming_words", None)],
)
def test_upload_percent(name: str, percent: int | None) -> None:
    """The badge is read while it is there, also from its own small window."""
    assert TIKTOK.upload_percent(parse_dump(fixture(f"{name}.xml"))) == percent


@pytest.mark.parametrize(
    ("words", "failed"),
    [
        ("Couldn\u2019t post video. Tap to retry", True),
        ("Upload failed", True),
        ("Couldn't upload", True),
        ("my upload failed again, so here is a dance", False),
    ],
)
def test_upload_failure_is_the_apps_words(words: str, failed: bool) -> None:
    """Only the app's whole sentence counts, not somebody's caption about it."""
    feed = fixture("tiktok_feed_with_alarming_words.xml").replace('text="Inbox"', f'text="{words}"')

    assert (TIKTOK.upload_failure(parse_dump(feed)) is not None) is failed


def test_patterns_stay_quick_on_hostile_text() -> None:
    """No text that an app shows can make a look hang."""
    nasty = "account was " * 400 + "verify " * 50
    xml = fixture("tiktok_captcha.xml").replace("Verify to continue:", nasty)

    assert TIKTOK.recognise(parse_dump(xml)).kind in {"block", "unknown"}

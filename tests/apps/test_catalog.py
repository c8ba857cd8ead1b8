"""Which profile is used, and what an operator's own files change of it."""

from pathlib import Path

import pytest

from tests.screens import fixture
from tmcore.apps.catalog import HERE, Catalog, catalog, profile_for
from tmcore.apps.layers import line_of
from tmcore.errors import BadInput
from tmcore.phone.screen import parse_dump

SHIPPED = [HERE / "instagram.toml", HERE / "tiktok.toml"]
POST = """app = "tiktok"

[targets.post_button]
screens = ["composer"]
candidates = [
    { label = "Send it", tappable = true },
]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "apps").mkdir()
    return tmp_path / "apps"


def overridden(folder: Path, source: str, name: str = "mine.toml") -> Catalog:
    (folder / name).write_text(source, "utf-8")
    return Catalog(SHIPPED, folder)


def complaint(folder: Path, source: str) -> tuple[str, str]:
    with pytest.raises(BadInput) as caught:
        overridden(folder, source)
    return caught.value.errors[0].field, caught.value.errors[0].message


def ranged(tmp_path: Path, name: str, since: str, until: str) -> Path:
    source = (HERE / "tiktok.toml").read_text("utf-8")
    source = source.replace('since = "35.0"', f'since = "{since}"', 1)
    (tmp_path / name).write_text(source.replace('until = "48.0"', f'until = "{until}"', 1), "utf-8")
    return tmp_path / name


# Which one


@pytest.mark.parametrize(
    ("version", "known"),
    [("35.0", True), ("43.1.4", True), ("47.99.1", True), ("48.0", False), ("1.2", False)],
)
def test_an_unknown_version_gets_the_nearest_profile_and_that_shows(
    version: str, known: bool
) -> None:
    """An app newer than its profile is tried with it; whoever looks is told."""
    choice = catalog().choose("tiktok", version)

    assert choice.known is known
    assert ("has no profile of its own" in str(choice)) is not known
    assert str(choice).startswith(f"tiktok {version}")


def test_the_nearest_lower_of_several_is_used(tmp_path: Path) -> None:
    """Ranges that follow each other; `until` is not included."""
    ranges = (("35", "40.5"), ("40.5", "44"), ("44", "48"))
    many = Catalog([ranged(tmp_path, f"{low}.toml", low, up) for low, up in ranges])

    used = {
        v: many.choose("tiktok", v).profile.since for v in ("3", "40.4.9", "40.5", "44.0", "99")
    }

    assert used == {"3": "35", "40.4.9": "35", "40.5": "40.5", "44.0": "44", "99": "44"}
    assert many.choose("tiktok").profile.since == "44"


@pytest.mark.parametrize(
    ("begins", "says"), [("41.0", "leaves a gap: the one before ends at 40.5"), ("40", "overlaps")]
)
def test_a_gap_or_an_overlap_of_versions_is_refused(tmp_path: Path, begins: str, says: str) -> None:
    """Every version between the first and the last has one profile."""
    paths = [
        ranged(tmp_path, "old.toml", "35", "40.5"), ranged(tmp_path, "new.toml", begins, "48"),
    ]  # fmt: skip

    with pytest.raises(BadInput) as caught:
        Catalog(paths)

    (error,) = caught.value.errors
    assert (error.field.split(":")[0], error.field.split()[1]) == ("new.toml", "since")
    assert says in error.message


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ""),
        ("en-US", ""),
        (None, ""),  # nobody knows
        ("fr_FR", "fr_FR, of which a part is known, and en in full"),
        ("de", "de, of which nothing is known, and en in full"),
    ],
)
def test_what_language_is_known(language: str | None, said: str) -> None:
    """Who runs an app in another language is told how far its words are known."""
    unread = catalog().choose("tiktok", "43.1.4").unread(language)

    assert said in unread
    assert bool(said) == bool(unread)


# What an operator changes


def test_a_part_is_replaced_as_a_whole(folder: Path) -> None:
    """What stands in the operator's file is what holds; the rest stays as shipped."""
    xml = fixture("tiktok_composer_video.xml")
    choice = overridden(folder, POST).choose("tiktok", "43.1.4")
    other = parse_dump(xml.replace('text="Post"', 'text="Send it"'))

    assert choice.changed_by == ("mine.toml",)
    assert "changed by mine.toml" in str(choice)
    assert choice.profile.target("post_button", other)
    assert choice.profile.target("post_button", parse_dump(xml)) is None
    assert choice.profile.target("drafts", parse_dump(xml))
    assert profile_for("tiktok").target("post_button", parse_dump(xml))


def test_a_clone_is_another_package(folder: Path) -> None:
    """A key at the top is replaced too."""
    mine = overridden(folder, 'app = "tiktok"\npackages = ["com.my.clone"]\n').choose("tiktok")
    xml = fixture("tiktok_gallery.xml").replace("com.zhiliaoapp.musically", "com.my.clone")

    assert mine.profile.recognise(parse_dump(xml)).name == "gallery"
    assert profile_for("tiktok").recognise(parse_dump(xml)).kind == "unknown"


def test_a_new_screen_comes_before_the_shipped_ones(folder: Path) -> None:
    """Whoever adds one knows what it was misread for; a replaced one keeps its rank."""
    source = """app = "tiktok"
[screens.promo]
is_a = "home"
all_of = [{ label = "Friends" }]
[screens.camera]
all_of = [{ label = "Never" }]
[dialogs.offer]
does = "refuse"
all_of = [{ label = "Inbox" }]
button = [{ label = "No" }]
"""
    profile = overridden(folder, source).choose("tiktok").profile
    shipped = list(profile_for("tiktok").screens)
    seen = profile.recognise(parse_dump(fixture("tiktok_feed_with_alarming_words.xml")))

    assert list(profile.screens) == ["promo", *shipped]
    assert next(iter(profile.dialogs)) == "offer"
    assert (seen.name, profile.is_one_of(seen, ("home",))) == ("promo", True)


@pytest.mark.parametrize(
    ("limits", "version", "holds"),
    [
        ("", "43.1.4", True),
        ("", None, True),
        ('since = "43"', "42.9", False),
        ('since = "43"', "43.0", True),
        ('until = "43"', "43.0", False),
        ('until = "43"', "42.9", True),
        ('until = "43"', None, False),
        ('since = "60"', "61.5", True),
    ],
)
def test_a_change_for_some_versions_only(
    folder: Path, limits: str, version: str | None, holds: bool
) -> None:
    """A file may say for which versions it is."""
    mine = overridden(folder, POST.replace("\n\n", f"\n{limits}\n", 1))

    assert bool(mine.choose("tiktok", version).changed_by) is holds
    assert not mine.choose("instagram").changed_by


@pytest.mark.parametrize(
    ("source", "where", "says"),
    [
        (
            POST.replace("label", "labl"),
            "mine.toml:6 targets.post_button.candidates.0.labl", "Extra inputs",
        ),
        (POST.replace("post_button", "post_buton"), "mine.toml:3 targets.post_buton", "post_bu"),
        (POST.replace("[targets", "[target"), "mine.toml:3 target", "Extra inputs"),
        (POST.replace('app = "tiktok"', "colour = 1"), "mine.toml:1 app", "required"),
        (
            POST.replace('screens = ["composer"]\n', ""),
            "mine.toml:3 targets.post_button", "required",
        ),
        (POST.replace('"composer"', '"composr"'), "mine.toml:4 targets.post_button", "no screen"),
        ('app = "tiktok"\nsince = "9"\nuntil = "9"\n', "mine.toml:3 until", "higher than since"),
        (
            'app = "tiktok"\n[screens.galery]\nall_of = [{ label = "x" }]\n',
            "mine.toml:2 screens.galery", "did you mean gallery?",
        ),
        ('app = "tiktok"\n[blocks.my]\nreason = "captcha"\n', "mine.toml:3 blocks.my.reason", ""),
        ('app = "tiktok"\n[blocks.my]\nreason = "timeout"\n', "mine.toml:2 blocks.my", "match e"),
        ("app = \n", "mine.toml:1", "no TOML"),
    ],
)  # fmt: skip
def test_a_slip_in_an_operators_file_names_file_line_and_key(
    folder: Path, source: str, where: str, says: str
) -> None:
    """Also where the merged profile is what is wrong."""
    field, message = complaint(folder, source)

    assert field.startswith(where)
    assert says in message


def test_no_folder_changes_nothing(tmp_path: Path) -> None:
    """An operator need not have one."""
    assert not Catalog(SHIPPED, tmp_path / "none").choose("tiktok").changed_by


def test_an_app_without_a_profile_is_refused_by_name(tmp_path: Path) -> None:
    """Where only one app's profile is read, the other has none."""
    with pytest.raises(BadInput, match="no profile for instagram"):
        Catalog([ranged(tmp_path, "a.toml", "1", "2")]).choose("instagram")


# Lines

TOML = """a = 1
list = [ # of tables
    { x = 1 },

    { y = 2, z = [
        1,
        2 ] },
]
'odd key' = \"\"\"
[not.a.table]
\"\"\"
[ t . u ]
v.w = 1
[t."x y"]
b = [[1, 2],
     [3, 4]]
"""


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (("a",), 1),
        (("list",), 2),
        (("list", 0, "x"), 3),
        (("odd key",), 11),
        (("t", "u"), 12),
        (("t", "u", "v", "w"), 13),
        (("t", "x y", "b", 1, 1), 16),
        (("t", "x y", "b", 7), 15),
        (("t", "gone", "b"), 12),
        (("gone",), 1),
        ((), 1),
    ],
)
def test_the_line_of_a_key(where: tuple[str | int, ...], line: int) -> None:
    """However the file is laid out; of what is missing, the line of what it would stand in."""
    assert line_of(TOML.replace("z = [\n        1,\n        2 ] }", "z = [1, 2] }"), where) == (
        line if line < 7 else line - 2
    )

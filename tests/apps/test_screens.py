"""Every dump is recognised and its targets found, also as other phones would show it."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from lxml import etree

from tests.apps.expected import OURS, REAL, Is
from tests.screens import (
    FIXTURES,
    fixture,
    folder,
    merged,
    real,
    scaled,
    scaled_bounds,
    split,
    with_bars,
    with_case,
    with_drawn_ids,
    with_texts_as_descriptions,
    without_ids,
    without_some,
)
from tests.torture.seeds import LONG
from tmcore.accounts import App
from tmcore.apps.catalog import profile_for
from tmcore.apps.profile import Match, Profile
from tmcore.phone.screen import Screen, parse_dump
from tmcore.reasons import Reason

PROFILES: dict[App, Profile] = {app: profile_for(app) for app in ("tiktok", "instagram")}
PUBLISHING = ("post_button", "publish_now", "story_share")  # what a wrong tap cannot take back
Read = Callable[[str], str]


def apps_of(name: str) -> list[App]:
    """Whose dump it is: Android's own are everybody's."""
    own: list[App] = [app for app in PROFILES if name.startswith(app)]
    return own or list(PROFILES)


ALL = [
    (app, read, name, what)
    for read, table in ((real, REAL), (fixture, OURS))
    for name, what in table.items()
    for app in apps_of(name)
]
on_every_dump = pytest.mark.parametrize(
    ("app", "read", "name", "what"), ALL, ids=[f"{app}-{name}" for app, _, name, _ in ALL]
)
BY_ID = "instagram_composer_unknown_sheet.xml"  # nothing but an id says that it is a sheet
SPLASH = "tiktok/tt_en_blank_splash.xml"  # nothing but bare nodes: without them nothing is left
EACH = 1 if LONG else 5  # of what is gone: with TM_TORTURE=1 each, else each fifth


@pytest.fixture(params=[real, fixture], ids=["real", "ours"])
def read(request: pytest.FixtureRequest) -> Read:
    """Where dumps are: one test for all dumps of a table, since each takes milliseconds."""
    found: Read = request.param
    return found


def check_all(
    read: Read, drawn: Callable[[str], str] = str, x: float = 1, y: float = 1, but: str = ""
) -> None:
    """Check every dump of a table as another phone would draw it."""
    for app, reader, name, what in ALL:
        if reader is read and name != but:
            try:
                check(app, drawn(read(name)), what, x, y)
            except Exception as error:
                error.add_note(f"{name}, as {app} sees it")
                raise


def check(app: App, xml: str, what: Is, x: float = 1, y: float = 1) -> None:
    profile, screen = PROFILES[app], parse_dump(xml)
    seen = profile.recognise(screen)

    def bounds(boxes: dict[str, str]) -> dict[str, str]:
        return {name: scaled_bounds(box, x, y) for name, box in boxes.items()}

    assert (seen.kind, seen.name, seen.also) == (what.kind, what.name, ())
    assert found(profile, screen) == bounds(what.targets)
    button = repr(seen.button.bounds) if seen.button else ""
    assert button == (what.button and scaled_bounds(what.button, x, y))
    rows = {name: profile.target("account_row", screen, name) for name in what.rows}
    assert boxes(rows) == bounds(what.rows)
    said = (profile.upload_pending, profile.upload_done, profile.upload_failure)
    assert [(says(screen) or "").casefold() for says in said] == [
        words.casefold() for words in (what.pending, what.done, what.failure)
    ]


def found(profile: Profile, screen: Screen) -> dict[str, str]:
    return boxes({name: profile.target(name, screen) for name in profile.targets})


def boxes(matches: dict[str, Match | None]) -> dict[str, str]:
    return {name: repr(match.tap_node.bounds) for name, match in matches.items() if match}


def test_recognised(read: Read) -> None:
    """A dump is exactly one thing; its targets are where a person would tap; no others match."""
    check_all(read)


def test_recognised_without_ids(read: Read) -> None:
    """No target needs an id."""
    check_all(read, without_ids, but=BY_ID)


@pytest.mark.parametrize("seed", range(3))
def test_recognised_with_drawn_ids(read: Read, seed: int) -> None:
    """No id misleads after an update drew them anew."""
    check_all(read, partial(with_drawn_ids, seed=seed), but=BY_ID)


@pytest.mark.parametrize(("x", "y"), [(0.5, 0.5), (2 / 3, 0.6), (1.33, 1.33), (0.5, 0.7), (1.2, 1)])
def test_recognised_at_any_size(read: Read, x: float, y: float) -> None:
    """Nothing depends on pixels."""
    check_all(read, partial(scaled, x=x, y=y), x, y)


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title, str.capitalize])
def test_recognised_in_other_letters(read: Read, change: Callable[[str], str]) -> None:
    """Next and NEXT are one word."""
    check_all(read, partial(with_case, change=change))


def test_recognised_by_descriptions(read: Read) -> None:
    """A label may be a text or a description."""
    check_all(read, with_texts_as_descriptions)


@pytest.mark.parametrize("drawn", [split, merged])
def test_recognised_in_more_or_fewer_nodes(read: Read, drawn: Callable[[str], str]) -> None:
    """A button and its label may be two nodes or one."""
    check_all(read, drawn)


def test_recognised_with_the_systems_bars(read: Read) -> None:
    """A look at all windows has the status and navigation bars before the app."""
    check_all(read, with_bars)


@pytest.mark.parametrize("seed", range(4))
def test_recognised_without_bare_nodes(read: Read, seed: int) -> None:
    """What says nothing and takes no taps may be there or not, as in a compressed dump."""
    check_all(read, partial(without_some, seed=seed), but=SPLASH)


def test_recognised_in_the_other_package(read: Read) -> None:
    """TikTok has another package name in some regions."""
    check_all(read, lambda xml: xml.replace("com.zhiliaoapp.musically", "com.ss.android.ugc.trill"))


def test_a_sheet_without_any_mark_hides_what_lies_behind_it() -> None:
    """Where not even an id tells of a sheet, no button behind it is found."""
    screen = parse_dump(without_ids(fixture(BY_ID)))

    assert PROFILES["instagram"].recognise(screen).name == "composer"
    assert PROFILES["instagram"].target("post_button", screen) is None


@pytest.mark.parametrize("app", PROFILES)
def test_another_apps_screens_are_unknown(app: App) -> None:
    """However alike they look."""
    others = [name for name in REAL if app not in apps_of(name)]

    seen = {name: PROFILES[app].recognise(parse_dump(real(name))) for name in others}

    assert {what.kind for what in seen.values()} == {"unknown"}
    assert {what.reason for what in seen.values()} == {Reason.UNKNOWN_SCREEN}


def test_every_dump_has_its_expectation() -> None:
    """A dump that is added is a dump that is checked."""
    there = {path.name for path in FIXTURES.glob("*.xml")}
    if dumps := folder():
        assert {path.relative_to(dumps).as_posix() for path in dumps.rglob("*.xml")} == REAL.keys()

    assert there == OURS.keys()


def without_one(xml: str) -> Iterator[str]:
    """The dump without one node, for each (or each fifth) of its nodes."""
    tree = etree.fromstring(xml.encode())
    for node in list(tree.iter("node"))[len(xml) % EACH :: EACH]:
        parent = node.getparent()
        assert parent is not None
        place = parent.index(node)
        parent.remove(node)
        yield etree.tostring(tree, encoding="unicode")
        parent.insert(place, node)


# a node's own target, which is where it was or nowhere, never elsewhere
STEADY = ("description", "editor_next", "gallery_next", "username")
# two typed fields without hints: when one is gone nothing tells which one is left
AMBIGUOUS = "tiktok_composer_photo_both_typed.xml"


@on_every_dump
def test_a_missing_node_moves_nothing(app: App, read: Read, name: str, what: Is) -> None:
    """Whatever node is gone, a target, and above all one that publishes, stays or is nowhere."""
    steady = [target for target in STEADY if target in what.targets and name != AMBIGUOUS]
    for xml in without_one(read(name)):
        screen = parse_dump(xml)

        publishes_nothing_else(app, screen, what)
        for target in steady:
            match = PROFILES[app].target(target, screen)
            assert match is None or repr(match.tap_node.bounds) == what.targets[target]


@on_every_dump
def test_whatever_is_missing_nothing_is_published_by_mistake(
    app: App, read: Read, name: str, what: Is
) -> None:
    """A button that publishes is where it was or nowhere, however many nodes are gone."""
    for seed in range(0, 60, EACH):
        xml = without_some(read(name), seed, 0.02 + 0.005 * seed, bare=False)

        publishes_nothing_else(app, parse_dump(xml), what)


def publishes_nothing_else(app: App, screen: Screen, what: Is) -> None:
    for target in PUBLISHING:
        match = PROFILES[app].targets.get(target) and PROFILES[app].target(target, screen)
        assert not match or repr(match.tap_node.bounds) in {what.targets.get(target), what.under}


WRITTEN = (
    "Share", "Post", "Publier", "Drafts", "Add location", "Also share on…", "Cover", "Mention",
    "Everyone can view this post", "Write a caption…", "Your story", "Post video publicly?",
)  # fmt: skip


@on_every_dump
def test_whatever_people_write_nothing_is_published_by_it(
    app: App, read: Read, name: str, what: Is
) -> None:
    """Every word of a post screen in sight, said by people: no button comes of it."""
    said = "".join(
        f'<node text="{words}" class="android.widget.TextView" package="{package}"'
        f' bounds="[300,{300 + 60 * place}][600,{350 + 60 * place}]"/>'
        for place, words in enumerate(WRITTEN)
        for package in PROFILES[app].packages[:1]
    )
    xml = read(name)
    end = xml.rindex("</node>") if "</node>" in xml else xml.rindex("</hierarchy>")

    screen = parse_dump(xml[:end] + said + xml[end:])

    publishes_nothing_else(app, screen, what)

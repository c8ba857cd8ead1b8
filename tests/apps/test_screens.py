"""Every dump is recognised and its targets found, also as other phones would show it."""

from collections.abc import Callable

import pytest
from lxml import etree

from tests.apps.expected import OURS, REAL, Is
from tests.screens import (
    FIXTURES,
    fixture,
    folder,
    real,
    scaled,
    scaled_bounds,
    with_drawn_ids,
    without_ids,
)
from tmcore.apps.profile import profile_for
from tmcore.phone.screen import parse_dump
from tmcore.reasons import Reason

TIKTOK = profile_for("tiktok")
ALL = [
    *(pytest.param(real, name, what, id=name) for name, what in REAL.items()),
    *(pytest.param(fixture, name, what, id=name) for name, what in OURS.items()),
]
Read = Callable[[str], str]


def check(xml: str, what: Is, x: float = 1, y: float = 1) -> None:
    screen = parse_dump(xml)
    seen = TIKTOK.recognise(screen)

    found = {
        name: repr(match.tap_node.bounds)
        for name in TIKTOK.targets
        if (match := TIKTOK.target(name, screen))
    }

    assert (seen.kind, seen.name, seen.also) == (what.kind, what.name, ())
    assert found == {name: scaled_bounds(bounds, x, y) for name, bounds in what.targets.items()}
    button = repr(seen.button.bounds) if seen.button else ""
    assert button == (what.button and scaled_bounds(what.button, x, y))


@pytest.mark.parametrize(("read", "name", "what"), ALL)
def test_recognised(read: Read, name: str, what: Is) -> None:
    """A dump is exactly one thing; its targets are where a person would tap; no others match."""
    check(read(name), what)


@pytest.mark.parametrize(("read", "name", "what"), ALL)
def test_recognised_without_ids(read: Read, name: str, what: Is) -> None:
    """No target needs an id."""
    check(without_ids(read(name)), what)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("read", "name", "what"), ALL)
def test_recognised_with_drawn_ids(read: Read, name: str, what: Is, seed: int) -> None:
    """No id misleads after an update drew them anew."""
    check(with_drawn_ids(read(name), seed), what)


@pytest.mark.parametrize(("x", "y"), [(0.5, 0.5), (2 / 3, 0.6), (1.33, 1.33), (0.5, 0.7), (1.2, 1)])
@pytest.mark.parametrize(("read", "name", "what"), ALL)
def test_recognised_at_any_size(read: Read, name: str, what: Is, x: float, y: float) -> None:
    """Nothing depends on pixels."""
    check(scaled(read(name), x, y), what, x, y)


@pytest.mark.parametrize(("read", "name", "what"), ALL)
def test_recognised_in_the_other_package(read: Read, name: str, what: Is) -> None:
    """The same app has another package name in some regions."""
    check(read(name).replace("com.zhiliaoapp.musically", "com.ss.android.ugc.trill"), what)


def test_nothing_of_instagram_is_taken_for_tiktok() -> None:
    """Another app's screens are unknown, however alike they look."""
    names = sorted(path.name for path in ((folder() or FIXTURES) / "instagram").glob("*.xml"))
    if not names:
        pytest.skip("REAL DUMPS ARE MISSING: set TM_SCREENS")

    seen = {name: TIKTOK.recognise(parse_dump(real(f"instagram/{name}"))) for name in names}

    assert {what.kind for what in seen.values()} == {"unknown"}
    assert {what.reason for what in seen.values()} == {Reason.UNKNOWN_SCREEN}


def test_every_dump_has_its_expectation() -> None:
    """A dump that is added is a dump that is checked."""
    there = {path.name for path in FIXTURES.glob("*.xml")}
    if found := folder():
        apps = (found / "tiktok", found / "android")
        named = {f"{app.name}/{path.name}" for app in apps for path in app.glob("*.xml")}
        assert named == REAL.keys()

    assert there == OURS.keys()


@pytest.mark.parametrize(
    ("read", "name", "target", "right"),
    [
        pytest.param(read, name, target, right, id=f"{name}-{target}")
        for read, table in ((real, REAL), (fixture, OURS))
        for name, what in table.items()
        for target, right in what.targets.items()
        if target in {"post_button", "description", "editor_next", "gallery_next", "username"}
        # two typed fields without hints: when one is gone nothing tells which one is left
        and name != "tiktok_composer_photo_both_typed.xml"
    ],
)
def test_a_missing_node_never_moves_a_target(
    read: Read, name: str, target: str, right: str
) -> None:
    """Whatever part of a screen is gone, a target is where it was or nowhere, never elsewhere."""
    xml = read(name)
    for number in range(xml.count("<node ")):
        match = TIKTOK.target(target, parse_dump(without_node(xml, number)))

        assert match is None or repr(match.tap_node.bounds) == right


def without_node(xml: str, number: int) -> str:
    tree = etree.fromstring(xml.encode())
    node = list(tree.iter("node"))[number]
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)
    return etree.tostring(tree, encoding="unicode")

"""Real dumps, read in place and never copied, and the ways in which other phones differ."""

import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from tmcore.phone.screen import parse_dump

FIXTURES = Path(__file__).parent / "apps" / "fixtures"  # ours: written by hand, shipped
_BOUNDS = re.compile(r"\[(-?\d+),(-?\d+)\]\[(-?\d+),(-?\d+)\]")


def folder() -> Path | None:
    """The folder of real dumps: TM_SCREENS, or shared/screens beside this clone."""
    if named := os.environ.get("TM_SCREENS"):
        return Path(named) if Path(named).is_dir() else None
    beside = (parent / "shared" / "screens" for parent in Path(__file__).resolve().parents)
    return next((path for path in beside if path.is_dir()), None)


def real(name: str) -> str:
    """One real dump, by 'app/file'; the test is skipped, loudly, where there are none."""
    found = folder()
    if found is None:
        pytest.skip(f"REAL DUMPS ARE MISSING, {name} was not tested: set TM_SCREENS")
    return (found / name).read_text("utf-8")


def fixture(name: str) -> str:
    return (FIXTURES / name).read_text("utf-8")


def without_ids(xml: str) -> str:
    return re.sub(r'resource-id="[^"]*"', 'resource-id=""', xml)


def with_drawn_ids(xml: str, seed: int) -> str:
    """The app's ids shuffled among its nodes, as an update does; Android's own stay."""
    own = re.compile(r'(?<=resource-id=")com\.(?:zhiliaoapp|ss|instagram)[^"]*')
    ids = own.findall(xml)
    random.Random(seed).shuffle(ids)
    return own.sub(lambda _: ids.pop(), xml)


def scaled(xml: str, x: float, y: float) -> str:
    return _BOUNDS.sub(lambda found: scaled_bounds(found[0], x, y), xml)


def scaled_bounds(bounds: str, x: float, y: float) -> str:
    left, top, right, bottom = map(int, _BOUNDS.fullmatch(bounds).groups())  # type: ignore[union-attr]  # ours
    return f"[{round(left * x)},{round(top * y)}][{round(right * x)},{round(bottom * y)}]"


def with_case(xml: str, change: Callable[[str], str]) -> str:
    """The app's own words in another letter case; what people wrote or are called stays."""

    def changed(node: etree._Element) -> None:
        for name in ("text", "content-desc", "hint"):
            value = node.get(name)
            if value and not _is_field(node) and not re.fullmatch(r"@?[a-z0-9._]+", value):
                node.set(name, change(value))

    return each_node(xml, changed)


def with_texts_as_descriptions(xml: str) -> str:
    """Labels as other builds have them: said to a screen reader only."""

    def moved(node: etree._Element) -> None:
        if node.get("text") and not node.get("content-desc") and not _is_field(node):
            node.set("content-desc", node.get("text", ""))
            node.set("text", "")

    return each_node(xml, moved)


def split(xml: str) -> str:
    """A button and its label as two nodes; a flat list of nodes stays flat."""
    if "</node>" not in xml:
        return xml

    def parted(node: etree._Element) -> None:
        if node.get("clickable") != "true" or len(node) or _is_field(node):
            return
        label = {name: node.get(name, "") for name in ("text", "content-desc")}
        if any(label.values()) and node.get("selected") != "true":
            node.attrib.update(dict.fromkeys(label, ""))
            kept = {name: node.get(name, "") for name in ("package", "bounds", "enabled")}
            etree.SubElement(node, "node", {"class": "android.widget.TextView", **label, **kept})

    return each_node(xml, parted)


def merged(xml: str) -> str:
    """A button that says itself what its label said."""

    def joined(node: etree._Element) -> None:
        if node.get("clickable") != "true" or len(node) != 1 or _is_field(node):
            return
        (child,) = node
        bare = not (len(child) or child.get("clickable") == "true" or _is_field(child))
        if bare and not (node.get("text") or node.get("content-desc")):
            node.set("text", child.get("text", ""))
            node.set("content-desc", child.get("content-desc", ""))
            node.remove(child)

    return each_node(xml, joined)


def with_bars(xml: str) -> str:
    """A look at all windows: the system's bars stand before the app, with buttons of their own."""
    width, height = parse_dump(xml).size
    bar = (
        '<node text="{}" resource-id="com.android.systemui:id/{}" class="android.widget.Button"'
        ' package="com.android.systemui" content-desc="{}" clickable="{}" bounds="{}"/>'
    )
    status = bar.format("12:00", "clock", "12:00", "false", f"[0,0][{width},{height // 24}]")
    home = f"[{width // 3},{height - height // 40}][{width * 2 // 3},{height}]"
    navigation = bar.format("", "home_button", "Home", "true", home)
    head, start, rest = xml.partition("<hierarchy")
    tag, close, inner = rest.partition(">")
    return head + start + tag + close + status + navigation + inner


def without_some(xml: str, seed: int, part: float = 0.5, *, bare: bool = True) -> str:
    """A dump that lacks some of its nodes; `bare` ones only say nothing and take no taps."""
    rng = random.Random(seed)
    tree = etree.fromstring(xml.encode())
    for node in list(tree.iter("node")):
        parent = node.getparent()
        plain = not (node.get("text") or node.get("content-desc") or len(node))
        plain = plain and node.get("clickable") != "true" and not _is_field(node)
        plain = plain and node.get("selected") != "true"
        if parent is not None and (plain or not bare) and rng.random() < part:
            parent.remove(node)
    return etree.tostring(tree, encoding="unicode")


def each_node(xml: str, change: Callable[[etree._Element], None]) -> str:
    tree = etree.fromstring(xml.encode())
    for node in list(tree.iter("node")):
        change(node)
    return etree.tostring(tree, encoding="unicode")


def _is_field(node: etree._Element) -> bool:
    return node.get("class", "").endswith(("EditText", "AutoCompleteTextView"))

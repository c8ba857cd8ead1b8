"""Selectors as the client sends them: fields, and a mask that says which of them count."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tmcore.virtual.app.node import Node

INDEX, INSTANCE = 0x800000, 0x1000000

Matches = Callable[[Node, Any], bool]


def _equals(read: Callable[[Node], object]) -> Matches:
    return lambda node, wanted: read(node) == wanted


def _holds(read: Callable[[Node], str]) -> Matches:
    return lambda node, wanted: str(wanted) in read(node)


def _starts(read: Callable[[Node], str]) -> Matches:
    return lambda node, wanted: read(node).startswith(str(wanted))


def _pattern(read: Callable[[Node], str]) -> Matches:
    return lambda node, wanted: re.fullmatch(str(wanted), read(node), re.DOTALL) is not None


def shown_text(node: Node) -> str:
    """The text that accessibility gives: an empty field's is its hint."""
    return node.text or node.hint


_FIELDS: dict[str, tuple[int, Matches]] = {
    "text": (0x1, _equals(shown_text)),
    "textContains": (0x2, _holds(shown_text)),
    "textMatches": (0x4, _pattern(shown_text)),
    "textStartsWith": (0x8, _starts(shown_text)),
    "className": (0x10, _equals(lambda n: n.kind)),
    "classNameMatches": (0x20, _pattern(lambda n: n.kind)),
    "description": (0x40, _equals(lambda n: n.desc)),
    "descriptionContains": (0x80, _holds(lambda n: n.desc)),
    "descriptionMatches": (0x100, _pattern(lambda n: n.desc)),
    "descriptionStartsWith": (0x200, _starts(lambda n: n.desc)),
    "checkable": (0x400, _equals(lambda n: n.checkable)),
    "checked": (0x800, _equals(lambda n: n.checked)),
    "clickable": (0x1000, _equals(lambda n: n.clickable)),
    "longClickable": (0x2000, _equals(lambda n: n.hold is not None)),
    "scrollable": (0x4000, _equals(lambda n: n.scrollable)),
    "enabled": (0x8000, _equals(lambda n: n.enabled)),
    "focusable": (0x10000, _equals(lambda n: n.focusable or n.clickable)),
    "focused": (0x20000, _equals(lambda n: n.focused)),
    "selected": (0x40000, _equals(lambda n: n.selected)),
    "packageName": (0x80000, _equals(lambda n: n.package)),
    "packageNameMatches": (0x100000, _pattern(lambda n: n.package)),
    "resourceId": (0x200000, _equals(lambda n: n.id)),
    "resourceIdMatches": (0x400000, _pattern(lambda n: n.id)),
}


class Selector:
    """One selector, with the children or siblings that it asks for below what it finds."""

    def __init__(self, sent: dict[str, Any]) -> None:
        self._sent = sent
        self._mask = int(sent.get("mask", 0))
        self._kin = [
            (str(way).lower(), Selector(inner))
            for way, inner in zip(
                sent.get("childOrSibling") or (),
                sent.get("childOrSiblingSelector") or (),
                strict=False,
            )
        ]

    def __repr__(self) -> str:
        return f"<Selector {self._sent}>"

    @property
    def is_plain(self) -> bool:
        """Whether the newer search (all windows) can do it: no index, no instance, no kin."""
        return not self._kin and not self._mask & (INDEX | INSTANCE) and bool(self._mask)

    @property
    def is_numbered(self) -> bool:
        """Whether the innermost part names one instance."""
        return self._kin[-1][1].is_numbered if self._kin else bool(self._mask & INSTANCE)

    def find(self, roots: list[Node]) -> list[Node]:
        """All that match, in document order; of several instances the one that is named."""
        found = [node for root in roots for node in self._matching(root)]
        if self._mask & INSTANCE:
            found = found[int(self._sent.get("instance", 0)) :][:1]
        for way, inner in self._kin:
            below = found if way == "child" else [p for n in found for p in _parents(roots, n)]
            found = inner.find([child for node in below for child in node.children])
        return found

    def _matching(self, root: Node, index: int = 0) -> Iterator[Node]:
        fits = all(
            matches(root, self._sent.get(name))
            for name, (bit, matches) in _FIELDS.items()
            if self._mask & bit
        )
        if fits and (not self._mask & INDEX or int(self._sent.get("index", 0)) == index):
            yield root
        for place, child in enumerate(root.children):
            yield from self._matching(child, place)


def _parents(roots: list[Node], node: Node) -> list[Node]:
    return [p for root in roots for p in root.walk() if any(c is node for c in p.children)]

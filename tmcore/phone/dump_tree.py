"""The elements of a dump as they stream by, and the order in which they are drawn. Pure."""

import re
from dataclasses import dataclass

from tmcore.errors import UiUnreadable

MAX_NODES = 50_000
MAX_DEPTH = 256
_WRAPPERS = ("hierarchy", "displays", "display", "window")
_BOUNDS = re.compile(r"\[(-?\d{1,6}),(-?\d{1,6})\]\[(-?\d{1,6}),(-?\d{1,6})\]")


@dataclass(frozen=True, slots=True)
class Element:
    attributes: dict[str, str]
    parent: int | None
    root: int


class Reader:
    """Takes elements as they stream by, so that a hostile dump never becomes a tree."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.secrets = 0
        self.has_layers = False  # --windows: the uppermost window first
        self._open: list[int | None] = []  # per open tag: its element, None for a wrapper
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise UiUnreadable(f"The screen dump has more than {MAX_NODES} nodes.")
        if len(self._open) >= MAX_DEPTH:
            raise UiUnreadable(f"The screen dump is nested deeper than {MAX_DEPTH}.")
        self.secrets += attributes.get("password") == "true"
        self.has_layers = self.has_layers or tag == "displays"
        parent = self._open[-1] if self._open else None
        if tag in _WRAPPERS or "bounds" not in attributes:
            self._open.append(None if tag in _WRAPPERS else parent)
            return
        root = self.elements[parent].root if parent is not None else len(self.elements)
        self._open.append(len(self.elements))
        self.elements.append(Element(attributes, parent, root))

    def end(self, _tag: str) -> None:
        if self._open:
            self._open.pop()

    def close(self) -> None:
        return None


def windows_of(elements: list[Element], *, has_layers: bool) -> dict[int, int]:
    """Give each root the number of its window, 0 the uppermost; without any nesting all are one.

    Without layers the order means nothing: uiautomator2 and Appium keep the windows in a hash set.
    What floats is smaller than what it floats over; equally large ones stay as they stand.
    """
    roots = [index for index, element in enumerate(elements) if element.parent is None]
    flat = len(roots) == len(elements)
    if not has_layers:
        roots.sort(key=lambda root: _area(elements[root]))
    return {root: 0 if flat else number for number, root in enumerate(roots)}


def corners_of(attributes: dict[str, str]) -> tuple[int, int, int, int]:
    """Read the left, top, right and bottom of an element; all zero where they are no bounds."""
    found = _BOUNDS.fullmatch(attributes["bounds"].strip())
    if found is None:
        return 0, 0, 0, 0
    left, top, right, bottom = map(int, found.groups())
    return left, top, right, bottom


def _area(element: Element) -> int:
    left, top, right, bottom = corners_of(element.attributes)
    return max(0, right - left) * max(0, bottom - top)


def drawing_order(elements: list[Element], windows: dict[int, int]) -> list[int]:
    """Give each element its place in drawing: the first window last, siblings as they stand."""
    children: dict[int | None, list[int]] = {}
    for index, element in enumerate(elements):
        children.setdefault(element.parent, []).append(index)
    for siblings in children.values():
        if all(elements[i].attributes.get("drawing-order", "").isdecimal() for i in siblings):
            siblings.sort(key=lambda i: int(elements[i].attributes["drawing-order"][:9]))
    roots = [index for index, element in enumerate(elements) if element.parent is None]
    roots.sort(key=lambda root: -windows[root])
    order = [0] * len(elements)
    waiting = roots[::-1]
    for place in range(len(elements)):
        index = waiting.pop()
        order[index] = place
        waiting.extend(reversed(children.get(index, [])))
    return order

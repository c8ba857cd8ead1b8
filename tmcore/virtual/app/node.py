"""The UI tree: nodes with bounds, and what a tap on them does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Bounds = tuple[int, int, int, int]
Deed = Callable[[], None]


def nothing() -> None:
    """The deed of what takes a tap and does nothing."""


@dataclass(slots=True)
class Node:
    """One view. A tap goes to the last drawn clickable node under it, as on Android."""

    kind: str
    bounds: Bounds
    package: str
    text: str = ""
    desc: str = ""
    id: str = ""
    hint: str = ""
    clickable: bool = False
    enabled: bool = True
    focusable: bool = False
    focused: bool = False
    selected: bool = False
    scrollable: bool = False
    checkable: bool = False
    checked: bool = False
    password: bool = False
    on: Deed | None = None
    edit: Callable[[str], None] | None = None  # what accessibility's "set text" does
    hold: Deed | None = None  # what a long press does
    slide: Callable[[float], None] | None = None  # what a finger there does, from 0 to 1 across
    blocks: bool = False  # takes taps although it is not called clickable
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """This node and all below, in drawing order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def part(self, x: int) -> float:
        """How far across a point is."""
        left, _, right, _ = self.bounds
        return (x - left) / max(1, right - left)

    def hit(self, x: int, y: int) -> "Node | None":
        """The node that takes a tap there."""
        for child in reversed(self.children):
            if found := child.hit(x, y):
                return found
        takes = self.clickable or self.blocks or self.on is not None
        return self if takes and _inside(self.bounds, x, y) else None


@dataclass(slots=True)
class Window:
    """A window; lists of them go front to back. A plain dump shows only the active one."""

    root: Node
    title: str = ""
    kind: str = "TYPE_APPLICATION"
    active: bool = True


def active(windows: list[Window]) -> Window:
    """The one that a plain dump shows."""
    return next(w for w in windows if w.active)


def _inside(bounds: Bounds, x: int, y: int) -> bool:
    left, top, right, bottom = bounds
    return left <= x < right and top <= y < bottom

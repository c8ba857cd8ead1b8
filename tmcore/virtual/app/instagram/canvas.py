"""How Instagram draws: readable ids, and pages in an `action_bar_root`."""

from collections.abc import Sequence

from tmcore.virtual.app.canvas import Canvas
from tmcore.virtual.app.ids import Ids
from tmcore.virtual.app.node import Node

SIZE = (720, 1440)


class ReadableIds(Ids):
    """Ids that are words; an update that renames them gives each another ending."""

    def __init__(self, package: str, seed: int | None) -> None:
        self._package, self._ending = package, "" if seed is None else f"_v{seed}"

    def __getitem__(self, name: str) -> str:
        return f"{self._package}:id/{name}{self._ending}"


class InstagramCanvas(Canvas):
    """Draws for 720x1440."""

    def __init__(self, package: str, size: tuple[int, int], seed: int | None) -> None:
        super().__init__(package, size, ReadableIds(package, seed), SIZE)

    def page(self, content: Sequence[Node]) -> Node:
        """A whole window around its content."""
        body = self.node("FrameLayout", (0, 0, *SIZE), *content, id="android:id/content")
        root = self.node("LinearLayout", (0, 0, *SIZE), body, id="action_bar_root")
        return self.node("FrameLayout", (0, 0, *SIZE), root)

"""Lines on Textual's line API: only what is visible is made, only what changed is repainted."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

Span = tuple[str, str | Style]  # safe text, and a style or the name of one
Spans = Sequence[Span]
PLAIN = str.maketrans("●▶‖◌✗○✓■…°·▲▼━→↑↓←▀", "o>=.x-v-~o.^v#>^v<#")  # --ascii; ours only
NAMES = ("good", "bad", "busy", "warn", "dim", "ask", "head", "cursor", "mark", "key", "hit")


def cut(text: str, width: int, *, right: bool = False) -> str:
    """Fit text into so many cells, counting as a terminal does."""
    used = cell_len(text)
    if used > width:
        return set_cell_size(text, max(width - 1, 0)) + "…"[: max(width, 0)]
    gap = " " * (width - used)
    return gap + text if right else text + gap


class Lines(ScrollView, can_focus=True):
    """A scrollable text of styled lines."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"t--{name}" for name in NAMES}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._lines: list[Spans] = []
        self._styles: dict[str, Style] = {}

    def show(self, lines: Iterable[Spans]) -> None:
        """Take new lines; repaint only those that differ."""
        old, self._lines = self._lines, list(lines)
        self._fit()
        both = zip_longest(old, self._lines, fillvalue=())
        self.repaint([n for n, (was, now) in enumerate(both) if was != now])

    def _fit(self) -> None:
        """Be as long as the lines, and never shorter than the view: a new size repaints it all."""
        self.virtual_size = Size(self.size.width, max(len(self._lines), self.size.height))

    def repaint(self, lines: Iterable[int]) -> None:
        """Repaint these lines, where they are visible."""
        top, height, width = self.scroll_offset.y, self.size.height, self.size.width
        regions = [Region(0, n - top, width, 1) for n in lines if 0 <= n - top < height]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        spans = self._lines[line] if line < len(self._lines) else ()
        return self.strip_of(spans)

    def strip_of(self, spans: Spans, over: Style | None = None) -> Strip:
        base = self.rich_style + over if over else self.rich_style
        if getattr(self.app, "ascii", False):
            spans = [(text.translate(PLAIN), name) for text, name in spans]
        segments = [Segment(text, base + self.style(name)) for text, name in spans if text]
        return Strip(segments).adjust_cell_length(self.size.width, base).simplify()

    def style(self, name: str | Style) -> Style:
        """Return the style of that name in the present theme."""
        if isinstance(name, Style):
            return name
        if not name:
            return Style.null()
        if name not in self._styles:
            style = self.get_component_rich_style(f"t--{name}", partial=True)
            if name == "cursor" and self.app.no_color:
                style = Style(reverse=True)
            self._styles[name] = style
        return self._styles[name]

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

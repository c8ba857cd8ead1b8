"""The table of devices and of tasks: a header line, then rows of a View.

Not Textual's DataTable: that repaints all visible rows for one changed cell and measures every cell
at mount (34 % of a core for 500 live rows, and 2 s for 10,000). Cursor and marks are keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from tmtui.columns import Column, Shown
from tmtui.store import Key, Store
from tmtui.view import View
from tmtui.widgets.lines import Lines, Span, cut

MEASURED = 100  # rows from which widths are taken
GAP = "  "


class Table(Lines):
    """Shows a View; posts Moved when the cursor is on another row, Chosen when it is opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("pagedown,ctrl+d", "page(1)", show=False),
        Binding("pageup,ctrl+u", "page(-1)", show=False),
        Binding("home", "move(-1000000)", show=False),
        Binding("end,G", "move(1000000)", show=False),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        table: "Table"

    @dataclass
    class Chosen(Message):
        """A row was clicked twice."""

        table: "Table"

    pane: ClassVar[str]  # its name, as an action and in the store
    title: ClassVar[str]
    every: ClassVar[Sequence[Column[Any]]]  # that there is, also where there is no room
    sort: ClassVar[str]
    reverse: ClassVar[bool] = False
    empty: ClassVar[str]  # what is said where there are no rows

    def __init__(self, store: Store) -> None:
        super().__init__(id=self.pane)
        self.view: View[Any, Any] = View(store, self.pane, self.every, self.sort, self.reverse)
        self.column = 0  # the one that o sorts by, among the visible
        self._strips: dict[Key, Strip] = {}
        self._widths: dict[str, int] = {}
        self._shown: list[tuple[Column[Any], int]] = []

    @property
    def columns(self) -> list[Column[Any]]:
        return [column for column, _ in self._shown]

    def rearranged(self) -> None:
        """Show the list anew: rows came, went or moved."""
        self._measure()
        self._strips.clear()
        self.virtual_size = Size(self.size.width, len(self.view.keys) + 1)
        self._keep_in_sight()
        self.refresh()

    def changed(self, keys: list[Any]) -> None:
        """Repaint rows whose facts changed."""
        for key in keys:
            self._strips.pop(key, None)
        top, height = self.scroll_offset.y, self.size.height - 1
        places = (self.view.places[key] - top for key in keys if key in self.view.places)
        regions = [Region(0, y + 1, self.size.width, 1) for y in places if 0 <= y < height]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        if y == 0:
            return self._header()
        place = y - 1 + self.scroll_offset.y
        if place >= len(self.view.keys):
            none = "nothing matches; esc shows all again" if self.view.total else self.empty
            note = none if place == 0 and not self.view.keys else ""
            return self.strip_of([(GAP + note, "dim")])
        key = self.view.keys[place]
        if key not in self._strips:
            self._strips[key] = self._row(key)
        return self._strips[key]

    def _header(self) -> Strip:
        spans: list[Span] = [(GAP, "head")]
        for number, (column, width) in enumerate(self._shown):
            arrow = ("▼" if self.view.reverse else "▲") if column.id == self.view.sort else ""
            here = self.has_focus and number == self.column
            title = cut(column.title + arrow, width, right=column.right)
            spans += [(title, "cursor" if here else "head"), (GAP, "head")]
        hidden = len(self.view.columns) - len(self._shown)
        used = sum(cell_len(text) for text, _ in spans)
        note = f"{hidden} more when wider" if hidden else ""
        if note and used + len(note) <= self.size.width:
            spans.append((note, "dim"))
        return self.strip_of(spans, self.style("head"))

    def _row(self, key: Key) -> Strip:
        row = self.view.rows().get(key)
        if row is None:  # gone since the last tick, which will close the gap
            return self.strip_of([])
        here, marked = key == self.view.cursor, key in self.view.marked
        sign = (">" if here else " ") + ("*" if marked else " ")
        spans: list[Span] = [(sign, "mark" if marked else "key")]
        for column, width in self._shown:
            cell = _shown(column.show(row, self.view.store))
            if not column.grows and cell_len(cell.text) > width:
                self._outgrow(column, row, width)
            spans += [(cut(cell.text, width, right=column.right), cell.style), (GAP, "")]
        return self.strip_of(spans, self.style("cursor") if here else None)

    def _measure(self) -> None:
        """Choose the columns that fit; widths only grow, so that nothing jumps while it is live."""
        view = self.view
        columns = [c for c in view.columns if c.id not in view.hidden]
        for row in view.shown(MEASURED):
            for column in columns:
                self._widths[column.id] = max(
                    self._widths.get(column.id, 0), _fitting(column, row, view.store)
                )
        room = self.size.width - 2
        while len(columns) > 1 and self._needs(columns) > room:
            columns.remove(max(columns, key=lambda c: (c.weight, view.columns.index(c))))
        rest = room - self._needs(columns)
        self._shown = [(c, self._width(c) + (rest if c.grows else 0)) for c in columns]
        self.column = min(self.column, len(self._shown) - 1)

    def _outgrow(self, column: Column[Any], row: Any, width: int) -> None:
        """Widen a column for a cell that changed: 'paus…' tells nobody anything."""
        needed = _fitting(column, row, self.view.store)
        if needed > width:
            self._widths[column.id] = needed
            self.call_later(self.rearranged)

    def _needs(self, columns: list[Column[Any]]) -> int:
        return sum(self._width(c) + len(GAP) for c in columns)

    def _width(self, column: Column[Any]) -> int:
        if column.grows:
            return column.width
        return self._widths.get(column.id, column.width)

    def on_resize(self, _: Resize) -> None:
        self.rearranged()

    def on_focus(self) -> None:
        self.refresh(Region(0, 0, self.size.width, 1))

    on_blur = on_focus

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def action_move(self, by: int) -> None:
        self.move_to(self.view.place + by)

    def action_page(self, by: int) -> None:
        self.move_to(self.view.place + by * max(1, self.size.height - 2))

    def move_to(self, place: int) -> None:
        before = self.view.cursor
        self.view.move(place)
        self.changed([key for key in (before, self.view.cursor) if key is not None])
        self._keep_in_sight()
        self.post_message(self.Moved(self))

    def move_column(self, by: int) -> None:
        self.column = max(0, min(self.column + by, len(self._shown) - 1))
        self.refresh(Region(0, 0, self.size.width, 1))

    def _keep_in_sight(self) -> None:
        place, top, height = self.view.place, self.scroll_offset.y, max(1, self.size.height - 1)
        if place < top:
            self.scroll_to(y=place, animate=False, immediate=True)
        elif place >= top + height:
            self.scroll_to(y=place - height + 1, animate=False, immediate=True)

    def on_click(self, event: Click) -> None:
        if event.y == 0:
            self._sort_at(event.x)
            return
        self.move_to(event.y - 1 + self.scroll_offset.y)
        if event.chain == 2:
            self.post_message(self.Chosen(self))

    def _sort_at(self, x: int) -> None:
        left = len(GAP)
        for number, (column, width) in enumerate(self._shown):
            if left <= x < left + width:
                self.column = number
                self.view.sort_by(column.id)
                self.rearranged()
                return
            left += width + len(GAP)


def _fitting(column: Column[Any], row: Any, store: Store) -> int:
    """The width that a cell would have, within reason."""
    needed = cell_len(_shown(column.show(row, store)).text)
    return min(max(needed, len(column.title) + 1), column.width * 2)


def _shown(cell: Shown | str) -> Shown:
    return Shown(cell) if isinstance(cell, str) else cell

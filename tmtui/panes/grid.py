"""Grid: the whole rack at a glance, a tile for each phone, as Devices is filtered and sorted."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.strip import Strip

from tmcore.devices import Device
from tmcore.format import percent, safe
from tmtui.columns import state_word, with_glyph
from tmtui.store import Key, Store
from tmtui.view import View
from tmtui.widgets.lines import Lines, Span, cut
from tmtui.widgets.table import Table

WIDE, HIGH = 20, 4  # of a tile, with the gap to the next


class GridPane(Lines):
    """Shares the view of Devices: cursor, marks and filter are the same."""

    pane, title = "grid", "Grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(0, 1)", show=False), Binding("k,up", "move(0, -1)", show=False),
        Binding("l,right", "move(1, 0)", show=False), Binding("h,left", "move(-1, 0)", show=False),
    ]  # fmt: skip

    def __init__(self, store: Store, view: View[str, Device]) -> None:
        super().__init__(id=self.pane)
        self._store, self.view = store, view

    @property
    def across(self) -> int:
        return max(1, self.size.width // WIDE)

    def rearranged(self) -> None:
        rows = -(-len(self.view.keys) // self.across)
        self.virtual_size = Size(self.size.width, rows * HIGH)
        self._keep_in_sight()
        self.refresh()

    def on_resize(self) -> None:
        self.rearranged()

    def changed(self, dirty: Iterable[Key]) -> None:
        places = (
            self.view.places[k] for k in dirty if isinstance(k, str) and k in self.view.places
        )
        top, height = self.scroll_offset.y, self.size.height
        regions = [
            Region(p % self.across * WIDE, p // self.across * HIGH - top + y, WIDE, 1)
            for p in places
            for y in range(HIGH - 1)
            if 0 <= p // self.across * HIGH - top + y < height
        ]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        first, part = line // HIGH * self.across, line % HIGH
        spans: list[Span] = []
        for key in self.view.keys[first : first + self.across]:
            spans += self._tile(key)[part] if part < HIGH - 1 else [(" " * WIDE, "")]
        if not self.view.keys and line == 0:
            spans = [("  no phones", "dim")]
        return self.strip_of(spans)

    def _tile(self, key: str) -> Sequence[list[Span]]:
        device = self._store.devices.get(key)
        if device is None:  # gone since the last tick
            return [[(" " * WIDE, "")] for _ in range(HIGH - 1)]
        here, width = key == self.view.cursor, WIDE - 2
        sign = (">" if here else " ") + ("*" if key in self.view.marked else "")
        word = with_glyph(state_word(device))
        battery = "" if device.battery_percent is None else f"{device.battery_percent}%"
        task = self._store.tasks.get(device.task_id) if device.task_id is not None else None
        note = (
            f"#{task.id} {percent(task.progress)} {safe(task.step)}" if task else safe(device.why)
        )
        return (
            [(cut(sign + safe(device.serial), width), "cursor" if here else "head"), ("  ", "")],
            [(" " + cut(word.text, width - 6), word.style), (cut(battery, 5, right=True), "dim"),
             ("  ", "")],
            [(" " + cut(note, width - 1), "dim"), ("  ", "")],
        )  # fmt: skip

    def action_move(self, right: int, down: int) -> None:
        self.go(self.view.place + right + down * self.across)

    def go(self, place: int) -> None:
        before = self.view.cursor
        if 0 <= place < len(self.view.keys):
            self.view.move(place)
        keys: list[Any] = [k for k in (before, self.view.cursor) if k is not None]
        self.changed(keys)
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        y = self.view.place // self.across * HIGH
        if not self.scroll_offset.y <= y <= self.scroll_offset.y + self.size.height - HIGH:
            self.scroll_to(y=max(0, y - HIGH), animate=False, immediate=True)

    def on_click(self, event: Click) -> None:
        line = event.y + self.scroll_offset.y
        self.go(line // HIGH * self.across + min(event.x // WIDE, self.across - 1))
        if event.chain == 2:
            self.post_message(Table.Chosen(self))  # type: ignore[arg-type]  # the app asks it for its view only

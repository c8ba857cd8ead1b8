"""What was kept of a task: the steps of each attempt and its files, one of them open."""

import asyncio
from collections.abc import Iterator
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tmcore.api import RackApi
from tmcore.errors import TmError
from tmcore.format import safe
from tmcore.model import TaskDetail
from tmtui.detail import attempt_lines
from tmtui.evidence import sibling
from tmtui.panes.picture import side_by_side, words_of
from tmtui.widgets.lines import Lines, Spans
from tmtui.widgets.wrapping import wrapped

REST_S = 0.15  # the cursor rests so long before a file is fetched: a picture is 50 kB
WIDE = 100


class Evidence(ModalScreen[None]):
    """j and k choose a file; it is shown beside the list, or below it where there is no room."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,E", "leave", show=False),
        Binding("j,down", "move(1)", show=False, priority=True),
        Binding("k,up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, rack: RackApi, task: TaskDetail) -> None:
        super().__init__()
        self._rack, self._about = rack, task
        self._names = [name for one in reversed(task.attempts) for name in one.evidence]
        self._at = 0

    def compose(self) -> ComposeResult:
        with Vertical(classes="page"):
            yield Static(f"What was kept of task {self._about.id}   (esc leaves)", markup=False,
                         classes="title")  # fmt: skip
            with Container(id="kept"):
                yield Lines(id="kept-list")
                yield Lines(id="kept-file")
            yield Static("j k choose a file   PgUp PgDn scroll it   esc leaves", markup=False,
                         classes="answers")  # fmt: skip

    def on_mount(self) -> None:
        self.query_one("#kept-file").focus()

    def on_resize(self) -> None:
        self.query_one("#kept").set_class(self.size.width >= WIDE, "beside")
        self.call_after_refresh(self._show)

    def action_leave(self) -> None:
        self.dismiss()

    def action_move(self, by: int) -> None:
        self._at = max(0, min(self._at + by, len(self._names) - 1))
        self._show()

    def _show(self) -> None:
        trail = self.query_one("#kept-list", Lines)
        lines = list(self._trail())
        trail.show(wrapped(lines, max(20, trail.size.width)))
        here = next((n for n, line in enumerate(lines) if line and line[0][0] == "> "), 0)
        trail.scroll_to(y=max(0, here - trail.size.height // 2), animate=False, immediate=True)
        self._open(self._names[self._at])

    def _trail(self) -> Iterator[Spans]:
        for attempt in reversed(self._about.attempts):
            yield from attempt_lines(attempt, log=False)
            for name in attempt.evidence:
                here = name == self._names[self._at]
                yield [("> " if here else "  ", "key"), (safe(name), "cursor" if here else "key")]
            yield []

    @work(exclusive=True, exit_on_error=False)
    async def _open(self, name: str) -> None:
        await asyncio.sleep(REST_S)
        pane = self.query_one("#kept-file", Lines)
        pane.show([[(f"fetching {safe(name)} …", "dim")]])
        try:
            lines = await self._lines(name, pane.size.width)
        except (TmError, OSError) as error:  # let go by its age, or the server is lost
            lines = [[(f"{safe(name)} cannot be shown: {safe(error)}", "warn")]]
        pane.scroll_to(y=0, animate=False, immediate=True)
        pane.show([[(safe(name), "head")], *wrapped(lines, max(20, pane.size.width))])

    async def _lines(self, name: str, width: int) -> list[Spans]:
        content = await self._rack.evidence(self._about.id, name)
        if name.endswith(".png"):
            words = sibling(name, self._about)
            dump = await self._rack.evidence(self._about.id, words) if words else b""
            return side_by_side(content, dump, width)
        if name.endswith(".xml"):
            return [[(line, "")] for line in words_of(content)]
        return [[(safe(line), "")] for line in content.decode(errors="replace").splitlines()]

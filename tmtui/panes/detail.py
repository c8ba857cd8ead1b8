"""The detail beside a list: one task or one phone, read when the cursor has come to rest."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from textual import work

from tmcore.accounts import Account
from tmcore.api import RackApi
from tmcore.devices import Device
from tmcore.errors import TmError
from tmcore.format import safe
from tmcore.materials import Material
from tmcore.model import Task, TaskDetail
from tmcore.schedules import Schedule
from tmcore.settings import Setting
from tmtui.detail import account_lines, device_lines, task_lines
from tmtui.panes.materials import material_lines
from tmtui.panes.picture import side_by_side
from tmtui.panes.schedules import schedule_lines
from tmtui.panes.settings import setting_lines
from tmtui.store import LISTS, Store
from tmtui.widgets.lines import Lines, Spans
from tmtui.widgets.wrapping import wrapped

REST_S = 0.15  # the cursor rests so long before the rack is asked

Row = Task | Device | Account | Schedule | Material | Setting
LINES: dict[type, Callable[[Any], Iterable[Spans]]] = {  # of what stands in the store whole
    Schedule: schedule_lines, Material: material_lines, Setting: setting_lines,
}  # fmt: skip


class DetailPane(Lines):
    """Shows what is in the store at once, and the attempts when they have been read."""

    def __init__(self, rack: RackApi, store: Store) -> None:
        super().__init__(id="detail")
        self._rack, self._store = rack, store
        self._about: Row | None = None
        self._read: TaskDetail | None = None
        self._picture: list[Spans] = []
        self._asked: object = None  # at which stage of the task its attempts were asked for
        self.opened = False  # the screenshot costs 50 kB: only when a person opened the detail

    def look_at(self, row: Row | None) -> None:
        """Show another row, or the same one as it is now."""
        same = _key(row) == _key(self._about)
        self._about = row
        if not same:
            self._read, self._picture = None, []
            self.scroll_to(y=0, animate=False, immediate=True)
        self._paint()
        if isinstance(row, Task) and self.display and self._asked != _stage(row):
            self._asked = _stage(row)
            self._fill(row.id)

    def read_again(self) -> None:
        """Ask the rack at the next look, whatever has been read."""
        self._asked = None

    @work(exclusive=True, group="detail", exit_on_error=False)
    async def _fill(self, task_id: int) -> None:
        if self._read is None:
            await asyncio.sleep(REST_S)
        try:
            found = await self._rack.task(task_id)
            picture = await self._kept(found) if self.opened else []
        except (TmError, OSError):
            self._asked = None
            return  # deleted meanwhile, or the server is lost: the banner says so
        if isinstance(self._about, Task) and self._about.id == task_id:
            self._read, self._picture = found, picture
            self._paint()

    async def _kept(self, task: TaskDetail) -> list[Spans]:
        names = [name for attempt in task.attempts for name in attempt.evidence]
        png = next((n for n in reversed(names) if n.endswith(".png")), None)
        xml = next((n for n in reversed(names) if n.endswith(".xml")), None)
        try:
            shot = await self._rack.evidence(task.id, png) if png else b""
            dump = await self._rack.evidence(task.id, xml) if xml else b""
        except TmError as error:  # deleted from the disk: the attempts are worth showing still
            return [[], [(f"the kept screen cannot be shown: {safe(error)}", "warn")]]
        return [[], [("The screen when it ended", "head")],
                *side_by_side(shot, dump, self.size.width)] if png or xml else []  # fmt: skip

    def _paint(self) -> None:
        row: Any = self._about
        lines: list[Spans] = []
        if isinstance(row, Task):
            newer = self._read and self._read.model_copy(
                update={name: getattr(row, name) for name in type(row).model_fields}
            )
            lines = [*task_lines(newer or row), *self._picture]
        elif isinstance(row, Device):
            lines = list(device_lines(row, self._store))
        elif isinstance(row, Account):
            lines = list(account_lines(row, self._store))
        elif type(row) in LINES:
            lines = list(LINES[type(row)](row))
        lines = lines or [[("nothing is chosen", "dim")]]
        self.show(wrapped(lines, max(20, self.content_size.width - 1)))

    def on_resize(self) -> None:
        self._paint()


def _stage(row: Row | None) -> object:
    """What must change before the attempts are asked for again; progress alone is not enough."""
    if not isinstance(row, Task):
        return None
    return row.id, row.status, row.step, row.retry_count, row.reason, row.stop_requested


def _key(row: Row | None) -> object:
    return None if row is None else (type(row), getattr(row, LISTS[type(row)][1]))

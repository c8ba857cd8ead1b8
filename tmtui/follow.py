"""Waits for tasks to end; shows a bar each on a terminal, a line a step elsewhere."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, Protocol

from tmcore.errors import NotFound, ServerUnreachable
from tmcore.format import safe, shortened
from tmtui.exits import Exit
from tmtui.output import console, say

if TYPE_CHECKING:
    from tmcore.api import RackApi
    from tmcore.model import Task

_ENDED = ("completed", "failed")


class Show(Protocol):
    """Something that can show where a task is."""

    def update(self, task: "Task") -> None: ...


async def follow(rack: "RackApi", task_ids: Sequence[int]) -> tuple["Task", ...]:
    """Wait until all have ended, and return them in their order."""
    shown, screen = _show()
    with screen:
        telling = asyncio.create_task(_tell(rack, frozenset(task_ids), shown))
        try:
            ends = [_end(rack, task_id, shown) for task_id in task_ids]
            return tuple(await asyncio.gather(*ends))
        finally:
            telling.cancel()


async def _tell(rack: "RackApi", task_ids: frozenset[int], shown: Show) -> None:
    """Show how far they are; an older server, or one that is lost, says nothing on the way."""
    with suppress(NotFound, ServerUnreachable):
        async for event in rack.events():
            if event.task and event.task.id in task_ids:
                shown.update(event.task)


async def _end(rack: "RackApi", task_id: int, shown: Show) -> "Task":
    shown.update(await rack.task(task_id))
    ended = await rack.wait(task_id)
    shown.update(ended)
    return ended


def verdict(tasks: Sequence["Task"]) -> Exit:
    """Return unknown where a person must look, failed where any failed, else OK."""
    if any(task.reason == "outcome_unknown" for task in tasks):
        return Exit.UNKNOWN
    return Exit.OK if all(task.status_text == "completed" for task in tasks) else Exit.FAILED


def _has_ended(task: "Task") -> bool:
    return task.status_text in _ENDED


def _show() -> tuple[Show, AbstractContextManager[object]]:
    if not sys.stderr.isatty():
        return Lines(), nullcontext()
    bars = Bars()
    return bars, bars.progress


class Lines:
    """Says each new step of each task once."""

    def __init__(self) -> None:
        self._said: dict[int, str] = {}

    def update(self, task: "Task") -> None:
        line = f"task {task.id} on {task.serial}: {_where(task)}"
        if self._said.get(task.id) != line:
            self._said[task.id] = line
            say(line)


class Bars:
    """A bar for each task."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        self.progress = Progress(
            # the number and the bar stay whole on a narrow terminal; the words give way
            TextColumn("task {task.fields[number]}", markup=False),
            TextColumn("{task.fields[serial]}", markup=False, table_column=Column(min_width=13)),
            BarColumn(bar_width=24, complete_style="cyan"),
            TextColumn("{task.fields[where]}", markup=False, table_column=Column(ratio=1)),
            console=console(stderr=True),
            refresh_per_second=4,  # a slow line over SSH has other things to carry
        )
        self._bars: dict[int, object] = {}

    def update(self, task: "Task") -> None:
        from rich.progress import TaskID

        if task.id not in self._bars:
            self._bars[task.id] = self.progress.add_task(
                "", total=1.0, number=task.id, serial=safe(task.serial), where=""
            )
        done = 1.0 if _has_ended(task) else task.progress
        bar = self._bars[task.id]
        assert isinstance(bar, int)
        self.progress.update(TaskID(bar), completed=done, where=_where(task))


def _where(task: "Task") -> str:
    if not _has_ended(task):
        return safe(task.step or task.status_text)
    reason = f", {task.reason}" if task.reason else ""
    return f"{task.status_text}{reason} {shortened(task.remark, 70)}".strip()

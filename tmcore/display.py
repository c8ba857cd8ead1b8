"""Where a live picture is drawn: in a notebook's cell, in place on a terminal, or as lines.

A notebook is known by the kernel that already runs here; IPython is never loaded by us before that.
"""

import os
import shutil
import sys
from dataclasses import dataclass
from typing import Protocol, TextIO

from tmcore.devices import Device, DeviceState
from tmcore.faces import devices, drawn, stats, tasks
from tmcore.format import safe
from tmcore.model import Stats, Task
from tmcore.table import Table, fitted

MOST = 25  # devices, and tasks, in one picture
QUIET = {DeviceState.READY, DeviceState.AWAY}  # these give way where there are too many


@dataclass(frozen=True)
class Picture:
    """What is true at one moment."""

    stats: Stats
    devices: tuple[Device, ...]
    tasks: tuple[Task, ...]  # the running ones first

    def tables(self) -> tuple[Table, ...]:
        chosen = sorted(self.devices, key=lambda device: device.state in QUIET)[:MOST]
        kept = sorted(chosen, key=lambda device: device.serial)
        always = (
            stats(self.stats),
            devices(kept, _part(len(self.devices), "devices")),
        )
        shown = tasks(self.tasks[:MOST], _part(len(self.tasks), "tasks"))
        return (*always, shown) if self.tasks else always


class Display(Protocol):
    """One place that shows the newest picture."""

    def show(self, picture: Picture) -> None: ...


class Cell:
    """One output of a notebook's cell, replaced by each picture."""

    def __init__(self) -> None:
        from IPython.display import DisplayHandle  # noqa: PLC0415 - only where a kernel runs

        self._handle = DisplayHandle()
        self._shown = False

    def show(self, picture: Picture) -> None:
        content = drawn(picture.tables())
        if self._shown:
            self._handle.update(content, raw=True)
        else:
            self._handle.display(content, raw=True)
        self._shown = True


class Terminal:
    """The same lines of a terminal, written over by each picture."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._height = 0

    def show(self, picture: Picture) -> None:
        columns, rows = shutil.get_terminal_size()
        text = drawn(picture.tables())["text/plain"]
        lines = [fitted(line, columns) for line in text.splitlines()][: rows - 1]
        up = f"\x1b[{self._height}F" if self._height else ""
        self._out.write(f"{up}\x1b[J" + "".join(f"{line}\n" for line in lines))
        self._out.flush()
        self._height = len(lines)


class Lines:
    """A line for each thing that changed: for logs and pipes."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._said: dict[str, str] = {}

    def show(self, picture: Picture) -> None:
        for device in picture.devices:
            self._say(f"device {device.serial}", device.state, device.why)
        for task in picture.tasks:
            where = task.reason or task.step if task.ended_at else task.step
            self._say(
                f"task {task.id} on {task.serial}", task.status_text, where or "", task.remark
            )

    def _say(self, thing: str, *news: str) -> None:
        line = f"{thing}: {', '.join(filter(None, news))}"
        if self._said.get(thing) != line:
            self._said[thing] = line
            print(safe(line), file=self._out, flush=True)


def open_display() -> Display:
    """Find out where we run."""
    if _has_kernel():
        return Cell()
    if sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        return Terminal(sys.stdout)
    return Lines(sys.stdout)


def _has_kernel() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def _part(count: int, noun: str) -> str:
    return noun if count <= MOST else f"{MOST} of {count} {noun}"

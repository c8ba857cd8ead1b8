"""live() draws what is true, in one place, at most twice a second."""

import asyncio
import io
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from tests.serve.fake import NOW, FakeRack
from tmcore.devices import Device, DeviceState
from tmcore.display import MOST, Lines, Picture, Terminal, open_display
from tmcore.errors import NotFound, TmError
from tmcore.events import Event, EventKind
from tmcore.faces import Devices
from tmcore.live import show
from tmcore.model import COMPLETED, RUNNING, NewTask, Stats, Task

NEW = NewTask(serials=("R58M1",), script_name="post", script_config={})


class Scripted(FakeRack):
    """A rack whose events the test tells."""

    def __init__(self) -> None:
        super().__init__()
        self.told: asyncio.Queue[Event | None] = asyncio.Queue()

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        while event := await self.told.get():
            yield event

    async def run_task(self) -> int:
        [task_id] = (await self.create(NEW)).task_ids
        self._change(task_id, status=RUNNING)
        return task_id

    def tell(self, kind: EventKind, task: Task | None = None, change: str = "") -> None:
        self.told.put_nowait(Event(kind=kind, at=NOW, task=task, change=change))


class Watched:
    """Keeps each picture, and whoever waits for one."""

    def __init__(self) -> None:
        self.pictures: list[Picture] = []
        self.new = asyncio.Event()

    def show(self, picture: Picture) -> None:
        self.pictures.append(picture)
        self.new.set()

    async def next(self) -> Picture:
        self.new.clear()
        await asyncio.wait_for(self.new.wait(), 10)
        return self.pictures[-1]


async def test_it_ends_with_its_tasks() -> None:
    """The last picture shows how the task ended."""
    rack, seen = Scripted(), Watched()
    task_id = await rack.run_task()
    live = asyncio.create_task(show(rack, [task_id], display=seen))
    await seen.next()

    rack.tell(EventKind.TASK, rack._change(task_id, status=COMPLETED, ended_at=NOW), "complete")
    await asyncio.wait_for(live, 10)

    assert [task.status for task in seen.pictures[-1].tasks] == [COMPLETED]


async def test_a_storm_of_events_is_few_pictures() -> None:
    """However much happens, it is drawn twice a second; the newest state is what is drawn."""
    rack, seen = Scripted(), Watched()
    task_id = await rack.run_task()
    start, number = monotonic(), 0
    live = asyncio.create_task(show(rack, display=seen))
    while monotonic() - start < 1.2:
        number += 1
        rack.tell(EventKind.LIVE, rack._change(task_id, progress=number / 1e6))
        await asyncio.sleep(0.001)
    while seen.pictures[-1].tasks[0].progress < number / 1e6:
        await seen.next()
    live.cancel()

    assert len(seen.pictures) <= 2 * (monotonic() - start) + 2


async def test_what_was_lost_is_read_anew() -> None:
    """After a LOST event the picture holds what no event had told."""
    rack, seen = Scripted(), Watched()
    live = asyncio.create_task(show(rack, display=seen))
    assert (await seen.next()).tasks == ()
    task_id = await rack.run_task()

    rack.tell(EventKind.LOST)
    picture = await seen.next()
    live.cancel()

    assert [task.id for task in picture.tasks] == [task_id]


async def test_a_deleted_task_has_ended() -> None:
    """Nobody waits for what is gone."""
    rack, seen = Scripted(), Watched()
    task_id = await rack.run_task()
    live = asyncio.create_task(show(rack, [task_id], display=seen))
    await seen.next()

    rack.told.put_nowait(Event(kind=EventKind.TASK, at=NOW, change="delete", task_id=task_id))
    await asyncio.wait_for(live, 10)

    assert seen.pictures[-1].tasks == ()


async def test_a_rack_that_closes_ends_it() -> None:
    """Without tasks it just ends; with tasks that go on it says that they had not ended."""
    rack = Scripted()
    task_id = await rack.run_task()

    rack.told.put_nowait(None)
    await asyncio.wait_for(show(rack, display=Watched()), 10)
    rack.told.put_nowait(None)
    with pytest.raises(TmError, match="before the tasks had ended"):
        await asyncio.wait_for(show(rack, [task_id], display=Watched()), 10)


async def test_it_ends_after_its_seconds_and_when_cancelled() -> None:
    """Time is up without an error; a cancelled one is cancelled; neither leaves a listener."""
    rack, seen = Scripted(), Watched()
    await show(rack, seconds=0.05, display=seen)
    live = asyncio.create_task(show(rack, display=seen))
    await seen.next()
    live.cancel()

    with pytest.raises(asyncio.CancelledError):
        await live
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_unknown_task() -> None:
    """It is named before anything is drawn."""
    seen = Watched()

    with pytest.raises(NotFound, match="77"):
        await show(Scripted(), [77], display=seen)
    assert seen.pictures == []


def picture(*devices: Device) -> Picture:
    return Picture(Stats(), Devices(devices), ())


READY = Device(serial="R58M1", state=DeviceState.READY)


def test_a_terminal_is_written_over_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second picture begins where the first began; no line is wider than the screen."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "24")
    out = io.StringIO()
    terminal = Terminal(out)
    terminal.show(picture(READY, READY.model_copy(update={"serial": "R2", "why": "日本" * 40})))
    first = out.getvalue()

    terminal.show(picture(READY))

    height = first.count("\n")
    assert out.getvalue().removeprefix(first).startswith(f"\x1b[{height}F\x1b[J")
    assert all(sum(1 + (c > "\u2fff") for c in line) <= 40 for line in first[3:].splitlines())


def test_a_large_rack_shows_what_needs_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more phones than there is room for, those that are not just ready are kept."""
    ready = [READY.model_copy(update={"serial": f"R{n:03}"}) for n in range(100)]
    stuck = Device(serial="Z9", state=DeviceState.OFFLINE, why="replug it")

    devices = picture(*ready, stuck).tables()[1]

    assert devices.title == f"{MOST} of 101 devices"
    assert devices.rows[-1][0] == "Z9"


def test_lines_say_each_change_once() -> None:
    """In a log a thing is named when it changes, and hostile words are spelled out."""
    out = io.StringIO()
    lines = Lines(out)
    stuck = READY.model_copy(update={"state": DeviceState.OFFLINE, "why": "\x1b[2J"})

    for shown in (READY, READY, stuck):
        lines.show(picture(shown))

    assert out.getvalue().splitlines() == ["device R58M1: ready", "device R58M1: offline, ␛[2J"]


def test_without_a_terminal_there_are_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe, and a terminal that cannot move its cursor, get lines."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(open_display(), Terminal)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(open_display(), Lines)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert isinstance(open_display(), Lines)


def test_the_library_loads_no_notebook() -> None:
    """Neither rack needs IPython, rich or textual to show itself."""
    code = (
        "import sys, tmcore.rack, tmcore.live, tmcore.faces;"
        "print([m for m in ('IPython', 'rich', 'textual') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=Path(__file__).parents[2], check=True
    )

    assert done.stdout.strip() == b"[]"

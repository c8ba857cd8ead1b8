"""The console on a rack in memory: what a person presses, and what comes of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.serve.fake import FakeRack
from tmcore.errors import ServerUnreachable
from tmcore.model import Device, DeviceState, NewTask, Stats, TaskStatus
from tmcore.reasons import Reason
from tmtui.actions import ACTIONS, Action
from tmtui.app import Console, Options
from tmtui.store import Link

HOSTILE = "a\x1b]0;owned\x07\x1b[2J\u202e [@click=app.quit]x[/] [/nope] \x9b31m"


class Rack(FakeRack):
    """Also counts what it is told, can be lost, and can hold hostile words."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = False
        self.paused: list[str] = []

    async def devices(self, state: DeviceState | None = None) -> tuple[Device, ...]:
        self._answer()
        return await super().devices(state)

    async def stats(self) -> Stats:
        self._answer()
        return await super().stats()

    async def pause(self, serial: str, reason: str) -> Device:
        self._answer()
        self.paused.append(f"{serial}: {reason}")
        return await super().pause(serial, reason)

    def _answer(self) -> None:
        if self.lost:
            raise ServerUnreachable("the cable to the server is out")


@asynccontextmanager
async def opened(
    rack: Rack, tmp_path: Path, size: tuple[int, int] = (120, 30), **options: Any
) -> AsyncIterator[Pilot[None]]:
    console = Console(rack, Options(where="test", state=tmp_path / "state.json", **options))
    async with console.run_test(size=size) as pilot:
        await eventually(pilot, lambda: console.store.live and bool(console.store.devices))
        yield pilot


async def eventually(pilot: Pilot[None], look: Callable[[], object], within_s: float = 10) -> None:
    async with asyncio.timeout(within_s):
        while not look():
            await pilot.pause(0.02)


def shown(pilot: Pilot[None]) -> str:
    """Everything that the screen says."""
    return "\n".join(
        "".join(segment.text for segment in strip)
        for strip in pilot.app.screen._compositor.render_strips()
    )


@pytest.fixture
async def rack() -> Rack:
    rack = Rack()
    await rack.create(NewTask(serials=("R58M1", "R58M2"), script_name="post", script_config={}))
    return rack


async def test_phones_and_tasks_are_on_the_screen(rack: Rack, tmp_path: Path) -> None:
    """With the counts that an operator must never mix up, apart."""
    async with opened(rack, tmp_path) as pilot:
        await eventually(pilot, lambda: "R58M1" in shown(pilot))
        top = shown(pilot).splitlines()[0]
        await pilot.press("2")
        await eventually(pilot, lambda: "pending" in shown(pilot))

    assert all(word in top for word in ("failed 0", "stopped 0", "needs you 0"))


async def test_a_task_is_stopped_by_its_key(rack: Rack, tmp_path: Path) -> None:
    """s on the row: the API says stopped, and so does the screen."""
    async with opened(rack, tmp_path) as pilot:
        await pilot.press("2", "s")
        await eventually(pilot, lambda: _stopped(rack) == 1 or len(pilot.app.screen_stack) > 1)
        if len(pilot.app.screen_stack) > 1:
            await pilot.press("y")
        await eventually(pilot, lambda: _stopped(rack) == 1)


def _stopped(rack: Rack) -> int:
    return sum(task.reason is Reason.STOPPED for task in rack.rows.values())


async def test_deleting_asks_and_no_is_the_default(rack: Rack, tmp_path: Path) -> None:
    """Enter is a no; y does it; the question names how many and which."""
    async with opened(rack, tmp_path) as pilot:
        await pilot.press("2", "a", "d")
        await eventually(pilot, lambda: len(pilot.app.screen_stack) > 1)
        question = shown(pilot)
        await pilot.press("enter")
        await eventually(pilot, lambda: len(pilot.app.screen_stack) == 1)
        left = len(rack.rows)
        await pilot.press("d")
        await eventually(pilot, lambda: len(pilot.app.screen_stack) > 1)
        await pilot.press("y")
        await eventually(pilot, lambda: not rack.rows)

    assert "2 tasks" in question
    assert left == 2


async def test_a_phone_is_paused_with_a_reason(rack: Rack, tmp_path: Path) -> None:
    """p asks why; without an answer nothing happens."""
    async with opened(rack, tmp_path) as pilot:
        await pilot.press("1", "p")
        await eventually(pilot, lambda: len(pilot.app.screen_stack) > 1)
        await pilot.press(*"cable", "enter")
        await eventually(pilot, lambda: rack.paused)

    assert rack.paused == ["R58M1: cable"]


async def test_the_filter_is_live_and_counts(rack: Rack, tmp_path: Path) -> None:
    """1 of 2, while it is typed."""
    async with opened(rack, tmp_path) as pilot:
        await pilot.press("1", "slash", *"R58M2")
        await eventually(pilot, lambda: "1 of 2" in shown(pilot))


async def test_a_lost_server_is_said_and_acts_are_refused(rack: Rack, tmp_path: Path) -> None:
    """What is known stays on the screen with the cause; nothing is sent; then it comes back."""
    async with opened(rack, tmp_path) as pilot:
        console = pilot.app
        assert isinstance(console, Console)
        rack.lost = True
        console.store.connection.link = Link.LIVE
        await eventually(pilot, lambda: console.store.connection.link is Link.LOST, 20)
        await eventually(pilot, lambda: "cable to the server" in shown(pilot))
        assert "R58M1" in shown(pilot)
        await pilot.press("2", "s")
        await eventually(pilot, lambda: "nothing was sent" in console.said.text)
        rack.lost = False
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: console.store.connection.link is Link.LIVE, 20)

    assert _stopped(rack) == 0


def state_of(console: Console, rack: Rack) -> tuple[object, ...]:
    """Everything that a key could change."""
    lists = [console.table(name).view for name in ("devices", "tasks")]
    arranged = [
        (v.sort, v.reverse, v.query.text, v.faults, sorted(v.marked, key=str), sorted(v.hidden))
        for v in lists
    ]
    logs = console.panes["logs"]
    return (
        console.pane,
        console.alone,
        console.split,
        console.said.text,
        len(console.screen_stack),
        console.query_one("#filter").has_class("on"),
        str(console.focused),
        arranged,
        len(rack.rows),
        _stopped(rack),
        tuple(rack.paused),
        console.detail.opened,
        getattr(logs, "held", None),
    )


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
async def test_no_key_does_nothing(
    rack: Rack, tmp_path: Path, action: Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each registered key has an effect that can be seen, or says why it has none now."""
    monkeypatch.chdir(tmp_path)  # where `save` writes
    pane = next(iter(sorted(action.panes)), "tasks")
    async with opened(rack, tmp_path) as pilot:
        console = pilot.app
        assert isinstance(console, Console)
        start = {"devices": "2", "tasks": "1"}.get(action.id, {"devices": "1", "tasks": "2",
                 "logs": "3", "stats": "4", "grid": "g"}[pane])  # fmt: skip
        await pilot.press(start)
        if action.id == "back":
            await pilot.press("a" if start in "12" else "slash")
        await pilot.pause(0.05)
        console.said.text = ""
        before = state_of(console, rack)

        await pilot.press(action.keys.split(",")[0])

        await eventually(
            pilot, lambda: not console.is_running or state_of(console, rack) != before, 5
        )


@pytest.mark.parametrize("size", [(20, 5), (60, 15), (80, 24), (200, 60)])
async def test_every_size_is_drawn(rack: Rack, tmp_path: Path, size: tuple[int, int]) -> None:
    """From a corner of a screen to a wall of one, through every pane and back."""
    async with opened(rack, tmp_path, size) as pilot:
        for key in ("2", "3", "4", "g", "1"):
            await pilot.press(key)
        await pilot.resize_terminal(100, 30)
        await eventually(pilot, lambda: "R58M1" in shown(pilot))


async def test_hostile_words_are_shown_and_never_obeyed(tmp_path: Path) -> None:
    """Control bytes, bidi and markup in a remark: the console lives and sends none of them."""
    rack = Rack()
    await rack.create(NewTask(serials=("R58M1",), script_name="post", script_config={}))
    rack.rows = {
        key: task.model_copy(update={"remark": HOSTILE, "username": HOSTILE, "step": HOSTILE,
                                     "status": TaskStatus.FAILED, "reason": Reason.TIMEOUT})
        for key, task in rack.rows.items()
    }  # fmt: skip
    async with opened(rack, tmp_path) as pilot:
        await pilot.press("2", "enter")
        await pilot.pause(0.3)
        text = shown(pilot)

    assert "owned" in text
    assert not set(text) & set("\x1b\x07\x9b\u202e")


async def test_read_only_refuses_whatever_changes_something(rack: Rack, tmp_path: Path) -> None:
    """It says that this console is read-only."""
    async with opened(rack, tmp_path, read_only=True) as pilot:
        console = pilot.app
        assert isinstance(console, Console)
        await pilot.press("2", "s")
        await eventually(pilot, lambda: "read-only" in console.said.text)

    assert _stopped(rack) == 0

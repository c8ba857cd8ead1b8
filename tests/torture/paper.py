"""Phones of paper and a script that does at each gate what the test decides: nothing takes time."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tests.contract.conftest import no_adb
from tmcore import DeviceState, Rack
from tmcore.errors import ScriptFailed, StaleEpoch, UiUnreadable
from tmcore.phone.port import PressResult
from tmcore.phone.screen import Screen
from tmcore.phone.sighting import Sighting
from tmcore.reasons import Reason
from tmcore.scripts.post.script import Post
from tmcore.scripts.script import Past, Run
from tmcore.store.store import Clock


@dataclass
class Phone:
    """What outlives every owner: the epoch, the markers, and whom it has posted for."""

    serial: str
    epoch: int = 0
    markers: dict[str, str] = field(default_factory=dict)
    presses: Counter[int] = field(default_factory=Counter)  # by task

    @property
    def truth(self) -> dict[str, Any]:
        posts = [
            {"account": _account(task_id), "sha256": ""} for task_id in self.presses.elements()
        ]
        return {"presses": self.presses.total(), "posts": posts}

    def press(self, epoch: int, marker: str, task_id: int) -> PressResult:
        """Do what commands.Folder.press does there."""
        if epoch != self.epoch or marker in self.markers:
            return PressResult.REFUSED
        self.markers[marker] = "pressed"
        self.presses[task_id] += 1
        return PressResult.PRESSED

    def void(self, epoch: int, marker: str) -> bool:
        if epoch != self.epoch:
            raise StaleEpoch("a later run owns it")
        return self.markers.setdefault(marker, "void") == "void"


class Hand:
    """One rack's way to a phone; implements the port as far as the engine needs it."""

    is_settled, looks, eye = True, 0, ""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.serial, self.epoch = phone, phone.serial, 0

    async def own(self, epoch: int) -> None:
        if epoch < self.phone.epoch:
            raise StaleEpoch("a later run owns it")
        self.phone.epoch = self.epoch = epoch

    async def settle(self) -> None: ...

    async def void(self, marker: str, intended_in: int) -> bool:
        del intended_in
        return self.phone.void(self.epoch, marker)

    async def screenshot(self) -> bytes:
        raise UiUnreadable("paper shows nothing")

    async def look(self, *, windows: bool = False) -> Screen:
        raise UiUnreadable("paper shows nothing")

    def close(self) -> None: ...


Command = tuple[Phone, int, str, int]  # a press: its phone, epoch, marker and task


class Gate:
    """Where one attempt waits for the test: before its press, in its window, and in its watch."""

    command: Command

    def __init__(self) -> None:
        self.at = ""
        self._word: asyncio.Future[str] | None = None

    async def wait(self, at: str) -> str:
        self._word = asyncio.get_running_loop().create_future()
        self.at = at
        try:
            return await self._word
        finally:
            self.at = ""

    def say(self, word: str) -> None:
        assert self._word
        self._word.set_result(word)

    def forget(self) -> None:
        if self._word:
            self._word.cancel()


class Obedient(Post):
    """Deals as a post does; runs as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.gates: dict[int, Gate] = {}
        self._late: list[Command] = []  # whose sender has died

    async def run(self, run: Run, args: Any) -> str:
        del args
        gate = self.gates[run.task_id] = Gate()
        async with run.step("work", deadline_s=10**6):
            if await gate.wait("before") == "fail":
                raise ScriptFailed(Reason.APP_MISSING, "as told")
        hand = cast("Hand", run.phone)

        async def act(marker: str) -> PressResult:
            gate.command = (hand.phone, hand.epoch, marker, run.task_id)
            await gate.wait("window")
            return hand.phone.press(*gate.command[1:])

        await run.press("tiktok", _account(run.task_id), act, "{}")
        async with run.step("watch", deadline_s=10**6):
            if await gate.wait("watch") == "doubt":
                raise ScriptFailed(Reason.OUTCOME_UNKNOWN, "as told")
        return "as told"

    async def verify(self, run: Run, args: Any, past: Past) -> str:
        """Find nothing, as it may be: a person decides."""
        del run, args, past
        return ""

    async def tidy(self, run: Run) -> None: ...

    def die(self) -> None:
        """Forget every attempt; the press commands that were sent stay on their way."""
        gates, self.gates = self.gates, {}
        for gate in gates.values():
            if gate.at == "window":
                self._late.append(gate.command)
            gate.forget()

    def thaw(self) -> None:
        """Let what was sent before a crash reach its phone."""
        late, self._late = self._late, []
        for phone, epoch, marker, task_id in late:
            phone.press(epoch, marker, task_id)


async def opened(database: Path, phones: Sequence[Phone], clock: Clock) -> Rack:
    """Open a rack whose phones are these; it may post whatever lies beside the database."""
    rack = Rack(database, adb=no_adb(), clock=clock)
    await rack.__aenter__()
    folders = [str(database.parent)]
    await rack.change_settings(
        {"time_zone": "UTC", "media_folders": folders, "late_limit_minutes": 0}
    )
    for phone in phones:
        rack._watch._phones[phone.serial] = cast("Any", Hand(phone))
        here = DeviceState.READY
        rack._see(Sighting(phone.serial, phone.serial, here, "", clock(), run="1"))
    return rack


def _account(task_id: int) -> str:
    return f"user{task_id}"

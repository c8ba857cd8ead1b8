"""Phones of paper and a script that does at each gate what the test decides: nothing takes time."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from tmcore.errors import ScriptFailed, StaleEpoch, UiUnreadable
from tmcore.phone.port import PressResult
from tmcore.phone.screen import Screen
from tmcore.reasons import Reason
from tmcore.scripts.post.script import Post
from tmcore.scripts.script import Run


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


class Gate:
    """Where one attempt waits for the test: before its press, in its window, and in its watch."""

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


class Obedient(Post):
    """Deals as a post does; runs as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.gates: dict[int, Gate] = {}
        self.late: list[tuple[Phone, int, str, int]] = []  # press commands whose sender has died

    async def run(self, run: Run, args: Any) -> str:
        del args
        gate = self.gates[run.task_id] = Gate()
        async with run.step("work", deadline_s=10**6):
            if await gate.wait("before") == "fail":
                raise ScriptFailed(Reason.APP_MISSING, "as told")
        hand = cast("Hand", run.phone)

        async def act(marker: str) -> PressResult:
            command = (hand.phone, hand.epoch, marker, run.task_id)
            with suppress(asyncio.CancelledError):  # its rack is killed; the command is not
                await gate.wait("window")
                return hand.phone.press(*command[1:])
            self.late.append(command)
            raise asyncio.CancelledError

        await run.press("tiktok", _account(run.task_id), act)
        async with run.step("watch", deadline_s=10**6):
            if await gate.wait("watch") == "doubt":
                raise ScriptFailed(Reason.OUTCOME_UNKNOWN, "as told")
        return "as told"

    async def tidy(self, run: Run) -> None: ...

    def thaw(self) -> None:
        """Let what was sent before a crash reach its phone."""
        late, self.late = self.late, []
        for phone, epoch, marker, task_id in late:
            phone.press(epoch, marker, task_id)


def _account(task_id: int) -> str:
    return f"user{task_id}"

"""Talking to one phone from the loop: its lanes, what may be said twice, and settling after a cut.

A cut frees our thread, not the phone: it may still run the command, a frozen one when it thaws. So
after a cut the link is *unsettled* until an echo over the same transport has answered; adb delivers
in order, so whatever was sent before has reached the phone's shell by then.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum, auto
from typing import Any, TypeVar

from tmcore.errors import AdbUnreachable, DeviceLost, DeviceOffline, PhoneError, PhoneTimeout
from tmcore.measure import Measure, tell
from tmcore.phone.lane import Call, Lane
from tmcore.phone.server import AdbServer
from tmcore.phone.transport import Output, Request, Transport

T = TypeVar("T")

_MB = 1_000_000
_PAUSE_S = 0.6  # a dropped Wi-Fi transport is back after 0.25 s
_BROKEN = (DeviceLost, DeviceOffline, AdbUnreachable)
_LONGEST_PAUSE_S = 10.0


class Kind(Enum):
    """What a command may have done when its answer is lost: says who may repeat it."""

    READ = auto()  # nothing: repeated once
    IDEMPOTENT = (
        auto()
    )  # the same as twice, and the phone refuses it when it is late: repeated once
    ONCE = auto()  # a second tap is another tap: never repeated
    PRESS = auto()  # never repeated, and not cut when its caller is cancelled


class Link:
    """The way to one phone, which may move from one address to another."""

    def __init__(self, name: str, address: str, server: AdbServer) -> None:
        self._name = name
        self._transport = Transport(server, address)
        self._has_v2: bool | None = None
        self._cuts = self._settled_cuts = 0
        self._moved = asyncio.Event()
        self._task_lane = Lane(f"{name} task", self._note_cut)
        self._watch_lane = Lane(f"{name} watch")
        self._hold_lane = Lane(f"{name} hold")

    @property
    def address(self) -> str:
        return self._transport.address

    def move(self, address: str) -> None:
        """Reach the phone at another address, or at the same one again after it was away."""
        self._transport = Transport(self._transport.server, address)
        self._has_v2 = None
        self._moved.set()
        self._moved = asyncio.Event()

    @property
    def is_settled(self) -> bool:
        """Whether no call was cut since an echo last answered."""
        return self._cuts == self._settled_cuts

    async def settle(self) -> None:
        """Wait until an echo has answered after the last cut, asking at growing intervals."""
        pause_s = _PAUSE_S / 2
        while not self.is_settled:
            cuts, moved = self._cuts, self._moved
            try:
                await self.echo(3)
            except (PhoneError, AdbUnreachable):
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
                await _pause(pause_s, moved)
            else:
                self._settled_cuts = cuts

    async def echo(self, deadline_s: float) -> None:
        said = await self.shell(
            "echo tm-ok", kind=Kind.ONCE, doing="echo", deadline_s=deadline_s, watch=True
        )
        if said.text.strip() != "tm-ok":
            raise DeviceLost(f"{self._name} answers an echo with something else.")

    async def shell(
        self,
        command: str,
        *,
        kind: Kind,
        doing: str,
        deadline_s: float,
        limit: int = 8 * _MB,
        watch: bool = False,
    ) -> Output:
        """Run a shell command; its exit code proves that it ended."""

        def work(call: Call[Output]) -> Output:
            transport = self._transport
            if (v2 := self._has_v2) is None:
                v2 = self._has_v2 = "shell_v2" in transport.features(call)
            return transport.shell(call, command, v2=v2, limit=limit)

        lane = self._watch_lane if watch else self._task_lane
        moved = self._moved
        try:
            return await self._run(lane, work, kind, doing, deadline_s)
        except _BROKEN:
            if kind not in (Kind.READ, Kind.IDEMPOTENT):
                raise
            await _pause(_PAUSE_S, moved)
            return await self._run(lane, work, kind, doing, deadline_s)

    async def http(
        self, port: int, request: Request, *, doing: str, deadline_s: float, limit: int = 8 * _MB
    ) -> bytes:
        """Ask a server on the phone, once. Raises NoAnswer."""

        def work(call: Call[bytes]) -> bytes:
            return self._transport.http(call, port, request, limit)

        return await self._run(self._task_lane, work, Kind.READ, doing, deadline_s)

    async def hold(self, command: str, heard: Callable[[bytes], None]) -> None:
        """Run a command on the phone until this is cancelled, the phone goes or it ends."""

        def work(call: Call[None]) -> None:
            self._transport.hold(call, command, heard)

        await self._run(self._hold_lane, work, Kind.ONCE, "hold", None)

    async def reboot(self) -> None:
        """Let adb's own end on the phone restart it; nothing of a shell need work there."""

        def work(call: Call[None]) -> None:
            self._transport.reboot(call)

        await self._run(self._watch_lane, work, Kind.ONCE, "reboot", 10)

    async def push(
        self,
        chunks: Callable[[Call[Any]], Iterable[bytes]],
        remote: str,
        *,
        deadline_s: float,
    ) -> None:
        """Send a file; it must carry a name of ours, since nothing guards it."""

        def work(call: Call[None]) -> None:
            self._transport.push(call, chunks(call), remote)

        await self._run(self._task_lane, work, Kind.ONCE, "push", deadline_s)

    def close(self) -> None:
        self._task_lane.close()
        self._watch_lane.close()
        self._hold_lane.close()

    async def _run(
        self,
        lane: Lane,
        work: Callable[[Call[T]], T],
        kind: Kind,
        doing: str,
        deadline_s: float | None,
    ) -> T:
        start = time.monotonic()
        try:
            result = await lane.run(work, deadline_s=deadline_s, cuttable=kind is not Kind.PRESS)
        except TimeoutError as error:
            raise PhoneTimeout(
                f"{self._name} did not finish `{doing}` within {deadline_s:g} s."
            ) from error
        except ConnectionAbortedError as error:
            raise DeviceLost(f"The connection to {self._name} was closed here.") from error
        except _BROKEN:
            if lane is self._task_lane and kind is not Kind.READ:
                self._note_cut()  # the answer is lost, and the command may still run
            raise
        tell(Measure.ADB, time.monotonic() - start, doing)
        return result

    def _note_cut(self) -> None:
        self._cuts += 1

    def __repr__(self) -> str:
        return f"<Link {self._name} at {self.address}: {'' if self.is_settled else 'un'}settled>"


async def _pause(seconds: float, moved: asyncio.Event) -> None:
    """Wait, but no longer than until the phone is somewhere else."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await moved.wait()

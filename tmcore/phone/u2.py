"""The first eye: uiautomator2's server on the phone. It reads, and sets a field's text.

It waits for no idle screen, sees all windows, and knows a text exactly. It is one process of the
shell's user, started by a shell that this object holds open and that it ends with. It keeps every
`uiautomator dump` out, so it is ended before the second eye looks, and when nobody looked for a
while. Whatever is wrong with it is remembered and not tried again soon: a phone on which it does
not start must not be slower for it.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress

from tmcore.errors import (
    AdbUnreachable,
    DeviceLost,
    DeviceOffline,
    DeviceUnauthorized,
    PhoneError,
    PhoneTimeout,
    PushFailed,
    UiUnreadable,
)
from tmcore.phone import commands, parse, rpc
from tmcore.phone.commands import Folder
from tmcore.phone.jar import MAIN_CLASS, Jar, find_jar
from tmcore.phone.link import Kind, Link
from tmcore.phone.roots import has_equals, ordered
from tmcore.phone.screen import Box, Screen, parse_dump
from tmcore.phone.transport import NoAnswer, Request
from tmcore.phone.upload import Upload

_SHELL_S = 10.0
_PUSH_S = 30.0  # 4 MB, once a phone
_START_S = 12.0  # a Java program, on a slow phone
_PING_S, _GLANCE_S = 3.0, 0.1
_ASK_S = 5.0
_IDLE_S = 120.0
_AGAIN_S = (60.0, 600.0, 3600.0)  # after the first, second, … failure; where it did not start, 600
_SERVED_WELL = 20  # looks: what fails after so many is a new failure, not the old one
_EMPTY_PAUSE_S = 0.3
_LAG_S = 0.2
_BETWEEN_S, _MOST_READINGS = 0.05, 4  # of one look; each takes 0.1 s and more on a phone
_FIELDS = ("EditText", "AutoCompleteTextView")
_TAIL = 4000


class U2Eye:
    """Opens by itself where it can; `open` says why it is not."""

    def __init__(self, link: Link, folder: Folder, count: Callable[[], None]) -> None:
        self._link, self._folder, self._count = link, folder, count
        self._holding: asyncio.Task[None] | None = None  # the server runs as long as this
        self._port: int | None = None  # … and listens here
        self._said = b""  # the end of what it printed
        self._why, self._again_at = "", 0.0
        self._failures = self._served = 0
        self._idle: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        return self._port is not None and self.is_running

    @property
    def is_running(self) -> bool:
        """Whether a server runs for us, or is just being started."""
        return self._holding is not None and not self._holding.done()

    async def open(self) -> str:
        """Start the server where none runs; return why it cannot see, or nothing."""
        if self._port is not None and not self.is_open:
            await self.give_up(f"its server ended: {self._last_words}")
        if not self.is_open and _now() >= self._again_at:
            await self._start()
        self._rest_later()
        return "" if self.is_open else self._why

    def forget(self) -> None:
        """The phone is back, or was restarted: what failed before may work now."""
        self._again_at, self._failures = 0.0, 0

    async def look(self, *, windows: bool, deadline_s: float) -> Screen:
        """Raises UiUnreadable, NoAnswer, PhoneTimeout; after that, give_up()."""
        self._count()
        end = _now() + deadline_s
        screen = await self._still(windows, end)
        if not screen.nodes:  # no window takes the input just now: between two, or behind a veil
            await asyncio.sleep(_EMPTY_PAUSE_S)
            screen = await self._still(True, end)
        self._served += 1
        return screen

    async def set_text(self, text: str) -> str:
        """Replace the focused field's text; return what it holds then. Raises as look() does.

        Its cache of the screen may lag behind a tap or a text; a dump empties it.
        """
        await self._ask(rpc.dump(windows=False))
        found = await self._ask(rpc.focused_object())
        if not (isinstance(found, dict) and str(found.get("className")).endswith(_FIELDS)):
            raise UiUnreadable("nothing that takes text has the focus")
        if await self._ask(rpc.set_focused_text(text)) is not True:
            raise UiUnreadable("the focused field took no text")
        for _ in range(_MOST_READINGS):
            held = str(await self._ask(rpc.focused_text()))
            if held == text:
                break
            await asyncio.sleep(_LAG_S)
            await self._ask(rpc.dump(windows=False))
        return held

    async def give_up(self, why: str, *, for_long: bool = False) -> str:
        """End the server, remember why, and leave it alone for a while."""
        if self._served >= _SERVED_WELL:
            self._failures = 0
        step = min(max(self._failures, int(for_long)), len(_AGAIN_S) - 1)
        self._failures += 1
        self._why, self._again_at = why, _now() + _AGAIN_S[step]
        await self.end()
        return why

    def close(self) -> None:
        """End the server with its shell; the next look opens it again."""
        if self._idle is not None:
            self._idle.cancel()
        if self._holding is not None:
            self._holding.cancel()
        self._holding = self._port = None

    # Reading

    async def _still(self, windows: bool, end: float) -> Screen:
        """Read until two readings agree on where a tap would go, or it never stands still.

        Without waiting for idle, a sheet is seen while it slides in; half-way its button is
        somewhere else.
        """
        screen = await self._dumped(windows, end)
        for _ in range(_MOST_READINGS - 1):
            await asyncio.sleep(_BETWEEN_S)
            before, screen = screen, await self._dumped(windows, end)
            if _places(before) == _places(screen):
                break
        return screen

    async def _dumped(self, windows: bool, end: float) -> Screen:
        xml = await self._xml(windows, end)
        if windows:
            active = await self._xml(False, end) if has_equals(xml) else ""
            xml = ordered(xml, active)
        return parse_dump(xml)

    async def _xml(self, windows: bool, end: float) -> str:
        xml = await self._ask(rpc.dump(windows=windows), max(end - _now(), _GLANCE_S))
        if not isinstance(xml, str) or not xml:
            raise UiUnreadable("its server sent no screen")
        return xml

    async def _ask(self, request: Request, deadline_s: float = _ASK_S) -> object:
        if self._port is None:
            raise NoAnswer("its server does not run")
        answer = await self._link.http(self._port, request, doing="look", deadline_s=deadline_s)
        return rpc.result(answer)

    # The server

    async def _start(self) -> None:
        """Start it, or remember why it does not start: not where only the phone was away."""
        try:
            jar = find_jar()
            await self._prepare(jar)
            await self._launch(jar, 20_000 + secrets.randbelow(10_000))
        except (DeviceLost, DeviceOffline, DeviceUnauthorized, AdbUnreachable) as error:
            self._why = str(error)
        except PhoneTimeout as error:
            await self.give_up(str(error))
        except PhoneError as error:
            await self.give_up(str(error), for_long=True)

    async def _prepare(self, jar: Jar) -> None:
        said = await self._link.shell(
            commands.prepare_server(self._folder, jar.remote),
            kind=Kind.IDEMPOTENT, doing="prepare its eye", deadline_s=_SHELL_S,
        )  # fmt: skip
        if said.text.strip() != str(jar.size):
            await self._push(jar)

    async def _push(self, jar: Jar) -> None:
        draft = f"{jar.remote}.{secrets.token_hex(4)}.part"
        upload = Upload(jar.path, lambda _: None)
        try:
            await self._link.push(upload.chunks, draft, deadline_s=_PUSH_S)
        except PhoneTimeout as error:
            raise PushFailed(f"its jar was not pushed within {_PUSH_S:g} s") from error
        said = await self._link.shell(
            commands.keep_jar(draft, jar.remote),
            kind=Kind.ONCE, doing="keep the jar", deadline_s=_SHELL_S,
        )  # fmt: skip
        if said.code != 0:
            raise PushFailed(f"its jar could not be kept: {said.complaint}")

    async def _launch(self, jar: Jar, port: int) -> None:
        self._said, self._served = b"", 0
        command = commands.start_server(self._folder, jar.remote, MAIN_CLASS, port)
        holding = self._holding = asyncio.create_task(self._hold(command), name="eye")
        try:
            async with asyncio.timeout(_START_S):
                await self._wait_until_up(port, holding)
            answer = await self._link.http(
                port, rpc.no_waiting(), doing="set up its eye", deadline_s=_ASK_S
            )
        except TimeoutError as error:
            holding.cancel()
            raise UiUnreadable(f"its server did not listen within {_START_S:g} s") from error
        except BaseException:
            holding.cancel()
            raise
        rpc.result(answer)
        self._port = port

    async def _wait_until_up(self, port: int, holding: asyncio.Task[None]) -> None:
        pause_s = _GLANCE_S
        while not holding.done():
            with suppress(NoAnswer):  # it does not listen yet
                answer = await self._link.http(
                    port, rpc.PING, doing="wake its eye", deadline_s=_PING_S
                )
                if answer == b"pong":
                    return
            await asyncio.wait({holding}, timeout=pause_s)
            pause_s = min(pause_s * 1.5, 1.0)
        raise UiUnreadable(f"its server ended at once: {self._last_words}")

    async def _hold(self, command: str) -> None:
        try:
            await self._link.hold(command, self._hear)
        except (PhoneError, AdbUnreachable) as error:
            self._hear(f"\n{error}\n".encode())

    def _hear(self, words: bytes) -> None:
        self._said = (self._said + words)[-_TAIL:]

    @property
    def _last_words(self) -> str:
        text = self._said.decode(errors="replace").strip()
        return parse.dump_complaint(text) or " ".join(text.rpartition("\n")[2].split())[:200] or "-"

    async def end(self) -> None:
        """Let the shell go, and wait until the phone has room for the other eye."""
        holding, self._holding, self._port = self._holding, None, None
        if holding is None:
            return
        holding.cancel()
        await asyncio.wait({holding})
        with suppress(PhoneError, AdbUnreachable):  # then the next look says what is wrong
            await self._link.shell(
                commands.end_server(self._folder),
                kind=Kind.IDEMPOTENT, doing="end its eye", deadline_s=_ASK_S,
            )  # fmt: skip

    def _rest_later(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(_IDLE_S, self.close)

    def __repr__(self) -> str:
        state = (
            f"open at {self._port}" if self.is_open else f"closed{self._why and ': '}{self._why}"
        )
        return f"<U2Eye {state}>"


def _places(screen: Screen) -> list[tuple[str, Box]]:
    return [(node.cls, node.bounds) for node in screen.nodes if node.clickable]


def _now() -> float:
    return asyncio.get_running_loop().time()

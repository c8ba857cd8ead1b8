"""The second eye: `uiautomator dump`. It is on every phone, and waits for a screen that idles."""

import asyncio
import secrets
from collections.abc import Callable

from tmcore.errors import UiUnreadable
from tmcore.phone import commands, parse
from tmcore.phone.commands import Folder
from tmcore.phone.link import Kind, Link
from tmcore.phone.screen import Screen, parse_dump
from tmcore.phone.transport import Output

DUMP_S = 20.0  # a dump waits up to 10 s for the screen to idle


class DumpEye:
    """Dumps until one can be read: an idle error asks for less, a null root for another try."""

    def __init__(self, link: Link, folder: Folder, count: Callable[[], None]) -> None:
        self._link, self._folder, self._count = link, folder, count
        self._token, self._dumps = secrets.token_hex(4), 0
        self._compressed = False  # the app's screen never idled
        self._shows_windows = False  # … and all of them were read once

    def start_afresh(self) -> None:
        """Another app is started: its screen may idle."""
        self._compressed = False

    async def look(self, *, windows: bool, deadline_s: float) -> Screen:
        """Raises UiUnreadable, and whatever the phone's connection raises.

        An idle error costs ten seconds, so the next looks begin with less until an app is started.
        A phone that has never shown all its windows is asked for the active one; one that has is
        not: what floats would seem to be gone.
        """
        clock = asyncio.get_running_loop()
        end, pause_s, complaint = clock.time() + deadline_s, 0.25, ""
        empty, compressed = None, self._compressed
        while (left := end - clock.time()) > pause_s:
            try:
                screen = await self._dump(compressed, windows, min(DUMP_S, left))
                if screen.nodes or empty:
                    return screen
                empty, compressed = screen, True  # a playing video may empty the full tree
            except UiUnreadable as error:
                complaint = str(error)
                if "idle" in complaint:
                    self._compressed = compressed = True
                elif not self._shows_windows:
                    windows = False
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, deadline_s / 8)
        if empty:
            return empty
        raise UiUnreadable(complaint or "there was no time for a dump")

    async def _dump(self, compressed: bool, windows: bool, deadline_s: float) -> Screen:
        self._count()
        self._dumps += 1
        file = commands.look_file(self._folder, f"{self._token}-{self._dumps}")
        said = await self._read(
            commands.dump(file, compressed=compressed, windows=windows), deadline_s
        )
        talk, _, xml = said.stdout.partition(b"@@xml")
        spoken = parse.dump_complaint((talk + b"\n" + said.stderr).decode(errors="replace"))
        if not xml.strip():
            raise UiUnreadable(spoken or "the dump is empty")
        try:
            screen = parse_dump(xml)
        except UiUnreadable as error:  # what follows may be the shell's own complaint
            raise UiUnreadable(spoken or str(error)) from error
        self._shows_windows = self._shows_windows or (windows and b"<displays" in xml)
        return screen

    async def _read(self, command: str, deadline_s: float) -> Output:
        return await self._link.shell(command, kind=Kind.READ, doing="look", deadline_s=deadline_s)

    def __repr__(self) -> str:
        return f"<DumpEye, {self._dumps} dumps{', compressed' if self._compressed else ''}>"

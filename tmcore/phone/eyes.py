"""Two eyes: uiautomator2's server where it starts, `uiautomator dump` where it does not.

The other takes over by itself, within the same look, and says why. They exclude each other on the
phone, so the first is ended before the second looks. An operator may do without the first one: its
server listens on the phone's own network.
"""

import asyncio
from collections.abc import Callable

from tmcore.errors import PhoneTimeout, UiUnreadable
from tmcore.phone.commands import Folder
from tmcore.phone.dump import DumpEye
from tmcore.phone.link import Link
from tmcore.phone.screen import Screen
from tmcore.phone.transport import NoAnswer
from tmcore.phone.u2 import U2Eye

LOOK_S = 40.0  # with both eyes
FIRST_S = 8.0  # the first answers in well under a second, or something is wrong
FIRST = "uiautomator2"
OFF = "the setting first_eye is off"

_Failed = (UiUnreadable, NoAnswer, PhoneTimeout)


class Eyes:
    """One look at a time; a task and a person may both look."""

    def __init__(
        self, name: str, link: Link, folder: Folder, uses_first: Callable[[], bool]
    ) -> None:
        self._name, self._uses_first = name, uses_first
        self._first = U2Eye(link, folder, self._count)
        self._second = DumpEye(link, folder, self._count)
        self._turn = asyncio.Lock()
        self.looks = 0
        self.said = ""  # which eye saw last, and why not the first
        self.blind = False  # whether the last look failed in both

    @property
    def is_running(self) -> bool:
        """Whether the first eye's server runs for us."""
        return self._first.is_running

    async def open_first(self) -> str:
        """Return why the first eye cannot see, or nothing."""
        async with self._turn:
            return await self._open()

    async def rest(self) -> None:
        """End the first eye's server now, where it runs."""
        async with self._turn:
            await self._first.end()

    async def _open(self) -> str:
        if self._uses_first():
            return await self._first.open()
        await self._first.end()
        return OFF

    async def look(self, *, windows: bool) -> Screen:
        async with self._turn:
            end = asyncio.get_running_loop().time() + LOOK_S
            why = await self._open()
            if not why:
                try:
                    screen = await self._first.look(windows=windows, deadline_s=FIRST_S)
                except _Failed as error:
                    why = await self._first.give_up(str(error))
                else:
                    self.said, self.blind = FIRST, False
                    return screen
            left = end - asyncio.get_running_loop().time()
            return await self._look_again(windows, left, why)

    async def _look_again(self, windows: bool, left: float, why: str) -> Screen:
        try:
            screen = await self._second.look(windows=windows, deadline_s=left)
        except UiUnreadable as error:
            self.blind = True
            raise UiUnreadable(
                f"The screen of {self._name} could not be read: {error} ({FIRST}: {why})"
            ) from error
        self.blind = False
        cannot = "" if why == OFF else f"{FIRST} cannot: "
        self.said = f"dump, because {cannot}{why}"
        return screen

    async def restart(self) -> None:
        """End the first eye's server, whatever it does, and look once. Raises UiUnreadable."""
        async with self._turn:
            await self._first.end()
            self._first.forget()
        await self.look(windows=False)

    async def set_text(self, text: str) -> str | None:
        """Set the focused field's text by the first eye; None where it could not."""
        async with self._turn:
            if await self._open():
                return None
            try:
                return await self._first.set_text(text)
            except UiUnreadable:  # the field's fault, or the app's: the eye may be well
                return None
            except (NoAnswer, PhoneTimeout) as error:
                await self._first.give_up(str(error))
                return None

    def forget(self) -> None:
        """The phone is back, or was restarted."""
        self.blind = False
        self._first.forget()

    def start_afresh(self) -> None:
        """Another app is started."""
        self._second.start_afresh()

    def close(self) -> None:
        self._first.close()

    def _count(self) -> None:
        self.looks += 1

    def __repr__(self) -> str:
        return f"<Eyes of {self._name}: {self.looks} looks, {self.said or 'none yet'}>"

"""What every setting of a post needs: the screens, what is asked, and what was not read back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from tmcore.errors import ScriptFailed
from tmcore.paths import AppPath
from tmcore.phone.screen import Screen
from tmcore.reasons import Reason
from tmcore.scripts.post.args import PostArgs
from tmcore.scripts.post.screens import PAUSE_S, Screens
from tmcore.scripts.script import Run

READ_LOOKS, READ_S = 3, 4.0  # how long the old state may still be shown after a tap


@dataclass(frozen=True)
class Setting:
    """One path of one run: `base` is the screen where it begins and ends."""

    run: Run
    screens: Screens
    args: PostArgs
    path: AppPath
    base: str
    notes: list[str] = field(default_factory=list)  # what the task's remark says of it

    async def keep(self, screen: Screen) -> None:
        """Keep what is shown now, for the person who confirms the path."""
        await self.run.keep(f"{self.path}.xml", screen.xml.encode())
        await self.run.keep(f"{self.path}.png", await self.run.phone.screenshot())

    async def back(self, *pages: str, button: str = "", screen: Screen | None = None) -> Screen:
        """Leave these pages by the app's button for it, else by BACK; return the base screen."""
        deeds = tuple(filter(None, (button, "BACK")))
        on = self.screens.reactions(dict.fromkeys(pages, deeds))
        return await self.screens.until(self.base, on=on, screen=screen)

    async def read_back(
        self, right: Callable[[Screen], bool], screen: Screen, *, within_s: float = READ_S
    ) -> tuple[bool, Screen]:
        """Look until the screen is right or its time is over; return whether, and the last look."""
        seen = self.screens.profile.recognise(screen).name
        begun, looks = asyncio.get_running_loop().time(), 0
        while not right(screen):
            if looks >= READ_LOOKS and asyncio.get_running_loop().time() - begun >= within_s:
                return False, screen
            await asyncio.sleep(PAUSE_S)
            screen = await self.screens.until(seen)
            looks += 1
        return True, screen

    def refuse(self, why: str) -> NoReturn:
        raise ScriptFailed(Reason.SETTING_MISMATCH, f"{self.path}: {why}")

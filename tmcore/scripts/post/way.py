"""The way through the app: from its start to the post screen, with the account read on the way."""

from tmcore.errors import ScriptFailed
from tmcore.phone.screen import Screen
from tmcore.reasons import Reason
from tmcore.scripts.post.screens import BACK, Screens
from tmcore.scripts.script import Run

START_S = 10.0  # an app that starts may show anything for so long


class Way:
    """Each step is given the screen on which the last one ended."""

    def __init__(self, run: Run, screens: Screens) -> None:
        self._run, self._phone, self._screens = run, run.phone, screens

    async def open(self, package: str) -> Screen:
        if self._run.fresh_app:
            await self._phone.stop_app(package)
        else:
            await self._run.log("the app is not restarted: an earlier upload may still run")
        await self._phone.start_app(package)
        home = await self._screens.until("home", patience_s=START_S)
        self._run.progress(0.4)
        return home

    async def account(self, home: Screen) -> tuple[str, Screen]:
        """Read the active account on the app's own profile page; the app is not left from here."""
        own = await self._screens.until(
            "own_profile", on={"home": self._screens.tapping("nav_profile")}, screen=home
        )
        handle = self._screens.reading("username", own)
        if handle is None:
            raise ScriptFailed(
                Reason.ACCOUNT_UNREADABLE, "the profile page does not show one @username"
            )
        account = handle.removeprefix("@").lower()
        if self._run.username not in (None, account):
            raise ScriptFailed(
                Reason.WRONG_ACCOUNT,
                f"the app is open as @{account}, the task is for @{self._run.username}",
            )
        await self._run.log(f"account @{account}")
        self._run.progress(0.45)
        return account, own

    async def create(self, own: Screen) -> Screen:
        """From the profile page to the gallery, by the app's own button."""
        tapping = self._screens.tapping
        gallery = await self._screens.until(
            "gallery",
            on={
                "own_profile": self._create_from_profile,
                "home": tapping("create"),
                "create_tab": tapping("post_tab"),
                "camera": tapping("gallery_thumb"),
            },
            screen=own,
        )
        self._run.progress(0.5)
        return gallery

    async def _create_from_profile(self, own: Screen) -> None:
        """The button may be out of reach here; the home tab has it."""
        if self._screens.find("create", own):
            await self._screens.tap("create", own)
        elif self._screens.find("nav_home", own):
            await self._screens.tap("nav_home", own)
        else:
            await self._phone.key(BACK)

    async def pick(self, gallery: Screen) -> Screen:
        """Pick the newest video: the one just pushed. A tap opens it, or selects it for Next."""
        tapping = self._screens.tapping
        tab = self._screens.find("videos_tab", gallery)
        if tab and not (tab.selected or gallery.tappable(tab).selected):
            await self._phone.tap(gallery.tappable(tab))
            gallery = await self._screens.until("gallery")
        await self._screens.tap("newest_tile", gallery)
        screen = await self._screens.until(
            "editor",
            "composer",
            on={
                "gallery": tapping("newest_tile"),
                "gallery_selected": tapping("gallery_next"),
                "preview": tapping("preview_next"),
            },
            done=("gallery",),
        )
        self._run.progress(0.6)
        return screen

    async def edit(self, editor: Screen) -> Screen:
        """Next, once: on the post screen, Post may stand where Next stood."""
        composer = await self._screens.until(
            "composer",
            on={"editor": self._screens.tapping("editor_next")},
            once=("editor",),
            screen=editor,
        )
        self._run.progress(0.65)
        return composer

"""A draft that stands open in the app where somebody only wants to look: nothing of it is lost.

It may be a person's, or what a press left that the app did not take. The app's own button on the
post screen saves it; on the way back from elsewhere the app asks, and is told to save it. Where it
offers neither, the draft stays open as it is, and whoever reads the reason knows what to do.
"""

from tmcore.errors import ScriptFailed
from tmcore.phone.screen import Screen
from tmcore.reasons import Reason
from tmcore.scripts.post.routes import way_out
from tmcore.scripts.post.screens import BACK_KEY, Reaction, Screens
from tmcore.scripts.script import Run

POST_SCREEN, PROMPT = "composer", "discard_prompt"
SAVED_BY = ("drafts", BACK_KEY)
NOTHING_YET = {"camera", "gallery", "create_tab", "create_sheet"}
LOST_ON_IT = {Reason.UNKNOWN_SCREEN, Reason.TARGET_MISSING}


class OpenDraft:
    """Nothing, in most looks."""

    def __init__(self, run: Run, screens: Screens) -> None:
        self._run, self._screens = run, screens

    async def home(self, patience_s: float) -> Screen:
        """Wait for the app's home, past a draft. Raises ScriptFailed, draft_open among others."""
        screens = self._screens
        ways = screens.reactions({**way_out(screens.profile.app), POST_SCREEN: SAVED_BY})
        on = {name: self._noting(name, react) for name, react in ways.items()}
        on[PROMPT] = self._noting(PROMPT, self._keep)
        try:
            home = await screens.until("home", on=on, patience_s=patience_s)
        except ScriptFailed as error:
            if not screens.draft_at or error.reason not in LOST_ON_IT:
                raise
            raise screens.draft_open(str(error)) from error
        if screens.draft_at:
            await self._run.log(f"a draft was open ({screens.draft_at}); it was put aside")
        return home

    def _noting(self, name: str, react: Reaction) -> Reaction:
        if name in NOTHING_YET:
            return react

        async def noting(screen: Screen) -> None:
            if not self._screens.draft_at:
                self._screens.draft_at = name
                await self._run.keep("draft.xml", screen.xml.encode())
            await react(screen)

        return noting

    async def _keep(self, screen: Screen) -> None:
        """Save it; where that is not offered, stay in it."""
        if self._screens.find("save_draft", screen):
            await self._screens.tap("save_draft", screen)
            return
        if self._screens.find("keep_editing", screen):
            await self._screens.tap("keep_editing", screen)
        raise self._screens.draft_open("the app does not offer to save it")

"""The caption: typed into the description, never the title, read back; then the button is found."""

import asyncio

from tmcore.errors import ScriptFailed
from tmcore.phone.screen import Node, Screen, same_text
from tmcore.reasons import Reason
from tmcore.scripts.post.screens import Screens
from tmcore.scripts.script import Run

ESCAPE = 111  # closes the keyboard; BACK may leave the screen
FOCUS_S = 0.5  # a field wants a moment between the tap and the first character
MOST_ESCAPES = 3


class Caption:
    """What is left to do on the post screen before the press."""

    def __init__(self, run: Run, screens: Screens) -> None:
        self._run, self._phone, self._screens = run, run.phone, screens
        self._text = run.deal.caption
        self._place: tuple[int, int] | None = None  # which field was meant, of how many

    async def type(self, composer: Screen) -> tuple[Screen, Node]:
        """Return the fresh look before the press, and the button on it."""
        if self._text:
            before, composer = composer, await self._typed(composer)
            if not self._stands_in(composer) and _fields(before) == _fields(composer):
                await self._run.log("the caption went nowhere; it is typed once more")
                composer = await self._typed(composer)
            self._check(composer)
        composer, button = await self._ready(composer)
        self._run.progress(0.8)
        return composer, button

    async def _typed(self, composer: Screen) -> Screen:
        self._place = self._place_of(self._screens.find("description", composer), composer)
        await self._screens.tap("description", composer)
        await asyncio.sleep(FOCUS_S)  # no look in between: a dump takes the focus away
        # the trailing space closes the list of hashtags, which may lie over the button
        await self._phone.type_text(f"{self._text} ")
        await self._phone.key(ESCAPE)
        return await self._screens.until("composer")

    async def _ready(self, composer: Screen) -> tuple[Screen, Node]:
        """Find the button; while the keyboard is open it may be out of reach."""
        looked = bool(self._text)
        for _ in range(MOST_ESCAPES):
            if not looked:
                composer = await self._screens.until("composer")
            self._check(composer)
            if match := self._screens.profile.target("post_button", composer):
                return composer, match.tap_node
            await self._phone.key(ESCAPE)
            looked = False
        raise ScriptFailed(Reason.TARGET_MISSING, "no post_button within reach")

    def _check(self, composer: Screen) -> None:
        if self._text and not self._stands_in(composer):
            field = self._screens.find("description", composer, self._text)
            shown = field.plain_text[:80] if field else "no description field"
            raise ScriptFailed(
                Reason.CAPTION_MISMATCH, f"the caption was typed, and the app shows: {shown}"
            )

    def _stands_in(self, composer: Screen) -> bool:
        field = self._screens.find("description", composer, self._text)
        return (
            field is not None
            and same_text(self._text, field.text)
            and self._place_of(field, composer) == self._place
        )

    def _place_of(self, field: Node | None, screen: Screen) -> tuple[int, int] | None:
        """Hints go once something is typed; what tells title and description then is order."""
        fields = [node for node in screen.visible if node.is_field]
        return (fields.index(field), len(fields)) if field in fields else None


def _fields(screen: Screen) -> list[str]:
    return [node.plain_text for node in screen.visible if node.is_field]

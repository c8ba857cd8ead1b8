"""The caption: typed into the description, never the title, read back; then the button is found.

There are three ways to type. They are tried in this order, those that cannot type this text left
out; where none can, the task is refused before anything is pushed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn

from tmcore.errors import ScriptFailed
from tmcore.phone.port import Phone
from tmcore.phone.screen import Node, Screen, plain, same_text
from tmcore.reasons import Reason
from tmcore.rules.captions import Caption as SplitCaption
from tmcore.rules.captions import split_title
from tmcore.scripts.post.routes import Route
from tmcore.scripts.post.screens import Screens
from tmcore.scripts.script import Run

ESCAPE = 111  # closes the keyboard; BACK may leave the screen
FOCUS_S = 0.5  # a field wants a moment between the tap and the first character
MOST_ESCAPES = 3
NAMES = {"title": "title", "description": "caption"}

Enter = Callable[[], Awaitable[None]]  # taps the field


@dataclass(frozen=True)
class TypingWay:
    """One way to type; `hindrance` says why it cannot type this text on this phone."""

    name: str
    hindrance: Callable[[Phone, str], Awaitable[str]]
    # types into the field that `enter` taps; False where it could not
    type: Callable[[Phone, str, Enter], Awaitable[bool]]


async def _eye_hindrance(phone: Phone, _: str) -> str:
    return await phone.open_eye()


async def _set_by_eye(phone: Phone, text: str, enter: Enter) -> bool:
    await enter()
    held = await phone.set_text(text)
    if held is not None and _lines(held) != _lines(text):
        _refuse(held)  # exact, where a dump shows each emoji as two dots
    return held is not None


async def _keyboard_hindrance(phone: Phone, _: str) -> str:
    return "" if await phone.has_keyboard() else "ADBKeyBoard is not installed"


async def _type_by_keyboard(phone: Phone, text: str, enter: Enter) -> bool:
    async with phone.keyboard():  # before the tap: a field is bound to the keyboard of that moment
        await enter()
        await phone.commit_text(text)
    return True


async def _input_hindrance(_: Phone, text: str) -> str:
    is_plain = text.isascii() and text.isprintable()
    return "" if is_plain else "`input text` types plain ASCII on one line only"


async def _type_by_input(phone: Phone, text: str, enter: Enter) -> bool:
    await enter()
    await phone.type_text(text)
    return True


WAYS = (
    TypingWay("uiautomator2", _eye_hindrance, _set_by_eye),
    TypingWay("ADBKeyBoard", _keyboard_hindrance, _type_by_keyboard),
    TypingWay("input text", _input_hindrance, _type_by_input),
)


async def check_typing(phone: Phone, text: str) -> None:
    """Raises ScriptFailed(ime_missing) where this phone has no way to type this caption."""
    why = []
    for way in WAYS if text else ():
        hindrance = await way.hindrance(phone, text)
        if not hindrance:
            return
        why.append(f"{way.name}: {hindrance}")
    if why:
        raise ScriptFailed(
            Reason.IME_MISSING, f"nothing on the phone can type this caption ({'; '.join(why)})"
        )


async def typed_into(
    run: Run,
    screens: Screens,
    screen: Screen,
    ways: tuple[TypingWay, ...],
    target: str,
    text: str,
    after: str,
    close: int = ESCAPE,
) -> tuple[tuple[TypingWay, ...], Screen]:
    """Type into a field, then press `close`.

    Return the ways from the one that did, and the screen `after` it. Raises ScriptFailed.
    """
    name = NAMES.get(target, target)

    async def enter() -> None:
        await screens.tap(target, screen)
        await asyncio.sleep(FOCUS_S)  # no look in between: a dump takes the focus away

    for index, way in enumerate(ways):
        why = await way.hindrance(run.phone, text)
        if not why and await way.type(run.phone, text, enter):
            await run.log(f"{name}: typed by {way.name}")
            await run.phone.key(close)  # an open keyboard hides or moves the button
            return ways[index:], await screens.until(after)
        why = why or "the field took no text"
        await run.log(f"{name}: not by {way.name}: {why}")
    raise ScriptFailed(Reason.CAPTION_MISMATCH, f"no way to type put the {name} into the field")


class Caption:
    """What is left to do on the post screen before the press."""

    def __init__(self, run: Run, screens: Screens, route: Route) -> None:
        self._run, self._phone, self._screens = run, run.phone, screens
        self._final, self._button = route.final, route.button
        cut = split_title(run.deal.caption) if route.titled else SplitCaption("", run.deal.caption)
        self._title, self._text = cut
        self._place: tuple[int, int] | None = None  # which field was meant, of how many

    async def type(self, composer: Screen) -> tuple[Screen, Node]:
        """Return the fresh look before the press, and the button on it."""
        if self._title:
            _, composer = await self._typed_into(composer, WAYS, "title", self._title)
            self._check_title(composer)
        if self._text:
            self._place = self._place_of(self._screens.find("description", composer), composer)
            before, (ways, composer) = composer, await self._typed_description(composer, WAYS)
            if not self._stands_in(composer) and _fields(before) == _fields(composer):
                await self._run.log("the caption went nowhere; it is typed once more")
                _, composer = await self._typed_description(composer, ways[1:] or ways)
            self._check(composer)
        composer, button = await self._ready(composer)
        self._run.progress(0.8)
        return composer, button

    async def _typed_description(
        self, composer: Screen, ways: tuple[TypingWay, ...]
    ) -> tuple[tuple[TypingWay, ...], Screen]:
        # the trailing space closes the list of hashtags, which may lie over the button
        return await self._typed_into(composer, ways, "description", f"{self._text} ")

    async def _typed_into(
        self, composer: Screen, ways: tuple[TypingWay, ...], target: str, text: str
    ) -> tuple[tuple[TypingWay, ...], Screen]:
        return await typed_into(self._run, self._screens, composer, ways, target, text, self._final)

    async def _ready(self, composer: Screen) -> tuple[Screen, Node]:
        """Find the button; while the keyboard is open it may be out of reach."""
        looked = bool(self._title or self._text)
        for _ in range(MOST_ESCAPES):
            if not looked:
                composer = await self._screens.until(self._final)
            self._check(composer)
            if match := self._screens.match(self._button, composer):
                return composer, match.tap_node
            await self._leave_field(composer)
            looked = False
        raise ScriptFailed(Reason.TARGET_MISSING, f"no {self._button} within reach")

    async def _leave_field(self, composer: Screen) -> None:
        """Some apps have a button for it; the keyboard alone closes by ESCAPE."""
        if self._screens.first("caption_ok", composer):
            await self._screens.tap("caption_ok", composer)
        else:
            await self._phone.key(ESCAPE)

    def _check_title(self, composer: Screen) -> None:
        field = self._screens.find("title", composer) if self._title else None
        if self._title and not (field and same_text(self._title, field.text)):
            _refuse(field.plain_text if field else "no title field")

    def _check(self, composer: Screen) -> None:
        self._check_title(composer)
        if self._text and not self._stands_in(composer):
            field = self._screens.find("description", composer, self._text)
            _refuse(field.plain_text if field else "no description field")

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


def _refuse(shown: str) -> NoReturn:
    raise ScriptFailed(
        Reason.CAPTION_MISMATCH, f"the caption was typed, and the app shows: {plain(shown)[:80]}"
    )


def _lines(text: str) -> list[str]:
    return [plain(line) for line in text.strip().splitlines()]


def _fields(screen: Screen) -> list[str]:
    return [node.plain_text for node in screen.visible if node.is_field]

"""Hands on one phone: its screen drawn and as text; on a paused phone, act on it by numbers."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Static

from tmcore.api import RackApi
from tmcore.devices import Hand, PhoneScreen
from tmcore.errors import TmError, UiUnreadable
from tmcore.format import safe, shortened
from tmcore.phone.screen import parse_dump
from tmtui.panes.picture import picture, tappables
from tmtui.screens.ask import Typed
from tmtui.widgets.lines import Lines, Spans

KeyName = Literal["back", "home", "wake", "escape", "enter", "delete"]
KEYS: dict[str, KeyName] = {"b": "back", "h": "home", "w": "wake", "enter": "enter"}


class HandsScreen(ModalScreen[None]):
    """Digits tap what they stand beside; with ten or more things, both digits are pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", show=False)]

    def __init__(
        self, rack: RackApi, serial: str, *, refusal: str, pixels: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._rack, self._serial, self._refusal = rack, serial, refusal
        self._pixels = pixels  # commands that show the phone itself
        self._points: list[tuple[str, tuple[int, int]]] = []
        self._typed = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="page"):
            yield Static(f"{safe(self._serial)}   (esc leaves)", markup=False, classes="title")
            yield Lines(id="phone")
            yield Static("", markup=False, id="said")
            hands = self._refusal or (
                "number: tap it   t type   b back   h home   w wake   enter   r look again"
            )
            yield Static(hands, markup=False, classes="answers")

    def on_mount(self) -> None:
        self.query_one("#phone").focus()
        self._start(None)

    def action_leave(self) -> None:
        self.dismiss()

    def on_key(self, event: Key) -> None:
        key = event.character or event.key
        if key == "r":
            self._start(None)
        elif key == "t" and not self._refused():
            self.app.push_screen(Typed("Type on the phone (plain ASCII):"), self._type)
        elif event.key in KEYS and not self._refused():
            self._start(Hand(key=KEYS[event.key]))
        elif key.isdecimal() and not self._refused():
            self._digit(key)
        else:
            return
        event.stop()

    def _refused(self) -> bool:
        if self._refusal:
            self._say(self._refusal)
        return bool(self._refusal)

    def _digit(self, digit: str) -> None:
        self._typed += digit
        number, most = int(self._typed), len(self._points)
        if len(self._typed) < len(str(most)) and number * 10 <= most:
            self._say(f"{self._typed}_   one more digit; 0{self._typed} means {self._typed}")
            return
        self._typed = ""
        if not 1 <= number <= most:
            self._say(f"there is no {number}; 1 to {most} are there")
            return
        label, point = self._points[number - 1]
        self._start(Hand(tap=point), f"tap {number} {label}")

    def _type(self, text: str | None) -> None:
        if text:
            self._start(Hand(text=text))

    def _start(self, hand: Hand | None, what: str = "") -> None:
        self._do(hand, what)

    @work(exclusive=True, exit_on_error=False)
    async def _do(self, hand: Hand | None, what: str) -> None:
        """Act if asked to, then look; a refusal stands below the picture."""
        try:
            if hand is not None:
                self._say(f"{what or hand.key or 'type'} …")
                await self._rack.act(self._serial, hand)
            self._say("looking …")
            seen = await self._rack.screen(self._serial)
        except (TmError, OSError, AttributeError, NotImplementedError) as error:
            self._say(f"refused: {error}")
            return
        self._say(f"{what} done" if what else "")
        self._show(seen)

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(safe(text))

    def _show(self, seen: PhoneScreen) -> None:
        pane = self.query_one("#phone", Lines)
        across = min(46, max(16, pane.size.height * 2 * 9 // 20), pane.size.width // 2)
        drawn = picture(seen.png, across) if pane.size.width >= 50 else []
        words = self._words(seen)
        gap = " " * across
        self.query_one("#phone", Lines).show(
            [*(drawn[n] if n < len(drawn) else [(gap, "")] if drawn else []), ("  ", ""),
             *(words[n] if n < len(words) else [])]
            for n in range(max(len(drawn), len(words)))
        )  # fmt: skip

    def _words(self, seen: PhoneScreen) -> list[Spans]:
        try:
            screen = parse_dump(seen.xml)
        except UiUnreadable as error:
            self._points = []
            return [[(safe(error), "warn")]]
        self._points = tappables(screen)
        lines: list[Spans] = [[("To tap", "head")]]
        lines += [
            [(f"{n:>3} ", "key"), (shortened(label, 60), "")]
            for n, (label, _) in enumerate(self._points, 1)
        ]
        lines += [[], [("To read", "head")]]
        lines += [[(f"    {shortened(text, 70)}", "")] for text in screen.texts()]
        lines += [[], [("In pixels, on your own computer", "head")]]
        return lines + [[(f"    {safe(command)}", "")] for command in self._pixels]

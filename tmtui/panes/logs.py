"""Logs: what scripts and people did; follows its end until a person scrolls up or holds it."""

from collections.abc import Iterable
from itertools import islice

from textual.geometry import Size

from tmcore.format import safe, when
from tmtui.store import Key, Line, Store
from tmtui.widgets.lines import Lines, Span

NARROW = 80  # beside a list there is room for the words only


class LogsPane(Lines):
    """Keeps text only; lines get their style when they are painted."""

    pane, title = "logs", "Logs"

    def __init__(self, store: Store, *, id: str = "logs") -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._store = store
        self._seen = 0  # lines taken in, as store.logged counts
        self._kept: list[Line] = []
        self.words: tuple[str, ...] = ()
        self.held = False

    @property
    def waiting(self) -> int:
        """Lines that came while it was held."""
        return self._store.logged - self._seen if self.held else 0

    @property
    def text(self) -> str:
        """Everything that the filter shows, for a file."""
        return "".join(f"{_head(line)}{safe(line.text)}\n" for line in self._kept)

    def filter(self, text: str) -> None:
        self.words = tuple(text.lower().split())
        self.rearranged()

    def rearranged(self) -> None:
        self._kept = [line for line in self._store.log if self._shows(line)]
        self._seen = self._store.logged
        self._resized()
        self.refresh()

    def changed(self, _: Iterable[Key] = ()) -> None:
        """Take in what is new, unless it is held."""
        new = min(self._store.logged - self._seen, len(self._store.log))
        if self.held or not new:
            return
        fresh = list(islice(reversed(self._store.log), new))[::-1]
        self._kept += filter(self._shows, fresh)
        del self._kept[: -(self._store.log.maxlen or len(self._kept))]
        self._seen = self._store.logged
        self._resized()
        self.refresh()

    def on_resize(self) -> None:
        self._resized()

    def _resized(self) -> None:
        self.virtual_size = Size(self.size.width, max(1, len(self._kept)))
        if not self.held:
            self.scroll_to(y=max(0, len(self._kept) - self.size.height), animate=False,
                           immediate=True)  # fmt: skip

    def render_line(self, y: int):  # type: ignore[no-untyped-def]  # noqa: ANN201 - as Lines has it
        place = y + self.scroll_offset.y
        if not self._kept and place == 0:
            return self.strip_of([("  nothing yet", "dim")])
        if place >= len(self._kept):
            return self.strip_of([])
        return self.strip_of(self._spans(self._kept[place]))

    def _shows(self, line: Line) -> bool:
        if not self.words:
            return True
        text = f"{line.text} {line.serial} #{line.task_id}".lower()
        return all(
            (word[1:] not in text) if word[:1] == "!" and word[1:] else word in text
            for word in self.words
        )

    def _spans(self, line: Line) -> list[Span]:
        narrow = self.size.width < NARROW
        head: Span = (_whose(line) if narrow else _head(line), "key")
        return [head, *_highlighted(safe(line.text), self.words)]


def _whose(line: Line) -> str:
    return f" {_task(line) or safe(line.serial or ''):<6} "


def _task(line: Line) -> str:
    return "" if line.task_id is None else f"#{line.task_id}"


def _head(line: Line) -> str:
    return f" {when(line.at)} {safe(line.serial or ''):<14} {_task(line):<6} "


def _highlighted(text: str, words: tuple[str, ...]) -> list[Span]:
    low = text.lower()
    found = next((w for w in words if w in low), "") if len(low) == len(text) else ""
    if not found:
        return [(text, "")]
    at = low.index(found)
    end = at + len(found)
    return [(text[:at], ""), (text[at:end], "hit"), (text[end:], "")]

"""Is the post there? Asked with what the phone showed before the press and after it in view."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Static

from tmcore.api import RackApi
from tmcore.errors import TmError
from tmcore.format import safe, when
from tmcore.model import Task, TaskDetail
from tmtui.detail import facts
from tmtui.evidence import around, pressed, pressed_at
from tmtui.panes.picture import MOST_WIDE, picture, words_of
from tmtui.screens.evidence import Evidence
from tmtui.widgets.lines import Lines, Spans, cut
from tmtui.widgets.wrapping import broken, wrapped

ANSWERS = {"y": True, "n": False}
LEAST_HIGH = 16  # lines of a picture; below that nothing in it is known again
GAP = 2


class Settle(ModalScreen[bool | None]):
    """y posted, n not posted; any other key answers nothing, and none counts before all is seen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", show=False)]

    def __init__(self, rack: RackApi, task: Task, place: str = "") -> None:
        super().__init__()
        self._rack, self._about, self._place = rack, task, place
        self._found: TaskDetail | None = None
        self._files: dict[str, bytes | None] = {}
        self._asked = False

    def compose(self) -> ComposeResult:
        title = f"Is the post of task {self._about.id} there?   {self._place}"
        with Vertical(classes="page"):
            yield Static(title.rstrip(), markup=False, classes="title")
            yield Lines(id="facts")
            yield Lines(id="screens")
            yield Static("looking for what was kept …", markup=False, id="question")

    def on_mount(self) -> None:
        self.query_one("#screens").focus()
        self._read()

    def on_key(self, event: Key) -> None:
        if self._asked and event.character in ANSWERS:
            event.stop()
            self.dismiss(ANSWERS[event.character])
        elif self._asked and event.character == "E" and self._found is not None:
            event.stop()
            self.app.push_screen(Evidence(self._rack, self._found))

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_resize(self) -> None:
        if self._found is not None:
            self.call_after_refresh(self._show, self._found)

    @work(exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        """Read the attempts and the screens; without them there is no question to answer."""
        try:
            task = await self._rack.task(self._about.id)
        except (TmError, OSError) as error:
            self.query_one("#question", Static).update(f"{safe(error)}   esc leaves")
            return
        kept = around(task)
        for name in kept.names:
            try:
                self._files[name] = await self._rack.evidence(task.id, name)
            except (TmError, OSError):  # let go by its age: the account can still be looked at
                self._files[name] = None
        self._found = task
        self._show(task)
        self.call_after_refresh(self._ask, any(one.evidence for one in task.attempts))

    def _ask(self, kept: bool) -> None:
        self._asked = True
        more = "   E evidence" if kept else ""
        question = f"Look at the account too.   y posted   n not posted   esc leaves it{more}"
        self.query_one("#question", Static).update(question)

    def _show(self, task: TaskDetail) -> None:
        pane = self.query_one("#facts", Lines)
        about = list(wrapped(facts(_facts(task)), max(20, self.size.width - 4)))
        pane.styles.height = len(about)
        pane.show(about)
        screens = self.query_one("#screens", Lines)
        high = max(LEAST_HIGH, self.size.height - len(about) - 4)
        screens.show(self._screens(task, high, self.size.width - 4))

    def _screens(self, task: TaskDetail, high: int, width: int) -> Iterator[Spans]:
        """Before and after as pictures, or as words where no picture is, and the last words."""
        kept = around(task)
        across = min(MOST_WIDE, high * 2 * 9 // 20, width // 3)
        columns = [
            [[(cut(title, across), "head")], *self._column(picture_of, words_of_it, across)]
            for title, picture_of, words_of_it in (
                ("before press", kept.before, kept.before_words),
                ("when it ended", kept.after, kept.after_words),
            )
        ]
        words: list[Spans] = [[("the words on it", "head")]]
        words += ([(word, "")] for word in words_of(self._files.get(kept.after_words or "") or b""))
        blank: Spans = [(" " * across, "")]
        for left, right, word in zip_longest(*columns, words):
            yield [*(left or blank), (" " * GAP, ""), *(right or blank), (" " * GAP, ""),
                   *(word or [])]  # fmt: skip

    def _column(self, shot: str | None, dump: str | None, across: int) -> list[Spans]:
        content = self._files.get(shot or "")
        if content is not None:
            return [*picture(content, across)]
        words = words_of(self._files.get(dump or "") or b"")
        gone = "its picture is not there any more" if shot else "no picture was kept"
        lines = [(part, style) for text, style in ((gone, "dim"), *((word, "") for word in words))
                 for part in broken(text, across)]  # fmt: skip
        return [[(cut(text, across), style)] for text, style in lines]


def _facts(task: TaskDetail) -> Iterator[tuple[str, object]]:
    press = pressed(task)
    yield "account", f"{task.username or 'whoever was logged in'} on {task.serial}"
    yield "pressed", when(pressed_at(press)) if press else ""
    yield "remark", task.remark
    looks = [one.remark for one in task.attempts if one.kind == "verify" and one.remark]
    yield "late look", looks[-1] if looks else ""
    yield "file", task.media
    yield "caption", task.caption

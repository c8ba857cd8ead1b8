"""A page of text over the screen: the help, the examples of the demo."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tmtui.actions import ACTIONS, Situation, spelled
from tmtui.widgets.lines import Lines, Spans
from tmtui.widgets.wrapping import wrapped


class Page(ModalScreen[None]):
    """Scrolls; esc, q and ? leave it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,e", "leave", show=False),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[Spans]) -> None:
        super().__init__()
        self._title, self._lines = title, lines

    def compose(self) -> ComposeResult:
        with Vertical(classes="page"):
            yield Static(f"{self._title}   (esc leaves)", markup=False, classes="title")
            yield Lines(id="text")

    def on_mount(self) -> None:
        self.query_one(Lines).focus()

    def on_resize(self) -> None:
        self.query_one(Lines).show(wrapped(self._lines, max(20, self.size.width - 4)))

    def action_leave(self) -> None:
        self.dismiss()

    def action_scroll(self, by: int) -> None:
        self.query_one(Lines).scroll_relative(y=by, animate=False)


FILTER_HELP = (
    "state:offline temp>40     both must hold; fields are the columns' names in small letters",
    "battery<20  id>=100       numbers: < > <= >= =      seen>5m  an age: s m h d",
    'ann "two words"           any field holds it        !vrt      it must not',
    "tag:EU                    a tag of the phone",
)


BEGIN = (  # {action} is its key
    (
        "Why is a phone stuck?",
        "{devices}, move to it, read WHY; {open} its details; {look} its screen",
    ),
    ("Stop a task", "{tasks}, move to it, {stop}"),
    ("Retry what failed", "{tasks}, then {retry_all} for all of it or {retry} for the one"),
    ("Post a new video", "{devices}, {mark} marks phones, {post} opens the form"),
    ("Only what went wrong", "{faults}; {filter} finds anything, such as state:offline"),
)


def _filled(answer: str, keys: dict[str, str]) -> str:
    return answer.format_map({id_: spelled(key.split(",")[0]) for id_, key in keys.items()})


def help_lines(keys: dict[str, str], at: Situation) -> list[Spans]:
    """Every action by group, with why it cannot be done just now."""
    lines: list[Spans] = [[("To begin", "head")]]
    lines += [
        [(f"  {question:<26}", ""), (_filled(answer, keys), "key")] for question, answer in BEGIN
    ]
    for group in dict.fromkeys(action.group for action in ACTIONS):
        lines += [[], [(group, "head")]]
        for action in (a for a in ACTIONS if a.group == group):
            why = action.refusal(at).partition(": ")[2]
            lines.append([
                (f"  {spelled(keys[action.id]):<9} ", "key"), (f"{action.label:<13} ", ""),
                (action.help, "dim" if why else ""), (f"  not now: {why}" if why else "", "warn"),
            ])  # fmt: skip
    lines += [[], [("Moving", "head")],
              [("  j k ↑ ↓   ", "key"), ("up and down; PgUp PgDn a page, Home G the ends", "")],
              [("  tab       ", "key"), ("between the list and its detail", "")],
              [], [("Filter (/)", "head")]]  # fmt: skip
    return lines + [[(f"  {line}", "")] for line in FILTER_HELP]

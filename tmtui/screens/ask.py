"""Small questions: a choice by its key, a typed line. Nothing is done by Enter alone."""

from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Static

from tmcore.errors import TmError
from tmcore.format import safe


class Choose(ModalScreen[str | None]):
    """A question with a key for each answer; any other key, Enter too, is the default: no."""

    def __init__(self, question: str, answers: Mapping[str, str]) -> None:
        super().__init__()
        self._question, self._answers = question, answers

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(self._question, markup=False)
            answers = "   ".join(f"{key} {label}" for key, label in self._answers.items())
            yield Static(f"\n{answers}   [Enter, esc: no]", markup=False, classes="answers")

    def on_key(self, event: Key) -> None:
        event.stop()
        self.dismiss(event.character if event.character in self._answers else "")


class Typed(ModalScreen[str | None]):
    """A question that a typed line answers; None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, question: str, *, start: str = "", must_be: str | None = None) -> None:
        super().__init__()
        self._question, self._start, self._must_be = question, start, must_be

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(self._question, markup=False)
            yield Input(self._start, id="answer")
            yield Static("Enter goes on   esc leaves", markup=False, classes="answers")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._must_be is not None and event.value.strip() != self._must_be:
            self.dismiss(None)
        else:
            self.dismiss(event.value)

    def action_leave(self) -> None:
        self.dismiss(None)


class Sent(ModalScreen[object]):
    """A typed line that is sent at Enter; a refusal stands below it and nothing typed is lost.

    Gives back what the rack answered; None when it was left.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(
        self,
        question: str,
        send: Callable[[str], Awaitable[object]],
        *,
        start: str = "",
        suggester: Suggester | None = None,
    ) -> None:
        super().__init__()
        self._question, self._send = question, send
        self._start, self._suggester = start, suggester

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(self._question, markup=False)
            yield Input(self._start, id="answer", suggester=self._suggester, select_on_focus=False)
            yield Static("", markup=False, id="said")
            yield Static("Enter sends it   esc leaves", markup=False, classes="answers")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._try(event.value)

    @work(exclusive=True, exit_on_error=False)
    async def _try(self, text: str) -> None:
        said = self.query_one("#said", Static)
        said.update("sending …")
        try:
            answer = await self._send(text)
        except (TmError, OSError) as error:
            said.update(f"refused: {safe(error)}")
            return
        self.dismiss(answer)

    def action_leave(self) -> None:
        self.dismiss(None)


def sure(question: str, count: int) -> Choose | Typed:
    """Ask before what cannot be taken back; above 20 the count must be typed."""
    if count > 20:
        return Typed(f"{question}\n\nType {count} to do it.", must_be=str(count))
    return Choose(question, {"y": "yes"})


def agreed(answer: str | None) -> bool:
    """Whether the answer to sure() was a yes; a typed count is only let through when right."""
    return bool(answer)

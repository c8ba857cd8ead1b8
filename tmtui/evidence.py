"""What was kept of a task, and which of it shows the time around the press. No Textual."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from tmcore.model import Attempt, PressOutcome, TaskDetail

COMPOSER = "composer"  # how the script calls what it saw last before the press


@dataclass(frozen=True)
class Around:
    """The names of the files that show an attempt before its press and after it."""

    before: str | None = None
    before_words: str | None = None
    after: str | None = None
    after_words: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        every = (self.before, self.before_words, self.after, self.after_words)
        return tuple(name for name in every if name is not None)


def pressed(task: TaskDetail) -> Attempt | None:
    """Return the attempt whose press is not known, else the last one that pressed."""
    found = [one for one in task.attempts if one.press is not None]
    unknown = [one for one in found if one.press in {PressOutcome.UNKNOWN, PressOutcome.OPEN}]
    return next(reversed(unknown or found), None)


def pressed_at(attempt: Attempt) -> datetime:
    """When its press began, as far as its steps tell."""
    return next((s.started_at for s in attempt.steps if s.name == "press"), attempt.started_at)


def around(task: TaskDetail) -> Around:
    """Choose among the files of the attempt that pressed and of those that looked after it."""
    first = pressed(task)
    names = [
        name
        for one in task.attempts
        if first is None or one.id >= first.id
        for name in one.evidence
    ]
    before = [name for name in names if COMPOSER in name]
    after = [name for name in names if COMPOSER not in name]
    return Around(*(_last(names, kind) for names in (before, after) for kind in (".png", ".xml")))


def sibling(name: str, task: TaskDetail) -> str | None:
    """Return the text of the same screen as a picture, where it was kept."""
    wanted = PurePath(name).stem + ".xml"
    return next((n for one in task.attempts for n in one.evidence if n == wanted), None)


def _last(names: list[str], kind: str) -> str | None:
    return next((name for name in reversed(names) if name.endswith(kind)), None)

"""What a script is, and the Run it holds: never the store, never the scheduler."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Protocol

from tmcore.errors import FieldError
from tmcore.model import App, Model
from tmcore.phone.port import Phone, PressResult

PressAct = Callable[[str], Coroutine[Any, Any, PressResult]]  # sends the one command for a marker


class ScriptArgs(Model):
    """The model of a script's script_config."""

    app: App | None = None

    def objections(self) -> Iterable[FieldError]:
        """Everything that is well formed and still cannot be done; all of it, not the first."""
        return ()


class NotQuick(Exception):
    """A file has to be read first."""


@dataclass(frozen=True)
class Deal:
    """What one task of a request gets: its file and its caption, fixed at creation."""

    media: Path | None = None
    media_sha256: str | None = None
    caption: str = ""


class Run(Protocol):
    """One attempt of one task, seen from its script."""

    @property
    def task_id(self) -> int: ...

    @property
    def phone(self) -> Phone: ...

    @property
    def username(self) -> str | None: ...

    @property
    def deal(self) -> Deal: ...

    @property
    def fresh_app(self) -> bool:
        """Whether the app may be stopped: never while an earlier press may still upload."""
        ...

    def step(self, name: str, *, deadline_s: float) -> AbstractAsyncContextManager[None]:
        """Record a step and its times; raises PhoneTimeout naming it when the deadline passes."""
        ...

    def progress(self, fraction: float) -> None: ...

    async def log(self, text: str) -> None: ...

    async def keep(self, name: str, content: bytes) -> None:
        """Keep a file as evidence of this attempt."""
        ...

    async def press(self, app: App, account: str, act: PressAct) -> None:
        """Commit the intent and the ledger row, then run `act(marker)` to its end.

        Nothing interrupts it. Raises ScriptFailed where it is proved that nothing was pressed;
        returns when the press was made or may have been made: who comes back watches for proof.
        """
        ...


class Script(Protocol):
    """A registry row: its name, the model of its script_config, and what it does."""

    name: ClassVar[str]
    app: ClassVar[App]
    upload_limit: ClassVar[timedelta]  # after a press, how long its upload may still run
    Args: ClassVar[type[ScriptArgs]]

    def deal(
        self, args: Any, count: int, folders: Sequence[Path], rng: Random, *, quick: bool
    ) -> list[Deal]:
        """Check the request's files and captions and deal them to its tasks. Raises BadInput.

        Blocks; runs in a thread. With `quick` it raises NotQuick rather than read a whole file.
        """
        ...

    async def tidy(self, run: Run) -> None:
        """Take away what the script left on the phone; called when it has settled, unpressed."""
        ...

    async def run(self, run: Run, args: Any) -> str:
        """Do it; return the evidence as one line for a person. Raises PhoneError."""
        ...

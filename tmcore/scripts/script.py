"""What a script is, and the Run it holds: never the store, never the scheduler."""

from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, ClassVar, Protocol

from tmcore.model import App, Model
from tmcore.phone.port import Phone


class Run(Protocol):
    """One attempt of one task, seen from its script."""

    @property
    def task_id(self) -> int: ...

    @property
    def phone(self) -> Phone: ...

    @property
    def username(self) -> str | None: ...

    @property
    def media(self) -> Path:
        """The file dealt to this task at creation."""
        ...

    @property
    def media_sha256(self) -> str: ...

    @property
    def caption(self) -> str:
        """The caption dealt and resolved at creation."""
        ...

    def step(self, name: str, *, deadline_s: float) -> AbstractAsyncContextManager[None]:
        """Record a step and its times; raises PhoneTimeout naming it when the deadline passes."""
        ...

    def progress(self, fraction: float) -> None: ...

    def log(self, text: str) -> None: ...

    async def keep(self, name: str, content: bytes) -> None:
        """Keep a file as evidence of this attempt."""
        ...

    async def press(self, app: App, account: str, act: "PressAct") -> None:
        """Commit the intent and the ledger row, then run `act(marker)` shielded to its end.

        Raises ScriptFailed(already_posted), or (not pressed) when the act was refused. Returns
        when the press was made or may have been made: whoever comes back here watches for proof.
        """
        ...


class PressAct(Protocol):
    """Sends the one press command under this marker."""

    def __call__(self, marker: str) -> Awaitable[Any]: ...


class Script(Protocol):
    """A registry row: its name, the model of its script_config, and what it does."""

    name: ClassVar[str]
    Args: ClassVar[type[Model]]

    async def run(self, run: Run, args: Any) -> str:
        """Do it; return the evidence as one line for a person. Raises PhoneError."""
        ...

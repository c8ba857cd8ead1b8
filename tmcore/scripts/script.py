"""What a script is, and the Run it holds: never the store, never the scheduler."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Protocol

from tmcore.accounts import Account, App
from tmcore.apps.catalog import Choice
from tmcore.apps.drift import Tally
from tmcore.errors import FieldError
from tmcore.materials import Material, MediaKind
from tmcore.model import Media, Model
from tmcore.paths import AppPath
from tmcore.phone.health import Limits
from tmcore.phone.port import Phone, PressResult
from tmcore.reasons import Reason
from tmcore.rules.dealing import ALWAYS, Reuse

PressAct = Callable[[str], Coroutine[Any, Any, PressResult]]  # sends the one command for a marker


class ScriptArgs(Model):
    """The model of a script's script_config."""

    app: App | None = None

    def objections(self) -> Iterable[FieldError]:
        """Everything that is well formed and still cannot be done; all of it, not the first."""
        return ()

    def objections_in(self, app: App) -> Iterable[FieldError]:
        """Everything that this app cannot do."""
        del app
        return ()


@dataclass(frozen=True)
class Deal:
    """What one task of a request gets: its files and its caption, fixed at creation."""

    media: Path | None = None  # the first file
    media_sha256: str | None = None
    caption: str = ""
    more: tuple[Media, ...] = ()  # the others, in the operator's order
    sound: str = ""  # a name or URL
    scope: str | None = None  # for whom the files are reserved; see rules/dealing.py
    turns: tuple[str, ...] = ()  # the text files that gave it a line

    @property
    def may_repeat(self) -> bool:
        return self.scope == ALWAYS

    @property
    def files(self) -> tuple[Media, ...]:
        """All files, in the operator's order."""
        if self.media is None:
            return ()
        return (Media(path=self.media, sha256=self.media_sha256 or ""), *self.more)


@dataclass(frozen=True)
class Done:
    """A run that ended well without a post: why it did, and one line for a person."""

    reason: Reason
    remark: str


@dataclass(frozen=True)
class Bound:
    """What binding the accounts of one app on one device has changed."""

    new: tuple[str, ...]
    unseen: tuple[str, ...]  # bound there, and not among those that were seen; they stay bound
    twice: tuple[str, ...] = ()  # seen in another package of the phone too; posted on in one only


@dataclass(frozen=True)
class Past:
    """A press whose outcome is not known, as far as evidence of it is judged."""

    before: str  # what the script wrote down of what stood there before it
    resumed: bool  # its watch was cut, and goes on now
    alone_on_phone: bool  # no other press of the app on this phone could be what is seen
    alone_of_account: bool  # … nor one of the account


class Supply(Protocol):
    """The library and the ledger, as far as dealing asks them. Blocks."""

    def materials(self, kind: MediaKind, tags: Sequence[str]) -> Sequence[Material]:
        """Return the library's files of a kind that have any of these tags; without tags, all."""
        ...

    def used(self, sha256: str) -> Sequence[str]:
        """Return "app/account" of each press of a file."""
        ...

    def held(self, sha256: str) -> Sequence[str]:
        """Return the scopes in which a file is reserved."""
        ...

    def turn(self, name: str) -> int:
        """Return how many lines of a text file were dealt so far."""
        ...


@dataclass(frozen=True)
class Order:
    """What a request's tasks are dealt from, and for whom."""

    app: App | None
    usernames: Sequence[str | None]  # of each task; none where the account is not known yet
    folders: Sequence[str]  # the allowed ones
    reuse: Reuse
    supply: Supply
    rng: Random


@dataclass(frozen=True)
class Dealt:
    """What each task gets, in the order of the usernames, and what to say of it."""

    deals: tuple[Deal, ...]
    warnings: tuple[str, ...] = ()
    paths: tuple[AppPath, ...] = ()  # beside the plain way, where any of them goes


class Run(Protocol):
    """One attempt of one task, seen from its script."""

    @property
    def task_id(self) -> int: ...

    @property
    def phone(self) -> Phone: ...

    @property
    def username(self) -> str | None: ...

    @property
    def app(self) -> App:
        """The app that the task is for."""
        ...

    @property
    def deal(self) -> Deal: ...

    @property
    def fresh_app(self) -> bool:
        """Whether the app may be stopped: never while an earlier press may still upload."""
        ...

    @property
    def profiles(self) -> Path | None:
        """The folder of the operator's own profile files."""
        ...

    @property
    def limits(self) -> Limits:
        """What the operator demands of a phone before a run."""
        ...

    @property
    def tally(self) -> Tally:
        """Counts which candidates of the profile find what the script looks for."""
        ...

    async def uses(self, choice: Choice, package: str) -> None:
        """Note with which profile an app's screens are read from now on."""
        ...

    def step(self, name: str, *, deadline_s: float) -> AbstractAsyncContextManager[None]:
        """Record a step and its times; raises PhoneTimeout naming it when the deadline passes."""
        ...

    def progress(self, fraction: float) -> None: ...

    async def log(self, text: str) -> None: ...

    async def keep(self, name: str, content: bytes) -> None:
        """Keep a file as evidence of this attempt."""
        ...

    def binding(self, app: App) -> Account | None:
        """Return the task's account as it is bound to this device; None without a name."""
        ...

    def packages(self, app: App) -> tuple[str, ...]:
        """Return the packages in which accounts of this app are bound to this device: clones."""
        ...

    async def opened(self, app: App, username: str) -> None:
        """Note that the app is open as this account.

        Raises ScriptFailed where that account is held or disabled.
        """
        ...

    async def bind(self, app: App, usernames: Sequence[str], package: str | None) -> Bound:
        """Bind accounts that were seen in an app, the open one first; none is unbound."""
        ...

    async def walked(
        self, package: str, version: str, paths: Sequence[AppPath]
    ) -> tuple[AppPath, ...]:
        """Note that these unproven paths of an app were walked; return the unconfirmed ones."""
        ...

    async def press(self, app: App, account: str, act: PressAct, before: str) -> None:
        """Commit the intent and the ledger row, then run `act(marker)` to its end.

        `before` is what a later look for evidence has to know of what stood there before.
        Nothing interrupts it. Raises ScriptFailed where it is proved that nothing was pressed;
        returns when the press was made or may have been made: who comes back watches for proof.
        """
        ...

    async def confirm(self, act: PressAct) -> None:
        """Run the press of an app that asked once more, after `press`; once in an attempt.

        Nothing interrupts it, and it has a marker of its own: what it did is told by proof alone.
        """
        ...


class Script(Protocol):
    """A registry row: its name, the model of its script_config, and what it does."""

    name: ClassVar[str]
    upload_limit: ClassVar[timedelta]  # after a press, how long its upload may still run
    Args: ClassVar[type[ScriptArgs]]

    @property
    def app(self) -> App | None:
        """The app whose accounts it is for; None where it is about a device."""
        ...

    def deal(self, args: Any, order: Order, *, quick: bool) -> Dealt:
        """Check the request's files and captions and deal them to its tasks. Raises BadInput.

        Blocks; runs in a thread. With `quick` it raises NotQuick rather than read a whole file.
        """
        ...

    async def verify(self, run: Run, args: Any, past: Past) -> str:
        """Look for evidence of a press that was made; return it, or nothing. Raises PhoneError.

        It publishes nothing and discards nothing; that it finds nothing proves nothing.
        """
        ...

    async def tidy(self, run: Run) -> None:
        """Take away what the script left on the phone; called when it has settled, unpressed."""
        ...

    async def run(self, run: Run, args: Any) -> str | Done:
        """Do it; return the evidence of a post as one line for a person. Raises PhoneError."""
        ...

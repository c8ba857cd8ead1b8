"""What the phone asks of the app in front, and what an app may ask of its phone."""

import asyncio
import random
from collections.abc import Callable
from typing import Protocol

from tmcore.virtual.app.node import Window
from tmcore.virtual.faults import Faults
from tmcore.virtual.files import Files
from tmcore.virtual.latency import Latency
from tmcore.virtual.media import Media
from tmcore.virtual.truth import Truth


class Body(Protocol):
    """The phone, as an app sees it."""

    files: Files
    media: Media
    faults: Faults
    truth: Truth
    latency: Latency
    dice: random.Random

    @property
    def size(self) -> tuple[int, int]:
        """Pixels."""

    def shown(self, screen: str) -> None:
        """A screen came up: faults may wait for it."""

    def later(self, seconds: float, deed: Callable[[], None]) -> asyncio.TimerHandle:
        """Do something later."""

    def allows_media(self) -> bool:
        """Whether the app holds the permission to read media."""

    def leave(self) -> None:
        """Put the app in the background."""


class App(Protocol):
    """An app that is running in front: the model, or a replay of dumps."""

    package: str

    @property
    def running(self) -> bool:
        """Whether its process lives."""

    @property
    def screen(self) -> str:
        """The name of the screen that is shown."""

    @property
    def keyboard(self) -> bool:
        """Whether the keyboard is open."""

    @property
    def never_idle(self) -> bool:
        """Whether a video plays, so that a plain dump may fail."""

    def launch(self) -> None:
        """Start it, or bring it back."""

    def stop(self) -> None:
        """Kill it; what it uploads is lost."""

    def cover(self, kind: str) -> None:
        """Put a dialog over what is shown."""

    def uncover(self) -> None:
        """Take it away."""

    def share(self, path: str) -> None:
        """Another app, or adb, shares a file with it."""

    def tap(self, x: int, y: int) -> bool:
        """A tap; False when nothing took it."""

    def key(self, code: int) -> None:
        """A key."""

    def select_all(self) -> None:
        """Ctrl+A."""

    def commit(self, text: str) -> bool:
        """Text from a keyboard; False when no field has the focus."""

    def windows(self) -> list[Window]:
        """Its windows: the active one, then what floats above it."""

    def dumped(self) -> None:
        """A dump was taken."""

    def state(self) -> dict[str, object]:
        """For the control socket."""

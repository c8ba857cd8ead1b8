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

    def came_up(self, screen: str) -> None:
        """A screen came up: faults may wait for it."""

    def later(self, seconds: float, deed: Callable[[], None]) -> asyncio.TimerHandle:
        """Do something later."""

    @property
    def is_online(self) -> bool:
        """Whether there is a network."""

    def allows_media(self, package: str) -> bool:
        """Whether an app holds the permission to read media."""

    def grant(self, package: str, permission: str) -> bool:
        """The user allows it; False without that package."""

    def leave(self) -> None:
        """Put the app in the background."""


class App(Protocol):
    """An app that is running in front: the model, or a replay of dumps."""

    package: str
    title: str

    @property
    def running(self) -> bool:
        """Whether its process lives."""

    @property
    def screen(self) -> str:
        """The name of the screen that is shown."""

    @property
    def activity(self) -> str:
        """PACKAGE/ACTIVITY of what it shows, when that is not its main one."""

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

    def share(self, path: str, target: str) -> None:
        """Another app, or adb, shares a file with it: for a video, post, reel or story."""

    def tap(self, x: int, y: int) -> bool:
        """A tap; False when nothing took it."""

    def hold(self, x: int, y: int) -> bool:
        """A long press; False when nothing took it."""

    def drag(self, x: int, y: int, to_x: int) -> bool:
        """A finger moves across; False where nothing can be slid."""

    def view(self, url: str) -> bool:
        """An address is opened in it; False for one that it does not know."""

    def swipe(self, up: int) -> None:
        """A finger moves up so many pixels."""

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

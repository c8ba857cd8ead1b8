"""What is made into a post, and the post on its way."""

import asyncio
import time
from dataclasses import dataclass

from tmcore.virtual.truth import Published


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a post, as it was when it was taken."""

    path: str
    sha256: str


@dataclass(slots=True)
class Draft:
    """What is being made into a post; items stand in the order in which they will be shown."""

    kind: str = "video"
    items: tuple[Item, ...] = ()
    title: str = ""
    description: str = ""
    sound: str = ""  # the added one
    origin_volume: int = 100
    added_volume: int = 100
    product: str = ""
    ai_label: bool = False
    query: str = ""  # what is being looked for


@dataclass(slots=True)
class Upload:
    """A pressed post on its way."""

    post: Published
    started: float
    seconds: float
    fails: bool
    timer: asyncio.TimerHandle | None = None

    @property
    def percent(self) -> int:
        """As a badge shows it."""
        return min(99, int(100 * (time.monotonic() - self.started) / max(self.seconds, 0.01)))

    def cancel(self) -> None:
        """It will not end."""
        if self.timer:
            self.timer.cancel()

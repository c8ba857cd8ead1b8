"""What really happened on the phone; a test asks this, never our own log."""

import time
from collections import deque
from dataclasses import asdict, dataclass, field

HISTORY = 500


@dataclass(frozen=True, slots=True)
class Published:
    """One post that is public; `media` and `sha256` are those of its first file."""

    account: str
    app: str
    sha256: str
    caption: str
    title: str
    at: float
    media: str
    kind: str = "video"  # or photo, carousel, reel, story
    files: tuple[str, ...] = ()  # paths, in the order in which they are shown
    sha256s: tuple[str, ...] = ()
    sound: str = ""  # the added one
    origin_volume: int = 100
    added_volume: int = 100
    product: str = ""
    ai_label: bool = False


@dataclass(slots=True)
class Ran:
    """One command that the phone was given; without an end it still runs."""

    command: str
    start: float
    end: float | None = None
    code: int | None = None


@dataclass(slots=True)
class Truth:
    """The phone's own record."""

    posts: list[Published] = field(default_factory=list)
    presses: int = 0
    swallowed: int = 0
    aborted_uploads: int = 0
    failed_uploads: int = 0
    drafts: int = 0  # saved
    discarded: int = 0
    misses: int = 0
    screens: deque[str] = field(default_factory=lambda: deque(maxlen=HISTORY))
    commands: deque[Ran] = field(default_factory=lambda: deque(maxlen=HISTORY))

    def began(self, command: str) -> Ran:
        """A command starts."""
        ran = Ran(command, time.time())
        self.commands.append(ran)
        return ran

    def ended(self, ran: Ran, code: int) -> None:
        """A command ended."""
        ran.end, ran.code = time.time(), code

    def json(self) -> dict[str, object]:
        """For the control socket."""
        return {
            "posts": [asdict(p) for p in self.posts],
            "presses": self.presses,
            "swallowed": self.swallowed,
            "aborted_uploads": self.aborted_uploads,
            "failed_uploads": self.failed_uploads,
            "drafts": self.drafts,
            "discarded": self.discarded,
            "misses": self.misses,
            "screens": list(self.screens),
            "commands": [asdict(c) for c in self.commands],
        }

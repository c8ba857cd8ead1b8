"""What a phone can be told. Scripts hold this port; AdbPhone (adb.py) is the one adapter.

Every call has a total deadline, counted from its start in the phone's lane. A cut frees our thread,
not the phone: a frozen phone runs the command when it thaws. So whatever changes something there
first checks the epoch file, which only ever grows: a late command of an old attempt is refused.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from tmcore.errors import PhoneError
from tmcore.phone.screen import Node, Screen
from tmcore.reasons import Reason

# where pushed files lie, each kind where galleries look for it; /sdcard is a link that scan_file
# does not follow
ALBUM = "/storage/emulated/0/Movies/Rack"
PICTURES = "/storage/emulated/0/Pictures/Rack"
ALBUMS = (ALBUM, PICTURES)
IMAGES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic")  # every other pushed file is a video


def album_of(name: str) -> str:
    """Return the folder in which a pushed file lies."""
    return PICTURES if name.lower().endswith(IMAGES) else ALBUM


@dataclass(frozen=True)
class Checkup:
    """What one batched shell round trip said before a run; None is unreadable, never 'fine'."""

    package: str = ""  # of those that were asked for, the first that is there; else the first
    booted: bool | None = None
    awake: bool | None = None
    locked: bool | None = None  # the keyguard is up
    secure: bool | None = None  # … and wants a PIN
    battery_percent: int | None = None
    temperature_c: float | None = None
    free_bytes: int | None = None
    app_version: str | None = None
    app_installed: bool | None = None
    app_enabled: bool | None = None
    media_granted: bool | None = None  # the app may read videos
    images_granted: bool | None = None
    chosen_only: bool | None = None  # … but only those that its user has chosen one by one
    language: str | None = None  # in which the app speaks, as in "en-US"
    sdk: int | None = None
    user: int | None = None  # the Android user in front
    airplane: bool | None = None
    online: bool | None = None
    clock_skew_s: float | None = None  # how far the phone's clock is ahead of this computer's
    keyboard: bool | None = None  # the chosen one is installed
    default_ime: str | None = None
    imes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MediaRow:
    """A file as the phone's media store knows it; duration_ms is None until it was read."""

    id: int
    size: int | None
    duration_ms: int | None


class PressResult(StrEnum):
    """How the one press command ended."""

    PRESSED = "pressed"  # the marker was won and the tap command returned 0
    REFUSED = "refused"  # epoch or marker said no: provably not pressed by this command
    UNKNOWN = "unknown"  # cut, lost, or the tap itself failed: only the marker can tell


Progress = Callable[[float], None]  # from 0 to 1


class PhoneForgot(PhoneError):
    """The phone was reset since the press; it cannot tell whether it happened."""

    reason = Reason.OUTCOME_UNKNOWN


class Phone(Protocol):
    """One phone, by hardware serial. All calls raise PhoneError subclasses and are cancellable."""

    @property
    def serial(self) -> str: ...

    async def probe(self, deadline_s: float = 3) -> None:
        """Ask for an echo in the watch lane. Raises when the phone does not answer."""
        ...

    @property
    def is_settled(self) -> bool:
        """False from a cut call until settle() has heard the phone again."""
        ...

    async def settle(self) -> None:
        """Wait, however long, until the phone has answered an echo after a cut call."""
        ...

    async def own(self, epoch: int) -> None:
        """Write the epoch if the one there is smaller, and make the markers' parent folder.

        Raises StaleEpoch when a larger one is there.
        """
        ...

    async def checkup(self, *packages: str, user: int = 0) -> Checkup:
        """Ask in one round trip how the phone is, and the first of these apps for that user."""
        ...

    async def wake(self) -> None:
        """Wake the screen and open a swipe lock."""
        ...

    async def push(self, source: Path, name: str, progress: Progress) -> str:
        """Copy a file into the album of its kind, check its size and sha256, return its path.

        Raises StorageFull, PushFailed. `name` is made by us: [A-Za-z0-9_.-] only.
        """
        ...

    async def scan(self, remote: str) -> None:
        """Ask the media store to read one file."""
        ...

    async def media_row(self, remote: str) -> MediaRow | None: ...

    async def remove(self, remote: str) -> None:
        """Delete a pushed file and its row in the media store."""
        ...

    async def album(self) -> tuple[str, ...]:
        """Return the paths of the files in the rack's albums."""
        ...

    async def start_app(self, package: str) -> None: ...

    async def sharers(self, package: str, mime: str) -> tuple[str, ...]:
        """Return the app's activities that take a shared file of this type."""
        ...

    async def share(self, component: str, mime: str, media_uri: str) -> bool:
        """Hand a file of the media store to an activity; False where Android refused it."""
        ...

    async def view(self, url: str, package: str) -> bool:
        """Open an address in this app and no other; False where Android refused it."""
        ...

    async def stop_app(self, package: str) -> None: ...

    async def foreground(self) -> str:
        """Return `package/activity` on top, empty when unreadable."""
        ...

    async def look(self, *, windows: bool = False) -> Screen:
        """Dump the active window, or with `windows` all of them where Android can.

        Raises UiUnreadable. `looks` counts what it cost.
        """
        ...

    @property
    def looks(self) -> int: ...

    @property
    def eye(self) -> str:
        """Which eye saw last, and why not the first; empty before the first look."""
        ...

    async def open_eye(self) -> str:
        """Start the first eye where it is not open; return why it cannot be, or nothing."""
        ...

    async def tap(self, node: Node) -> None: ...

    async def tap_at(self, x: int, y: int) -> None:
        """Tap a point, as a person asks, or on a slider; else scripts tap nodes."""
        ...

    async def swipe(self, x: int, y: int, to_x: int, to_y: int) -> None:
        """Move a finger slowly, so that what it moves stands where it was let go."""
        ...

    async def key(self, code: int) -> None: ...

    async def type_text(self, text: str) -> None:
        """Type printable ASCII into the focused field."""
        ...

    async def set_text(self, text: str) -> str | None:
        """Replace the focused field's text by the first eye, and return exactly what it then holds.

        None where that eye is not open, or nothing that takes text has the focus.
        """
        ...

    async def has_keyboard(self) -> bool:
        """Whether ADBKeyBoard is installed, which types anything."""
        ...

    def keyboard(self) -> AbstractAsyncContextManager[None]:
        """Use ADBKeyBoard meanwhile; the keyboard that was there comes back whatever happens."""
        ...

    async def commit_text(self, text: str) -> None:
        """Type anything into the focused field, within `keyboard()`."""
        ...

    async def press(self, node: Node, marker: str) -> PressResult:
        """Tap irreversibly: one shell command, sent once, never repeated, under its marker."""
        ...

    async def void(self, marker: str, intended_in: int) -> bool:
        """Win the marker so that its press can no longer happen; False when it was taken.

        `intended_in` is the epoch under which that press was intended. own() makes the markers'
        folder anew on a phone that was reset, and there anybody would win: PhoneForgot is raised
        when the folder is younger than the press. Voiding twice answers the same.
        """
        ...

    async def screenshot(self) -> bytes:
        """Return a PNG of the screen, at most 20 MB."""
        ...

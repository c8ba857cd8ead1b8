"""A folder that posts are taken from: its files, its accounts' subfolders, its lists of texts.

clips/  a.mp4  b.jpg  caption.txt  sound_names.txt  sound_urls.txt
        @ann/  c.mp4  caption.txt
"""

from collections.abc import Iterable
from pathlib import PurePath

from tmcore.accounts import App
from tmcore.errors import BadInput
from tmcore.materials import MediaKind
from tmcore.media.boxes import Container
from tmcore.media.files import names_inside, open_inside, shown
from tmcore.media.image import Format
from tmcore.media.limits import limits_of

CAPTIONS, SOUND_NAMES, SOUND_URLS = "caption.txt", "sound_names.txt", "sound_urls.txt"
MAX_TEXT = 256 * 1024  # bytes

_SUFFIXES: dict[str, Container | Format] = {
    ".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".webm": "webm", ".mkv": "mkv",
    ".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".webp": "webp", ".gif": "gif",
}  # fmt: skip


class MediaFolder:
    """One allowed folder, as it was when it was read. Blocks; raises BadInput."""

    def __init__(self, path: str, allowed: Iterable[str], field: str) -> None:
        self.path = path.rstrip("/") or "/"
        self._allowed, self._field = tuple(allowed), field
        self._names = names_inside(path, self._allowed, field)

    def files(self, kind: MediaKind, app: App) -> list[str]:
        """Return the names of files of a kind, by their endings; which ones, the app decides."""
        limits = limits_of(app)
        taken = limits.video.containers if kind == "video" else limits.image.formats
        return [
            name for name in self._names
            if _SUFFIXES.get(PurePath(name).suffix.lower()) in taken
        ]  # fmt: skip

    def of(self, username: str) -> "MediaFolder | None":
        """Return the subfolder of an account, in any letter case; None where it has none."""
        wanted = f"@{username}".lower()
        name = next((name for name in self._names if name.lower() == wanted), None)
        return MediaFolder(self.join(name), self._allowed, self._field) if name else None

    def join(self, name: str) -> str:
        return f"{self.path.rstrip('/')}/{name}"

    def text(self, name: str) -> str:
        """Return what a list of texts holds; "" where the folder has none of that name."""
        if name not in self._names:
            return ""
        path = self.join(name)
        with open_inside(path, self._allowed, self._field, may_be_empty=True) as file:
            read = file.read(MAX_TEXT + 1)
        if len(read) > MAX_TEXT:
            raise BadInput.of(self._field, f"{shown(path)} is larger than {MAX_TEXT // 1024} kB")
        try:
            return read.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            where = f"byte {error.start + 1}"
            raise BadInput.of(self._field, f"{shown(path)} is not UTF-8 text ({where})") from None

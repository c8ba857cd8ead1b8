"""A file looked at: what it is and its hash, remembered by what a change of the file changes."""

import os
from collections.abc import Iterable
from io import BufferedReader
from typing import NamedTuple

from tmcore.materials import MediaKind
from tmcore.media.files import FIELD, open_inside, sha256_of
from tmcore.media.image import Image, probe_image, still_of
from tmcore.media.probe import Video, probe_video


class NotQuick(Exception):
    """A file has to be read first."""


class Inspected(NamedTuple):
    """A whole video or image of an allowed folder."""

    path: str
    sha256: str
    what: Video | Image


class Inspector:
    """Looks at files; one that has not changed since is not read again."""

    MOST = 4096

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Inspected] = {}

    def inspect(
        self,
        path: str,
        folders: Iterable[str],
        kind: MediaKind | None = None,
        field: str = FIELD,
        *,
        quick: bool = False,
        sha256: str | None = None,
    ) -> Inspected:
        """Return what a file is; BadInput where it is not of that kind, or not whole.

        Blocks. A hash that is known already is not made again. With `quick` it raises NotQuick
        rather than read a file.
        """
        with open_inside(path, folders, field) as file:
            status = os.fstat(file.fileno())
            kind = kind or _kind_of(file)
            stamp = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
            key = (path, kind, *stamp)
            if key not in self._known:
                if quick:
                    raise NotQuick
                probe = probe_image if kind == "image" else probe_video
                what = probe(file, field)
                self._remember(key, Inspected(path, sha256 or sha256_of(file), what))
            return self._known[key]

    def _remember(self, key: tuple[object, ...], found: Inspected) -> None:
        if len(self._known) >= self.MOST:
            self._known.clear()
        self._known[key] = found


def _kind_of(file: BufferedReader) -> MediaKind:
    """Guess by the first bytes; what is neither is refused as a video, with what it is instead."""
    head = file.read(16)
    file.seek(0)
    return "image" if still_of(head) else "video"

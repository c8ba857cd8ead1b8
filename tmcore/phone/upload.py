"""A file on its way to a phone: read in a lane, counted and hashed as it goes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tmcore.errors import PushFailed
from tmcore.phone import parse
from tmcore.phone.lane import Call
from tmcore.phone.port import Progress

_CHUNK = 64 * 1024


class Upload:
    """One copy of one file. Raises PushFailed where the file cannot be read."""

    def __init__(self, source: Path, progress: Progress) -> None:
        self._source, self._progress = source, progress
        try:
            self.size = source.stat().st_size
        except OSError as error:
            raise _unreadable(source, error) from error
        self._sent = 0
        self._sha256, self._md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)

    def chunks(self, call: Call[Any]) -> Iterator[bytes]:
        percent = -1
        for chunk in self._read():
            self._sha256.update(chunk)
            self._md5.update(chunk)
            yield chunk
            self._sent += len(chunk)
            if (now := 100 * self._sent // max(self.size, 1)) != percent:
                percent = now
                call.tell(self._progress, min(percent / 100, 1.0))

    def complaint(self, answer: str) -> str | None:
        """Say what is wrong with the copy by what the phone says of it; None where it is whole."""
        size = parse.number(answer.partition("\n")[0])
        digest = parse.digest(answer)
        if size is None and digest is None:
            return "the phone could not check it"
        if size is not None and size != self._sent:
            return f"{size} of {self._sent} bytes arrived"
        if digest is not None and digest not in (self._sha256.hexdigest(), self._md5.hexdigest()):
            return "the bytes that arrived are not those that were sent"
        return None

    def _read(self) -> Iterator[bytes]:
        try:
            with self._source.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except OSError as error:
            raise _unreadable(self._source, error) from error


def _unreadable(source: Path, error: OSError) -> PushFailed:
    return PushFailed(f"{source} could not be read here ({error.strerror}).")

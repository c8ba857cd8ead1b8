"""Files that are sent to the server: written beside the database, for its user's eyes only.

One that is on its way has a name of its own, `….part`, and is nobody's; it becomes a file of the
library only when it has been found whole. What a crash left half is taken away at the next start.
Everything here blocks but `receive`: call it in a thread.
"""

import asyncio
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tmcore.errors import BadInput, BodyTooLarge, StoreFailed
from tmcore.materials import MOST_UPLOAD_BYTES

PART = ".part"
SILENCE_S = 60.0  # a sender that says nothing for so long has gone


@dataclass(frozen=True)
class Received:
    """A file that has come whole, under its passing name."""

    part: Path
    sha256: str

    def keep(self, name: str) -> Path:
        """Give it its lasting name: the same content under the same name is one file."""
        return self.part.replace(self.part.with_name(f"{self.sha256[:16]}-{name}"))


class Inbox:
    """The folder of what was sent. At most `most` bytes a file."""

    def __init__(self, folder: Path, most: int = MOST_UPLOAD_BYTES) -> None:
        self.folder, self._most = folder.absolute(), most

    def clear(self) -> None:
        """Take away what a crash left half; call it before anything is received."""
        for part in self.folder.glob(f"*{PART}"):
            part.unlink()

    async def older_than(self, seconds: float) -> list[str]:
        """Return the files that were kept so long ago, by their lasting names."""
        return await asyncio.to_thread(self._older_than, time.time() - seconds)

    def _older_than(self, before: float) -> list[str]:
        kept = (file for file in self.folder.glob("*") if file.suffix != PART)
        return [str(file) for file in kept if file.stat().st_mtime < before]

    async def drop(self, paths: Iterable[str]) -> None:
        for path in paths:
            await asyncio.to_thread(Path(path).unlink, missing_ok=True)

    async def receive(self, content: AsyncIterator[bytes]) -> Received:
        """Write and hash a file as it comes; nothing is left of one that does not end.

        Raises BodyTooLarge, BadInput where it is empty or stops coming, StoreFailed.
        """
        file = self._begin()  # not in a thread: a sender that goes meanwhile would leave it open
        part = Path(file.name)
        try:
            with file:
                digest = await self._write(file, content)
        except BaseException as error:  # a sender that went cancels; whoever it was, the rest goes
            part.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise StoreFailed(f"The file cannot be kept: {error.strerror}.") from error
            raise
        return Received(part, digest)

    def _begin(self) -> BinaryIO:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(PART, dir=self.folder)  # 0600, and no link followed
        except OSError as error:
            raise StoreFailed(f"The file cannot be kept: {error.strerror}.") from error
        return open(name, "wb", opener=lambda _name, _flags: descriptor)

    async def _write(self, file: BinaryIO, content: AsyncIterator[bytes]) -> str:
        digest, size = hashlib.sha256(), 0
        async for chunk in _steadily(content):
            size += len(chunk)
            if size > self._most:
                raise BodyTooLarge(f"The file is too large; at most {self._most} bytes.")
            await asyncio.to_thread(_put, file, digest, chunk)
        if not size:
            raise BadInput.of("body", "is empty; the file is expected as it is")
        await asyncio.to_thread(_settle, file)
        return digest.hexdigest()


async def _steadily(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        while True:
            async with asyncio.timeout(SILENCE_S):
                chunk = await anext(content)
            yield chunk
    except StopAsyncIteration:
        return
    except TimeoutError:
        raise BadInput.of("body", f"stopped coming for {SILENCE_S:.0f} s") from None


def _put(file: BinaryIO, digest: "hashlib._Hash", chunk: bytes) -> None:
    digest.update(chunk)
    file.write(chunk)


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())

"""The sync service: how files are listed, pushed and pulled."""

import errno
import stat
import struct
from collections.abc import Awaitable, Callable
from typing import Protocol

from tmcore.virtual.files import Entry, Files, real
from tmcore.virtual.stream import ByteReader, Stream, StreamClosed

CHUNK = 64 * 1024
_STAT2 = struct.Struct("<IQQIIIIQqqq")  # errno, dev, ino, mode, nlink, uid, gid, size, times


class SyncHost(Protocol):
    """What the service asks of its phone."""

    files: Files

    async def began(self, what: str) -> object:
        """An operation starts; returns a token for `ended`."""

    def ended(self, token: object, code: int) -> None:
        """The operation ended."""

    async def received(self, total: int, chunk: int) -> None:
        """So much of a push has arrived: the place for slow and broken cables."""


class Sync:
    """One sync session."""

    def __init__(self, host: SyncHost, stream: Stream) -> None:
        self._host, self._files = host, host.files
        self._stream, self._reader = stream, ByteReader(stream)
        self._requests: dict[bytes, Callable[[bytes, str], Awaitable[None]]] = {
            b"STAT": self._stat,
            b"STA2": self._stat2,
            b"LST2": self._stat2,
            b"LIST": self._list,
            b"LIS2": self._list,
            b"SEND": self._send,
            b"SND2": self._send2,
            b"RECV": self._recv,
            b"RCV2": self._recv,
        }

    async def run(self) -> None:
        """Answer requests until QUIT."""
        while True:
            name, length = struct.unpack("<4sI", await self._reader.exactly(8))
            if name == b"QUIT":
                return
            path = (await self._reader.exactly(length)).decode(errors="replace")
            request = self._requests.get(name)
            if request is None:
                await self._fail(f"unknown command {name!r}")
                return
            await self._timed(request, name, path)

    async def _timed(
        self, request: Callable[[bytes, str], Awaitable[None]], name: bytes, path: str
    ) -> None:
        token = await self._host.began(f"sync:{name.decode()} {path}")
        code = 1
        try:
            await request(name, path)
            code = 0
        finally:
            self._host.ended(token, code)

    async def _stat(self, name: bytes, path: str) -> None:
        entry = self._files.find(path)
        words = (entry.mode, entry.size & 0xFFFFFFFF, int(entry.mtime)) if entry else (0, 0, 0)
        await self._stream.write(name + struct.pack("<3I", *words))

    async def _stat2(self, name: bytes, path: str) -> None:
        await self._stream.write(name + _stat2(self._files.find(path)))

    async def _list(self, name: bytes, path: str) -> None:
        second = name == b"LIS2"
        found = self._files.find(path)
        answer = bytearray()
        for child in self._files.names(path) if found and found.is_dir else []:
            answer += _dent(child, self._files.entry(f"{path}/{child}"), second=second)
        answer += b"DONE" + bytes(72 if second else 16)
        await self._stream.write(bytes(answer))

    async def _send(self, _name: bytes, spec: str) -> None:
        path, _, mode = spec.rpartition(",")
        await self._receive(path, int(mode or 0o644))

    async def _send2(self, _name: bytes, path: str) -> None:
        _, mode, _flags = struct.unpack("<4sII", await self._reader.exactly(12))
        await self._receive(path, mode)

    async def _receive(self, path: str, mode: int) -> None:
        """Take DATA until DONE; after a failure keep swallowing, as adbd does."""
        problem, data = "", bytearray()
        while True:
            word, size = struct.unpack("<4sI", await self._reader.exactly(8))
            if word == b"DONE":
                break
            if word != b"DATA" or size > CHUNK:
                raise StreamClosed
            chunk = await self._reader.exactly(size)
            if problem:
                continue
            data += chunk
            await self._host.received(len(data), len(chunk))
            if self._stream.closed:
                raise StreamClosed  # what was buffered of a broken push is not kept either
            if self._files.room is not None and len(data) > self._files.room:
                problem = "write failed: No space left on device"
                await self._fail(problem)
        if problem:
            return
        problem = self._store(path, data, mode, size)
        await (self._fail(problem) if problem else self._stream.write(b"OKAY" + bytes(4)))

    def _store(self, path: str, data: bytearray, mode: int, mtime: int) -> str:
        try:
            folder = real(path).rpartition("/")[0]
            if not self._files.find(folder):
                self._files.mkdirs(folder)
            self._files.write(path, data, mtime=mtime, mode=mode & 0o777)
        except OSError as error:
            word = (
                "write failed" if error.errno == errno.ENOSPC else f"couldn't create file '{path}'"
            )
            return f"{word}: {error.strerror}"
        return ""

    async def _recv(self, name: bytes, path: str) -> None:
        if name == b"RCV2":
            await self._reader.exactly(8)
        try:
            data = self._files.read(path).data
        except OSError as error:
            await self._fail(f"open failed: {error.strerror}")
            return
        for start in range(0, len(data), CHUNK):
            chunk = data[start : start + CHUNK]
            await self._stream.write(struct.pack("<4sI", b"DATA", len(chunk)) + chunk)
        await self._stream.write(b"DONE" + bytes(4))

    async def _fail(self, text: str) -> None:
        data = text.encode()
        await self._stream.write(struct.pack("<4sI", b"FAIL", len(data)) + data)


def _stat2(entry: Entry | None) -> bytes:
    if entry is None:
        return _STAT2.pack(errno.ENOENT, *([0] * 10))
    times = (int(entry.mtime),) * 3
    kind = 2 if stat.S_ISDIR(entry.mode) else 1
    return _STAT2.pack(0, 66, id(entry) & 0xFFFFFFFF, entry.mode, kind, 0, 1015, entry.size, *times)


def _dent(name: str, entry: Entry, *, second: bool) -> bytes:
    encoded = name.encode()
    if second:
        return b"DNT2" + _stat2(entry) + struct.pack("<I", len(encoded)) + encoded
    head = (entry.mode, entry.size & 0xFFFFFFFF, int(entry.mtime), len(encoded))
    return b"DENT" + struct.pack("<4I", *head) + encoded

"""One stream of a transport: a service's two-way pipe with one write in flight."""

import asyncio
from collections.abc import Awaitable, Callable

from tmcore.virtual.packet import MAX_DATA, OKAY, WRTE, Packet

Send = Callable[[Packet], Awaitable[None]]


class StreamClosed(Exception):
    """The host closed the stream, or the transport is gone."""


class Stream:
    """What a service reads from and writes to.

    OKAY goes back only when the service has taken the data, so an unread stream holds one packet.
    """

    def __init__(self, local: int, remote: int, send: Send) -> None:
        self.local, self.remote = local, remote
        self.closed = False
        self._send = send
        self._arrived: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._acknowledged = asyncio.Event()

    async def write(self, data: bytes) -> None:
        """Send it all; each packet waits for the host's OKAY."""
        for start in range(0, len(data), MAX_DATA):
            await self._write_one(data[start : start + MAX_DATA])

    async def read(self) -> bytes:
        """The next data from the host; empty at its end."""
        if self.closed and self._arrived.empty():
            return b""
        data = await self._arrived.get()
        if data is None:
            return b""
        if not self.closed:
            await self._send(Packet(OKAY, self.local, self.remote))
        return data

    def feed(self, data: bytes) -> None:
        """The transport received data for us."""
        self._arrived.put_nowait(data)

    def acknowledge(self) -> None:
        """The host took our last packet."""
        self._acknowledged.set()

    def close(self) -> None:
        """The other side is gone: readers see the end, writers StreamClosed."""
        self.closed = True
        self._arrived.put_nowait(None)
        self._acknowledged.set()

    async def _write_one(self, data: bytes) -> None:
        if self.closed:
            raise StreamClosed
        self._acknowledged.clear()
        await self._send(Packet(WRTE, self.local, self.remote, data))
        await self._acknowledged.wait()
        if self.closed:
            raise StreamClosed


class ByteReader:
    """Exact reads from a stream, for protocols with lengths."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._buffer = bytearray()

    async def exactly(self, count: int) -> bytes:
        """Exactly so many bytes, or StreamClosed."""
        while len(self._buffer) < count:
            data = await self._stream.read()
            if not data:
                raise StreamClosed
            self._buffer += data
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

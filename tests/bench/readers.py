"""Follows GET /events on many sockets, from a process of its own.

`python -m tests.bench.readers PORT COUNT` prints "open" when every stream has begun. Told on its
input how many events there were, it waits until they were read, and ends well only where each tenth
reader, whose text is kept, was told of every id once and in order, and all have read as much.
"""

import asyncio
import re
import sys
from functools import partial

from tests.bench.load import request

KEEPS = 10  # of each so many readers one keeps its text
LATEST_S = 60.0
LEAST = 300  # bytes of an event; what frames them differs by less from one reader to the other
_BUFFER = bytearray(1 << 20)  # one for all: what is read is counted and forgotten
_FRAME = re.compile(rb"\r\n[0-9a-f]+\r\n")
_ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)


class Reader(asyncio.BufferedProtocol):
    """Counts the bytes that come."""

    def __init__(self, port: int, *, keeps: bool) -> None:
        self._port = port
        self.text = bytearray() if keeps else None
        self.size = 0
        self.is_open = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(request("GET", "/api/v1/events", self._port))

    def get_buffer(self, sizehint: int) -> bytearray:
        del sizehint
        return _BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        self.size += nbytes
        if self.text is not None:
            self.text += memoryview(_BUFFER)[:nbytes]
        if not self.is_open.is_set() and _BUFFER.find(b"retry:", 0, nbytes) >= 0:
            self.is_open.set()

    def connection_lost(self, error: Exception | None) -> None:
        raise SystemExit(f"a reader was dropped: {error}")


async def _main(port: int, count: int) -> None:
    loop = asyncio.get_running_loop()
    readers = [Reader(port, keeps=number % KEEPS == 0) for number in range(count)]
    for reader in readers:
        await loop.create_connection(partial(_same, reader), "127.0.0.1", port)
        await reader.is_open.wait()
    print("open", flush=True)
    events = int(await loop.run_in_executor(None, sys.stdin.readline))
    try:
        async with asyncio.timeout(LATEST_S):
            while not _have_all(readers, events):
                await asyncio.sleep(0.1)
    except TimeoutError:
        sizes = sorted(reader.size for reader in readers)
        raise SystemExit(
            f"{events} events never came to all: {sizes[0]} to {sizes[-1]} B"
        ) from None


def _same(reader: Reader) -> Reader:
    return reader


def _have_all(readers: list[Reader], events: int) -> bool:
    sizes = [reader.size for reader in readers]
    return max(sizes) - min(sizes) < LEAST and all(
        _has_all(reader.text, events) for reader in readers if reader.text is not None
    )


def _has_all(text: bytearray, events: int) -> bool:
    """Whether so many came; SystemExit where an id came twice, or not in its turn."""
    ids = [int(found) for found in _ID.findall(_FRAME.sub(b"", text))]
    if ids and ids != list(range(ids[0], ids[0] + len(ids))):
        raise SystemExit("a reader was not told of every id once and in order")
    return len(ids) == events


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2])))

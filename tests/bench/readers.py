"""Follows GET /events on many sockets, from a process of its own.

`python -m tests.bench.readers PORT COUNT` prints "open" when every stream has begun. Told on its
input how many events there were, it waits until no more come, and ends well only where every reader
was told of every id once and in order. They take deflate, as browsers and httpx do, and keep what
they read: it is looked into when nothing is measured any more.
"""

import asyncio
import re
import sys
import zlib
from functools import partial

from tests.bench.load import request

QUIET_S, LATEST_S = 2.0, 60.0
_BUFFER = bytearray(1 << 20)
_ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)


class Reader(asyncio.BufferedProtocol):
    """Keeps what comes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._got = bytearray()
        self.is_open = asyncio.Event()

    def __len__(self) -> int:
        return len(self._got)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        asking = request("GET", "/api/v1/events", self._port)
        transport.write(asking[:-2] + b"Accept-Encoding: deflate\r\n\r\n")

    def get_buffer(self, sizehint: int) -> bytearray:
        del sizehint
        return _BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        self._got += memoryview(_BUFFER)[:nbytes]
        if not self.is_open.is_set() and b"\r\n\r\n" in self._got:
            self.is_open.set()

    def connection_lost(self, error: Exception | None) -> None:
        raise SystemExit(f"a reader was dropped: {error}")

    def ids(self) -> list[int]:
        """Return the id of each event, as it was told."""
        inflate = zlib.decompressobj()
        body, text = bytes(self._got).partition(b"\r\n\r\n")[2], b""
        while body:
            size, _, rest = body.partition(b"\r\n")
            text += inflate.decompress(rest[: int(size, 16)])
            body = rest[int(size, 16) + 2 :]
        return [int(found) for found in _ID.findall(text)]


async def _main(port: int, count: int) -> None:
    loop = asyncio.get_running_loop()
    readers = [Reader(port) for _ in range(count)]
    for reader in readers:
        await loop.create_connection(partial(_same, reader), "127.0.0.1", port)
        await reader.is_open.wait()
    print("open", flush=True)
    events = int(await loop.run_in_executor(None, sys.stdin.readline))
    await _quiet(readers)
    for reader in readers:
        ids = reader.ids()
        if len(ids) != events or ids != list(range(ids[0], ids[0] + events)):
            raise SystemExit(f"of {events} events a reader was told {len(ids)}, or not in order")


def _same(reader: Reader) -> Reader:
    return reader


async def _quiet(readers: list[Reader]) -> None:
    """Wait until no reader hears more."""
    async with asyncio.timeout(LATEST_S):
        heard = None
        while heard != (heard := [len(reader) for reader in readers]):
            await asyncio.sleep(QUIET_S)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2])))

"""An adb server that lies: it hands everything on to the real one, but what it is told to spoil."""

import asyncio
import re
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from tests.promises.lies import How, Lie, Where
from tmcore.phone.server import AdbServer

_RESET = struct.pack("ii", 1, 0)


@dataclass
class Spoiled:
    """A lie for one phone; it is told from the moment that `is_time` holds."""

    lie: Lie
    is_time: Callable[[], bool]
    told: int = 0


class Liar:
    """Listens on a port of its own; `spoil` and `heal` by the phone's address."""

    def __init__(self, real: AdbServer) -> None:
        self._real = real
        self._spoiled: dict[str, Spoiled] = {}
        self._lines: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> AdbServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return AdbServer("127.0.0.1", self._server.sockets[0].getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def spoil(self, address: str, lie: Lie, is_time: Callable[[], bool]) -> Spoiled:
        found = self._spoiled[address] = Spoiled(lie, is_time)
        return found

    def heal(self, address: str) -> None:
        self._spoiled.pop(address, None)

    def hangs(self, address: str) -> bool:
        """Whether a phone was met by a lie that never ends: its deadlines may be short then."""
        spoiled = self._spoiled.get(address)
        return bool(spoiled and spoiled.told and spoiled.lie.how in (How.SILENCE, How.DRIP))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._lines.add(task)
        try:
            with suppress(OSError, EOFError):
                await self._talk(reader, writer)
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            self._lines.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        near, far = await asyncio.open_connection(self._real.host, self._real.port)
        try:
            first = await _request(reader)
            address = first.rpartition("serial:")[2] if first.startswith("host:tport:") else ""
            if await self._lies(address, Where.TRANSPORT, "", writer, reader):
                return
            far.write(_framed(first))
            if address:
                writer.write(await near.readexactly(12))
                service = await _request(reader)
                if await self._lies(address, Where.SERVICE, service, writer, reader):
                    return
                far.write(_framed(service))
                status = await near.readexactly(4)
                writer.write(status)
                where = Where.SYNC if service == "sync:" else Where.OUTPUT
                if status == b"OKAY" and (where is Where.SYNC or service.startswith("shell")):
                    if where is Where.SYNC and self._spoils(address, where, service):
                        await _swallow(reader)
                    if await self._lies(address, where, service, writer, reader):
                        return
            await _pump_both(reader, writer, near, far)
        finally:
            far.close()

    def _spoils(self, address: str, where: Where, service: str) -> Spoiled | None:
        spoiled = self._spoiled.get(address)
        if not spoiled or spoiled.lie.where is not where or not spoiled.is_time():
            return None
        return spoiled if re.search(spoiled.lie.only, service) else None

    async def _lies(
        self,
        address: str,
        where: Where,
        service: str,
        writer: asyncio.StreamWriter,
        reader: asyncio.StreamReader,
    ) -> bool:
        if (spoiled := self._spoils(address, where, service)) is None:
            return False
        spoiled.told += 1
        writer.write(spoiled.lie.words)
        await writer.drain()
        if spoiled.lie.how is How.RESET:
            line = writer.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        elif spoiled.lie.how is How.SILENCE:
            await reader.read()  # until the client has left
        while spoiled.lie.how is How.DRIP and not reader.at_eof():
            writer.write(b".")
            await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.02)
        return True


async def _request(reader: asyncio.StreamReader) -> str:
    size = int(await reader.readexactly(4), 16)
    return (await reader.readexactly(size)).decode()


def _framed(request: str) -> bytes:
    words = request.encode()
    return b"%04x%b" % (len(words), words)


async def _swallow(reader: asyncio.StreamReader) -> None:
    """Take a whole file, as a phone does that refuses it only at its end."""
    while True:
        word, size = await reader.readexactly(4), await reader.readexactly(4)
        if word == b"DONE":
            return
        await reader.readexactly(int.from_bytes(size, "little"))


async def _pump_both(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    near: asyncio.StreamReader,
    far: asyncio.StreamWriter,
) -> None:
    """Hand on both ways until either side ends."""
    ways = {asyncio.create_task(_pump(reader, far)), asyncio.create_task(_pump(near, writer))}
    try:
        await asyncio.wait(ways, return_when="FIRST_COMPLETED")
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await source.read(65536):
            sink.write(chunk)
            await sink.drain()

"""One connection from the adb server, as the phone's adbd sees it.

The host speaks first (CNXN). A second CNXN of ours on a live transport is legal and makes the
server read the state again; an AUTH of a type nobody knows makes it show `offline`. Closing a
stream never stops the command behind it: a real shell goes on too, and code above relies on it.
"""

import asyncio
import contextlib
import itertools
import os
from collections.abc import Awaitable, Callable
from typing import Protocol

from tmcore.virtual.packet import (
    AUTH,
    CLSE,
    CNXN,
    MAX_DATA,
    OKAY,
    OPEN,
    VERSION,
    WRTE,
    Packet,
    pack,
    read_packet,
)
from tmcore.virtual.stream import Stream, StreamClosed

AUTH_TOKEN, AUTH_UNKNOWN = 1, 99

Service = Callable[[Stream], Awaitable[None]]


class Adbd(Protocol):
    """What a transport asks of its phone."""

    is_silent: bool  # offline: answers no CNXN
    is_unauthorized: bool

    @property
    def banner(self) -> bytes:
        """What adbd says first: the state, the names, the features."""

    async def thawed(self) -> None:
        """Wait while the phone is frozen."""

    def service(self, name: str) -> Service | None:
        """The service of that name, or None when there is none."""


class Transport:
    """A live connection and its streams."""

    def __init__(
        self, adbd: Adbd, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._adbd = adbd
        self._reader, self._writer = reader, writer
        self._streams: dict[int, Stream] = {}
        self._ids = itertools.count(1)
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until the connection ends."""
        try:
            while True:
                packet = await read_packet(self._reader)
                await self._adbd.thawed()
                await self._handle(packet)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self.drop()

    def drop(self) -> None:
        """Reset the connection: what the host sees when the cable is pulled."""
        self._writer.transport.abort()
        self._close_streams()

    async def show_offline(self) -> None:
        """Make the server show `offline` while TCP stays up."""
        self._close_streams()
        await self._send(Packet(AUTH, AUTH_UNKNOWN, 0, os.urandom(20)))

    async def ask_authorization(self) -> None:
        """Send a token that no signature will satisfy: the server shows `unauthorized`."""
        self._close_streams()
        await self._send(Packet(AUTH, AUTH_TOKEN, 0, os.urandom(20)))

    async def show_online(self) -> None:
        """Announce the phone (again)."""
        await self._send(Packet(CNXN, VERSION, MAX_DATA, self._adbd.banner))

    def stop_services(self) -> None:
        """Cancel what runs for this connection."""
        for task in list(self._running):
            task.cancel()

    async def _handle(self, packet: Packet) -> None:
        match packet.command:
            case command if command in (CNXN, AUTH):
                await self._greet()
            case command if command == OPEN:
                await self._open(packet)
            case command if command == WRTE:
                await self._feed(packet)
            case command if command == OKAY:
                if stream := self._streams.get(packet.arg1):
                    stream.acknowledge()
            case command if command == CLSE:
                if stream := self._streams.pop(packet.arg1, None):
                    stream.close()

    async def _greet(self) -> None:
        if self._adbd.is_silent:
            return
        if self._adbd.is_unauthorized:
            await self._send(Packet(AUTH, AUTH_TOKEN, 0, os.urandom(20)))
            return
        await self.show_online()

    async def _open(self, packet: Packet) -> None:
        service = self._adbd.service(packet.data.rstrip(b"\0").decode(errors="replace"))
        if service is None or self._adbd.is_silent or self._adbd.is_unauthorized:
            await self._send(Packet(CLSE, 0, packet.arg0))
            return
        stream = Stream(next(self._ids), packet.arg0, self._send)
        self._streams[stream.local] = stream
        await self._send(Packet(OKAY, stream.local, stream.remote))
        task = asyncio.create_task(self._serve(service, stream))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _feed(self, packet: Packet) -> None:
        if stream := self._streams.get(packet.arg1):
            stream.feed(packet.data)
        else:
            await self._send(Packet(CLSE, 0, packet.arg0))

    async def _serve(self, service: Service, stream: Stream) -> None:
        try:
            with contextlib.suppress(StreamClosed, ConnectionError):
                await service(stream)
        finally:
            await self._end(stream)

    async def _end(self, stream: Stream) -> None:
        await self._adbd.thawed()
        if not stream.closed:
            self._streams.pop(stream.local, None)
            stream.close()
            with contextlib.suppress(StreamClosed, ConnectionError):
                await self._send(Packet(CLSE, stream.local, stream.remote))

    def _close_streams(self) -> None:
        streams, self._streams = self._streams, {}
        for stream in streams.values():
            stream.close()

    async def _send(self, packet: Packet) -> None:
        await self._adbd.thawed()
        if self._writer.is_closing():
            raise StreamClosed
        self._writer.write(pack(packet))
        await self._writer.drain()

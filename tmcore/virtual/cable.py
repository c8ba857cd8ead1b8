"""The phone's cable: the port on which it listens, and the adb servers that are connected."""

import asyncio
import contextlib

from tmcore.virtual.stream import StreamClosed
from tmcore.virtual.transport import Adbd, Transport

LOWEST_PORT = 17000  # adb scans 5555 to 5585 by itself


class Cable:
    """One listening port; pulling it out refuses connections until it is plugged in again."""

    def __init__(self, adbd: Adbd) -> None:
        self._adbd = adbd
        self._server: asyncio.Server | None = None
        self._transports: set[Transport] = set()
        self.port = 0

    @property
    def address(self) -> str:
        """What adb is told to connect to; `localhost` takes the way without select()'s limit."""
        return f"localhost:{self.port}"

    @property
    def plugged(self) -> bool:
        """Whether it listens."""
        return self._server is not None

    @property
    def connected(self) -> bool:
        """Whether a server is connected."""
        return bool(self._transports)

    async def plug(self) -> None:
        """Listen, on the same port as ever."""
        while self._server is None:
            server = await asyncio.start_server(
                self._accept, "127.0.0.1", self.port, reuse_address=True
            )
            port = int(server.sockets[0].getsockname()[1])
            if port < LOWEST_PORT:
                server.close()
                continue
            self._server, self.port = server, port

    def unplug(self) -> None:
        """Refuse, and drop what is connected."""
        if self._server:
            self._server.close()
            self._server = None
        self.drop()

    def drop(self) -> None:
        """Reset what is connected; adb may come back."""
        for transport in list(self._transports):
            transport.drop()

    async def show_offline(self) -> None:
        """See Transport."""
        for transport in list(self._transports):
            await transport.show_offline()

    async def show_online(self) -> None:
        """See Transport."""
        for transport in list(self._transports):
            await transport.show_online()

    async def ask_authorization(self) -> None:
        """See Transport."""
        for transport in list(self._transports):
            await transport.ask_authorization()

    def stop_services(self) -> None:
        """End every running command: for a reset, never a fault."""
        for transport in list(self._transports):
            transport.stop_services()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        transport = Transport(self._adbd, reader, writer)
        self._transports.add(transport)
        try:
            await transport.run()
        except StreamClosed:
            pass  # the other side left before it was greeted
        finally:
            self._transports.discard(transport)
            with contextlib.suppress(ConnectionError):
                writer.close()

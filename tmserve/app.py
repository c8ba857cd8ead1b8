"""The server: Sanic inside our own loop, on a socket of our own.

Sanic's worker manager would start a scheduler per worker, its `add_task` can hang the exit, and its
TouchUp works once a process: none of them is used.
"""

import asyncio
import errno
import os
import socket
from typing import Any, Protocol, Self, cast

from sanic import Sanic
from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol

from tmcore.api import RackApi
from tmcore.errors import BadInput, TmError
from tmserve.door import demand_loopback
from tmserve.endpoints import Endpoints

HOST, PORT = "127.0.0.1", 50809
PORTS = range(2**16)
GRACE_S = 10.0
QUIET = "SANIC_IGNORE_PRODUCTION_WARNING"  # else a terminal reads advice on debugging Sanic
LOOK_S = 0.005  # between two looks at connections that still answer, while stopping


class PortTaken(TmError):
    """That port cannot be used; choose another one with --port."""


class _Listener(Protocol):
    """The part of Sanic's untyped server that is used."""

    connections: set[HttpProtocol]

    async def startup(self) -> None: ...
    async def start_serving(self) -> None: ...
    async def before_start(self) -> None: ...
    async def after_start(self) -> None: ...
    async def before_stop(self) -> None: ...
    async def after_stop(self) -> None: ...
    def close(self) -> object: ...


def listen(host: str = HOST, port: int = PORT) -> socket.socket:
    """Take a port on this computer; 0 takes a free one. Raises BadInput, PortTaken."""
    demand_loopback(host)
    if port not in PORTS:
        raise BadInput.of("port", f"{port} is not a port; 0 to {PORTS[-1]}")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise PortTaken(_why_not(port, error)) from error


def _why_not(port: int, error: OSError) -> str:
    taken = error.errno == errno.EADDRINUSE
    why = "is used by another program" if taken else f"cannot be used ({error.strerror})"
    return f"Port {port} {why}; choose another one with --port."


class Server:
    """Serves one rack; does not own it."""

    def __init__(
        self,
        rack: RackApi,
        host: str = HOST,
        port: int = PORT,
        *,
        sock: socket.socket | None = None,
        grace_s: float = GRACE_S,
    ) -> None:
        self._endpoints = Endpoints(rack)
        self._host, self._wanted = host, port
        self._sock = sock
        self._grace_s = grace_s
        self._app: Sanic[Any, Any] | None = None
        self._listener: _Listener | None = None

    def __repr__(self) -> str:
        state = self.url if self._listener else "stopped"
        return f"<Server {state}, {len(self._endpoints)} calls under way>"

    @property
    def port(self) -> int:
        assert self._sock is not None, "start() first"
        port: int = self._sock.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        host = self._host.strip("[]")
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Answer from now on. Raises PortTaken."""
        self._sock = self._sock or listen(self._host, self._wanted)
        os.environ[QUIET] = "true"
        self._app = self._endpoints.app(self.port)
        listener = await self._app.create_server(
            sock=self._sock,
            protocol=HttpProtocol,
            return_asyncio_server=True,
            asyncio_server_kwargs={"start_serving": False},
        )
        self._listener = cast("_Listener", listener)
        await self._listener.startup()
        await self._listener.before_start()
        await self._listener.start_serving()
        await self._listener.after_start()

    async def stop(self) -> None:
        """Take no new request, let those under way end within the grace, then cut them."""
        if self._listener is None or self._app is None:
            return
        listener, self._listener = self._listener, None
        await listener.before_stop()
        self._endpoints.end_streams()
        listener.close()
        await self._drain(listener.connections)
        await listener.after_stop()
        Sanic.unregister_app(self._app)
        self._app = self._sock = None

    async def _drain(self, connections: set[HttpProtocol]) -> None:
        now = asyncio.get_running_loop().time
        end = now() + self._grace_s
        while connections and now() < end:
            _close_unused(connections)
            await asyncio.sleep(LOOK_S)
        for connection in tuple(connections):
            connection.abort()  # type: ignore[no-untyped-call]  # Sanic's
        await self._endpoints.end(max(0.0, end - now()))


def _close_unused(connections: set[HttpProtocol]) -> None:
    """Close connections on which nothing is asked, or nothing was asked to its end."""
    for connection in tuple(connections):
        if connection.http is not None and connection.http.stage is Stage.REQUEST:
            connection.abort()  # type: ignore[no-untyped-call]  # Sanic's
        else:
            connection.close_if_idle()

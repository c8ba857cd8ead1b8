"""The server: Sanic inside our own loop, on a socket of our own.

Sanic's worker manager would start a scheduler per worker, its `add_task` can hang the exit, and its
TouchUp works once a process: none of them is used. What TouchUp saves, `endpoints` does.
"""

import asyncio
import os
import socket
from typing import Any, Protocol, Self, cast

from sanic import Sanic
from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol

from tmserve import metrics
from tmserve.endpoints import Endpoints
from tmserve.entrance import HOST, PORT, Entrance, PortTaken, listen
from tmserve.routes.route import Served

GRACE_S = 10.0
QUIET = "SANIC_IGNORE_PRODUCTION_WARNING"  # else a terminal reads advice on debugging Sanic
LOOK_S = 0.005  # between two looks at connections that still answer, while stopping


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


class Server:
    """Serves one rack; does not own it."""

    def __init__(
        self,
        rack: Served,
        host: str = HOST,
        port: int = PORT,
        *,
        sock: socket.socket | None = None,
        grace_s: float = GRACE_S,
        entrance: Entrance | None = None,
    ) -> None:
        self._rack = rack
        self._entrance = entrance or Entrance(host)
        self._endpoints = Endpoints(rack, self._entrance)
        self._wanted = port
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
        return f"{self._entrance.scheme}://{self._entrance.literal}:{self.port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Answer from now on. Raises PortTaken."""
        if self._sock is None:  # whoever brings a socket has asked whether it is safe
            self._entrance.demand_safe(has_token=bool(await self._rack.keys.all()))
            self._sock = self._entrance.listen(self._wanted)
        os.environ[QUIET] = "true"
        self._app = self._endpoints.app(self.port)
        listener = await self._app.create_server(
            sock=self._sock,
            ssl=self._entrance.tls,
            protocol=HttpProtocol,
            return_asyncio_server=True,
            asyncio_server_kwargs={"start_serving": False},
        )
        self._listener = cast("_Listener", listener)
        await self._listener.startup()
        await self._listener.before_start()
        await self._listener.start_serving()
        await self._listener.after_start()
        self._lag = asyncio.create_task(metrics.watch_loop())

    async def stop(self) -> None:
        """Take no new request, let those under way end within the grace, then cut them."""
        if self._listener is None or self._app is None:
            return
        listener, self._listener = self._listener, None
        self._lag.cancel()
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


__all__ = ["GRACE_S", "HOST", "PORT", "PortTaken", "Server", "listen"]

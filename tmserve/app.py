"""The server: Sanic inside our own loop, on a socket of our own.

Sanic's worker manager would start a scheduler per worker, its `add_task` can hang the exit, and its
TouchUp works once a process: none of them is used. A request that has reached its handler is
finished even when its client leaves: half a create would be worse than an unread answer.
"""

import asyncio
import errno
import itertools
import logging
import socket
from collections.abc import AsyncIterable, Coroutine
from typing import Any, Protocol, Self, TypeVar, cast

from sanic import Config, HTTPResponse, Request, Sanic
from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol

from tmcore.api import RackApi
from tmcore.errors import AccessDenied, BadInput, TmError
from tmserve.answers import answer, answer_error
from tmserve.door import Door, Knock, demand_loopback
from tmserve.routes import PREFIX, ROUTES, Call, Route
from tmserve.routes.route import unquoted
from tmserve.wire import demand_json, demand_size

log = logging.getLogger("tmserve")

HOST, PORT = "127.0.0.1", 50809
PORTS = range(2**16)
GRACE_S = 10.0
LOOK_S = 0.02  # between two looks at connections that still answer, while stopping
# what is read and thrown away after an answer 413: a client that still sends would see a reset
DRAIN = 8 * 1024 * 1024
SANIC: dict[str, str | bool | int | float | None] = {
    "TOUCHUP": False,
    "AUTO_EXTEND": False,
    "MOTD": False,
    "ACCESS_LOG": False,
    "REQUEST_MAX_SIZE": DRAIN,
    "RESPONSE_TIMEOUT": 300,  # a thousand videos are probed in one create
}

T = TypeVar("T")
_names = (f"tmserve{n}" for n in itertools.count(1))


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
        self._rack = rack
        self._host, self._wanted = host, port
        self._sock = sock
        self._grace_s = grace_s
        self._calls: set[asyncio.Task[Any]] = set()
        self._app: Sanic[Any, Any] | None = None
        self._listener: _Listener | None = None

    def __repr__(self) -> str:
        state = self.url if self._listener else "stopped"
        return f"<Server {state}, {len(self._calls)} calls under way>"

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
        self._app = self._build()
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
        listener.close()
        await self._drain(listener.connections)
        await listener.after_stop()
        Sanic.unregister_app(self._app)
        self._app = self._sock = None

    async def _drain(self, connections: set[HttpProtocol]) -> None:
        end = asyncio.get_running_loop().time() + self._grace_s
        while connections and asyncio.get_running_loop().time() < end:
            _close_unused(connections)
            await asyncio.sleep(LOOK_S)
        for connection in tuple(connections):
            connection.abort()  # type: ignore[no-untyped-call]  # Sanic's
        await self._end_calls(max(0.0, end - asyncio.get_running_loop().time()))

    async def _end_calls(self, limit_s: float) -> None:
        if not self._calls:
            return
        _, late = await asyncio.wait(tuple(self._calls), timeout=limit_s)
        for call in late:
            call.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _build(self) -> Sanic[Any, Any]:
        config = Config(SANIC, env_prefix=None)  # a SANIC_… variable of the user is not about us
        app = Sanic(next(_names), config=config, configure_logging=False)
        app.error_handler.add(Exception, answer_error)
        door = Door(self.port)
        app.add_signal(lambda request: door.check(_knock(request)), "http.routing.before")
        for route in ROUTES:
            self._add(app, route)
        return app

    def _add(self, app: Sanic[Any, Any], route: Route) -> None:
        async def handle(request: Request, **path: str) -> HTTPResponse:
            call = Call(unquoted(path), _query(request), await _body(request, route))
            return answer(await self._finish(self._answer(route, call)))

        name = f"{route.method}{route.path}".translate(_PLAIN)
        app.add_route(handle, PREFIX + route.path, [route.method], name=name, stream=True)

    async def _answer(self, route: Route, call: Call) -> Any:
        if route.licensed:
            await self._demand_license()
        return await route.handler(self._rack, call)

    async def _demand_license(self) -> None:
        license_ = await self._rack.license()
        if not license_.api_enabled:
            raise AccessDenied(license_.message)

    async def _finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Await the work; when our client leaves, it goes on to its end."""
        call = asyncio.create_task(work)
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        try:
            return await asyncio.shield(call)
        except asyncio.CancelledError:
            call.add_done_callback(_log_unread)
            raise


_PLAIN = str.maketrans("/<>-", "____")


def _log_unread(call: asyncio.Task[Any]) -> None:
    error = None if call.cancelled() else call.exception()
    if error and not isinstance(error, TmError):
        log.error("internal error after the client had left", exc_info=error)


def _close_unused(connections: set[HttpProtocol]) -> None:
    """Close connections on which nothing is asked, or nothing was asked to its end."""
    for connection in tuple(connections):
        if connection.http is not None and connection.http.stage is Stage.REQUEST:
            connection.abort()  # type: ignore[no-untyped-call]  # Sanic's
        else:
            connection.close_if_idle()


def _knock(request: Request) -> Knock:
    headers = request.headers
    return Knock(
        request.raw_url,
        headers.getall("host", []),
        headers.getall("origin", []),
        headers.getall("sec-fetch-site", []),
    )


def _query(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in request.get_args().items()}


async def _body(request: Request, route: Route) -> bytes:
    """Read the body up to the limit; one that the route does not take is thrown away."""
    demand_size(int(request.headers.get("content-length", 0)))
    body = bytearray()
    async for chunk in cast("AsyncIterable[bytes]", request.stream):
        body += chunk
        demand_size(len(body))
    if not (body and route.takes_body):
        return b""
    demand_json(request.headers.get("content-type"))
    return bytes(body)

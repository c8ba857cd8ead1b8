"""From a request to its answer: the door, the licence, the body, and the handler of its route.

A request that has reached its handler is finished even when its client leaves: half a create would
be worse than an unread answer.
"""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterable, AsyncIterator, Coroutine
from functools import partial
from typing import Any, TypeVar, cast

from sanic import Config, HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse

from tmcore.errors import AccessDenied, BadInput, TmError
from tmcore.request_key import HEADER
from tmserve.answers import Answer, answer, answer_error
from tmserve.door import CORS, Door, Knock
from tmserve.entrance import LOOPBACK, Entrance
from tmserve.guard import Claim, Guard, demand_scope
from tmserve.routes import EVENTS, FOLLOW, PREFIX, ROUTES, Call, Route, targets
from tmserve.routes.route import Served, unquoted
from tmserve.stream import send_events
from tmserve.wire import demand_json, demand_size, is_file

logger = logging.getLogger("tmserve")

# what is read and thrown away after an answer 413: a client that still sends would see a reset
DRAIN = 8 * 1024 * 1024
SANIC: dict[str, str | bool | int | float | None] = {
    "TOUCHUP": False,
    "AUTO_EXTEND": False,
    "MOTD": False,
    "ACCESS_LOG": False,
    "REQUEST_MAX_SIZE": DRAIN,
    "RESPONSE_TIMEOUT": 1200,  # a large app is pushed through a hub and installed
}

MEETING = "http.routing.before"  # Sanic's event: a request has come, and nothing was done for it

T = TypeVar("T")
_names = (f"tmserve{n}" for n in itertools.count(1))
# answer_error words every error; a Sanic that is not told a form looks for one in the source of
# each handler, and that was four fifths of a start
ERRORS_AS = "json"
_PLAIN = str.maketrans("/<>-.", "_____")


class Endpoints:
    """Every route of the table over one rack, and the calls under way."""

    def __init__(self, rack: Served, entrance: Entrance = LOOPBACK) -> None:
        self._rack = rack
        self._entrance = entrance
        self._guard = Guard(rack, entrance)
        self._calls: set[asyncio.Task[Any]] = set()
        self._stopping = asyncio.Event()

    def __len__(self) -> int:
        return len(self._calls)

    def app(self, port: int) -> Sanic[Any, Any]:
        """Return a Sanic app, under a name of its own, that answers on this port."""
        config = Config(SANIC, env_prefix=None)  # a SANIC_… variable of the user is not about us
        app = _App(next(_names), config=config, configure_logging=False)
        app.error_handler.add(Exception, answer_error)
        door = Door(port, self._entrance)
        app.ctx.meet = partial(self._meet, door)
        for route in ROUTES:
            self._add(app, route)
        app.add_route(self._events, PREFIX + EVENTS, ["GET"], name="events", error_format=ERRORS_AS)
        if door.has_guests:
            _welcome_guests(app, door)
        return app

    async def _meet(self, door: Door, request: Request) -> None:
        """Ask where a request comes from, then whose it is."""
        door.check(_knock(request))
        if door.has_guests and _asks_first(request):
            raise _AsksFirst  # it carries no token
        request.ctx.token = await self._guard.identify(self._claim(request))

    def _claim(self, request: Request) -> Claim:
        headers = request.headers
        return Claim(
            request.method,
            request.raw_url.partition(b"?")[0],
            headers.getall("authorization", []),
            headers.getall("x-api-key", []),
            self._address(request),
        )

    def _address(self, request: Request) -> str:
        """Who is at the other end; what a proxy adds last is what it saw itself."""
        said = request.headers.getall("x-forwarded-for", [])
        if self._entrance.behind_proxy and said:
            return str(said[-1]).rpartition(",")[2].strip()
        return str(request.ip)

    def end_streams(self) -> None:
        """Let every reader of events go; none would go by itself."""
        self._stopping.set()

    async def _events(self, request: Request) -> None:
        demand_scope(request.ctx.token, FOLLOW)
        await send_events(request, self._rack, self._stopping)

    async def end(self, limit_s: float) -> None:
        """Let the calls under way end within the limit, then cancel them."""
        if not self._calls:
            return
        _, late = await asyncio.wait(tuple(self._calls), timeout=limit_s)
        for call in late:
            call.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _add(self, app: Sanic[Any, Any], route: Route) -> None:
        async def handle(request: Request, **path: str) -> HTTPResponse:
            demand_scope(request.ctx.token, route)
            if route.licensed:
                await self._demand_license()
            token = request.ctx.token
            owner = token.name if token else ""
            if route.most_upload_bytes and is_file(request.headers.get("content-type")):
                content = _content(request, route.most_upload_bytes)
                call = Call(unquoted(path), _query(request), b"", owner=owner, content=content)
                return answer(await route.handler(self._rack, call))  # who sends it may stop
            call = Call(
                unquoted(path),
                _query(request),
                await _body(request, route),
                _key(request) if route.keyed else None,
                owner,
            )
            return answer(await self._finish(route.handler(self._rack, call)))

        for target in targets(route):
            name = f"{route.method}{target}".translate(_PLAIN)
            app.add_route(
                handle, target, [route.method], name=name, stream=True, error_format=ERRORS_AS
            )

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


class _App(Sanic[Any, Any]):
    """Sanic, with one hearer of its events: it searches for others at each of ten a request."""

    def dispatch(self, event: str, **told: Any) -> Coroutine[Any, Any, Any]:
        if event == MEETING:
            return cast("Coroutine[Any, Any, Any]", self.ctx.meet(told["context"]["request"]))
        return _nothing() if event.startswith("http.") else super().dispatch(event, **told)


async def _nothing() -> None:
    pass


def _log_unread(call: asyncio.Task[Any]) -> None:
    error = None if call.cancelled() else call.exception()
    if error and not isinstance(error, TmError):
        logger.error("internal error after the client had left", exc_info=error)


class _AsksFirst(Exception):
    """A browser asks whether a page may ask. Raised, since routing knows of no such request."""


def _asks_first(request: Request) -> bool:
    return request.method == "OPTIONS" and "access-control-request-method" in request.headers


def _welcome_guests(app: Sanic[Any, Any], door: Door) -> None:
    """Let the pages of allowed origins call, and read the answers."""

    def preflight(_request: Request, _error: Exception) -> HTTPResponse:
        return Answer(b"", 204, dict(CORS))

    async def mark(request: Request, response: BaseHTTPResponse) -> None:
        response.headers.update(door.cors(request.headers.getall("origin", [])))

    app.error_handler.add(_AsksFirst, preflight)
    app.register_middleware(mark, "response")


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


def _key(request: Request) -> str | None:
    sent = request.headers.getall(HEADER, [])
    if len(sent) > 1:
        raise BadInput.of(HEADER, f"was sent {len(sent)} times; send one")
    return str(sent[0]) if sent else None


def _content(request: Request, most: int) -> AsyncIterator[bytes]:
    """Return a file as it comes, up to the limit."""
    demand_size(int(request.headers.get("content-length", 0)), most)
    assert request.stream is not None
    request.stream.request_max_size = most + 1  # its reader counts for itself, and says so
    return aiter(cast("AsyncIterable[bytes]", request.stream))


async def _body(request: Request, route: Route) -> bytes:
    """Read the body up to the limit; one that the route does not take is thrown away."""
    demand_size(int(request.headers.get("content-length", 0)), route.most_bytes)
    body = bytearray()
    async for chunk in cast("AsyncIterable[bytes]", request.stream):
        body += chunk
        demand_size(len(body), route.most_bytes)
    if not (body and route.reads_body):
        return b""
    demand_json(request.headers.get("content-type"))
    return bytes(body)

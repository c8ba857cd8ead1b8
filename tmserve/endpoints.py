"""From a request to its answer: the door, the licence, the body, and the handler of its route.

A request that has reached its handler is finished even when its client leaves: half a create would
be worse than an unread answer.
"""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterable, Coroutine
from typing import Any, TypeVar, cast

from sanic import Config, HTTPResponse, Request, Sanic

from tmcore.api import RackApi
from tmcore.errors import AccessDenied, TmError
from tmserve.answers import answer, answer_error
from tmserve.door import Door, Knock
from tmserve.routes import EVENTS, PREFIX, ROUTES, Call, Route
from tmserve.routes.route import unquoted
from tmserve.stream import send_events
from tmserve.wire import demand_json, demand_size

logger = logging.getLogger("tmserve")

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
_PLAIN = str.maketrans("/<>-", "____")


class Endpoints:
    """Every route of the table over one rack, and the calls under way."""

    def __init__(self, rack: RackApi) -> None:
        self._rack = rack
        self._calls: set[asyncio.Task[Any]] = set()
        self._stopping = asyncio.Event()

    def __len__(self) -> int:
        return len(self._calls)

    def app(self, port: int) -> Sanic[Any, Any]:
        """Return a Sanic app, under a name of its own, that answers on this port."""
        config = Config(SANIC, env_prefix=None)  # a SANIC_… variable of the user is not about us
        app = Sanic(next(_names), config=config, configure_logging=False)
        app.error_handler.add(Exception, answer_error)
        door = Door(port)
        app.add_signal(lambda request: door.check(_knock(request)), "http.routing.before")
        for route in ROUTES:
            self._add(app, route)
        app.add_route(self._events, PREFIX + EVENTS, ["GET"], name="events")
        return app

    def end_streams(self) -> None:
        """Let every reader of events go; none would go by itself."""
        self._stopping.set()

    async def _events(self, request: Request) -> None:
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
            if route.licensed:
                await self._demand_license()
            call = Call(unquoted(path), _query(request), await _body(request, route))
            return answer(await self._finish(route.handler(self._rack, call)))

        name = f"{route.method}{route.path}".translate(_PLAIN)
        app.add_route(handle, PREFIX + route.path, [route.method], name=name, stream=True)

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


def _log_unread(call: asyncio.Task[Any]) -> None:
    error = None if call.cancelled() else call.exception()
    if error and not isinstance(error, TmError):
        logger.error("internal error after the client had left", exc_info=error)


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

"""Health, outside the envelope: whether this process answers at all."""

from tmcore.api import RackApi
from tmserve.routes.route import Call, Route
from tmserve.wire import File


async def live(_rack: RackApi, _call: Call) -> File:
    return File(b"ok\n", "text/plain; charset=utf-8")


ROUTES = (Route("GET", "/health/live", live),)

"""Looking into a server that runs, outside the envelope: for monitors, and for people."""

from prometheus_client import CONTENT_TYPE_LATEST
from pydantic_core import to_json

from tmcore.api import RackApi
from tmcore.keys import Scope
from tmserve import metrics, openapi, page
from tmserve.routes.route import Call, Route, Served
from tmserve.wire import TEXT, File

# it loads nothing from anywhere, runs nothing, and stands in nobody's frame
STILL = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}


async def live(_rack: RackApi, _call: Call) -> File:
    return File(b"ok\n", TEXT)


async def ready(rack: RackApi, _call: Call) -> File:
    health = await rack.health()
    return File(to_json(health), "application/json", 200 if health.ready else 503)


async def measured(rack: Served, _call: Call) -> File:
    return File(await metrics.exposition(rack), CONTENT_TYPE_LATEST)


async def contract(_rack: RackApi, _call: Call) -> File:
    return File(openapi.as_json(), "application/json")


async def docs(_rack: RackApi, _call: Call) -> File:
    return File(page.as_html(), "text/html; charset=utf-8", headers=STILL)


ROUTES = (
    Route(
        "GET", "/health/live", live, "Say ok while this process answers at all.",
        public=True, bare=True, scope=Scope.READ, sends=TEXT,
    ),
    Route(
        "GET", "/health/ready", ready,
        "Say whether the rack can work now; 503 and the reason where it cannot.",
        public=True, bare=True, scope=Scope.READ,
    ),
    Route(
        "GET", "/metrics", measured, "Figures for Prometheus.",
        bare=True, scope=Scope.READ, sends=TEXT,
    ),
    Route(
        "GET", "/openapi.json", contract, "This contract as OpenAPI 3.1.",
        bare=True, scope=Scope.READ,
    ),
    Route(
        "GET", "/docs", docs, "This contract as a page for people; it works offline.",
        bare=True, scope=Scope.READ, sends="text/html",
    ),
)  # fmt: skip

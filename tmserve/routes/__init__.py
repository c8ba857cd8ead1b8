"""Every route of the server, in one table: method, path, handler, and what guards it."""

from typing import Annotated

from pydantic import Field

from tmcore.keys import Scope
from tmcore.model import Model
from tmserve.routes import (
    accounts,
    devices,
    health,
    license,  # noqa: A004
    materials,
    paths,
    plans,
    schedules,
    settings,
    tasks,
    tokens,
    upkeep,
    webhooks,
)
from tmserve.routes.route import Call, Handler, Route


class EventsAfter(Model):
    """Where a reader of events wants to resume; a header Last-Event-ID says the same."""

    after: Annotated[int, Field(ge=0)] | None = Field(
        None, description="Begin with what came after this event."
    )


PREFIX = "/api/v1"
EVENTS = "/events"

ROUTES: tuple[Route, ...] = (
    *tasks.ROUTES,
    *license.ROUTES,
    *devices.ROUTES,
    *upkeep.ROUTES,
    *accounts.ROUTES,
    *materials.ROUTES,
    *schedules.ROUTES,
    *plans.ROUTES,
    *paths.ROUTES,
    *settings.ROUTES,
    *tokens.ROUTES,
    *webhooks.ROUTES,
    *health.ROUTES,
)


async def _stream(_rack: object, _call: Call) -> None:
    raise AssertionError("the stream of events has its own way: it ends when its reader leaves")


# not in the table, since it has no answer that a handler could return
FOLLOW = Route(
    "GET", EVENTS, _stream, "Follow what changes, as server-sent events.",
    scope=Scope.READ, query=EventsAfter, sends="text/event-stream",
)  # fmt: skip


def targets(route: Route) -> tuple[str, ...]:
    """Return the paths under which a route answers."""
    return (PREFIX + route.path, route.path) if route.bare else (PREFIX + route.path,)


# exactly as they stand here: whatever is spelt otherwise is no exemption
PUBLIC = frozenset(
    (route.method, target.encode()) for route in ROUTES if route.public for target in targets(route)
)


def methods_at(path: str) -> tuple[str, ...]:
    """Return what a path takes; one that stands in the table as it is goes before a pattern."""
    path = path.removeprefix(PREFIX).removesuffix("/")
    if path == EVENTS:
        return ("GET",)
    routes = [r for r in ROUTES if r.path == path] or [r for r in ROUTES if r.matches(path)]
    return tuple(sorted({r.method for r in routes}))


__all__ = [
    "EVENTS", "FOLLOW", "PREFIX", "PUBLIC", "ROUTES", "Call", "Handler", "Route", "methods_at",
    "targets",
]  # fmt: skip

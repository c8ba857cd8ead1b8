"""Every route of the server, in one table: method, path, handler, and what guards it."""

from tmserve.routes import accounts, devices, health, license, settings, tasks  # noqa: A004
from tmserve.routes.route import Call, Handler, Route

PREFIX = "/api/v1"
EVENTS = "/events"  # a stream: it has no answer that the table's handlers could return

ROUTES: tuple[Route, ...] = (
    *tasks.ROUTES,
    *license.ROUTES,
    *devices.ROUTES,
    *accounts.ROUTES,
    *settings.ROUTES,
    *health.ROUTES,
)


def methods_at(path: str) -> tuple[str, ...]:
    """Return what a path takes; one that stands in the table as it is goes before a pattern."""
    path = path.removeprefix(PREFIX).removesuffix("/")
    if path == EVENTS:
        return ("GET",)
    routes = [r for r in ROUTES if r.path == path] or [r for r in ROUTES if r.matches(path)]
    return tuple(sorted({r.method for r in routes}))


__all__ = ["EVENTS", "PREFIX", "ROUTES", "Call", "Handler", "Route", "methods_at"]

"""Every route of the table as a request: its path filled in, a body where it takes one."""

from typing import Any

from tmserve import openapi
from tmserve.routes import FOLLOW, ROUTES, Route, targets

FILLED = (("<id>", "101"), ("<serial>", "R58M1"), ("<name>", "end.png"))
EVERY = (*ROUTES, FOLLOW)


def filled(path: str) -> str:
    """A path of the table with something in its places."""
    for place, value in FILLED:
        path = path.replace(place, value)
    assert "<" not in path, f"fill in {path}"
    return path


def paths_of(route: Route) -> list[str]:
    return [filled(target) for target in targets(route)]


def body_of(route: Route) -> Any:
    """The body that the contract shows as an example."""
    if not route.reads_body:
        return None
    operation = openapi.document()["paths"][openapi.path_of(route)][route.method.lower()]
    return operation["requestBody"]["content"]["application/json"]["example"]


def named(route: Route) -> str:
    return f"{route.method} {route.path}"

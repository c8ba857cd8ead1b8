"""The licence: what the plan allows."""

from tmcore.api import RackApi
from tmcore.keys import Scope
from tmcore.model import License
from tmserve.routes.route import Call, Route


async def check(rack: RackApi, _call: Call) -> License:
    return await rack.license()


ROUTES = (
    Route(
        "GET", "/license/check", check, "Show what the licence plan allows.",
        scope=Scope.READ, licensed=True,
    ),
)  # fmt: skip

"""The licence: what the plan allows."""

from tmcore.api import RackApi
from tmcore.model import License
from tmserve.routes.route import Call, Route


async def check(rack: RackApi, _call: Call) -> License:
    return await rack.license()


ROUTES = (Route("GET", "/license/check", check, licensed=True),)

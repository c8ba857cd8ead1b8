"""Settings: what an operator can set."""

from tmcore.api import RackApi
from tmcore.settings import Settings
from tmserve.routes.route import Call, Route


async def show(rack: RackApi, _call: Call) -> Settings:
    return await rack.settings()


async def change(rack: RackApi, call: Call) -> Settings:
    return await rack.change_settings(call.object())


ROUTES = (
    Route("GET", "/settings", show),
    Route("PUT", "/settings", change, takes_body=True),
)

"""Settings: what an operator can set."""

from tmcore.api import RackApi
from tmcore.keys import Scope
from tmcore.settings import Settings
from tmserve.routes.route import Call, Route


async def show(rack: RackApi, _call: Call) -> Settings:
    return await rack.settings()


async def change(rack: RackApi, call: Call) -> Settings:
    return await rack.change_settings(call.object())


async def reset(rack: RackApi, call: Call) -> Settings:
    return await rack.reset_setting(call.path["name"])


ROUTES = (
    Route("GET", "/settings", show, "Show every setting.", scope=Scope.READ),
    Route(
        "PUT", "/settings", change, "Change some settings; the others stay. In force at once.",
        scope=Scope.ADMIN, body=Settings,
    ),
    Route(
        "DELETE", "/settings/<name>", reset,
        "Put a setting back to what is configured, or to its default.", scope=Scope.ADMIN,
    ),
)  # fmt: skip

"""Paths through the apps that nobody has seen on a real phone, and who says that they are right."""

from tmcore.api import RackApi
from tmcore.keys import Scope
from tmcore.model import Model
from tmcore.paths import PathOf, PathState
from tmserve.routes.route import Call, Route


class PathList(Model):
    """The unproven paths: of each app, and of each version on which one was walked."""

    paths: tuple[PathState, ...]
    total: int


async def every(rack: RackApi, _call: Call) -> PathList:
    paths = await rack.paths.every()
    return PathList(paths=paths, total=len(paths))


async def confirm(rack: RackApi, call: Call) -> PathState:
    return await rack.paths.confirm(call.json(PathOf))


async def withdraw(rack: RackApi, call: Call) -> PathState:
    return await rack.paths.withdraw(call.json(PathOf))


ROUTES = (
    Route(
        "GET", "/profile/path", every,
        "List the paths that no real phone has proved: a task that takes one stops at the press.",
        scope=Scope.READ,
    ),
    Route(
        "POST", "/profile/path/confirm", confirm,
        "Confirm a path for one version of an app: a person has looked at a task's evidence.",
        scope=Scope.ADMIN, body=PathOf,
    ),
    Route(
        "POST", "/profile/path/withdraw", withdraw, "Take a confirmation back.",
        scope=Scope.ADMIN, body=PathOf, codes=(40401,),
    ),
)  # fmt: skip

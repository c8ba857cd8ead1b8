"""The far end of `rack.paths`; it loads no Sanic either."""

from tmcore.model import Model
from tmcore.paths import PathOf, PathState
from tmserve.desks import Ask


class _Paths(Model):
    paths: tuple[PathState, ...]


class RemotePaths:
    """Satisfies PathsApi over HTTP."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def every(self) -> tuple[PathState, ...]:
        return (await self._ask(_Paths, "GET", "/profile/path")).paths

    async def confirm(self, path: PathOf) -> PathState:
        return await self._ask(PathState, "POST", "/profile/path/confirm", path.model_dump())

    async def withdraw(self, path: PathOf) -> PathState:
        return await self._ask(PathState, "POST", "/profile/path/withdraw", path.model_dump())

"""The far end of `rack.paths`."""

from tmcore.model import Model
from tmcore.paths import PathOf, PathState
from tmserve.far.desk import Desk


class _Paths(Model):
    paths: tuple[PathState, ...]


class RemotePaths(Desk):
    """Satisfies PathsApi over HTTP."""

    async def every(self) -> tuple[PathState, ...]:
        return (await self._ask(_Paths, "GET", "/profile/path")).paths

    async def confirm(self, path: PathOf) -> PathState:
        return await self._ask(PathState, "POST", "/profile/path/confirm", path.model_dump())

    async def withdraw(self, path: PathOf) -> PathState:
        return await self._ask(PathState, "POST", "/profile/path/withdraw", path.model_dump())

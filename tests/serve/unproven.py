"""The unproven paths of the rack in memory."""

from datetime import UTC, datetime

from tmcore.errors import BadInput, NotFound
from tmcore.paths import KEYS, PathOf, PathState


class FakePaths:
    """Satisfies PathsApi: TikTok's label alone is unproven, as long as nobody confirms it."""

    def __init__(self) -> None:
        self.confirmed: set[PathOf] = set()

    async def every(self) -> tuple[PathState, ...]:
        return tuple(self._state(path) for path in self.confirmed)

    async def confirm(self, path: PathOf) -> PathState:
        if path.package != "com.zhiliaoapp.musically":
            raise BadInput.of("package", f"{path.package!r} is no posting app")
        self.confirmed.add(path)
        return self._state(path)

    async def withdraw(self, path: PathOf) -> PathState:
        if path not in self.confirmed:
            raise NotFound(f"{path.path} of {path.package} {path.version} is not confirmed")
        self.confirmed.remove(path)
        return self._state(path)

    def _state(self, path: PathOf) -> PathState:
        at = datetime(2026, 1, 31, 14, 5, tzinfo=UTC) if path in self.confirmed else None
        return PathState(
            app="tiktok", key=KEYS[path.path], unseen="a page", confirmed_at=at, **path.model_dump()
        )

"""From a request to drafts of its tasks, checked against all that there is now."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import Random

from tmcore.devices import Device
from tmcore.engine.creation import Intake, Request, Stock, Target, check, drafts
from tmcore.engine.paths import Paths
from tmcore.engine.prepared import Prepared
from tmcore.model import NewTask
from tmcore.scripts.script import Dealt
from tmcore.settings import Settings
from tmcore.store.store import Store


class Drafting:
    """`folders` may hold files to post besides those of the settings."""

    def __init__(
        self,
        store: Store,
        devices: Mapping[str, Device],
        settings: Callable[[], Settings],
        paths: Paths,
        folders: Sequence[str],
        clock: Callable[[], datetime],
        rng: Random,
    ) -> None:
        self._store, self._devices, self._settings, self._paths = store, devices, settings, paths
        self._folders, self._clock, self._rng = folders, clock, rng
        self._intake = Intake(store.supply)

    async def close(self) -> None:
        await self._intake.close()

    async def prepare(self, new: NewTask) -> Prepared:
        """Find everything about a request right, and create nothing."""
        settings = self._settings()
        stock = Stock(
            self._devices, self._store.accounts.every(), settings, self._clock(), self._rng,
            self._folders,
        )  # fmt: skip
        request = check(new, stock)
        dealt = await self._intake.deal(request, stock)
        places = await self._earliest_places(request.targets, settings)
        tasks = drafts(request, dealt.deals, stock, places)
        unproven = await self._unproven(request, dealt)
        warnings = (*request.warnings, *dealt.warnings, *unproven)
        return Prepared(tasks, settings.time_zone, warnings)

    async def _unproven(self, request: Request, dealt: Dealt) -> tuple[str, ...]:
        if request.app is None or not dealt.paths:
            return ()
        return await self._paths.warnings(request.app, dealt.paths)

    async def _earliest_places(
        self, targets: Sequence[Target], settings: Settings
    ) -> dict[str, int]:
        if not settings.random_order:
            return {}
        return await self._store.earliest_places([target.serial for target in targets])

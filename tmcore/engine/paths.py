"""The desk for unproven paths: which there are, and what a person says of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tmcore.accounts import App
from tmcore.apps.catalog import Catalog, catalog
from tmcore.errors import BadInput, FieldError, NotFound
from tmcore.paths import KEYS, AppPath, PathOf, PathState
from tmcore.store.accounts import AccountShelf
from tmcore.store.paths import PathShelf, Walked
from tmcore.validation import shown


class Paths:
    """Satisfies paths.PathsApi; reached as `rack.paths`."""

    def __init__(self, shelf: PathShelf, accounts: AccountShelf, folder: Path) -> None:
        self._shelf, self._accounts, self._folder = shelf, accounts, folder

    @property
    def _catalog(self) -> Catalog:
        return catalog(self._folder)

    async def every(self) -> tuple[PathState, ...]:
        walked = [state for each in await self._shelf.every() if (state := self._state(each))]
        known = {(state.app, state.path) for state in walked}
        bare = (
            PathState(app=app, path=path, key=KEYS[path], unseen=unseen)
            for app in self._catalog.apps
            for path, unseen in self._unproven(app).items()
            if (app, path) not in known
        )
        return tuple(sorted((*walked, *bare), key=_rank))

    async def confirm(self, path: PathOf) -> PathState:
        """Raises BadInput naming what is wrong."""
        self._demand(path)
        await self._shelf.confirm(path)
        return await self._one(path)

    async def withdraw(self, path: PathOf) -> PathState:
        """Raises NotFound where it is not confirmed."""
        await self._shelf.withdraw(path)
        return await self._one(path)

    async def warnings(self, app: App, paths: Iterable[AppPath]) -> tuple[str, ...]:
        """Say of each unproven path that a request takes what will happen, and how to go on."""
        unproven = self._unproven(app)
        asked = [path for path in dict.fromkeys(paths) if path in unproven]
        if not asked:
            return ()
        states = [state for state in await self.every() if state.app == app]
        return tuple(_warning(app, path, unproven[path], states) for path in asked)

    async def _one(self, path: PathOf) -> PathState:
        state = self._state(await self._shelf.one(path))
        if state is None:  # proven since, by a new version of the profile
            raise NotFound(f"{path.path} of {path.package} is not unproven any more")
        return state

    def _state(self, walked: Walked) -> PathState | None:
        app = self._app_of(walked.of.package)
        unseen = self._unproven(app).get(walked.of.path) if app else None
        if app is None or unseen is None:
            return None
        return PathState(
            app=app,
            key=KEYS[walked.of.path],
            unseen=unseen,
            task_id=walked.task_id,
            evidence=walked.evidence,
            walked_at=walked.walked_at,
            confirmed_at=walked.confirmed_at,
            **walked.of.model_dump(),
        )

    def _demand(self, path: PathOf) -> None:
        app = self._app_of(path.package)
        if app is None:
            known = ", ".join(package for _, package in self._packages())
            raise BadInput.of("package", f"{shown(path.package)} is no posting app; known: {known}")
        if path.path not in (unproven := self._unproven(app)):
            raise BadInput(
                FieldError(
                    "path",
                    f"{shown(path.path)} is not unproven in {app}; unproven: {', '.join(unproven)}",
                )
            )

    def _app_of(self, package: str) -> App | None:
        return next((app for app, known in self._packages() if known == package), None)

    def _packages(self) -> Iterator[tuple[App, str]]:
        """Yield the packages of all apps, those of clones that are bound included."""
        for app in self._catalog.apps:
            for package in self._catalog.choose(app).profile.packages:
                yield app, package
        for account in self._accounts.every():
            if account.package:
                yield account.app, account.package

    def _unproven(self, app: App) -> dict[AppPath, str]:
        return {AppPath(p): u for p, u in self._catalog.choose(app).profile.unproven.items()}


def _warning(app: App, path: AppPath, unseen: str, states: Iterable[PathState]) -> str:
    here = [state for state in states if state.path == path and state.confirmed_at]
    versions = ", ".join(f"{state.package} {state.version}" for state in here)
    but = f" (a person has confirmed it for {versions}, where it is posted)" if versions else ""
    return (
        f"{KEYS[path]} takes the path {path}, unproven in {app}: nobody has seen {unseen}. The "
        f"task stops before the press{but}; look at its evidence, then `tm profile confirm` "
        f"PACKAGE VERSION {path} and retry"
    )


def _rank(state: PathState) -> tuple[str, str, str, str]:
    return state.app, state.path, state.package or "", state.version or ""

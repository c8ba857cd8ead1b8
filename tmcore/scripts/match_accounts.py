"""Reads the accounts that are logged in on a phone, and binds them to it.

It presses nothing, switches nothing, and unbinds nothing: what it did not see it names.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain
from typing import ClassVar

from tmcore.accounts import App
from tmcore.apps.catalog import catalog, profile_for
from tmcore.errors import ScriptFailed
from tmcore.phone.health import device_hindrances
from tmcore.phone.inspection import inspect
from tmcore.phone.port import Checkup
from tmcore.reasons import Reason
from tmcore.scripts.post.account import RELOAD_S, read_accounts, read_owner
from tmcore.scripts.post.open_draft import OpenDraft
from tmcore.scripts.post.proof import LONGEST_UPLOAD
from tmcore.scripts.post.screens import Screens
from tmcore.scripts.script import Bound, Deal, Dealt, Done, Order, Past, Run, ScriptArgs


class MatchAccounts:
    """The registry's row for `match_accounts`."""

    name: ClassVar[str] = "match_accounts"
    app: ClassVar[App | None] = None  # every app that is installed
    upload_limit: ClassVar[timedelta] = LONGEST_UPLOAD  # of a post that may still be under way
    Args: ClassVar[type[ScriptArgs]] = ScriptArgs

    def deal(self, args: ScriptArgs, order: Order, *, quick: bool) -> Dealt:
        """Deal nothing: no file is posted."""
        del args, quick
        return Dealt((Deal(),) * len(order.usernames))

    async def verify(self, run: Run, args: ScriptArgs, past: Past) -> str:
        """Find nothing: nothing was pressed."""
        del run, args, past
        return ""

    async def tidy(self, run: Run) -> None:
        """Take nothing away: nothing was left on the phone."""

    async def run(self, run: Run, args: ScriptArgs) -> Done:
        apps: tuple[App, ...] = catalog().apps if args.app is None else (args.app,)
        said = [line for app in apps for line in await _Matching(run, app).read()]
        if not said:
            raise ScriptFailed(Reason.APP_MISSING, f"{' or '.join(apps)}: not on this phone")
        return Done(Reason.MATCHED, "; ".join(said))


class _Matching:
    """One app on one phone, under each of the names that it has there."""

    def __init__(self, run: Run, app: App) -> None:
        self._run, self._phone, self._app = run, run.phone, app

    async def read(self) -> list[str]:
        """Read the accounts of each of its packages; return a line about each."""
        known = profile_for(self._app).packages
        said, usual = [], ""
        for package in dict.fromkeys(chain(known, self._run.packages(self._app))):
            async with self._run.step(f"check {package}", deadline_s=60):
                checkup = await self._checked(package)
            if checkup.app_installed is False or checkup.app_enabled is False:
                continue
            usual = usual or (package if package in known else "")
            async with self._run.step(f"read {package}", deadline_s=240):
                said.append(await self._read_package(package, checkup, clone=package != usual))
        return said

    async def _checked(self, package: str) -> Checkup:
        checkup = await inspect(self._phone, package)
        if hindrance := next(device_hindrances(checkup, self._run.limits), None):
            raise ScriptFailed(*hindrance)
        return checkup

    async def _read_package(self, package: str, checkup: Checkup, *, clone: bool) -> str:
        choice = catalog(self._run.profiles).choose(self._app, checkup.app_version)
        await self._run.uses(choice, package)
        screens = Screens(self._run, choice.profile.in_package(package), looks_only=True)
        if self._run.fresh_app:
            await self._phone.stop_app(package)
        await self._phone.start_app(package)
        owner = await read_owner(screens, await OpenDraft(self._run, screens).home(RELOAD_S))
        names = await read_accounts(self._run, screens, owner)
        bound = await self._run.bind(self._app, names, package if clone else None)
        return _line(package if clone else self._app, names, bound)


def _line(place: str, names: Sequence[str], bound: Bound) -> str:
    """Say what was seen, what of it is new, and what is bound and was not seen."""
    said = [f"@{names[0]} (open)", *(f"@{name}" for name in names[1:])]
    if bound.new:
        said.append(f"new: {_at(bound.new)}")
    if bound.twice:
        said.append(
            f"in another app of this phone too: {_at(bound.twice)} (posts go through "
            "the one that the account is bound to; log it out of the other)"
        )
    if bound.unseen:
        said.append(f"still bound and not seen: {_at(bound.unseen)}")
    return f"{place}: {', '.join(said)}"


def _at(names: Sequence[str]) -> str:
    return " ".join(f"@{name}" for name in names)

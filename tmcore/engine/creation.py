"""From a create request to the tasks it makes: all checked before anything is created."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

import orjson

from tmcore.accounts import Account, App
from tmcore.batch import BatchThread, each
from tmcore.devices import Device, DeviceState
from tmcore.errors import BadInput, FieldError, NotFound, ScriptMissing, ScriptUnknown
from tmcore.media.inspection import NotQuick
from tmcore.model import NewTask
from tmcore.rules.calendar import next_clock_time
from tmcore.rules.chain import due_times, interval_errors
from tmcore.rules.choosing import chosen
from tmcore.rules.holds import warning
from tmcore.rules.place import place
from tmcore.scripts import SCRIPTS
from tmcore.scripts.script import Deal, Dealt, Order, Script, ScriptArgs, Supply
from tmcore.settings import Settings
from tmcore.store.accounts import plain
from tmcore.store.changes import Draft
from tmcore.store.times import to_ms
from tmcore.validation import checked, shown

T = TypeVar("T")
MOST_TARGETS = 1000
FURTHEST = timedelta(days=366)
CLOCKS_DIFFER = timedelta(minutes=1)  # a start this little past was meant as now


@dataclass(frozen=True)
class Target:
    """Where one task goes, and for whom; no username where the device has no one account."""

    serial: str
    username: str | None


@dataclass(frozen=True)
class Stock:
    """What a request is checked against."""

    devices: Mapping[str, Device]
    accounts: Sequence[Account]
    settings: Settings
    now: datetime
    rng: Random
    folders: Sequence[str] = ()  # allowed besides those of the settings


@dataclass(frozen=True)
class Request:
    """A request whose every field has been found right."""

    new: NewTask
    script: Script
    args: ScriptArgs
    app: App | None
    targets: tuple[Target, ...]
    due: tuple[datetime, ...]
    warnings: tuple[str, ...]


def check(new: NewTask, stock: Stock) -> Request:
    """Raises BadInput with everything that is wrong, or NotFound naming all that is unknown."""
    script = _script(new.script_name)
    errors = [*interval_errors(new.min_interval, new.max_interval), *_list_errors(new)]
    args = _collect(errors, lambda: _args(script, new))
    first = _collect(errors, lambda: _first_due(new, stock))
    if errors or args is None or first is None:
        raise BadInput(*errors)
    new = _with_serials(new, stock)
    app = _app(new, args.app, script, stock)
    targets = _targets(new, args.app, app, stock)
    if app is not None:
        args = _for_app(args, app)
    due = due_times(first, len(targets), new.min_interval, new.max_interval, stock.rng)
    warnings = (*_start_warnings(new, stock), *_warnings(targets, app, stock))
    return Request(new, script, args, app, targets, tuple(due), warnings)


class Intake:
    """Looks at requests' files: known ones many at a time, new ones each in its own thread."""

    def __init__(self, supply: Supply) -> None:
        self._supply = supply
        self._thread: BatchThread[Callable[[], Dealt]] = BatchThread("tm-files", each(_deal))

    async def deal(self, request: Request, stock: Stock) -> Dealt:
        """Deal files and captions to the tasks; a bad file is known now. Raises BadInput."""
        order = Order(
            request.app,
            [target.username for target in request.targets],
            (*stock.settings.media_folders, *stock.folders),
            stock.settings.reuse,
            self._supply,
            stock.rng,
        )
        work = partial(request.script.deal, request.args, order)
        try:
            return cast("Dealt", await self._thread.ask(partial(work, quick=True)))
        except NotQuick:
            return await asyncio.to_thread(work, quick=False)

    async def close(self) -> None:
        await self._thread.close()


def _deal(work: Callable[[], Dealt]) -> Dealt:
    return work()


def drafts(
    request: Request, deals: Sequence[Deal], stock: Stock, earliest: dict[str, int]
) -> list[Draft]:
    """Put everything together; nothing can be wrong any more."""
    config = orjson.dumps(request.new.script_config).decode()
    return [
        _draft(request, target, due, deal, config, _place(due, target, stock, earliest))
        for target, due, deal in zip(request.targets, request.due, deals, strict=True)
    ]


def _draft(
    request: Request, target: Target, due: datetime, deal: Deal, config: str, rank: int
) -> Draft:
    return Draft(
        serial=target.serial,
        username=target.username,
        app=request.app,
        script_name=request.script.name,
        script_config=config,
        source=request.new.source,
        start_at=due,
        place=rank,
        media=deal.media,
        media_sha256=deal.media_sha256,
        caption=deal.caption,
        more=deal.more,
        sound=deal.sound,
        scope=deal.scope,
        turns=deal.turns,
    )


def _place(due: datetime, target: Target, stock: Stock, earliest: dict[str, int]) -> int:
    if not stock.settings.random_order:
        return to_ms(due)
    return place(to_ms(due), earliest.get(target.serial), stock.rng)


def _script(name: str | None) -> Script:
    if not name:
        raise ScriptMissing(FieldError("script_name", "is required"))
    if name not in SCRIPTS:
        offered = ", ".join(SCRIPTS)
        raise ScriptUnknown(
            FieldError("script_name", f"{shown(name)} is not offered; offered are: {offered}")
        )
    return SCRIPTS[name]


def _args(script: Script, new: NewTask) -> ScriptArgs:
    if new.script_config is None:
        raise BadInput.of("script_config", "is required, an object")
    args = checked(script.Args, new.script_config, "script_config.")
    objections = [FieldError(f"script_config.{e.field}", e.message) for e in args.objections()]
    if objections:
        raise BadInput(*objections)
    return args


def _app(new: NewTask, named: App | None, script: Script, stock: Stock) -> App | None:
    """Take the app named, else that of all accounts named or bound there, else the script's."""
    if script.app is None:  # it is about a device, whatever app it is told to look at
        return None
    if named:
        return named
    names = {plain(name) for name in new.usernames or ()}
    found = {
        account.app
        for account in stock.accounts
        if (
            account.username in names
            if names
            else account.enabled and account.serial in (new.serials or ())
        )
    }
    return found.pop() if len(found) == 1 else script.app


def _for_app(args: ScriptArgs, app: App) -> ScriptArgs:
    """Settle the app. Raises BadInput with all that it cannot do."""
    objections = [
        FieldError(f"script_config.{e.field}", e.message) for e in args.objections_in(app)
    ]
    if objections:
        raise BadInput(*objections)
    return args.model_copy(update={"app": app})


def _first_due(new: NewTask, stock: Stock) -> datetime:
    if new.start_time is not None and new.start_at is not None:
        raise BadInput.of("start_at", "start_time is given too; send one of them")
    if new.start_at is not None:
        if new.start_at.tzinfo is None:
            raise BadInput.of("start_at", "has no offset; write it as 2026-11-24T09:00:00+01:00")
        if new.start_at > stock.now + FURTHEST:
            raise BadInput.of("start_at", f"{new.start_at.isoformat()} is more than a year ahead")
        return max(new.start_at.astimezone(UTC), stock.now)
    if new.start_time is not None:
        return next_clock_time(new.start_time, stock.now, ZoneInfo(stock.settings.time_zone))
    return stock.now


def _collect(errors: list[FieldError], work: Callable[[], T]) -> T | None:
    """Run a check; what it finds wrong joins the rest, so that all of it is told at once."""
    try:
        return work()
    except BadInput as error:
        errors.extend(error.errors)
        return None


def _list_errors(new: NewTask) -> Iterable[FieldError]:
    if new.serials is None and new.usernames is None:
        yield FieldError("serials", "is required, or usernames: name at least one phone or account")
    for field, names in (("serials", new.serials), ("usernames", new.usernames)):
        if names is None:
            continue
        if not names:
            yield FieldError(field, "is an empty list; name at least one")
        elif len(names) > MOST_TARGETS:
            yield FieldError(field, f"has {len(names)} entries; at most {MOST_TARGETS} are allowed")
        elif twice := _twice(names if field == "serials" else [plain(name) for name in names]):
            yield FieldError(field, f"{_some(twice)} is there more than once")


def _with_serials(new: NewTask, stock: Stock) -> NewTask:
    """Put serials where tags and labels stand. Raises NotFound for those that nobody has."""
    if new.serials is None:
        return new
    serials = chosen(new.serials, stock.devices)
    if len(serials) > MOST_TARGETS:
        raise BadInput.of(
            "serials", f"they mean {len(serials)} devices; at most {MOST_TARGETS} are allowed"
        )
    return new.model_copy(update={"serials": serials})


def _targets(new: NewTask, named: App | None, app: App | None, stock: Stock) -> tuple[Target, ...]:
    """`named` is the app where the request names one; without it a username may be in two."""
    if app is None:
        return _by_device(new, named, stock)
    if new.usernames is not None:  # wins when both are given
        return _by_username(new, named, app, stock)
    accounts = [account for account in stock.accounts if account.app == app]
    serials = new.serials or ()
    if unknown := [serial for serial in serials if serial not in stock.devices]:
        raise NotFound(f"unknown devices in serials: {_some(unknown)}")
    by_serial = {
        serial: [a for a in accounts if a.serial == serial and a.enabled] for serial in serials
    }
    if new.enable_multi_account:
        return _every_account(by_serial)
    return tuple(
        Target(serial, bound[0].username if len(bound) == 1 else None)
        for serial, bound in by_serial.items()
    )


def _by_device(new: NewTask, app: App | None, stock: Stock) -> tuple[Target, ...]:
    """Each phone once: those named, or those on which the named accounts are."""
    if new.usernames is None:
        serials = list(new.serials or ())
    else:
        named = {plain(name): _matching(plain(name), app, None, stock) for name in new.usernames}
        if unknown := [name for name, matches in named.items() if not matches]:
            raise NotFound(f"unknown accounts in usernames: {_some(unknown)}")
        serials = [account.serial for matches in named.values() for account in matches]
    if unknown := [serial for serial in serials if serial not in stock.devices]:
        raise NotFound(f"unknown devices in serials: {_some(unknown)}")
    return tuple(Target(serial, None) for serial in dict.fromkeys(serials))


def _every_account(by_serial: dict[str, list[Account]]) -> tuple[Target, ...]:
    if bare := [serial for serial, bound in by_serial.items() if not bound]:
        raise BadInput.of(
            "enable_multi_account",
            f"no account is bound to {_some(bare)}; `tm account add` binds one",
        )
    return tuple(
        Target(serial, account.username) for serial, bound in by_serial.items() for account in bound
    )


def _by_username(new: NewTask, named: App | None, app: App, stock: Stock) -> tuple[Target, ...]:
    names = [plain(name) for name in new.usernames or ()]
    found = {name: _matching(name, named, new.serials, stock) for name in names}
    if unknown := [name for name, matches in found.items() if not matches]:
        raise NotFound(f"unknown accounts in usernames: {_some(unknown)}")
    errors = [
        FieldError("usernames", f"{shown(name)} is {_where(matches)}; {hint}")
        for name, matches in found.items()
        if (hint := _ambiguity(matches, app))
    ]
    if errors:
        raise BadInput(*errors)
    return tuple(Target(found[name][0].serial, name) for name in names)


def _matching(
    name: str, app: App | None, serials: Sequence[str] | None, stock: Stock
) -> list[Account]:
    """All accounts of that name; serials decides among several, and never hides the only one."""
    matches = [
        account
        for account in stock.accounts
        if account.username == name and account.app == (app or account.app)
    ]
    return [account for account in matches if account.serial in (serials or ())] or matches


def _where(matches: Sequence[Account]) -> str:
    return " and ".join(f"in {account.app} on {account.serial}" for account in matches)


def _ambiguity(matches: Sequence[Account], app: App) -> str:
    """Say why one username does not name one account to post on; nothing where it does."""
    if len({account.app for account in matches}) > 1:
        return "script_config.app decides"
    if len(matches) > 1:
        return "serials decides"
    if matches[0].app != app:
        return f"one request posts in one app, here in {app}"
    return "" if matches[0].enabled else "that account is disabled"


def _start_warnings(new: NewTask, stock: Stock) -> Iterable[str]:
    if new.start_at is not None and new.start_at < stock.now - CLOCKS_DIFFER:
        yield f"start_at {new.start_at.isoformat()} is past; the first task is due at once"


def _warnings(targets: Iterable[Target], app: App | None, stock: Stock) -> Iterable[str]:
    for serial in dict.fromkeys(target.serial for target in targets):
        device = stock.devices[serial]
        if device.state is not DeviceState.READY:
            yield f"{serial} is {device.state} now; its task waits until it is back"
    bound: dict[str, list[Account]] = {}
    for account in stock.accounts:
        if account.app == app:
            bound.setdefault(account.serial, []).append(account)
    for target in targets if app else ():
        if said := warning(target.username, target.serial, bound.get(target.serial, [])):
            yield said


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _some(names: Sequence[str]) -> str:
    return ", ".join(shown(name) for name in names)

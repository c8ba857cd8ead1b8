"""Everything put together: the database, the phones, the scheduler, and the verbs of RackApi."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, Self

from tmcore import live
from tmcore.accounts import Account, AccountChange, Bound, NewAccount, NewAccounts
from tmcore.apps.catalog import catalog
from tmcore.devices import Device, DeviceState, Hand, PhoneScreen
from tmcore.engine.bindings import Bindings
from tmcore.engine.calendar import Calendar
from tmcore.engine.clockwork import Clockwork
from tmcore.engine.crew import Crew
from tmcore.engine.drafting import Drafting
from tmcore.engine.evidence import EvidenceFolder
from tmcore.engine.fleet import Fleet
from tmcore.engine.hooks import Hooks
from tmcore.engine.housekeeping import Housekeeper
from tmcore.engine.keyring import KeyRing
from tmcore.engine.library import Library
from tmcore.engine.news import News
from tmcore.engine.paths import Paths
from tmcore.engine.planning import Planner
from tmcore.engine.preferences import Preferences
from tmcore.engine.prepared import Maker
from tmcore.engine.pulse import Pulse
from tmcore.engine.queue import Queue
from tmcore.engine.repeats import Repeats
from tmcore.engine.rescue import Rescue
from tmcore.engine.roster import Roster
from tmcore.engine.scheduler import Scheduler
from tmcore.engine.upkeep import Upkeep
from tmcore.engine.verification import Verifier
from tmcore.engine.wifi import WifiLines
from tmcore.engine.worker import Shift
from tmcore.events import Batch, Event
from tmcore.faces import Accounts, Devices
from tmcore.media.inbox import Inbox
from tmcore.model import (
    Created,
    Deleted,
    Health,
    License,
    NewTask,
    Retried,
    Stats,
    Task,
    TaskCount,
    TaskDetail,
    TaskPage,
    TaskQuery,
    Vitals,
)
from tmcore.phone.server import AdbServer
from tmcore.phone.sighting import Sighting
from tmcore.phone.watch import DeviceWatch
from tmcore.settings import Settings
from tmcore.store.changes import Claimed
from tmcore.store.store import Clock, Store, utc_now

logger = logging.getLogger("tmcore.rack")


def _tell_server(why: str) -> None:
    """The adb server went or came back."""
    if why:
        logger.warning("no phones can be reached: %s", why)
    else:
        logger.info("the adb server answers")


class Rack:
    """A rack of phones and its queue. Use as `async with Rack("rack.db") as rack: …`.

    Raises DatabaseInUse, NewerDatabase or StoreFailed on entering; nothing is started then.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        adb: AdbServer | None = None,
        evidence: Path | None = None,
        configured: Mapping[str, Any] = MappingProxyType({}),
        clock: Clock = utc_now,
        rng: Random | None = None,
    ) -> None:
        self._path = Path(path)
        self._server = adb or AdbServer.from_environment()
        self._profiles = self._path.with_name("apps")
        self._evidence = EvidenceFolder(evidence or self._path.with_suffix(".evidence"))
        self._inbox = Inbox(self._path.with_suffix(".uploads"))
        self._configured = configured  # settings that hold where nobody has changed them
        self._now = clock
        self._rng = rng or Random()  # noqa: S311 - intervals and captions, no secrets
        self._closing = False
        self._hurry = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Rack {self._path.name}: {len(self._fleet.known)} devices, {self._scheduler!r}>"

    @property
    def _settings(self) -> Settings:
        return self._preferences.now

    def _see(self, sighting: Sighting) -> None:
        self._crew.see(sighting)

    def _freed(self) -> None:
        """A phone may be idle: a task goes first, a look for late evidence second."""
        self._scheduler.wake()
        self._verifier.wake()

    def _launch(self, claimed: Claimed) -> None:
        self._crew.launch(claimed)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as undo:
            await self._start(undo)
            self._undo = undo.pop_all()
        return self

    async def _start(self, undo: AsyncExitStack) -> None:
        catalog(self._profiles)  # a slip in an operator's file is named now, not by a task at night
        self._store = await Store.open(self._path, self._now)
        undo.push_async_callback(self._store.close)
        self.keys = await KeyRing.of(self._store)
        self._preferences = Preferences(self._store, self._configured, self.keys)
        await self._preferences.load()
        await asyncio.to_thread(self._inbox.clear)
        self._news = News(self._durable, lambda: self._store.last_event)
        self._store.on_change = self._news.wake
        self._store.on_log = self._news.tell
        self._watch = DeviceWatch(
            self._server, self._store.uuid, self._see, _tell_server,
            uses_first_eye=lambda: self._settings.first_eye,
        )  # fmt: skip
        known = {device.serial: device for device in await self._store.devices()}
        self._fleet = Fleet(known, self._watch.phones)
        undo.callback(self._fleet.let_go)
        self._scheduler = Scheduler(
            self._store,
            idle=lambda: () if self._closing else self._fleet.idle(),
            running=self._fleet.running,
            grasp=self._fleet.grasp,
            limit=lambda: self._settings.device_limit,
            able=self._fleet.able,
            late_limit=lambda: timedelta(minutes=self._settings.late_limit_minutes),
            launch=self._launch,
            clock=self._now,
        )
        self._bindings = Bindings(self._store.accounts, self._fleet.known, self._scheduler.wake)
        self._crew = Crew(
            self._store, self._fleet, self._news, self._shift, self._freed, self._hurry
        )
        self._verifier = Verifier(self._shift, self._fleet, self._crew.verify, self._now)
        self._open_desks(undo)
        self._pulse = Pulse(self._store, (self._scheduler, self._clockwork), self._watch)
        undo.push_async_callback(self._watch.stop)
        undo.push_async_callback(self._crew.end)
        undo.push_async_callback(self._wifi.stop)
        for orphan in await self._store.adopt_orphans():
            self._crew.recover(orphan)
        await self._watch.start()
        await self._wifi.start()
        loops = (self._scheduler, self._clockwork, self._housekeeper, self._rescue)
        for loop in (*loops, self._verifier):
            running = asyncio.create_task(loop.run())
            undo.push_async_callback(asyncio.wait, {running})
            undo.callback(running.cancel)

    def _folders(self) -> tuple[str, ...]:
        """Return the folders whose files may be posted: the operator's, and that of uploads."""
        return (*self._settings.media_folders, str(self._inbox.folder))

    def _open_desks(self, undo: AsyncExitStack) -> None:
        """Set up what answers the verbs, and what makes tasks by itself."""
        shelves, wake = self._store, self._scheduler.wake
        self._queue = Queue(shelves, self._fleet, self._crew, self._evidence, wake, self._now)
        self.paths = Paths(shelves.paths, shelves.accounts, self._profiles)
        drafting = Drafting(
            shelves, self._fleet.known, lambda: self._settings, self.paths,
            (str(self._inbox.folder),), self._now, self._rng,
        )  # fmt: skip
        undo.push_async_callback(drafting.close)
        self._maker = Maker(drafting.prepare, shelves.insert)
        self._repeats = Repeats(shelves.answers, self._maker)
        self.webhooks = Hooks(shelves.webhooks, shelves.uuid)
        self.materials = Library(shelves.materials, self._inbox, self._folders, self._now)
        self._clockwork = Clockwork(shelves.schedules, drafting.prepare, self._now, wake)
        desk = (drafting.prepare, lambda: self._settings, self._now)
        self.schedules = Calendar(shelves.schedules, *desk, self._clockwork.wake)
        self.plans = Planner(shelves.plans, *desk, wake, shelves.insert)
        self._housekeeper = Housekeeper(
            shelves, self._evidence, self._inbox, lambda: self._settings, self._now
        )
        self._wifi = WifiLines(shelves.wifi, self._watch, self._server)
        self._roster = Roster(shelves, self._fleet, self._bindings, self._watch, self._wifi)
        self._rescue = Rescue(
            shelves, self._fleet, self._crew, self._watch, self._server, lambda: self._settings
        )
        self.upkeep = Upkeep(
            shelves, self._fleet, self._crew, self._roster, self._wifi,
            lambda: self._settings, self._path.absolute().parent, self._profiles,
        )  # fmt: skip

    async def __aexit__(self, *_: object) -> None:
        """Drain: nothing new starts, what is before its press goes back to pending."""
        self._closing = True
        self._news.close()
        await self._undo.aclose()

    def hurry(self) -> None:
        """Let leaving wait for nothing but an open press; the next start settles the rest."""
        self._hurry.set()

    # tasks

    async def create(self, new: NewTask, *, key: str | None = None, owner: str = "") -> Created:
        """Create one task per device or account, all or nothing. Raises BadInput, NotFound.

        With a key that was used in the last day the first answer comes again, and nothing is made;
        Conflict when that was another request, or is still at work. Each owner has his own keys.
        """
        if key is None:
            created = await self._maker.make(new)
        else:
            created = await self._repeats.make(new, key, owner)
        self._scheduler.wake()
        return created

    async def tasks(self, query: TaskQuery = TaskQuery()) -> TaskPage:  # noqa: B008 - frozen
        return await self._queue.page(query)

    async def task(self, task_id: int) -> TaskDetail:
        """Return the task with its attempts. Raises NotFound."""
        return await self._queue.one(task_id)

    async def wait(self, task_id: int) -> TaskDetail:
        """Wait until the task has completed or failed. Raises NotFound."""
        return await self._queue.wait(task_id)

    async def stop(self, task_id: int) -> Task:
        """Stop a pending or running task. Raises NotFound; BadInput when it has ended."""
        return await self._queue.stop(task_id)

    async def retry(self, task_id: int) -> Task:
        """Queue a failed task again. Raises BadInput when it did not fail or is unknown."""
        return await self._queue.retry(task_id)

    async def retry_all(self, *, stopped: bool = True) -> Retried:
        """Queue every failed task again but those of unknown outcome."""
        return await self._queue.retry_all(stopped=stopped)

    async def delete(self, task_ids: Sequence[int]) -> Deleted:
        """Delete tasks, stopping those that run; what the ledger holds stays."""
        return await self._queue.delete(task_ids)

    async def resolve(self, task_id: int, *, posted: bool) -> Task:
        """Settle a task of unknown outcome. Raises BadInput when it is not unknown.

        "Not posted" first makes sure on the phone that no late press can come any more.
        """
        return await self._queue.resolve(task_id, posted=posted)

    async def evidence(self, task_id: int, name: str) -> bytes:
        """Return a kept screenshot, UI XML or log. Raises NotFound."""
        return await self._queue.evidence(task_id, name)

    async def stats(self) -> Stats:
        return await self._store.stats()

    # devices, accounts, settings

    async def devices(self, state: DeviceState | None = None, tag: str | None = None) -> Devices:
        return await self._roster.every(state, tag)

    async def device(self, serial: str) -> Device:
        """Return one device. Raises NotFound."""
        return await self._roster.one(serial)

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        """Yield changes as they happen; with `after`, first every durable one past that id."""
        async with aclosing(self._news.follow(after)) as batches:
            async for batch in batches:
                for event in batch.events:
                    yield event

    def batches(self, after: int | None = None) -> AsyncGenerator[Batch]:
        """Yield the same in the batches that all are told; the first is empty and comes at once."""
        return self._news.follow(after)

    async def _durable(self, after: int, limit: int) -> list[Event]:
        return [self._crew.live_event(event) for event in await self._store.events(after, limit)]

    async def live(self, task_ids: Sequence[int] = (), *, seconds: float | None = None) -> None:
        """Show devices and tasks in one display that is updated in place; see RackApi."""
        await live.show(self, task_ids, seconds)

    async def pause(self, serial: str, reason: str) -> Device:
        """Let a device take no new task; the running one ends. Raises NotFound."""
        return await self.upkeep.pause(serial, reason.strip() or "paused by a person")

    async def resume(self, serial: str) -> Device:
        """Let a paused device work again. Raises NotFound."""
        return await self.upkeep.pause(serial, None)

    async def screen(self, serial: str) -> PhoneScreen:
        """Look at a phone. Raises NotFound, PhoneError."""
        return await self.upkeep.screen(serial)

    async def act(self, serial: str, hand: Hand) -> None:
        """Do what a person asks on a paused, idle phone; logged as done by a person."""
        await self.upkeep.act(serial, hand)

    async def accounts(self, app: str | None = None, serial: str | None = None) -> Accounts:
        return self._bindings.every(app, serial)

    async def add_account(self, new: NewAccount) -> Account:
        """Bind an account to a device. Raises NotFound, BadInput when it is bound already."""
        return await self._bindings.add(new)

    async def add_accounts(self, new: NewAccounts) -> Bound:
        """Bind a list of accounts, all or none. Raises BadInput naming each that is wrong."""
        return await self._bindings.add_all(new)

    async def change_account(self, account_id: int, change: AccountChange) -> Account:
        """Change enabled, package or user. Raises NotFound, BadInput."""
        return await self._bindings.change(account_id, change)

    async def release_account(self, account_id: int) -> Account:
        """Let a held account's tasks go on. Raises NotFound."""
        return await self._bindings.release(account_id)

    async def delete_account(self, account_id: int) -> None:
        """Unbind an account. Raises NotFound."""
        await self._bindings.remove(account_id)

    async def settings(self) -> Settings:
        return self._settings

    async def change_settings(self, changes: dict[str, Any]) -> Settings:
        """Change some settings, in force at once. Raises BadInput."""
        return self._in_force(await self._preferences.change(changes))

    async def reset_setting(self, name: str) -> Settings:
        """Put a setting back to what is configured. Raises NotFound, BadInput."""
        return self._in_force(await self._preferences.reset(name))

    def _in_force(self, settings: Settings) -> Settings:
        if not settings.first_eye:
            self._crew.rest_eyes()
        self._scheduler.wake()
        return settings

    async def license(self) -> License:
        return self._settings.license

    async def health(self) -> Health:
        return await self._pulse.feel()

    async def ended_since(self, since: datetime) -> tuple[TaskCount, ...]:
        """Count the ends of tasks since then, by status and reason."""
        return await self._store.vitals.ended_since(since)

    async def vitals(self) -> Vitals:
        return await self._pulse.vitals()

    def _shift(self) -> Shift:
        return Shift(self._store, self._evidence, self._settings, self._rng, self._profiles)

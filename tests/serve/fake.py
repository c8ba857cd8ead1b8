"""A rack in memory: just enough for the server to have something to serve."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.serve.desks import FakePlans, FakeSchedules
from tests.serve.keys import FakeKeys
from tests.serve.materials import FakeMaterials
from tests.serve.unproven import FakePaths
from tests.serve.upkeep import FakeUpkeep
from tests.serve.webhooks import FakeWebhooks
from tmcore import live
from tmcore.accounts import Account, AccountChange, Bound, NewAccount, NewAccounts
from tmcore.devices import Device, DeviceState, Hand, PhoneScreen
from tmcore.errors import BadInput, NotFound, TmError
from tmcore.events import Batch, Event, EventKind
from tmcore.faces import Accounts, Devices
from tmcore.model import (
    FAILED,
    PENDING,
    Attempt,
    Created,
    CreatedTask,
    Deleted,
    Health,
    License,
    NewTask,
    Retried,
    Skipped,
    Stats,
    Task,
    TaskDetail,
    TaskPage,
    TaskQuery,
    Vitals,
)
from tmcore.reasons import Reason
from tmcore.settings import Settings
from tmcore.validation import checked

NOW = datetime(2026, 1, 31, 14, 5, tzinfo=UTC)
KNOWN = ("R58M1", "R58M2")


class FakeRack:
    """Satisfies RackApi; `gate` holds creates back, `broken` is raised by stats."""

    def __init__(self) -> None:
        self.rows: dict[int, Task] = {}
        self.bound: dict[int, Account] = {}
        self.set = Settings(time_zone="UTC", media_folders=("/media",))
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()
        self.broken: Exception | None = None
        self.schedules, self.plans = FakeSchedules(), FakePlans()
        self.materials = FakeMaterials()
        self.upkeep = FakeUpkeep()
        self.paths = FakePaths()
        self.keys = FakeKeys()
        self.webhooks = FakeWebhooks()
        self.vital = Health()

    @property
    def touched(self) -> bool:
        """Whether anything was created."""
        return bool(self.rows or self.bound)

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        """One event with an id, one without, then nothing for ever."""
        number = (after or 0) + 1
        yield Event(id=number, kind=EventKind.TASK, at=NOW, change="create", task_id=number)
        yield Event(kind=EventKind.LOG, at=NOW, serial="R58M1", text="hello")
        await asyncio.Event().wait()

    async def batches(self, after: int | None = None) -> AsyncGenerator[Batch]:
        yield Batch()
        async for event in self.events(after):
            yield Batch((event,))

    async def live(self, task_ids: Sequence[int] = (), *, seconds: float | None = None) -> None:
        await live.show(self, task_ids, seconds)

    async def pause(self, serial: str, reason: str) -> Device:
        return (await self.device(serial)).model_copy(update={"paused": reason})

    async def resume(self, serial: str) -> Device:
        return await self.device(serial)

    async def screen(self, serial: str) -> PhoneScreen:
        await self.device(serial)
        return PhoneScreen(png=b"\x89PNG", xml="<hierarchy/>")

    async def act(self, serial: str, hand: Hand) -> None:
        await self.device(serial)

    async def create(self, new: NewTask, *, key: str | None = None, owner: str = "") -> Created:
        self.entered.set()
        await self.gate.wait()
        unknown = [s for s in new.serials or () if s not in KNOWN]
        if unknown:
            raise NotFound(f"device {', '.join(unknown)} does not exist")
        made = [self._add(serial, new) for serial in new.serials or ()]
        lines = tuple(
            CreatedTask(id=t.id, serial=t.serial, username=None, start_at=NOW, media="/media/a.mp4")
            for t in made
        )
        ids = tuple(t.id for t in made)
        return Created(task_ids=ids, created_count=len(ids), tasks=lines, zone="UTC")

    def _add(self, serial: str, new: NewTask) -> Task:
        task = Task(
            id=len(self.rows) + 101,
            serial=serial,
            script_name=new.script_name or "",
            script_config=new.script_config or {},
            status=PENDING,
            source=new.source,
            start_at=NOW,
            created_at=NOW,
        )
        self.rows[task.id] = task
        return task

    def _row(self, task_id: int) -> Task:
        if task_id not in self.rows:
            raise NotFound(f"task {task_id} does not exist")
        return self.rows[task_id]

    def _change(self, task_id: int, **fields: Any) -> Task:
        self.rows[task_id] = self._row(task_id).model_copy(update=fields)
        return self.rows[task_id]

    async def tasks(self, query: TaskQuery = TaskQuery()) -> TaskPage:  # noqa: B008
        found = tuple(
            t
            for t in self.rows.values()
            if query.serial in {None, t.serial} and query.reason in {None, t.reason}
        )
        return TaskPage(
            tasks=found[::-1], total=len(found), page=query.page, page_size=query.page_size
        )

    async def task(self, task_id: int) -> TaskDetail:
        row = self._row(task_id).model_dump(exclude={"status_text"})
        attempt = Attempt(id=1, started_at=NOW, evidence=("end.png",))
        return TaskDetail(**row, attempts=(attempt,))

    async def wait(self, task_id: int) -> TaskDetail:
        return await self.task(task_id)

    async def stop(self, task_id: int) -> Task:
        if self._row(task_id).status == FAILED:
            raise BadInput.of("id", f"task {task_id} is failed; only pending or running ones stop")
        return self._change(task_id, status=FAILED, reason=Reason.STOPPED)

    async def retry(self, task_id: int) -> Task:
        return self._change(task_id, status=PENDING, reason=Reason.RETRY)

    async def retry_all(self, *, stopped: bool = True) -> Retried:
        failed = tuple(t.id for t in self.rows.values() if t.status == FAILED)
        if stopped:
            return Retried(retried_count=len(failed), task_ids=failed)
        skipped = tuple(Skipped(task_id=i, reason="stopped") for i in failed)
        return Retried(retried_count=0, task_ids=(), skipped=skipped)

    async def delete(self, task_ids: Sequence[int]) -> Deleted:
        gone = [i for i in task_ids if self.rows.pop(i, None)]
        missing = tuple(i for i in task_ids if i not in gone)
        return Deleted(deleted_count=len(gone), not_found=missing)

    async def resolve(self, task_id: int, *, posted: bool) -> Task:
        reason = Reason.RESOLVED_POSTED if posted else Reason.NOT_POSTED
        return self._change(task_id, reason=reason)

    async def evidence(self, task_id: int, name: str) -> bytes:
        self._row(task_id)
        if name not in {"end.png", "end.xml"}:
            raise NotFound(f"evidence {name!r} does not exist")
        return b"kept " + name.encode()

    async def stats(self) -> Stats:
        if self.broken:
            raise self.broken
        return Stats(total=len(self.rows), pending=len(self.rows))

    async def devices(self, state: DeviceState | None = None, tag: str | None = None) -> Devices:
        every = tuple(Device(serial=s, state=DeviceState.READY, tags=("EU",)) for s in KNOWN[:1])
        every += tuple(Device(serial=s, state=DeviceState.READY) for s in KNOWN[1:])
        return Devices(d for d in every if state in {None, d.state} and tag in {None, *d.tags})

    async def device(self, serial: str) -> Device:
        if serial not in KNOWN:
            raise NotFound(f"device {serial!r} does not exist")
        return Device(serial=serial, state=DeviceState.READY, last_seen_at=NOW)

    async def accounts(self, app: str | None = None, serial: str | None = None) -> Accounts:
        every = self.bound.values()
        return Accounts(a for a in every if app in {None, a.app} and serial in {None, a.serial})

    async def add_account(self, new: NewAccount) -> Account:
        account = Account(id=len(self.bound) + 1, created_at=NOW, **new.model_dump())
        self.bound[account.id] = account
        return account

    async def add_accounts(self, new: NewAccounts) -> Bound:
        bound = [await self.add_account(one) for one in new.accounts]
        return Bound(accounts=tuple(bound), bound_count=len(bound), bound_already=0)

    async def change_account(self, account_id: int, change: AccountChange) -> Account:
        return self._change_account(account_id, change.model_dump(exclude_unset=True))

    async def release_account(self, account_id: int) -> Account:
        free = {"held": None, "held_why": "", "held_since": None}
        return self._change_account(account_id, free)

    def _change_account(self, account_id: int, values: dict[str, Any]) -> Account:
        if account_id not in self.bound:
            raise NotFound(f"account {account_id} does not exist")
        self.bound[account_id] = self.bound[account_id].model_copy(update=values)
        return self.bound[account_id]

    async def delete_account(self, account_id: int) -> None:
        if self.bound.pop(account_id, None) is None:
            raise NotFound(f"account {account_id} does not exist")

    async def settings(self) -> Settings:
        return self.set

    async def change_settings(self, changes: dict[str, Any]) -> Settings:
        self.set = checked(Settings, {**self.set.model_dump(), **changes})
        return self.set

    async def reset_setting(self, name: str) -> Settings:
        if name not in Settings.model_fields:
            raise NotFound(f"setting {name!r} does not exist")
        kept = self.set.model_dump(exclude={name})
        self.set = Settings.model_validate(kept)
        return self.set

    async def license(self) -> License:
        return self.set.license

    async def health(self) -> Health:
        return self.vital

    async def vitals(self) -> Vitals:
        return Vitals(oldest_due_at=NOW)


class Broken(TmError):
    """The database could not be written."""

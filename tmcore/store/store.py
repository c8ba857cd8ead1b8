"""The database in the project's own words: all that the other rooms may ask of it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import orjson

from tmcore.devices import Device, DeviceState
from tmcore.events import Event, EventKind
from tmcore.measure import Measure, tell
from tmcore.model import Change, PressOutcome, Stats, Task, TaskDetail, TaskPage, TaskQuery
from tmcore.rules.plan import Head
from tmcore.store import attempts, changes, lateness, reading
from tmcore.store.accounts import AccountShelf
from tmcore.store.answers import AnswerShelf
from tmcore.store.attempts import Intent, Orphan
from tmcore.store.changes import Claimed, Draft
from tmcore.store.database import Database, new_uuid
from tmcore.store.hits import HitShelf
from tmcore.store.materials import MaterialShelf
from tmcore.store.paths import PathShelf
from tmcore.store.plans import PlanShelf
from tmcore.store.retention import RetentionShelf
from tmcore.store.schedules import ScheduleShelf
from tmcore.store.supply import Supply
from tmcore.store.times import from_ms, to_ms
from tmcore.store.tokens import TokenShelf
from tmcore.store.verification import VerificationShelf
from tmcore.store.vitals import VitalsShelf
from tmcore.store.webhooks import WebhookShelf
from tmcore.store.wifi import WifiShelf
from tmcore.store.writer import Work

T = TypeVar("T")
Clock = Callable[[], datetime]

NEVER = timedelta(0)  # as a limit of lateness


def utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Writes go through the one writer, reads through a connection that cannot write."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._write = database.write
        self._read = database.read
        self._now = clock
        self._next_change = asyncio.Event()
        self.last_event = 0  # the newest one's id, so that a reader can begin there at once
        self.on_change: Callable[[], None] = lambda: None
        self.on_log: Callable[[Event], None] = lambda _event: None
        self.accounts = AccountShelf(self._write, self._read, clock)
        self.wifi = WifiShelf(self._write, self._read, clock)
        self.hits = HitShelf(self._write, self._read, clock)
        self.uuid = ""  # marks the phones that this database drives
        self.tokens = TokenShelf(self._write, self._read)
        self.vitals = VitalsShelf(self._write, self._read)
        self.schedules = ScheduleShelf(self._change, self._read, clock)
        self.plans = PlanShelf(self._change, self._read, clock)
        self.verification = VerificationShelf(self._change, self._read, clock)
        self.answers = AnswerShelf(self._change, self._read, clock)
        self.webhooks = WebhookShelf(self._write, self._read, clock)
        self.retention = RetentionShelf(self._change, clock)
        self.materials = MaterialShelf(self._write, self._read)
        self.paths = PathShelf(self._write, self._read, clock)
        self.supply = Supply(database.path)

    @classmethod
    async def open(cls, path: Path, clock: Clock = utc_now) -> "Store":
        """Raises DatabaseInUse, NewerDatabase, StoreFailed."""
        store = cls(await Database.open(path), clock)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(store.close)
            store.uuid = await store._write(_uuid)
            [newest] = await store._read("SELECT COALESCE(MAX(id), 0) AS id FROM event")
            store.last_event = newest["id"]
            await store.accounts.load()
            undo.pop_all()
        return store

    async def close(self) -> None:
        self.supply.close()
        await self._database.close()

    @property
    def next_change(self) -> asyncio.Event:
        """Is set when a task has been created, moved or deleted after this moment."""
        return self._next_change

    async def _change(self, work: Work[T]) -> T:
        """Commit a unit of work that leaves events, and tell of it."""
        result, newest = await self._write(lambda db: (work(db), changes.last_event(db)))
        self._tell(newest)
        return result

    def _tell(self, newest: int) -> None:
        self.last_event = max(self.last_event, newest)
        told, self._next_change = self._next_change, asyncio.Event()
        told.set()
        self.on_change()

    # tasks

    async def insert(self, drafts: Sequence[Draft]) -> list[int]:
        return await self._change(lambda db: changes.insert(db, drafts, self._now()))

    async def claim(
        self, task_ids: Sequence[int], able: Sequence[str] = (), limit: timedelta = NEVER
    ) -> list[Claimed]:
        """Claim what has not missed its hour; `able` are the phones that can take a task now."""

        def work(db: sqlite3.Connection) -> list[Claimed]:
            now = self._now()
            lateness.note_able(db, able, now, limit)
            return changes.claim(db, task_ids, now)

        return await self._change(work)

    async def note_able(self, able: Sequence[str], limit: timedelta) -> list[int]:
        """Note which phones can take a task now; return the tasks that have missed their hour."""
        return await self._change(lambda db: lateness.note_able(db, able, self._now(), limit))

    async def apply(self, task_id: int, *moves: Change, attempt_id: int | None = None) -> None:
        """Move a task by all of these changes or none. Raises NotFound, IllegalMove, BadInput."""

        def work(db: sqlite3.Connection) -> None:
            for change in moves:
                changes.apply(db, task_id, change, self._now(), attempt_id)

        await self._change(work)
        for change in moves:
            tell(Measure.CHANGE, 1, " ".join(filter(None, (change.name, change.reason))))

    async def delete(self, task_ids: Sequence[int]) -> list[int]:
        return await self._change(lambda db: changes.delete(db, task_ids, self._now()))

    async def task(self, task_id: int) -> Task:
        return await reading.task(self._read, task_id)

    async def detail(self, task_id: int) -> TaskDetail:
        return await reading.detail(self._read, task_id)

    async def page(self, query: TaskQuery, serials: Sequence[str] | None = None) -> TaskPage:
        return await reading.page(self._read, query, serials)

    async def stats(self) -> Stats:
        return await reading.stats(self._read)

    async def heads(self, serials: Sequence[str]) -> list[Head]:
        return await reading.heads(self._read, serials, self._now())

    async def queue_lengths(self) -> dict[str, int]:
        return await reading.queue_lengths(self._read)

    async def earliest_places(self, serials: Sequence[str]) -> dict[str, int]:
        rows = await self._read(
            "SELECT serial, MIN(place) AS place FROM task WHERE status = 0 "
            "AND serial IN (SELECT value FROM json_each(?)) GROUP BY serial",
            orjson.dumps(list(serials)).decode(),
        )
        return {row["serial"]: row["place"] for row in rows}

    async def retryable(self, *, stopped: bool) -> tuple[list[int], list[int]]:
        return await reading.retryable(self._read, stopped=stopped)

    # attempts

    async def begin_step(self, attempt_id: int, name: str) -> int:
        return await self._write(lambda db: attempts.begin_step(db, attempt_id, name, self._now()))

    async def end_step(self, step_id: int, outcome: str) -> None:
        await self._write(lambda db: attempts.end_step(db, step_id, outcome, self._now()))

    async def log(self, claimed: Claimed, text: str) -> None:
        await self._log(claimed.attempt_id, claimed.serial, text, claimed.task_id)

    async def log_hand(self, epoch: int, serial: str, text: str) -> None:
        """Write down what a person does on a phone whose slot is held."""
        await self._log(epoch, serial, text)

    async def _log(
        self, attempt_id: int, serial: str, text: str, task_id: int | None = None
    ) -> None:
        at = self._now()
        await self._write(lambda db: attempts.log(db, attempt_id, text, at))
        self.on_log(Event(kind=EventKind.LOG, at=at, task_id=task_id, serial=serial, text=text))

    async def keep_evidence(self, attempt_id: int, name: str) -> None:
        await self._write(lambda db: attempts.keep_evidence(db, attempt_id, name))

    async def note_live(self, claimed: Claimed, step: str, progress: float, looks: int) -> None:
        await self._write(lambda db: attempts.note_live(db, claimed, step, progress, looks))

    async def request_stop(self, task_id: int) -> None:
        await self._write(lambda db: attempts.request_stop(db, task_id))

    async def intend(self, claimed: Claimed, intent: Intent) -> None:
        """Commit a press's intent and its ledger row. Raises NotOurs, AlreadyPosted."""
        await self._write(lambda db: attempts.intend(db, claimed, intent, self._now()))

    async def refuse_repeat(self, claimed: Claimed, intent: Intent) -> None:
        """Raise the AlreadyPosted that intend() would raise."""
        await self._write(lambda db: attempts.refuse_repeat(db, claimed, intent))

    async def set_press(self, task_id: int, gen: int, outcome: PressOutcome) -> None:
        await self._write(partial(changes.set_press, task_id=task_id, gen=gen, outcome=outcome))

    async def generation(self, task_id: int) -> int:
        [row] = await self._read("SELECT gen FROM task WHERE id = ?", task_id)
        return int(row["gen"])

    async def adopt_orphans(self) -> list[Orphan]:
        return await self._write(lambda db: attempts.adopt_orphans(db, self._now()))

    @asynccontextmanager
    async def slot(self, serial: str, kind: str, task_id: int = 0) -> AsyncIterator[int]:
        """Hold a device's slot for a moment; yields its epoch. Raises BadInput when it is taken."""
        epoch = await self._write(
            lambda db: attempts.take_slot(db, task_id, serial, kind, self._now())
        )
        try:
            yield epoch
        finally:
            await self._write(lambda db: attempts.leave_slot(db, epoch, self._now()))

    async def skip_epochs(self, ahead: int) -> None:
        """Number later attempts from here on: a phone remembers more of them than we do."""
        await self._write(lambda db: attempts.skip_epochs(db, ahead))

    async def last_press_at(self, serial: str) -> datetime | None:
        return await reading.last_press_at(self._read, serial)

    # events

    async def events(self, after: int, limit: int) -> list[Event]:
        """Return task events past an id, oldest first, each with its task as it is now."""
        found = await reading.events(self._read, after, limit)
        self.last_event = max(self.last_event, *(event.id or 0 for event in found), 0)
        return found

    # devices, settings

    async def pause_device(self, serial: str, reason: str | None) -> None:
        await self._write(
            lambda db: (
                db.execute(
                    "UPDATE device SET paused = ? WHERE serial = ?", (reason, serial)
                ).rowcount
            )
        )

    async def quarantine_device(self, device: Device) -> None:
        """Write whether it is quarantined; a device seen a moment ago may have no row yet."""
        at = to_ms(device.quarantined_at) if device.quarantined_at else None
        await self._write(
            lambda db: (
                db.execute(
                    "INSERT INTO device (serial, facts, quarantined, quarantined_at) "
                    "VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                    "quarantined = excluded.quarantined, quarantined_at = excluded.quarantined_at",
                    (device.serial, _facts(device), device.quarantined, at),
                ).rowcount
            )
        )

    async def devices(self) -> list[Device]:
        rows = await self._read(
            "SELECT facts, paused, quarantined, quarantined_at, label, tags, last_seen_at "
            "FROM device ORDER BY serial"
        )
        return [
            Device(
                **orjson.loads(row["facts"]),
                paused=row["paused"],
                quarantined=row["quarantined"],
                quarantined_at=_moment(row["quarantined_at"]),
                label=row["label"],
                tags=orjson.loads(row["tags"]),
                last_seen_at=_moment(row["last_seen_at"]),
            )
            for row in rows
        ]

    async def label_device(self, device: Device) -> None:
        """Write its label and tags; a device seen a moment ago may have no row yet."""
        tags = orjson.dumps(device.tags).decode()
        await self._write(
            lambda db: (
                db.execute(
                    "INSERT INTO device (serial, facts, label, tags) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT DO UPDATE SET label = excluded.label, tags = excluded.tags",
                    (device.serial, _facts(device), device.label, tags),
                ).rowcount
            )
        )

    async def save_device(self, device: Device) -> None:
        """Write what was seen of it; a new one is able from now on, whoever noted that before."""
        facts = _facts(device)
        seen = to_ms(device.last_seen_at) if device.last_seen_at else None
        able = to_ms(self._now()) if device.state is DeviceState.READY else None
        await self._write(
            lambda db: (
                db.execute(
                    "INSERT INTO device (serial, facts, last_seen_at, able_at) "
                    "VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                    "facts = excluded.facts, "
                    "last_seen_at = COALESCE(excluded.last_seen_at, last_seen_at)",
                    (device.serial, facts, seen, able),
                ).rowcount
            )
        )

    async def settings(self) -> dict[str, Any]:
        """Return those that were changed while it ran."""
        rows = await self._read("SELECT name, value FROM setting")
        return {row["name"]: orjson.loads(row["value"]) for row in rows}

    async def save_settings(self, changed: dict[str, Any]) -> None:
        rows = [(name, orjson.dumps(value).decode()) for name, value in changed.items()]
        sql = "INSERT OR REPLACE INTO setting VALUES (?, ?)"
        await self._write(lambda db: db.executemany(sql, rows).rowcount)

    async def forget_setting(self, name: str) -> None:
        await self._write(
            lambda db: db.execute("DELETE FROM setting WHERE name = ?", (name,)).rowcount
        )


def _facts(device: Device) -> str:
    """Return what was seen of a phone; what people said of it has columns of its own."""
    others = {
        "last_seen_at", "task_id", "queue", "accounts", "paused", "quarantined", "quarantined_at",
        "recovery", "eye", "label", "tags",
    }  # fmt: skip
    return orjson.dumps(device.model_dump(mode="json", exclude=others)).decode()


def _moment(ms: int | None) -> datetime | None:
    return from_ms(ms) if ms else None


def _uuid(db: sqlite3.Connection) -> str:
    db.execute("INSERT OR IGNORE INTO meta VALUES ('uuid', ?)", (new_uuid(),))
    return str(db.execute("SELECT value FROM meta WHERE name = 'uuid'").fetchone()[0])

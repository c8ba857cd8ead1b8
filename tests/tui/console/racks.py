"""A rack in memory for the console: with phones and tasks as a test wants them, and live events."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta
from typing import Any

from tests.serve.fake import NOW, FakeRack
from tmcore.devices import Device, DeviceState, Hand, PhoneScreen
from tmcore.errors import BadInput, NotFound, ServerUnreachable
from tmcore.events import Event, EventKind
from tmcore.faces import Devices
from tmcore.model import (
    Created,
    Deleted,
    Health,
    NewTask,
    Stats,
    Task,
    TaskDetail,
    TaskPage,
    TaskQuery,
    TaskStatus,
)
from tmcore.reasons import Reason

PHONES = (Device(serial="R58M1", state=DeviceState.READY, model="SM-A146B", battery_percent=81,
                 temperature_c=31.0, last_seen_at=NOW),
          Device(serial="R58M2", state=DeviceState.READY, model="Pixel 7", battery_percent=64,
                 temperature_c=29.0, last_seen_at=NOW))  # fmt: skip


def task(number: int, serial: str = "R58M1", **fields: Any) -> Task:
    """One task; fields are changed as a test needs them."""
    plain = Task(id=number, serial=serial, script_name="post", script_config={},
                 status=TaskStatus.PENDING, start_at=NOW, created_at=NOW)  # fmt: skip
    return plain.model_copy(update=fields)


def failed(number: int, reason: Reason = Reason.TIMEOUT, **fields: Any) -> Task:
    ended = {"started_at": NOW, "ended_at": NOW + timedelta(seconds=42)}
    return task(number, **(ended | {"status": TaskStatus.FAILED, "reason": reason} | fields))


class Rack(FakeRack):
    """Notes what it was told to change, tells its readers, and can be lost."""

    def __init__(self, phones: Iterable[Device] = PHONES, tasks: Iterable[Task] = ()) -> None:
        super().__init__()
        self.phones = {phone.serial: phone for phone in phones}
        self.rows = {one.id: one for one in tasks}
        self.details: dict[int, dict[str, Any]] = {}
        self.kept: dict[str, bytes] = {}
        self.shown = asyncio.Event()  # what was kept is not handed out before
        self.shown.set()
        self.lines: list[Event] = []  # said to each new reader
        self.told: list[tuple[str, object]] = []
        self.lost = False
        self.phone_screen = PhoneScreen(png=b"", xml="<hierarchy/>")
        self._readers: set[asyncio.Queue[Event]] = set()

    # what it is asked

    async def devices(self, state: DeviceState | None = None, tag: str | None = None) -> Devices:
        self._answer()
        return Devices(
            d for d in self.phones.values() if state in {None, d.state} and tag in {None, *d.tags}
        )

    async def device(self, serial: str) -> Device:
        self._answer()
        if serial not in self.phones:
            raise NotFound(f"device {serial!r} does not exist")
        return self.phones[serial]

    async def tasks(self, query: TaskQuery = TaskQuery()) -> TaskPage:  # noqa: B008
        self._answer()
        every, size = list(self.rows.values())[::-1], query.page_size
        page = every[(query.page - 1) * size : query.page * size]
        return TaskPage(tasks=tuple(page), total=len(every), page=query.page, page_size=size)

    async def task(self, task_id: int) -> TaskDetail:
        self._answer()
        row = self._row(task_id).model_dump(exclude={"status_text"})
        return TaskDetail(**row, **self.details.get(task_id, {}))

    async def evidence(self, task_id: int, name: str) -> bytes:
        await self.shown.wait()
        if name not in self.kept:
            raise NotFound(f"evidence {name!r} does not exist")
        return self.kept[name]

    async def stats(self) -> Stats:
        self._answer()
        return Stats(total=len(self.rows))

    async def health(self) -> Health:
        self._answer()
        return self.vital

    async def screen(self, serial: str) -> PhoneScreen:
        await self.device(serial)
        return self.phone_screen

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        self._answer()
        mine: asyncio.Queue[Event] = asyncio.Queue()
        for line in self.lines:
            mine.put_nowait(line)
        self._readers.add(mine)
        try:
            while True:
                yield await mine.get()
        finally:
            self._readers.discard(mine)

    # what it is told

    async def create(self, new: NewTask, *, key: str | None = None, owner: str = "") -> Created:
        self._hear("create", new)
        made = [self._add(serial, new) for serial in new.serials or ()]
        for one in made:
            self.put(one)
        ids = tuple(one.id for one in made)
        return Created(task_ids=ids, created_count=len(ids), tasks=(), zone="UTC")

    async def stop(self, task_id: int) -> Task:
        self._hear("stop", task_id)
        return self.put(await super().stop(task_id))

    async def retry(self, task_id: int) -> Task:
        self._hear("retry", task_id)
        if self._row(task_id).status is not TaskStatus.FAILED:
            raise BadInput.of("id", f"task {task_id} did not fail")
        return self.put(await super().retry(task_id))

    async def delete(self, task_ids: Sequence[int]) -> Deleted:
        self._hear("delete", tuple(task_ids))
        for task_id in task_ids:
            self._tell(Event(kind=EventKind.TASK, at=NOW, task_id=task_id))
        return await super().delete(task_ids)

    async def resolve(self, task_id: int, *, posted: bool) -> Task:
        self._hear("resolve", (task_id, posted))
        return self.put(await super().resolve(task_id, posted=posted))

    async def pause(self, serial: str, reason: str) -> Device:
        self._hear("pause", (serial, reason))
        changes = {"state": DeviceState.PAUSED, "paused": reason, "why": reason}
        return self.put_phone((await self.device(serial)).model_copy(update=changes))

    async def resume(self, serial: str) -> Device:
        self._hear("resume", serial)
        changes = {"state": DeviceState.READY, "paused": None, "why": ""}
        return self.put_phone((await self.device(serial)).model_copy(update=changes))

    async def act(self, serial: str, hand: Hand) -> None:
        self._hear("act", (serial, hand))

    # what happens in it

    def put(self, changed: Task) -> Task:
        self.rows[changed.id] = changed
        self._tell(Event(kind=EventKind.TASK, at=NOW, task_id=changed.id, task=changed))
        return changed

    def put_phone(self, changed: Device) -> Device:
        self.phones[changed.serial] = changed
        self._tell(Event(kind=EventKind.DEVICE, at=NOW, serial=changed.serial, device=changed))
        return changed

    def say(self, text: str, serial: str | None = None, task_id: int | None = None) -> None:
        self._tell(Event(kind=EventKind.LOG, at=NOW, text=text, serial=serial, task_id=task_id))

    def stopped(self) -> int:
        return sum(one.reason is Reason.STOPPED for one in self.rows.values())

    def _tell(self, event: Event) -> None:
        for reader in self._readers:
            reader.put_nowait(event)

    def _hear(self, verb: str, what: object) -> None:
        self._answer()
        self.told.append((verb, what))

    def _answer(self) -> None:
        if self.lost:
            raise ServerUnreachable("the cable to the server is out")

"""A rack in memory that is always busy: what the consoles of the benchmark look at.

`python -m tests.bench.source DEVICES TASKS CHANGES LINES` prints its port; CHANGES devices and
their tasks change at each of four ticks a second, and LINES lines are logged a second.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count

from tests.serve.fake import FakeRack
from tmcore.devices import Device, DeviceState
from tmcore.events import Event, EventKind
from tmcore.faces import Devices
from tmcore.model import Stats, Task, TaskPage, TaskQuery, TaskStatus
from tmserve.app import Server

TICK_S = 0.25
STEPS = ("push", "open", "account", "create", "pick", "edit", "caption", "press", "watch")
NO_QUERY = TaskQuery()
START = datetime(2026, 1, 31, 14, 5, tzinfo=UTC)


class BusyRack(FakeRack):
    """Every device runs a task of its own; the rest of the tasks wait."""

    def __init__(self, devices: int, tasks: int, changes: int, lines: int) -> None:
        super().__init__()
        self.changes, self.lines = changes, lines
        serials = [f"R58M{n:06d}" for n in range(devices)]
        self.fleet = {s: _device(s, n + 1) for n, s in enumerate(serials)}
        self.rows = {
            n: _task(n, serials[(n - 1) % devices], n <= devices) for n in range(1, tasks + 1)
        }

    async def devices(self, state: DeviceState | None = None, tag: str | None = None) -> Devices:
        del state
        return Devices(self.fleet.values())

    async def tasks(self, query: TaskQuery = NO_QUERY) -> TaskPage:
        first = (query.page - 1) * query.page_size
        newest = sorted(self.rows, reverse=True)[first : first + query.page_size]
        shown = tuple(self.rows[key] for key in newest)
        return TaskPage(
            total=len(self.rows), page=query.page, page_size=query.page_size, tasks=shown
        )

    async def stats(self) -> Stats:
        running = len(self.fleet)
        return Stats(
            total=len(self.rows), pending=len(self.rows) - running, running=running, completed=0,
            failed=0, stopped=0, needs_review=0,
        )  # fmt: skip

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        del after
        serials = list(self.fleet)
        for turn in count():
            at = START + timedelta(seconds=turn * TICK_S)
            apart = len(serials) // self.changes if self.changes else 0
            for n in range(self.changes):  # spread over the rack, as phones are
                serial = serials[(turn + n * apart) % len(serials)]
                yield Event(kind=EventKind.LIVE, at=at, serial=serial, task=self._moved(serial))
            for n in range(int(self.lines * TICK_S)):
                text = f"line {turn}.{n}: the app shows its composer"
                yield Event(kind=EventKind.LOG, at=at, serial=serials[n % len(serials)], text=text)
            await asyncio.sleep(TICK_S)

    def _moved(self, serial: str) -> Task:
        task_id = self.fleet[serial].task_id
        assert task_id
        old = self.rows[task_id]
        done = (old.progress + 0.07) % 1
        new = old.model_copy(update={"progress": done, "step": STEPS[int(done * len(STEPS))]})
        self.rows[task_id] = new
        return new


def _device(serial: str, task_id: int) -> Device:
    return Device(
        serial=serial, state=DeviceState.BUSY, model="SM-A146B", android="14",
        battery_percent=87, temperature_c=31.5, free_bytes=50 * 10**9, task_id=task_id, queue=19,
        accounts=("studio",), last_seen_at=START,
    )  # fmt: skip


def _task(task_id: int, serial: str, running: bool) -> Task:
    return Task(
        id=task_id, serial=serial, username="studio", script_name="post",
        script_config={"captions": "Hello from the rack #tm", "material_list": ["/media/clip.mp4"]},
        status=TaskStatus.RUNNING if running else TaskStatus.PENDING,
        start_at=START, created_at=START, started_at=START if running else None,
    )  # fmt: skip


async def main(devices: int, tasks: int, changes: int, lines: int) -> None:
    async with Server(BusyRack(devices, tasks, changes, lines), port=0) as server:
        print(server.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))

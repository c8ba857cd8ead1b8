"""`await rack.live()`: devices and tasks in one display, kept true by the rack's events.

Events are only taken in as they come; a picture is drawn at most twice a second, of whatever is
true then. Everything is read anew every few seconds, since a far stream may open a moment late.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from tmcore.api import RackApi
from tmcore.display import Display, Picture, open_display
from tmcore.errors import NotFound, TmError
from tmcore.events import Event, EventKind
from tmcore.faces import Devices
from tmcore.model import PENDING, RUNNING, Stats, Task, TaskQuery

PERIOD_S = 0.5  # between two pictures
AGAIN_S = 5.0
PAGE = 100


async def show(
    rack: RackApi,
    task_ids: Sequence[int] = (),
    seconds: float | None = None,
    display: Display | None = None,
) -> None:
    """Show until these tasks have ended or the seconds are over; without either, for ever.

    Raises NotFound for an unknown task, TmError when the rack closes before the tasks have ended.
    """
    board = Board(rack, task_ids)
    listening = asyncio.create_task(board.listen())
    try:
        async with asyncio.timeout(seconds) as limit:
            await _draw(board, listening, display or open_display())
    except TimeoutError:
        if not limit.expired():
            raise
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _draw(board: "Board", listening: asyncio.Task[None], display: Display) -> None:
    await board.open()
    display.show(shown := board.picture())
    while not (board.done or listening.done()):
        with suppress(TimeoutError):
            async with asyncio.timeout(AGAIN_S):
                await board.moved.wait()
        await asyncio.sleep(PERIOD_S)  # what happens meanwhile is in the same picture
        await board.catch_up()
        if (now := board.picture()) != shown:
            display.show(shown := now)
    if listening.done():
        listening.result()  # raises what ended the stream
        if board.waits:
            raise TmError("The rack closed before the tasks had ended.")


class Board:
    """What is known of the devices, and of the tasks that are asked for or have run meanwhile."""

    def __init__(self, rack: RackApi, task_ids: Sequence[int]) -> None:
        self._rack = rack
        self._asked = tuple(task_ids)
        self._tasks: dict[int, Task] = {}
        self._devices = Devices()
        self._stats = Stats()
        self._stale = False  # counts and devices are not those of the last event
        self._read_at = 0.0  # by the loop's clock
        self.moved = asyncio.Event()

    @property
    def waits(self) -> bool:
        """Whether some task that was asked for has not ended; a deleted one has."""
        return any(i in self._tasks and _goes_on(self._tasks[i]) for i in self._asked)

    @property
    def done(self) -> bool:
        return bool(self._asked) and not self.waits

    def picture(self) -> Picture:
        """Return what is true now: running tasks first, then waiting ones, then the newest."""
        return Picture(self._stats, self._devices, tuple(self._sorted()))

    async def open(self) -> None:
        """Read everything for the first time. Raises NotFound."""
        for task_id in self._asked:
            self._tasks[task_id] = await self._rack.task(task_id)
        await self._read_all()

    async def listen(self) -> None:
        """Take in events until the rack closes."""
        try:
            async for event in self._rack.events():
                self._take(event)
        finally:
            self.moved.set()

    async def catch_up(self) -> None:
        """Read what the events did not bring."""
        self.moved.clear()
        if asyncio.get_running_loop().time() - self._read_at > AGAIN_S:
            for task in filter(_goes_on, tuple(self._tasks.values())):
                await self._read(task.id)
            await self._read_all()
        elif self._stale:
            await self._read_rack()

    def _take(self, event: Event) -> None:
        if event.kind is EventKind.LOG:
            return
        if event.kind is EventKind.LOST:
            self._read_at = 0.0
        self._stale = self._stale or event.kind is not EventKind.LIVE
        if event.task is not None and self._shows(event.task):
            self._tasks[event.task.id] = event.task
        elif event.change == "delete" and event.task_id is not None:
            self._tasks.pop(event.task_id, None)
        self.moved.set()

    def _shows(self, task: Task) -> bool:
        return task.id in self._tasks or (not self._asked and task.status is RUNNING)

    async def _read_all(self) -> None:
        self._read_at = asyncio.get_running_loop().time()
        await self._read_rack()
        if not self._asked:
            page = await self._rack.tasks(TaskQuery(status=RUNNING, page_size=PAGE))
            self._tasks.update({task.id: task for task in page.tasks})
            for old in self._sorted()[PAGE:]:  # it may stay open for days
                del self._tasks[old.id]

    async def _read_rack(self) -> None:
        self._stale = False
        self._devices = await self._rack.devices()
        self._stats = await self._rack.stats()

    async def _read(self, task_id: int) -> None:
        try:
            self._tasks[task_id] = await self._rack.task(task_id)
        except NotFound:
            self._tasks.pop(task_id, None)

    def _sorted(self) -> list[Task]:
        order = {RUNNING: 0, PENDING: 1}
        return sorted(self._tasks.values(), key=lambda task: (order.get(task.status, 2), -task.id))


def _goes_on(task: Task) -> bool:
    return task.status in {PENDING, RUNNING}

"""Starts due tasks on idle phones. Woken by a change or by the clock; nothing polls.

Each turn reads the heads of the idle devices' queues, lets rules.plan decide, claims what it said
in one unit of work, and only then starts the workers. The same unit fails what missed its hour.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from tmcore.engine.alarm import sleep_until
from tmcore.measure import Measure, tell
from tmcore.rules.plan import Head, plan
from tmcore.store.changes import Claimed
from tmcore.store.store import Clock, Store

logger = logging.getLogger("tmcore.scheduler")

NOTE_S = 30.0  # between notes of which phones are able; one that is away is told from them
PAUSE_S = 1.0  # after the database failed, or a claim was lost


class Scheduler:
    """Satisfies the promise that a due task on a free, healthy device starts within 100 ms."""

    what = "due tasks"

    def __init__(
        self,
        store: Store,
        idle: Callable[[], Sequence[str]],
        running: Callable[[], int],
        limit: Callable[[], int],
        grasp: Callable[[str], bool],
        able: Callable[[], Sequence[str]],
        late_limit: Callable[[], timedelta],
        launch: Callable[[Claimed], None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._idle, self._running, self._limit, self._launch = idle, running, limit, launch
        self._grasp, self._able, self._late_limit = grasp, able, late_limit
        self._now = clock
        self._noted: Sequence[str] = ()  # the phones that were written down as able last
        self._noted_at = float("-inf")
        self._woken = asyncio.Event()
        self._wake_at: datetime | None = None
        self.turned_at = time.monotonic()  # when it looked last: whether it is alive

    def __repr__(self) -> str:
        return f"<Scheduler {self._running()} running, next {self._wake_at or 'when woken'}>"

    def wake(self) -> None:
        """Something changed: a task, a device, a setting."""
        self._woken.set()

    async def run(self) -> None:
        while True:
            self._woken.clear()
            self.turned_at = time.monotonic()
            self._wake_at = await self._safe(self._turn)
            await sleep_until(self._wake_at, self._woken, self._now)

    async def _safe(self, turn: Callable[[], Awaitable[datetime | None]]) -> datetime | None:
        try:
            return await turn()
        except Exception:  # a scheduler that dies of anything leaves the whole rack waiting
            logger.exception("the queue could not be read or claimed; trying again")
            return self._soon()

    async def _turn(self) -> datetime | None:
        await self._note_able()
        now = self._now()
        idle = self._idle()
        heads = await self._store.heads(idle) if idle else []
        todo = plan(heads, self._running(), self._limit(), now)
        ids = [
            head.task_id
            for head in todo.start
            if head.task_id is not None and self._grasp(head.serial)
        ]
        if not ids:  # whoever lets a phone go wakes us
            return todo.wake_at
        claimed = await self._store.claim(ids, self._able(), self._late_limit())
        for one in claimed:
            self._launch(one)
        self._measure(todo.start, {one.task_id for one in claimed})
        return todo.wake_at if len(claimed) == len(ids) else self._soon()

    async def _note_able(self) -> None:
        able, now = self._able(), time.monotonic()
        if able == self._noted and now - self._noted_at < NOTE_S:
            return
        for task_id in await self._store.note_able(able, self._late_limit()):
            logger.warning("task %s has missed its hour: its phone was away", task_id)
        self._noted, self._noted_at = able, now

    def _measure(self, started: Sequence[Head], claimed: set[int]) -> None:
        now = self._now()
        for head in started:
            if head.task_id in claimed and head.due_at is not None:
                tell(Measure.DELAY, (now - head.due_at).total_seconds())

    def _soon(self) -> datetime:
        return self._now() + timedelta(seconds=PAUSE_S)

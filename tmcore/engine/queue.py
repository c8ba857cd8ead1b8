"""What is asked of tasks that exist: to be shown, stopped, queued again, settled, deleted."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from tmcore.engine.crew import Crew
from tmcore.engine.evidence import EvidenceFolder
from tmcore.engine.fleet import Fleet, Holder
from tmcore.errors import BadInput, NotFound
from tmcore.model import (
    FAILED,
    PENDING,
    RUNNING,
    Change,
    Deleted,
    Retried,
    Skipped,
    Task,
    TaskDetail,
    TaskPage,
    TaskQuery,
)
from tmcore.reasons import Reason
from tmcore.rules.choosing import chosen
from tmcore.store.changes import IllegalMove
from tmcore.store.store import Store

CLAIM_S = 0.02  # between a claim's commit and the start of its worker


class Queue:
    """Its verbs are RackApi's, and described there. `wake` hears of what may start now."""

    def __init__(
        self,
        store: Store,
        fleet: Fleet,
        crew: Crew,
        evidence: EvidenceFolder,
        wake: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._fleet, self._crew = store, fleet, crew
        self._evidence, self._wake, self._clock = evidence, wake, clock

    async def page(self, query: TaskQuery) -> TaskPage:
        serials = chosen([query.serial], self._fleet.known) if query.serial else None
        page = await self._store.page(query, serials)
        return page.model_copy(update={"tasks": await self._crew.told(page.tasks)})

    async def one(self, task_id: int) -> TaskDetail:
        [told] = await self._crew.told([await self._store.detail(task_id)])
        return told

    async def wait(self, task_id: int) -> TaskDetail:
        while True:
            change = self._store.next_change
            task = await self.one(task_id)
            if task.status not in (PENDING, RUNNING):
                return task
            await change.wait()

    async def stop(self, task_id: int) -> Task:
        task = await self._store.task(task_id)
        while task.status is RUNNING and not self._fleet.hand_of(task_id):
            await asyncio.sleep(CLAIM_S)  # claimed, and in nobody's hand yet; or just ended
            task = await self._store.task(task_id)
        if task.status is PENDING:
            try:
                await self._store.apply(task_id, Change.stop())
            except IllegalMove:  # claimed, or ended by somebody else, in this very moment
                return await self.stop(task_id)
        elif task.status is RUNNING and (hand := self._fleet.hand_of(task_id)):
            await self._stop_running(hand)
        else:
            raise BadInput.of("task_id", f"task {task_id} is {task.status_text}; nothing to stop")
        return self._crew.live(await self._store.task(task_id))

    async def _stop_running(self, hand: Holder) -> None:
        in_window = hand.in_press_window
        hand.cancel(Change.stop())
        if in_window:
            await self._store.request_stop(hand.task_id)
        else:
            await hand.ended.wait()

    async def retry(self, task_id: int) -> Task:
        task = await self._store.task(task_id)
        if task.status is not FAILED:
            raise BadInput.of(
                "task_id", f"task {task_id} is {task.status_text}; only failed tasks can be retried"
            )
        await self._store.apply(task_id, self._retry_of(task))
        self._wake()
        return await self._store.task(task_id)

    def _retry_of(self, task: Task) -> Change:
        due = max(task.start_at, self._clock())  # a start time still ahead is kept
        return Change.retry(due, "a person asked for another run", by_person=True)

    async def retry_all(self, *, stopped: bool = True) -> Retried:
        again, unknown = await self._store.retryable(stopped=stopped)
        skipped = [Skipped(task_id=task_id, reason=Reason.OUTCOME_UNKNOWN) for task_id in unknown]
        retried = []
        for task_id in again:
            try:
                await self.retry(task_id)
            except (BadInput, NotFound) as error:
                skipped.append(Skipped(task_id=task_id, reason=str(error)))
            else:
                retried.append(task_id)
        return Retried(retried_count=len(retried), task_ids=tuple(retried), skipped=tuple(skipped))

    async def delete(self, task_ids: Sequence[int]) -> Deleted:
        hands = list(filter(None, map(self._fleet.hand_of, task_ids)))
        for hand in hands:
            hand.cancel(Change.stop())
        for hand in hands:
            await hand.ended.wait()
        try:
            found = await self._store.delete(task_ids)
        except IllegalMove:  # one was claimed in this very moment
            return await self.delete(task_ids)
        await self._evidence.drop(found)
        gone = tuple(task_id for task_id in dict.fromkeys(task_ids) if task_id not in set(found))
        return Deleted(deleted_count=len(found), not_found=gone)

    async def resolve(self, task_id: int, *, posted: bool) -> Task:
        """Where it is not posted, make sure first, on the phone, that no late press can come."""
        task = await self._store.task(task_id)
        if task.reason is not Reason.OUTCOME_UNKNOWN:
            raise BadInput.of("task_id", f"the outcome of task {task_id} is not unknown")
        await self._crew.leave(task_id)
        if not posted:
            await self._crew.shut_out(task)
        await self._store.apply(task_id, Change.posted() if posted else Change.not_posted())
        return await self._store.task(task_id)

    async def evidence(self, task_id: int, name: str) -> bytes:
        await self._store.task(task_id)
        return await self._evidence.read(task_id, name)

"""Puts hands on phones: starts workers and recoveries, holds their slots, tells what they do."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from tmcore.context import about
from tmcore.devices import Hand
from tmcore.engine import by_hand
from tmcore.engine.fleet import Fleet
from tmcore.engine.news import News
from tmcore.engine.patience import written
from tmcore.engine.recovery import Recovery
from tmcore.engine.verification import Finding, Verification, look_back
from tmcore.engine.worker import Shift, Worker
from tmcore.errors import BadInput, TmError
from tmcore.events import Event, EventKind
from tmcore.model import PENDING, RUNNING, Change, Task
from tmcore.phone.port import Phone
from tmcore.phone.sighting import Sighting
from tmcore.reasons import Reason
from tmcore.scripts import SCRIPTS
from tmcore.scripts.post.proof import LONGEST_UPLOAD
from tmcore.store.attempts import Orphan
from tmcore.store.changes import Claimed
from tmcore.store.store import Store, utc_now

logger = logging.getLogger("tmcore.crew")

T = TypeVar("T", bound=Task)
D = TypeVar("D")

AnyHand = Worker | Recovery | Verification

PROGRESS_S = 0.25
LOCKS_S = 2.0  # between looks at which phones other racks have
LEAVE_S = 5.0  # how long a phone may take to settle when somebody leaves it
DRAIN_S = 15.0  # how long a shutdown waits for attempts to end; a press takes at most 5 of them


class Crew:
    """Everybody who acts on phones at the moment. `freed` hears when a phone may be idle again."""

    def __init__(
        self,
        store: Store,
        fleet: Fleet,
        news: News,
        shift: Callable[[], Shift],
        freed: Callable[[], None],
        hurry: asyncio.Event,
    ) -> None:
        self._store, self._fleet, self._news = store, fleet, news
        self._shift, self._freed = shift, freed
        self._tasks: set[asyncio.Task[Any]] = set()
        self._hurry = hurry
        self.spawn(self._tell_progress())
        self.spawn(self._watch_locks())

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside everything else; it ends with the crew."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def launch(self, claimed: Claimed) -> None:
        script = SCRIPTS.get(claimed.script_name)
        if script is None:  # an older version offered it
            gone = Change.fail(Reason.SCRIPT_ERROR, f"no script {claimed.script_name} any more")
            self.spawn(self._give_back(claimed, gone))
            return
        phone = self._fleet.phones[claimed.serial]
        self._take(claimed.serial, Worker(self._shift(), claimed, phone, script))

    async def _give_back(self, claimed: Claimed, change: Change) -> None:
        await written(
            lambda: self._store.apply(claimed.task_id, change, attempt_id=claimed.attempt_id)
        )
        self._freed()

    def recover(self, orphan: Orphan) -> None:
        self._take(orphan.serial, Recovery(self._store, orphan, self._fleet.find, self._watch_on))

    async def _watch_on(self, orphan: Orphan) -> Finding:
        """Go on watching for proof of a press, where its watch was cut."""
        suspect = await self._store.verification.of_task(orphan.task_id, LONGEST_UPLOAD)
        phone = self._fleet.find(orphan.serial)
        if suspect is None or phone is None:
            return Finding(why="there is nothing left to watch")
        return await look_back(self._shift(), suspect, orphan.attempt_id, phone, resumed=True)

    def verify(self, verification: Verification, serial: str) -> None:
        """Let somebody look for late evidence on a phone whose slot was just taken for it."""
        self._take(serial, verification)

    async def leave(self, task_id: int) -> None:
        """End a look for evidence of this task, so that its phone is free."""
        hand = self._fleet.hand_of(task_id)
        if isinstance(hand, Verification):
            hand.cancel(Change.stop())
            with suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_S):
                    await hand.left.wait()

    def see(self, sighting: Sighting) -> None:
        """The watch saw a device change."""
        if device := self._fleet.see(sighting):
            self.spawn(self._store.save_device(device))
        self._wake_recoveries()
        self.tell_device(sighting.serial)
        self._freed()

    def _wake_recoveries(self) -> None:
        for hand in self._fleet.hands.values():
            if isinstance(hand, Recovery):
                hand.look_again()

    async def _watch_locks(self) -> None:
        """Tell which phones other racks have taken or let go; nothing else tells us."""
        while True:
            before, now = self._fleet.noticed, self._fleet.taken()
            for serial in now ^ before:
                self.tell_device(serial)
            if before - now:
                self._wake_recoveries()
                self._freed()
            await asyncio.sleep(LOCKS_S)

    def live(self, task: T) -> T:
        """Add what is known of a running task only in memory."""
        hand = self._fleet.hand_of(task.id) if task.status is RUNNING else None
        if hand is None:
            return task
        return task.model_copy(update={"step": hand.step, "progress": hand.progress})

    def live_event(self, event: Event) -> Event:
        """Add the same to the task of an event."""
        task = self.live(event.task) if event.task else None
        return event if task is event.task else event.model_copy(update={"task": task})

    async def told(self, tasks: Sequence[T]) -> tuple[T, ...]:
        """Add what is not in their rows: how far running ones are, what pending ones wait for."""
        pending = [task.id for task in tasks if task.status is PENDING]
        waits = await self._store.accounts.why_waiting(pending)
        return tuple(
            task.model_copy(update={"remark": f"waits: {waits[task.id]}"})
            if task.id in waits
            else self.live(task)
            for task in tasks
        )

    def device_changed(self, serial: str) -> None:
        """A person changed a device: tell it, and look whether a task may start there."""
        self.tell_device(serial)
        self._freed()

    def tell_device(self, serial: str) -> None:
        if self._news and serial in self._fleet.known:
            device = self._fleet.device(serial)
            event = Event(kind=EventKind.DEVICE, at=utc_now(), serial=serial, device=device)
            self._news.tell(event)

    def rest_eyes(self) -> None:
        """End the first eye's servers, whoever is looking: the next look is another eye's."""
        for phone in self._fleet.phones.values():
            self.spawn(phone.rest_eye())

    async def act(self, phone: Phone, hand: Hand) -> str:
        """Do what a person asks; on an idle phone only. Raises PhoneError, BadInput."""
        return await self.to_the_end(by_hand.act(self._store, phone, hand))

    async def shut_out(self, task: Task) -> None:
        """Make sure that no late press of this task can happen any more. Raises BadInput."""
        hand = self._fleet.hands.get(task.serial)
        if isinstance(hand, Worker) and hand.task_id != task.id and hand.owns_phone:
            return  # a later attempt has raised the epoch: what is older is refused on the phone
        phone = None if hand else self._fleet.find(task.serial)
        if phone is None:
            raise BadInput.of(
                "posted",
                f"{task.serial} must be connected and free, so that it can be made sure that no "
                "late press happens; try again then",
            )
        await self.to_the_end(by_hand.shut_out(self._store, phone, task))

    async def to_the_end(self, deed: Coroutine[Any, Any, D]) -> D:
        """Go on where whoever asked has left: a slot that was just taken has to be given back."""
        task = asyncio.create_task(deed)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def end(self) -> None:
        """Drain: what is before its press goes back to pending, a press is settled."""
        workers = [h for h in self._fleet.hands.values() if isinstance(h, Worker | Verification)]
        for worker in workers:
            worker.cancel(Change.interrupt("the program ended before the press; queued again"))
        ended: asyncio.Future[Any] = asyncio.gather(*(worker.ended.wait() for worker in workers))
        hurried: asyncio.Future[Any] = asyncio.ensure_future(self._hurry.wait())
        await asyncio.wait({ended, hurried}, timeout=DRAIN_S, return_when="FIRST_COMPLETED")
        ended.cancel()
        hurried.cancel()
        for task in self._tasks:  # what is left waits for a phone: to settle, or to recover
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take(self, serial: str, hand: AnyHand) -> None:
        self._fleet.hands[serial] = hand
        self.tell_device(serial)
        self.spawn(self._work(serial, hand))

    async def _work(self, serial: str, hand: AnyHand) -> None:
        """Hold the device's slot in memory for as long as somebody acts on the phone."""
        try:
            with about(serial=serial, task_id=hand.task_id):
                await hand.run()
        finally:
            del self._fleet.hands[serial]
            self.tell_device(serial)
            self._freed()

    async def _tell_progress(self) -> None:
        """Four times a second, and only while somebody listens: what moved since the last time."""
        told: dict[int, tuple[str, float]] = {}
        while True:
            await asyncio.sleep(PROGRESS_S)
            running = {hand.task_id: (hand.step, hand.progress) for hand in self._hands()}
            moved = [task_id for task_id, now in running.items() if told.get(task_id) != now]
            told = running
            for task_id in moved:
                with suppress(TmError):  # deleted, or ended, in this moment
                    task = self.live(await self._store.task(task_id))
                    self._news.tell(
                        Event(
                            kind=EventKind.LIVE,
                            at=utc_now(),
                            task_id=task_id,
                            serial=task.serial,
                            task=task,
                        )
                    )

    def _hands(self) -> list[Worker | Recovery]:
        hands = self._fleet.hands.values() if self._news else ()
        return [
            hand
            for hand in hands
            if isinstance(hand, Worker | Recovery) and not hand.ended.is_set()
        ]

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("something ended badly", exc_info=error)

"""Settles what a crash left open, before anything new starts on that phone.

An attempt without an intent pressed nothing: its task goes back to pending. With an intent, only
the phone can tell: its epoch is raised first, which shuts every late command of the dead attempt
out, and then the press's marker is contested. Won: the press did not happen and no longer can.
Lost: its watch goes on where it was cut, as watch only. No evidence, or no answer: the outcome is
unknown, later looks may prove it, or a person decides.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from tmcore.engine.owning import own
from tmcore.engine.patience import written
from tmcore.engine.run import marker
from tmcore.engine.verification import Finding
from tmcore.errors import AdbUnreachable, PhoneError
from tmcore.model import Change, PressOutcome
from tmcore.phone.port import Phone
from tmcore.reasons import Reason
from tmcore.store.attempts import Orphan
from tmcore.store.store import Store

logger = logging.getLogger("tmcore.recovery")

PHONE_WAIT_S = 60.0  # how long a phone may take to appear before its task is shown as unknown
PHONE_PAUSE_S = 1.0  # between questions to a phone that drops out meanwhile


T = TypeVar("T")
WatchOn = Callable[[Orphan], Coroutine[Any, Any, Finding]]


class Recovery:
    """Looks like a worker to the rack: it holds its device's slot until the task is settled."""

    step, progress, in_press_window = "recover", 0.0, False

    def __init__(
        self,
        store: Store,
        orphan: Orphan,
        find_phone: Callable[[str], Phone | None],
        watch_on: WatchOn,
    ) -> None:
        self._store, self._orphan, self._find_phone = store, orphan, find_phone
        self._watch_on = watch_on
        self._appeared = asyncio.Event()
        self._asking: asyncio.Task[Any] | None = None  # the phone
        self._stopped = False
        self.ended = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Recovery of task {self.task_id} on {self._orphan.serial}>"

    @property
    def task_id(self) -> int:
        return self._orphan.task_id

    def look_again(self) -> None:
        """A device changed; perhaps it is ours."""
        self._appeared.set()

    def cancel(self, change: Change) -> None:  # noqa: ARG002 - a crash has decided already
        """A stop does not wait for the phone: what is open becomes unknown at once."""
        self._stopped = True
        if self._asking:
            self._asking.cancel()

    async def run(self) -> None:
        try:
            change, attempt_id = await self._verdict(), self._orphan.attempt_id
            await written(lambda: self._store.apply(self.task_id, change, attempt_id=attempt_id))
        finally:
            self.ended.set()
        if phone := self._find_phone(self._orphan.serial):
            await phone.settle()

    async def _verdict(self) -> Change:
        if self._orphan.press in (None, PressOutcome.VOID):
            return Change.interrupt("the program ended before the press; queued again")
        won, why = False, "its phone could not tell"
        try:
            won = await self._ask(asyncio.wait_for(self._contest(), PHONE_WAIT_S))
            if not won:
                found = await self._ask(self._watch_on(self._orphan))
                if found.evidence:
                    return Change.complete(found.evidence)
                why = found.why
        except (PhoneError, TimeoutError, asyncio.CancelledError) as error:
            if (task := asyncio.current_task()) and task.cancelling():
                raise  # the program ends; the next start asks the phone again
            logger.warning("task %s: its marker could not be read: %s", self.task_id, error)
        if not won:
            return Change.fail(
                Reason.OUTCOME_UNKNOWN,
                f"the program ended after it may have pressed; {why}: "
                "look at the account, then resolve",
            )
        gen = self._orphan.gen
        await written(lambda: self._store.set_press(self.task_id, gen, PressOutcome.VOID))
        return Change.interrupt("the program ended before the press; proved on the phone")

    async def _ask(self, question: Coroutine[Any, Any, T]) -> T:
        """Ask, unless somebody stops it: CancelledError then."""
        asking: asyncio.Task[T] = asyncio.create_task(question)
        self._asking = asking
        if self._stopped:
            asking.cancel()
        return await asking

    async def _contest(self) -> bool:
        while True:
            phone = await self._phone()
            try:
                await phone.settle()
                return await self._win_marker(phone)
            except (AdbUnreachable, PhoneError) as error:
                if not error.retry:  # it was reset, or a later run owns it
                    raise
                await asyncio.sleep(PHONE_PAUSE_S)

    async def _win_marker(self, phone: Phone) -> bool:
        await own(self._store, phone, self._orphan.attempt_id)
        return await phone.void(marker(self.task_id, self._orphan.gen), self._orphan.pressed_in)

    async def _phone(self) -> Phone:
        while (phone := self._find_phone(self._orphan.serial)) is None:
            self._appeared.clear()
            await self._appeared.wait()
        return phone

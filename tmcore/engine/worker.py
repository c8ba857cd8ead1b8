"""One device, one attempt: runs the script and turns however it ends into one change."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tmcore.engine.evidence import EvidenceFolder
from tmcore.engine.owning import Behind, own
from tmcore.engine.patience import written
from tmcore.engine.run import AttemptRun
from tmcore.errors import AccountBlocked, AdbUnreachable, BadInput, PhoneError, TmError
from tmcore.model import Change
from tmcore.phone.health import Limits
from tmcore.phone.port import Phone
from tmcore.reasons import Reason
from tmcore.rules.retry import may_retry, retry_delay
from tmcore.scripts.script import Done, Script
from tmcore.settings import Settings
from tmcore.store.changes import Claimed
from tmcore.store.store import Store, utc_now

logger = logging.getLogger("tmcore.worker")

EVIDENCE_S = 8.0  # a failure is told even where the phone no longer shows its screen


@dataclass(frozen=True)
class Shift:
    """What a worker needs besides its task and its phone."""

    store: Store
    evidence: EvidenceFolder
    settings: Settings
    rng: Random
    profiles: Path  # of the operator's own profile files

    def run(self, phone: Phone, claimed: Claimed, *, fresh_app: bool) -> AttemptRun:
        """The attempt as its script sees it."""
        settings = self.settings
        return AttemptRun(
            self.store,
            phone,
            claimed,
            self.evidence,
            fresh_app=fresh_app,
            profiles=self.profiles,
            limits=Limits(settings.min_battery_percent, settings.max_temperature_c),
        )


class Worker:
    """Owns its device's slot until the attempt has ended and the phone has settled."""

    def __init__(self, shift: Shift, claimed: Claimed, phone: Phone, script: Script) -> None:
        self._shift = shift
        self._claimed = claimed
        self._phone = phone
        self._looks_before = phone.looks  # the phone counts on from task to task
        self._script = script
        self._run: AttemptRun | None = None
        self._task: asyncio.Task[Change] | None = None
        self._stop_change: Change | None = None
        self._blocked: AccountBlocked | None = None
        self.ended = asyncio.Event()  # the task has; the device may still be settling

    def __repr__(self) -> str:
        return (
            f"<Worker of task {self.task_id} on {self._claimed.serial}: {self.step or 'starting'}>"
        )

    @property
    def task_id(self) -> int:
        return self._claimed.task_id

    @property
    def step(self) -> str:
        return self._run.step_name if self._run else ""

    @property
    def progress(self) -> float:
        return self._run.fraction if self._run else 0.0

    @property
    def in_press_window(self) -> bool:
        return bool(self._run and self._run.in_window)

    @property
    def owns_phone(self) -> bool:
        """Whether the phone refuses by now whatever older attempts have sent."""
        return self.step not in ("", "own")

    def cancel(self, change: Change) -> None:
        """End the attempt with this change; in the press window, when the press is settled."""
        if self._stop_change is None and not self.ended.is_set():
            self._stop_change = change
            if self._task:
                self._task.cancel()

    async def run(self) -> None:
        """Run the attempt to its end and write it down, then wait until the phone has settled."""
        try:
            change = await self._attempt()
            if change is None:  # its watch goes on at the next start
                return
            if change.name == "fail":
                await self._keep_evidence()
            if self._blocked and self._run:
                await self._run.hold(self._blocked)
            await self._keep_hits()
            await self._finish(change)
        finally:
            self.ended.set()
        await self._settle()

    async def _attempt(self) -> Change | None:
        self._task = asyncio.create_task(self._perform())
        if self._stop_change:  # stopped between the claim and here
            self._task.cancel()
        try:
            change = await self._task
        except asyncio.CancelledError:
            change = self._stop_change or Change.interrupt("the program ended before the press")
        if change.name == "interrupt" and self._run and self._run.pressed:
            return None
        return self._honest(change)

    def _honest(self, change: Change) -> Change:
        """After a press nothing but proof says how it ended; without one nothing was posted."""
        pressed = bool(self._run and self._run.pressed)
        if pressed and change.reason is not Reason.CONFIRMED:
            why = f"pressed, but not proved to be posted: {change.remark or change.reason}"
            return Change.fail(Reason.OUTCOME_UNKNOWN, why)
        if not pressed and change.reason in (Reason.CONFIRMED, Reason.OUTCOME_UNKNOWN):
            return Change.fail(Reason.SCRIPT_ERROR, f"the script never pressed: {change.remark}")
        return change

    async def _perform(self) -> Change:
        claimed, shift = self._claimed, self._shift
        try:
            self._run = shift.run(self._phone, claimed, fresh_app=await self._may_stop_app())
            args = self._script.Args.model_validate_json(claimed.script_config)
            async with self._run.step("own", deadline_s=15):
                await own(shift.store, self._phone, claimed.attempt_id)
            said = await self._script.run(self._run, args)
            done = said if isinstance(said, Done) else Done(Reason.CONFIRMED, said)
            return Change.complete(done.remark, done.reason)
        except Behind as error:
            return Change.interrupt(str(error))
        except AccountBlocked as error:
            self._blocked = error
            return Change.fail(error.reason, str(error))
        except PhoneError as error:
            return Change.fail(error.reason, str(error))
        except AdbUnreachable as error:
            return Change.fail(Reason.DEVICE_LOST, str(error))
        except Exception as error:
            logger.exception("task %s: the script failed", claimed.task_id)
            return Change.fail(Reason.SCRIPT_ERROR, f"{type(error).__name__}: {error}")

    async def _may_stop_app(self) -> bool:
        store, serial = self._shift.store, self._claimed.serial
        pressed_at = await written(lambda: store.last_press_at(serial))
        return pressed_at is None or utc_now() - pressed_at > self._script.upload_limit

    async def _keep_evidence(self) -> None:
        if self._run is None:
            return
        with suppress(TmError, OSError, ValueError):  # no picture is worth the end of its task
            async with asyncio.timeout(EVIDENCE_S):
                # a full phone takes no dump, and that until the time is up; it still shows itself
                with suppress(TmError):
                    await self._run.keep("screen.png", await self._phone.screenshot())
                screen = await self._phone.look(windows=self._run.pressed)
                await self._run.keep("screen.xml", screen.xml.encode())
                await self._run.keep("foreground.txt", (await self._phone.foreground()).encode())

    async def _keep_hits(self) -> None:
        if self._run and (hits := self._run.tally.counts):
            await written(lambda: self._shift.store.hits.add(hits))

    async def _finish(self, change: Change) -> None:
        try:
            await self._write_end(change, *self._retry_after(change))
        except BadInput as error:  # the ledger knows more of a press than we do
            logger.exception("task %s: cannot %s", self.task_id, change.name)
            await self._write_end(Change.fail(Reason.OUTCOME_UNKNOWN, str(error)))

    async def _write_end(self, *moves: Change) -> None:
        claimed, store = self._claimed, self._shift.store
        looks = self._phone.looks - self._looks_before
        await written(lambda: store.note_live(claimed, self.step, self.progress, looks))
        await written(lambda: store.apply(claimed.task_id, *moves, attempt_id=claimed.attempt_id))

    def _retry_after(self, change: Change) -> tuple[Change, ...]:
        settings, tries = self._shift.settings, self._claimed.retry_count
        if change.name != "fail" or change.reason is None:
            return ()
        if not may_retry(change.reason, tries, settings):
            return ()
        due = utc_now() + retry_delay(settings, self._shift.rng)
        remark = f"retry {tries + 1} of {settings.max_retry_count} after: {change.remark}"
        return (Change.retry(due, remark, by_person=False),)

    async def _settle(self) -> None:
        await self._phone.settle()
        if self._run and not self._run.pressed:
            with suppress(PhoneError, AdbUnreachable):
                await self._script.tidy(self._run)

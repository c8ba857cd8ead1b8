"""Looks for late evidence of presses whose outcome is unknown, while their phones are idle.

Each look is an attempt of its own kind with the device's slot. It completes its task on evidence,
and changes nothing without.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from tmcore.engine.alarm import LONGEST_SLEEP_S
from tmcore.engine.fleet import Fleet
from tmcore.engine.owning import own
from tmcore.engine.patience import written
from tmcore.engine.scheduler import PAUSE_S
from tmcore.engine.worker import Shift
from tmcore.errors import AccountBlocked, AdbUnreachable, BadInput, NotFound, PhoneError
from tmcore.model import Change
from tmcore.phone.port import Phone
from tmcore.rules.verification import next_look
from tmcore.scripts import SCRIPTS
from tmcore.scripts.post.proof import LONGEST_UPLOAD
from tmcore.scripts.script import Past
from tmcore.store.store import Clock, utc_now
from tmcore.store.verification import CUT, KIND, Suspect

logger = logging.getLogger("tmcore.verification")

NOTHING = "no evidence of the post was in sight"


@dataclass(frozen=True)
class Finding:
    """What a look came to: evidence, or why there is none."""

    evidence: str = ""
    why: str = NOTHING


async def look_back(
    shift: Shift, suspect: Suspect, attempt_id: int, phone: Phone, *, resumed: bool
) -> Finding:
    """Look for evidence of a press on a phone that this attempt owns by now; raises nothing."""
    script = SCRIPTS.get(suspect.script_name)
    if script is None:
        return Finding(why=f"no script {suspect.script_name} any more")
    run = shift.run(phone, suspect.claimed(attempt_id), fresh_app=False)
    alone = (suspect.alone_on_phone, suspect.alone_of_account)
    try:
        args = script.Args.model_validate_json(suspect.script_config)
        evidence = await script.verify(run, args, Past(suspect.before, resumed, *alone))
    except AccountBlocked as error:
        await run.hold(error)
        return Finding(why=str(error))
    except (PhoneError, AdbUnreachable) as error:
        return Finding(why=str(error))
    except Exception as error:
        logger.exception("task %s: the look for evidence failed", suspect.task_id)
        return Finding(why=f"{type(error).__name__}: {error}")
    return Finding(_when(suspect, evidence)) if evidence else Finding()


def _when(suspect: Suspect, evidence: str) -> str:
    minutes = max((utc_now() - suspect.pressed_at).total_seconds(), 0) / 60
    return f"proved {minutes:.0f} min after the press: {evidence}"


class Verification:
    """One look, for as long as it has its device's slot; satisfies Holder."""

    step, progress, in_press_window = KIND, 0.0, False

    def __init__(self, shift: Shift, suspect: Suspect, attempt_id: int, phone: Phone) -> None:
        self._shift, self._suspect, self._attempt_id = shift, suspect, attempt_id
        self._phone = phone
        self._looking: asyncio.Task[Finding] | None = None
        self._cancelled = False
        self.ended, self.left = asyncio.Event(), asyncio.Event()

    def __repr__(self) -> str:
        return f"<Verification of task {self.task_id} on {self._suspect.serial}>"

    @property
    def task_id(self) -> int:
        return self._suspect.task_id

    def cancel(self, change: Change) -> None:  # noqa: ARG002 - whatever it is: no more looking
        """Leave the phone: its task is resolved, deleted, or the program ends."""
        self._cancelled = True
        if self._looking:
            self._looking.cancel()

    async def run(self) -> None:
        try:
            await self._write(await self._look())
        finally:
            self.ended.set()
        try:
            await self._phone.settle()
        finally:
            self.left.set()

    async def _look(self) -> Finding | None:
        """Look, unless somebody ends it: None then."""
        if self._cancelled:
            return None
        self._looking = asyncio.create_task(self._own_and_look())
        try:
            return await self._looking
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) and task.cancelling():
                raise  # the program ends, in a hurry
            return None

    async def _own_and_look(self) -> Finding:
        try:
            await own(self._shift.store, self._phone, self._attempt_id)
        except (PhoneError, AdbUnreachable) as error:
            return Finding(why=str(error))
        return await look_back(
            self._shift, self._suspect, self._attempt_id, self._phone, resumed=False
        )

    async def _write(self, found: Finding | None) -> None:
        shelf, attempt_id = self._shift.store.verification, self._attempt_id
        if found and found.evidence:
            proved = found.evidence
            with suppress(BadInput, NotFound):  # resolved or deleted in this moment
                await written(lambda: shelf.prove(self._suspect, attempt_id, proved))
                logger.info("task %s: %s", self.task_id, proved)
                return
        outcome, why = ("looked", found.why) if found else (CUT, "")
        await written(lambda: shelf.end(attempt_id, outcome, why))


class Verifier:
    """Begins each look when it is due and its phone is idle; woken as the scheduler is."""

    def __init__(
        self,
        shift: Callable[[], Shift],
        fleet: Fleet,
        begin: Callable[[Verification, str], None],
        clock: Clock,
    ) -> None:
        self._shift, self._fleet, self._begin, self._now = shift, fleet, begin, clock
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """A phone became idle, a task ended, or a setting changed."""
        self._woken.set()

    async def run(self) -> None:
        while True:
            self._woken.clear()
            pause_s = LONGEST_SLEEP_S
            try:
                pause_s = await self._turn()
            except Exception:  # one turn that fails must not be the last look
                logger.exception("late evidence could not be looked for; trying again")
                pause_s = PAUSE_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()

    async def _turn(self) -> float:
        """Begin what is due; return after how many seconds to look again."""
        shift = self._shift()
        if not shift.settings.verify_unknown:
            return LONGEST_SLEEP_S
        now, ahead = self._now(), LONGEST_SLEEP_S
        for suspect in await shift.store.verification.suspects(LONGEST_UPLOAD):
            due = self._due(shift, suspect)
            if due is None:
                continue
            if due <= now:
                await self._try(shift, suspect)
            else:
                ahead = min(ahead, (due - now).total_seconds())
        return ahead

    def _due(self, shift: Shift, suspect: Suspect) -> datetime | None:
        """When to look next; None where it would be in vain, or a person must act first."""
        account = shift.store.accounts.of(suspect.app, suspect.serial, suspect.account)
        if not (suspect.alone_on_phone or suspect.alone_of_account):
            return None
        if (account and account.waits) or suspect.unknown_since is None:
            return None
        return next_look(suspect.looked_at or suspect.unknown_since, suspect.looks)

    async def _try(self, shift: Shift, suspect: Suspect) -> None:
        serial, fleet = suspect.serial, self._fleet
        free = serial in fleet.idle() and fleet.running() < shift.settings.device_limit
        phone = fleet.find(serial) if free else None
        if phone is None:
            return
        attempt_id = await shift.store.verification.begin(suspect)
        if attempt_id is None:
            return
        self._begin(Verification(shift, suspect, attempt_id, phone), serial)

"""One attempt as its script sees it: steps, log, evidence, and the press."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tmcore.engine.evidence import EvidenceFolder
from tmcore.engine.patience import written
from tmcore.errors import AdbUnreachable, PhoneError, PhoneTimeout, ScriptFailed
from tmcore.model import App, PressOutcome
from tmcore.phone.port import Phone, PressResult
from tmcore.reasons import Reason
from tmcore.scripts.script import Deal, PressAct
from tmcore.store.attempts import Intent
from tmcore.store.changes import Claimed
from tmcore.store.store import Store

MARKER_WAIT_S = 10.0  # how long a phone that lost the press command may take to answer again


class AttemptRun:
    """Satisfies scripts.script.Run."""

    def __init__(
        self,
        store: Store,
        phone: Phone,
        claimed: Claimed,
        evidence: EvidenceFolder,
        *,
        fresh_app: bool,
    ) -> None:
        self._store = store
        self._phone = phone
        self._claimed = claimed
        self._evidence = evidence
        self._fresh_app = fresh_app
        self.pressed = False  # or possibly: from the intent on, until it is proved void
        self.in_window = False  # from before the intent until the press command's exit is read
        self.step_name = ""
        self.fraction = 0.0

    @property
    def task_id(self) -> int:
        return self._claimed.task_id

    @property
    def phone(self) -> Phone:
        return self._phone

    @property
    def username(self) -> str | None:
        return self._claimed.username

    @property
    def deal(self) -> Deal:
        claimed = self._claimed
        return Deal(claimed.media, claimed.media_sha256, claimed.caption)

    @property
    def fresh_app(self) -> bool:
        return self._fresh_app

    @asynccontextmanager
    async def step(self, name: str, *, deadline_s: float) -> AsyncIterator[None]:
        self.step_name = name
        step_id = await written(lambda: self._store.begin_step(self._claimed.attempt_id, name))
        try:
            async with asyncio.timeout(deadline_s):
                yield
        except TimeoutError:
            await self._end_step(step_id, Reason.TIMEOUT)
            raise PhoneTimeout(f"the step '{name}' took more than {deadline_s:g} s") from None
        except PhoneError as error:
            await self._end_step(step_id, error.reason)
            raise
        await self._end_step(step_id, "done")

    async def _end_step(self, step_id: int, outcome: str) -> None:
        await written(lambda: self._store.end_step(step_id, outcome))

    def progress(self, fraction: float) -> None:
        self.fraction = max(self.fraction, min(fraction, 1.0))

    async def log(self, text: str) -> None:
        await written(lambda: self._store.log(self._claimed, text))

    async def keep(self, name: str, content: bytes) -> None:
        kept = await self._evidence.keep(self.task_id, self._claimed.attempt_id, name, content)
        await written(lambda: self._store.keep_evidence(self._claimed.attempt_id, kept))

    async def press(self, app: App, account: str, act: PressAct) -> None:
        window = asyncio.create_task(self._press(app, account, act))
        try:
            result = await asyncio.shield(window)
        except asyncio.CancelledError:
            # a stop waits here until the exit is read or its 5 s are over
            await asyncio.wait({window})
            window.exception()
            raise
        if result is PressResult.UNKNOWN:
            await self._contest()
        if not self.pressed:
            raise ScriptFailed(
                Reason.DEVICE_LOST, "the phone did not take the press; it is proved not pressed"
            )
        if result is PressResult.REFUSED:
            raise ScriptFailed(
                Reason.OUTCOME_UNKNOWN, "the phone has a press of this task that we know nothing of"
            )

    async def _press(self, app: App, account: str, act: PressAct) -> PressResult:
        claimed = self._claimed
        self.in_window = True
        try:
            intent = Intent(app, account, claimed.media_sha256 or "")
            await self._store.intend(claimed, intent)
            self.pressed = True
            result = await act(marker(claimed.task_id, claimed.gen))
            if result is PressResult.REFUSED:
                # by whom: a database that was restored from a backup forgot its own presses
                await self._contest()
        finally:
            self.in_window = False
        return result

    async def _contest(self) -> None:
        """Void the press where the phone says that it did not happen."""
        claimed = self._claimed
        if await self._is_void():
            await written(
                lambda: self._store.set_press(claimed.task_id, claimed.gen, PressOutcome.VOID)
            )
            self.pressed = False

    async def _is_void(self) -> bool:
        """Win the marker after a lost press command: then it can no longer happen."""
        try:
            async with asyncio.timeout(MARKER_WAIT_S):
                await self._phone.settle()
                claimed = self._claimed
                return await self._phone.void(
                    marker(claimed.task_id, claimed.gen), claimed.attempt_id
                )
        except (PhoneError, AdbUnreachable, TimeoutError):
            return False


def marker(task_id: int, gen: int) -> str:
    """The name that one press of one generation of one task has on the phone."""
    return f"press-{task_id}-{gen}"

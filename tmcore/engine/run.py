"""One attempt as its script sees it: steps, log, evidence, and the press."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tmcore.accounts import Account, App
from tmcore.apps.catalog import Choice
from tmcore.apps.drift import Tally
from tmcore.engine.evidence import EvidenceFolder
from tmcore.engine.patience import written
from tmcore.errors import AccountBlocked, AdbUnreachable, PhoneError, PhoneTimeout, ScriptFailed
from tmcore.measure import Measure, tell
from tmcore.model import PressOutcome
from tmcore.paths import AppPath, PathOf
from tmcore.phone.health import Limits
from tmcore.phone.port import Phone, PressResult
from tmcore.reasons import Reason
from tmcore.rules.holds import waiting
from tmcore.scripts.script import Bound, Deal, PressAct
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
        profiles: Path,
        limits: Limits,
    ) -> None:
        self._store = store
        self._phone = phone
        self._claimed = claimed
        self._evidence = evidence
        self._fresh_app = fresh_app
        self.profiles = profiles
        self.limits = limits
        self.tally = Tally()
        self._seen: dict[tuple[App, str], str | None] = {}  # in which package, in this run
        self._bound: dict[App, dict[str, str | None]] = {}  # … and before it
        self.account: str | None = None  # whose app it is, once that was read
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
    def app(self) -> App:
        return self._claimed.app

    @property
    def deal(self) -> Deal:
        claimed = self._claimed
        return Deal(
            claimed.media, claimed.media_sha256, claimed.caption, claimed.more, claimed.sound
        )

    @property
    def fresh_app(self) -> bool:
        return self._fresh_app

    async def uses(self, choice: Choice, package: str) -> None:
        self.tally.of(choice, package)
        await self.log(f"{package}: {choice}")

    @asynccontextmanager
    async def step(self, name: str, *, deadline_s: float) -> AsyncIterator[None]:
        self.step_name = name
        start = time.monotonic()
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
        tell(Measure.STEP, time.monotonic() - start, name)

    async def _end_step(self, step_id: int, outcome: str) -> None:
        await written(lambda: self._store.end_step(step_id, outcome))

    def progress(self, fraction: float) -> None:
        self.fraction = max(self.fraction, min(fraction, 1.0))

    async def log(self, text: str) -> None:
        await written(lambda: self._store.log(self._claimed, text))

    async def keep(self, name: str, content: bytes) -> None:
        kept = await self._evidence.keep(self.task_id, self._claimed.attempt_id, name, content)
        await written(lambda: self._store.keep_evidence(self._claimed.attempt_id, kept))

    def binding(self, app: App) -> Account | None:
        name = self._claimed.username
        return self._store.accounts.of(app, self._claimed.serial, name) if name else None

    def packages(self, app: App) -> tuple[str, ...]:
        bound = self._store.accounts.every(app, self._claimed.serial)
        return tuple(dict.fromkeys(filter(None, (account.package for account in bound))))

    async def opened(self, app: App, username: str) -> None:
        self.account = username
        serial, accounts = self._claimed.serial, self._store.accounts
        account = await written(lambda: accounts.opened(app, serial, username))
        if account and account.waits:
            raise ScriptFailed(account.held or Reason.WRONG_ACCOUNT, waiting(account))
        await written(lambda: self._store.refuse_repeat(self._claimed, self._intent(app, username)))

    async def hold(self, blocked: AccountBlocked) -> None:
        """Let the account's other tasks wait: each of them would end the same way."""
        claimed, accounts = self._claimed, self._store.accounts
        name, why = claimed.username or self.account, f"task {self.task_id}: {blocked}"
        account = await written(
            lambda: accounts.hold(blocked.app, claimed.serial, name, blocked.reason, why)
        )
        await self.log(
            waiting(account) if account else "no account is known here that could be held"
        )

    async def bind(self, app: App, usernames: Sequence[str], package: str | None) -> Bound:
        serial, accounts = self._claimed.serial, self._store.accounts
        unseen = tuple(
            account.username
            for account in accounts.every(app, serial)
            if account.package == package and account.username not in usernames
        )
        before = self._bound.setdefault(
            app, {account.username: account.package for account in accounts.every(app, serial)}
        )
        twice = tuple(name for name in usernames if (app, name) in self._seen)
        ours = [n for n in usernames if n not in twice or (n in before and before[n] == package)]
        self._seen |= {(app, name): package for name in usernames}
        new = await written(lambda: accounts.bind(app, serial, ours, package, usernames[0]))
        return Bound(tuple(account.username for account in new), unseen, twice)

    async def walked(
        self, package: str, version: str, paths: Sequence[AppPath]
    ) -> tuple[AppPath, ...]:
        places = [PathOf(package=package, version=version, path=path) for path in paths]
        task_id, shelf = self.task_id, self._store.paths
        return await written(lambda: shelf.walk(places, task_id)) if places else ()

    async def press(self, app: App, account: str, act: PressAct, before: str) -> None:
        intent = replace(self._intent(app, account), before=before)
        result = await self._to_its_end(self._press(intent, act))
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

    async def confirm(self, act: PressAct) -> None:
        if not self.pressed:
            raise ScriptFailed(Reason.SCRIPT_ERROR, "a press was confirmed that was not made")
        await self._to_its_end(self._confirm(act))

    async def _confirm(self, act: PressAct) -> PressResult:
        self.in_window = True
        try:
            claimed = self._claimed
            return await act(f"{marker(claimed.task_id, claimed.gen)}-again")
        finally:
            self.in_window = False

    async def _to_its_end(self, press: Coroutine[Any, Any, PressResult]) -> PressResult:
        window = asyncio.create_task(press)
        try:
            return await asyncio.shield(window)
        except asyncio.CancelledError:
            # a stop waits here until the exit is read or its 5 s are over
            await asyncio.wait({window})
            window.exception()
            raise

    async def _press(self, intent: Intent, act: PressAct) -> PressResult:
        claimed = self._claimed
        self.in_window = True
        try:
            await self._store.intend(claimed, intent)
            self.pressed = True
            result = await act(marker(claimed.task_id, claimed.gen))
            if result is PressResult.REFUSED:
                # by whom: a database that was restored from a backup forgot its own presses
                await self._contest()
        finally:
            self.in_window = False
        return result

    def _intent(self, app: App, account: str) -> Intent:
        claimed = self._claimed
        more = tuple(media.sha256 for media in claimed.more)
        sha256 = claimed.media_sha256 or ""
        return Intent(app, account, sha256, more, may_repeat=claimed.may_repeat)

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

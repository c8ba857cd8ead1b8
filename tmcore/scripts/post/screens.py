"""The one loop of the script: look, recognise, act, until the expected screen is there."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from tmcore.apps.profile import Profile, Seen
from tmcore.errors import ScriptFailed
from tmcore.phone.screen import Node, Screen
from tmcore.reasons import Reason
from tmcore.scripts.script import Run

BACK = 4
PAUSE_S = 0.3  # between looks; a look itself costs 1 to 3 s on a phone
MOST_DIALOGS = 6  # more than any app shows in a row: something is going in circles
PATIENCE = 3  # looks at one and the same unknown screen before it gets its one BACK
STUCK = 12  # looks at one and the same wrong screen before the wait is given up

Reaction = Callable[[Screen], Awaitable[None]]


class Screens:
    """What the phone shows, through the app's profile."""

    def __init__(self, run: Run, profile: Profile) -> None:
        self._run = run
        self.profile = profile
        self._went_back = False

    async def until(self, *wanted: str, on: Mapping[str, Reaction] | None = None) -> Screen:
        """Look until one of these screens is there; `on` says what to do at others on the way.

        The step's deadline ends the wait. Harmless dialogs are answered by data; a block ends the
        task and is not touched; an unknown screen gets one BACK a run, then ends the task.
        """
        watch = _Repeats()
        dialogs = 0
        while True:
            screen = await self._run.phone.look()
            seen = self.profile.recognise(screen)
            repeats = watch.count(screen)
            if self.is_one_of(seen, wanted):
                return screen
            self.refuse_block(seen)
            if seen.kind == "dialog":
                dialogs += 1
                await self._answer(seen, dialogs)
            elif seen.kind == "unknown" and repeats >= PATIENCE and screen.nodes:
                await self._back(seen)
            elif seen.kind == "screen" and on and seen.name in on and repeats in (1, PATIENCE):
                await on[seen.name](screen)
            elif repeats >= STUCK:
                raise ScriptFailed(
                    Reason.UNKNOWN_SCREEN,
                    f"expected {' or '.join(wanted)}, and the phone stays at {seen!r}",
                )
            await asyncio.sleep(PAUSE_S)

    def is_one_of(self, seen: Seen, wanted: tuple[str, ...]) -> bool:
        if seen.kind != "screen":
            return False
        return seen.name in wanted or self.profile.screens[seen.name].is_a in wanted

    def refuse_block(self, seen: Seen) -> None:
        """A captcha, a login wall, a ban: the task ends, the screen is not touched again."""
        if seen.kind == "block" and seen.reason is not Reason.UNKNOWN_SCREEN:
            raise ScriptFailed(seen.reason or Reason.UNKNOWN_SCREEN, f"the app says: {seen.text}")

    def find(self, target: str, screen: Screen, text: str | None = None) -> Node | None:
        match = self.profile.target(target, screen, text)
        return match.node if match else None

    async def tap(self, target: str, screen: Screen) -> None:
        """Raises ScriptFailed(target_missing) unless exactly one node will do."""
        match = self.profile.target(target, screen)
        if match is None:
            seen = self.profile.recognise(screen)
            raise ScriptFailed(Reason.TARGET_MISSING, f"no {target} to tap on {seen!r}")
        if match.candidate_index:
            await self._run.log(f"{target}: found by candidate {match.candidate_index + 1}")
        await self._run.phone.tap(match.tap_node)

    async def _answer(self, seen: Seen, count: int) -> None:
        if count > MOST_DIALOGS or seen.button is None:
            raise ScriptFailed(Reason.UNKNOWN_SCREEN, f"{seen!r} keeps coming back")
        await self._run.log(f"dialog {seen.name}: {seen.text}")
        await self._run.phone.tap(seen.button)

    async def _back(self, seen: Seen) -> None:
        if self._went_back:
            raise ScriptFailed(Reason.UNKNOWN_SCREEN, f"the phone shows {seen.text}")
        self._went_back = True
        await self._run.log(f"unknown screen, one BACK: {seen.text}")
        await self._run.phone.key(BACK)


class _Repeats:
    """How often in a row the same screen was seen."""

    def __init__(self) -> None:
        self._last, self._count = "", 0

    def count(self, screen: Screen) -> int:
        signature = screen.signature()
        self._count = self._count + 1 if signature == self._last else 1
        self._last = signature
        return self._count

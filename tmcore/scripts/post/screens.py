"""The one loop of the script: look, recognise, act, until the expected screen is there.

A phone is slow in ways nobody knows: the old screen may stand for several looks after a tap. So a
deed is done once per screen and again only where it is harmless, after a wait in looks *and*
seconds: looks alone pass in no time on a fast phone, seconds alone in one look on a slow one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from tmcore.apps.profile import Match, Profile, Seen, label
from tmcore.errors import AccountBlocked, ScriptFailed
from tmcore.phone.screen import Node, Screen
from tmcore.reasons import Reason
from tmcore.rules.holds import HOLDS
from tmcore.scripts.script import Run

BACK = 4
BACK_KEY = "BACK"  # among targets: the key
PAUSE_S = 0.3  # between looks; a look itself costs 1 to 3 s on a phone
MOST_DIALOGS = 12  # more than any app shows in a run: something is going in circles
MOST_BACKS = 3
MOST_TRIES = 3  # of one deed
PATIENCE, PATIENCE_S = 3, 2.0  # at one and the same unknown screen before it gets its one BACK
REPEAT, REPEAT_S = 4, 6.0  # … at a screen that took no notice of a deed, before another try
REST, REST_S = 9, 15.0  # … after a repeated deed, before one that can do harm
STUCK, STUCK_S = 12, 40.0  # at one and the same wrong screen before the wait is given up

Reaction = Callable[[Screen], Awaitable[None]]


class Screens:
    """What the phone shows, through the app's profile."""

    def __init__(self, run: Run, profile: Profile, *, looks_only: bool = False) -> None:
        self._run = run
        self.profile = profile
        self._looks_only = looks_only  # no answer may cost a draft
        self.draft_at = ""  # the screen, or the dialog, by which a draft was seen to be open
        self.failures: set[str] = set()  # upload failures that stood there before the press
        self.done: set[str] = set()  # … and words of posts that were out before it
        self._answers = _Deeds()
        self._answered = self._backs = 0
        self._went_back = False  # … and nothing known was seen since
        self._repeated = False  # a tap too many may still be on its way

    async def until(
        self,
        *wanted: str,
        on: Mapping[str, Reaction] | None = None,
        once: Collection[str] = (),
        done: Collection[str] = (),
        accept: Callable[[Screen], bool] | None = None,
        screen: Screen | None = None,
        patience_s: float = PATIENCE_S,
    ) -> Screen:
        """Look until one of these screens is there; `on` says what to do at others on the way.

        A reaction to a screen is also one to its more exact names. `accept` says which of the
        wanted screens will do; the others are reacted to as well. `once` names those where a second
        tap could do harm (after a deed that was repeated, the first waits until such a screen
        stands still), `done` those where the deed was just done; `screen` is the look to begin
        with. The step's deadline ends the wait. Harmless dialogs are answered by data; a block ends
        the task and is not touched; an unknown screen gets one BACK, and ends the task if it stays.
        """
        deeds, still, here = _Deeds(done), _Stay(), _Stay()
        while True:
            screen = screen or await self._run.phone.look()
            seen = self._seen(screen)
            still.count(screen.signature())
            here.count(f"{seen.kind} {seen.name}")  # whatever moves on it
            deeds.looked()
            if self.is_one_of(seen, wanted) and (accept is None or accept(screen)):
                return screen
            self.refuse_block(seen)
            if await self.answer(seen):
                deeds = _Deeds()
            elif (
                seen.kind == "unknown"
                and screen.nodes
                and (still.lasts(PATIENCE, patience_s) or here.lasts(REST, REST_S))
            ):
                await self._back(seen, screen)
                deeds, still, here = _Deeds(), _Stay(), _Stay()
            elif (
                on
                and (name := self._named_in(on, seen))
                and deeds.is_due(name, 1 if name in once else MOST_TRIES)
                and (name not in once or not self._repeated or here.lasts(REST, REST_S))
            ):
                self._repeated = deeds.note(name) or self._repeated
                await on[name](screen)
            if here.lasts(STUCK, STUCK_S):
                raise ScriptFailed(
                    Reason.UNKNOWN_SCREEN,
                    f"expected {' or '.join(wanted)}, and the phone stays at {seen!r}",
                )
            await asyncio.sleep(PAUSE_S)
            screen = None

    def _named_in(self, on: Mapping[str, Reaction], seen: Seen) -> str | None:
        """Return the most exact of a screen's names that has a reaction."""
        if seen.kind != "screen":
            return None
        return next((name for name in self.profile.kinds_of(seen.name) if name in on), None)

    def is_at(self, name: str, screen: Screen) -> bool:
        """Whether a look shows this screen."""
        return self.is_one_of(self.profile.recognise(screen), (name,))

    def is_one_of(self, seen: Seen, wanted: tuple[str, ...]) -> bool:
        return self.profile.is_one_of(seen, wanted)

    def refuse_block(self, seen: Seen) -> None:
        """A captcha, a login wall, a ban: the task ends, the screen is not touched again."""
        if seen.kind != "block" or seen.reason is None or seen.reason is Reason.UNKNOWN_SCREEN:
            return
        said = f"the app says: {seen.text}"
        if seen.reason in HOLDS:
            raise AccountBlocked(self.profile.app, seen.reason, said)
        raise ScriptFailed(seen.reason, said)

    async def answer(self, seen: Seen) -> bool:
        """Answer a harmless dialog, once while it closes; True when it was answered now."""
        self._answers.looked()
        if seen.kind == "screen":
            self._answers = _Deeds()
        if seen.kind != "dialog" or not self._answers.is_due(seen.name, MOST_TRIES):
            return False
        self._answers.note(seen.name)
        self._answered += 1
        button = seen.button
        if seen.costs_draft and self._looks_only:
            self.draft_at, button = seen.name, seen.keeps
        if self._answered > MOST_DIALOGS:
            raise ScriptFailed(Reason.UNKNOWN_SCREEN, f"{seen!r} keeps coming back")
        if button is None:
            raise self.draft_open("no answer is known that keeps it")
        await self._run.log(f"dialog {seen.name}: {seen.text}")
        await self._run.phone.tap(button)
        return True

    def draft_open(self, why: str) -> ScriptFailed:
        """The end of a look that would cost a draft."""
        return ScriptFailed(
            Reason.DRAFT_OPEN,
            f"a draft is open in {self.profile.app} ({self.draft_at}), and only a look was wanted: "
            f"{why}; save or discard it on the phone",
        )

    def match(self, target: str, screen: Screen, text: str | None = None) -> Match | None:
        """Find a target, and count which candidate found it."""
        match = self.profile.target(target, screen, text)
        if match:
            self._run.tally.note(target, match.candidate_index, screen)
        return match

    def find(self, target: str, screen: Screen, text: str | None = None) -> Node | None:
        match = self.match(target, screen, text)
        return match.node if match else None

    def first(self, name: str, screen: Screen) -> Node | None:
        """Return a target's node, or the first of a list."""
        if name in self.profile.targets:
            return self.find(name, screen)
        return next(iter(self.profile.nodes(name, screen)), None)

    def shows(self, listing: str, screen: Screen) -> bool:
        """Whether anything of a list is in sight."""
        return bool(self.profile.nodes(listing, screen))

    def text(self, target: str, screen: Screen) -> str | None:
        """Return what a target says."""
        match = self.match(target, screen) if target in self.profile.targets else None
        return match.text if match else None

    def reading(self, target: str, screen: Screen) -> str | None:
        """Read the one text of a target; a sticky header may show it twice."""
        for tried in self.profile.trace(target, screen):
            if tried.nodes:
                self._run.tally.note(target, tried.candidate_index, screen)
                texts = {label(node) for node in tried.nodes}
                return texts.pop() if len(texts) == 1 else None
        return None

    def names(self, listing: str, screen: Screen) -> tuple[str, ...]:
        """Read a list of names as they are compared: without @, in lower case."""
        return self.profile.names(listing, screen)

    async def tap(self, target: str, screen: Screen, text: str | None = None) -> None:
        """Raises ScriptFailed(target_missing) unless exactly one node will do."""
        match = self.match(target, screen, text)
        if match is None:
            seen = self.profile.recognise(screen)
            raise ScriptFailed(Reason.TARGET_MISSING, f"no {target} to tap on {seen!r}")
        if match.candidate_index:
            await self._run.log(f"{target}: found by candidate {match.candidate_index + 1}")
        await self._run.phone.tap(match.tap_node)

    def tapping(self, target: str, text: str | None = None) -> Reaction:
        """The reaction that taps this target."""

        async def react(screen: Screen) -> None:
            await self.tap(target, screen, text)

        return react

    def doing(self, deeds: Sequence[str]) -> Reaction:
        """The reaction that taps the first of these targets which is there, or presses BACK.

        Where that led nowhere the next one is tried.
        """
        tries = 0

        async def react(screen: Screen) -> None:
            nonlocal tries
            found = [name for name in deeds if name != BACK_KEY and self.find(name, screen)]
            if not found and BACK_KEY in deeds:
                await self._run.phone.key(BACK)
                return
            await self.tap(found[tries % len(found)] if found else deeds[0], screen)
            tries += 1

        return react

    def reactions(self, table: Mapping[str, Sequence[str]]) -> dict[str, Reaction]:
        """The reactions that a table names: at this screen, the first of these deeds."""
        return {screen: self.doing(deeds) for screen, deeds in table.items()}

    def _seen(self, screen: Screen) -> Seen:
        seen = self.profile.recognise(screen)
        if seen.kind == "screen":
            self._went_back = False
        if failure := self.profile.upload_failure(screen):
            self.failures.add(failure)
        if done := self.profile.upload_done(screen):
            self.done.add(done)
        return seen

    async def _back(self, seen: Seen, screen: Screen) -> None:
        self._backs += 1
        if self._went_back or self._backs > MOST_BACKS:
            said = f"the phone shows {seen.text}"
            if set(screen.packages) & set(self.profile.packages):  # every other task would meet it
                raise AccountBlocked(self.profile.app, Reason.UNKNOWN_SCREEN, said)
            raise ScriptFailed(Reason.UNKNOWN_SCREEN, said)
        self._went_back = True
        await self._run.log(f"unknown screen, one BACK: {seen.text}")
        await self._run.phone.key(BACK)


def _now() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class _Deed:
    tries: int
    at: float
    looks: int = 0  # since then


class _Deeds:
    """What was done at which screen, and whether it may be done (again)."""

    def __init__(self, done: Collection[str] = ()) -> None:
        self._deeds = {name: _Deed(1, _now()) for name in done}

    def looked(self) -> None:
        for deed in self._deeds.values():
            deed.looks += 1

    def is_due(self, name: str, most: int) -> bool:
        deed = self._deeds.get(name)
        if deed is None:
            return True
        rested = deed.looks >= REPEAT and _now() - deed.at >= REPEAT_S
        return deed.tries < most and rested

    def note(self, name: str) -> bool:
        """Note that it is done now; True when it was done before."""
        last = self._deeds.get(name)
        self._deeds[name] = _Deed(last.tries + 1 if last else 1, _now())
        return last is not None


class _Stay:
    """How long the phone has shown the same."""

    def __init__(self) -> None:
        self._last, self._looks, self._since = "", 0, 0.0

    def count(self, shown: str) -> None:
        if shown != self._last:
            self._last, self._looks, self._since = shown, 0, _now()
        self._looks += 1

    def lasts(self, looks: int, seconds: float) -> bool:
        return self._looks >= looks and _now() - self._since >= seconds

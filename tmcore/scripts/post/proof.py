"""After the press: watch for proof. Absence of a post, or of a composer, is never evidence.

Proof is one of these, whichever comes first, and none of them counts that was there before:

    done      the app says that it is out
    gone      its progress (badge or words) was in sight, then was not, with the navigation there;
              of an app that tells failures elsewhere this is a hint, and the count decides
    ring      the account had no story, and now has one
    count     its profile page counts one post more, where that count was read before the press
"""

import asyncio
import re
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Self

import orjson
from pydantic import TypeAdapter

from tmcore.apps.profile import Seen
from tmcore.errors import ScriptFailed
from tmcore.phone.port import PressResult
from tmcore.phone.screen import Screen
from tmcore.reasons import Reason
from tmcore.scripts.post.screens import Screens
from tmcore.scripts.script import Run

# what has been seen can wait: a long upload is looked at less and less often
PAUSE_S, SEEN_S, LONGEST_PAUSE_S = 0.3, 1.0, 3.0
LONGEST_UPLOAD = timedelta(minutes=10)  # how long the wait goes on while progress is visible
GONE_LOOKS = 2  # looks without it, with the navigation there: one could be between two frames
COUNT = re.compile(r"(\d{1,3}(?:[.,]\d{3})*|\d+) ?(?:posts?)?", re.IGNORECASE)  # not 12.3K
COUNT_S, COUNT_LOOKS = 40.0, 4  # for the way to the profile page, which counts late


@dataclass(frozen=True)
class Before:
    """What stood on the way to the press, and so is no evidence after it."""

    failures: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    count: int | None = None  # of the account's posts
    had_no_story: bool = False

    @classmethod
    def of(cls, screens: Screens, own: Screen, final: Screen) -> Self:
        profile = screens.profile
        return cls(
            failures=frozenset(screens.failures | _said(profile.upload_failure(final))),
            done=frozenset(screens.done | _said(profile.upload_done(final))),
            count=count_of(screens, own),
            had_no_story=screens.shows("no_story", own),
        )

    @classmethod
    def read(cls, text: str) -> Self:
        """Take it from where it was written down. Raises ValueError."""
        return TypeAdapter(cls).validate_json(text)

    @property
    def text(self) -> str:
        return orjson.dumps(asdict(self), default=sorted).decode()

    def without_account(self) -> Self:
        """What holds whichever account is open."""
        return replace(self, count=None, had_no_story=False)


def count_of(screens: Screens, own: Screen) -> int | None:
    """Read how many posts the account has; None where it is rounded, or not in sight."""
    said = COUNT.fullmatch(screens.text("post_count", own) or "")
    return int(re.sub(r"\D", "", said[1])) if said else None


class Proof:
    """Completed only on evidence."""

    def __init__(
        self,
        run: Run,
        screens: Screens,
        before: Before,
        *,
        story: bool = False,
        may_confirm: bool = True,
    ) -> None:
        self._run, self._screens, self._before, self._story = run, screens, before, story
        self._shown = ""  # the progress that was in sight last
        self._visible = False  # … also in the last look
        self._gone = self._ring = 0
        self._confirmed = not may_confirm
        self._last: Seen | None = None

    async def watch(self, wait_s: float) -> str:
        """Return the evidence. Raises ScriptFailed(outcome_unknown) when none came in time."""
        loop = asyncio.get_running_loop()
        end = latest = loop.time() + wait_s
        limit = loop.time() + LONGEST_UPLOAD.total_seconds()
        pause_s = PAUSE_S
        while loop.time() < min(max(end, latest), limit):
            screen = await self._run.phone.look(windows=True)
            if evidence := await self._judge(screen):
                await self._run.keep("proof.xml", screen.xml.encode())
                return evidence
            if self._gone >= GONE_LOOKS:
                break
            if self._visible or self._gone:
                latest = loop.time() + wait_s  # progress is visible: the wait goes on
            longer = min(max(1.5 * pause_s, SEEN_S), LONGEST_PAUSE_S, wait_s / 4)
            pause_s = longer if self._visible else PAUSE_S
            await asyncio.sleep(pause_s)
        if evidence := await self._counted():
            return evidence
        raise ScriptFailed(Reason.OUTCOME_UNKNOWN, self._nothing(wait_s))

    async def _judge(self, screen: Screen) -> str:
        profile = self._screens.profile
        self._last = seen = profile.recognise(screen)
        self._refuse_failure(screen)
        self._screens.refuse_block(seen)
        if seen.kind == "screen" and seen.name == "confirm_publish":
            await self._confirm(screen)
            return ""
        await self._screens.answer(seen)
        if said := self._says_done(screen):
            return said
        self._note_progress(screen, seen)
        proves = profile.evidence.gone_proves or self._story
        if self._gone >= GONE_LOOKS and proves:
            return f"upload seen ({self._shown}), then gone"
        return self._ringed(screen)

    def _says_done(self, screen: Screen) -> str:
        done = self._screens.profile.upload_done(screen)
        return f"the app says: {done}" if done and done not in self._before.done else ""

    def _note_progress(self, screen: Screen, seen: Seen) -> None:
        percent = self._screens.profile.upload_percent(screen)
        words = self._screens.profile.upload_pending(screen)
        self._visible = percent is not None or words is not None
        if self._visible:
            self._gone = 0
            self._shown = f"{percent} %" if percent is not None else words or ""
            self._run.progress(0.85 + 0.14 * (percent or 0) / 100)
        elif self._shown and self._is_home(seen):
            self._gone += 1

    def _ringed(self, screen: Screen) -> str:
        """Judge a story by the ring round the account's own picture; it stays for a day."""
        shows = self._screens.shows
        ringed = self._before.had_no_story and shows("own_story", screen)
        ringed = ringed and not shows("no_story", screen)
        self._ring = self._ring + 1 if self._story and ringed and not self._visible else 0
        return "the account had no story, and now has one" if self._ring >= GONE_LOOKS else ""

    async def _confirm(self, screen: Screen) -> None:
        """Answer the app that asks once more: a press as the first one is, and as once."""
        match = self._screens.match("publish_now", screen)
        if match is None or self._confirmed:
            return
        self._confirmed = True
        button = match.tap_node

        async def act(marker: str) -> PressResult:
            return await self._run.phone.press(button, marker)

        await self._run.log(f"the app asks once more, and is answered: {match.text}")
        await self._run.confirm(act)

    async def _counted(self) -> str:
        """Ask the profile page last, since it means to leave what is in sight."""
        seen = self._last
        if self._story or seen is None or not self._is_home(seen):
            return ""
        try:
            async with asyncio.timeout(COUNT_S):
                return await self._wait_for_count()
        except TimeoutError:
            return ""
        except ScriptFailed as error:
            if error.reason is not Reason.UNKNOWN_SCREEN:
                raise
            return ""

    async def _wait_for_count(self) -> str:
        before, tapping = self._before.count, self._screens.tapping
        for _ in range(COUNT_LOOKS if before is not None else 0):
            own = await self._screens.until("own_profile", on={"home": tapping("nav_profile")})
            if said := self._says_done(own):
                return said
            if count_of(self._screens, own) == (before or 0) + 1:
                await self._run.keep("proof.xml", own.xml.encode())
                return f"the profile counted {before} posts, and now {(before or 0) + 1}"
            await asyncio.sleep(LONGEST_PAUSE_S)
        await self._look_for_failure()
        return ""

    async def _look_for_failure(self) -> None:
        """Fetch the app's own words from the page where it tells them."""
        on = {"home": self._screens.tapping("nav_home")}
        if "feed" in self._screens.profile.screens:
            self._refuse_failure(await self._screens.until("feed", on=on))

    def _refuse_failure(self, screen: Screen) -> None:
        failure = self._screens.profile.upload_failure(screen)
        if failure and failure not in self._before.failures:
            raise ScriptFailed(Reason.UPLOAD_FAILED, f"the app says: {failure}")

    def _is_home(self, seen: Seen) -> bool:
        return self._screens.is_one_of(seen, self._screens.profile.evidence.home)

    def _nothing(self, wait_s: float) -> str:
        if self._shown:
            return f"the upload was last seen at {self._shown}; the phone shows {self._last!r}"
        return f"no sign of an upload within {wait_s:g} s; the phone shows {self._last!r}"


def _said(words: str | None) -> set[str]:
    return {words} if words else set()

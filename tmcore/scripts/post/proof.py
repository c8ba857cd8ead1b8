"""After the press: watch for proof. Absence of a post, or of a composer, is never evidence."""

import asyncio
from datetime import timedelta

from tmcore.apps.profile import Seen
from tmcore.errors import ScriptFailed
from tmcore.phone.screen import Screen
from tmcore.reasons import Reason
from tmcore.scripts.post.screens import Screens
from tmcore.scripts.script import Run

PAUSE_S, LONGEST_PAUSE_S = 0.3, 3.0  # a long upload is looked at less and less often
LONGEST_UPLOAD = timedelta(minutes=10)  # how long the wait goes on while progress is visible
GONE_LOOKS = (
    2  # looks without the badge, with the navigation there: one could be between two frames
)


class Proof:
    """Completed only on this evidence: the upload badge was seen, then it was gone."""

    def __init__(self, run: Run, screens: Screens, before: Screen) -> None:
        self._run, self._screens = run, screens
        old = screens.profile.upload_failure(before)
        self._old_failures = screens.failures | ({old} if old else set())
        self._percent: int | None = None
        self._visible = False  # the badge, in the last look
        self._gone = 0
        self._last: Seen | None = None

    async def watch(self, wait_s: float) -> str:
        """Return the evidence. Raises ScriptFailed(outcome_unknown) when none came in time."""
        loop = asyncio.get_running_loop()
        end = latest = loop.time() + wait_s
        limit = loop.time() + LONGEST_UPLOAD.total_seconds()
        pause_s = PAUSE_S
        while loop.time() < min(max(end, latest), limit):
            screen = await self._run.phone.look(windows=True)
            if await self._judge(screen):
                return f"upload badge seen at {self._percent} %, then gone"
            if self._visible or self._gone:
                latest = loop.time() + wait_s  # progress is visible: the wait goes on
            pause_s = min(1.5 * pause_s, LONGEST_PAUSE_S, wait_s / 4) if self._visible else PAUSE_S
            await asyncio.sleep(pause_s)
        raise ScriptFailed(Reason.OUTCOME_UNKNOWN, self._nothing(wait_s))

    async def _judge(self, screen: Screen) -> bool:
        profile = self._screens.profile
        self._last = seen = profile.recognise(screen)
        failure = profile.upload_failure(screen)
        if failure and failure not in self._old_failures:
            raise ScriptFailed(Reason.UPLOAD_FAILED, f"the app says: {failure}")
        self._screens.refuse_block(seen)
        await self._screens.answer(seen)
        percent = profile.upload_percent(screen)
        self._visible = percent is not None
        if percent is not None:
            self._percent, self._gone = percent, 0
            self._run.progress(0.85 + 0.14 * percent / 100)
        elif self._percent is not None and self._screens.is_one_of(seen, profile.evidence.home):
            self._gone += 1
        return self._gone >= GONE_LOOKS

    def _nothing(self, wait_s: float) -> str:
        if self._percent is not None:
            return f"the upload was last seen at {self._percent} %; the phone shows {self._last!r}"
        return f"no upload badge within {wait_s:g} s; the phone shows {self._last!r}"

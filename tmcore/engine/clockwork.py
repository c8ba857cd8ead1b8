"""Makes the tasks of schedules when their time comes. Woken by a change or by the clock.

Each turn of a schedule is decided by rules.schedule and settled in one unit of work: its misses,
its run, that run's tasks, and the cursor that says until when all of it is known.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tmcore.engine.alarm import sleep_until
from tmcore.engine.calendar import REFUSALS, request_of
from tmcore.engine.prepared import Maker, Prepare
from tmcore.errors import StoreError
from tmcore.rules.schedule import MOST_MISSES, Due, due, next_times
from tmcore.store.changes import Draft
from tmcore.store.reservations import MaterialTaken
from tmcore.store.schedules import Saved, ScheduleShelf, Turn

logger = logging.getLogger("tmcore.clockwork")

PAUSE_S = 1.0  # after the database failed
OFF = "nothing ran at that time"


class Clockwork:
    """Runs what is due; a schedule whose files are looked at for long holds up no other."""

    what = "due schedules"

    def __init__(
        self,
        shelf: ScheduleShelf,
        prepare: Prepare,
        clock: Callable[[], datetime],
        fired: Callable[[], None],  # tells whoever starts tasks
    ) -> None:
        self._shelf, self._prepare, self._now, self._fired = shelf, prepare, clock, fired
        self._woken = asyncio.Event()
        self._turning: dict[int, asyncio.Task[None]] = {}
        self._ahead: dict[tuple[object, ...], datetime] = {}  # next times, while they hold
        self._wake_at: datetime | None = None
        self.turned_at = time.monotonic()  # when it looked last: whether it is alive

    def __repr__(self) -> str:
        return f"<Clockwork {len(self._turning)} turning, next {self._wake_at or 'when woken'}>"

    def wake(self) -> None:
        """A schedule changed, or a person ran it."""
        self._woken.set()
        self._fired()

    async def run(self) -> None:
        try:
            while True:
                self._woken.clear()
                self.turned_at = time.monotonic()
                self._wake_at = await self._look()
                await sleep_until(self._wake_at, self._woken, self._now)
        finally:
            for turning in self._turning.values():
                turning.cancel()
            await asyncio.gather(*self._turning.values(), return_exceptions=True)

    async def _look(self) -> datetime | None:
        try:
            saved = [one for one in await self._shelf.every() if not one.paused]
        except Exception:  # a clockwork that dies of anything lets every schedule miss its time
            logger.exception("the schedules could not be read; trying again")
            return self._now() + timedelta(seconds=PAUSE_S)
        idle = [one for one in saved if one.id not in self._turning]
        self._ahead = {_key(one): self._next(one) for one in idle}
        now = self._now()
        for one in idle:
            if self._ahead[_key(one)] <= now:
                self._begin(one)
        return min((at for at in self._ahead.values() if at > now), default=None)

    def _next(self, saved: Saved) -> datetime:
        known = self._ahead.get(_key(saved))
        return known or next_times(saved.cron, ZoneInfo(saved.zone), saved.cursor, 1)[0]

    def _begin(self, saved: Saved) -> None:
        turning = asyncio.create_task(self._turn(saved))
        self._turning[saved.id] = turning
        turning.add_done_callback(lambda _: self._ended(saved.id))

    def _ended(self, schedule_id: int) -> None:
        del self._turning[schedule_id]
        self._woken.set()

    async def _turn(self, saved: Saved) -> None:
        now = self._now()
        catch_up = timedelta(minutes=saved.catch_up_minutes)
        found = due(saved.cron, ZoneInfo(saved.zone), saved.cursor, now, catch_up)
        try:
            await self._settle(saved, found, now)
        except Exception:  # as above; its times stay due
            logger.exception("schedule %d could not be run; trying again", saved.id)
            await asyncio.sleep(PAUSE_S)
        else:
            self._fired()

    async def _settle(self, saved: Saved, found: Due, now: datetime) -> None:
        for _ in range(Maker.MOST):
            drafts, refused = await self._drafts(saved) if found.fire else ((), "")
            turn = Turn(saved, now, _told(found, now), found.fire, drafts, refused)
            with suppress(MaterialTaken):  # another request was faster with a file: deal again
                return await self._shelf.turn(turn)
        raise StoreError("other requests have taken each file that was dealt")

    async def _drafts(self, saved: Saved) -> tuple[tuple[Draft, ...], str]:
        """Return the tasks to create, or why the template is not right any more."""
        try:
            prepared = await self._prepare(request_of(saved.template))
        except REFUSALS as error:
            logger.warning("schedule %d makes nothing: %s", saved.id, error)
            return (), str(error)
        return tuple(prepared.drafts), ""


def _told(found: Due, now: datetime) -> list[tuple[datetime, str]]:
    """Say of each missed time why nothing came of it, and of the last one what it stands for."""
    why = f"the time of {found.fire:%Y-%m-%d %H:%M} UTC stands for it" if found.fire else OFF
    told = [(at, why) for at in found.missed]
    if found.cut:
        rest = f"and so were all after it until {now:%Y-%m-%d %H:%M} UTC"
        told[MOST_MISSES - 1] = (found.missed[-1], f"{why}; {rest}")
    return told


def _key(saved: Saved) -> tuple[object, ...]:
    return saved.id, saved.cron, saved.zone, saved.cursor

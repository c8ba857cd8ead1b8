"""Whether the rack can work now: the database takes a write, the scheduler turns, adb answers."""

import asyncio
import time
from collections.abc import Sequence
from typing import Protocol

from tmcore.engine.alarm import LONGEST_SLEEP_S
from tmcore.errors import StoreError
from tmcore.model import Health, Vitals
from tmcore.phone.watch import DeviceWatch
from tmcore.store.store import Store, utc_now

WRITE_S = 5.0
AGAIN_S = 1.0  # whoever asks more often hears the last answer: each costs a write to the disk
LATE_S = 2 * LONGEST_SLEEP_S


class Turning(Protocol):
    """A loop that looks for what is due: at tasks, or at schedules."""

    what: str
    turned_at: float  # when it looked last, on the monotonic clock


class Pulse:
    """Asks the parts; anybody may ask it, without a token and as often as they like."""

    def __init__(self, store: Store, loops: Sequence[Turning], watch: DeviceWatch) -> None:
        self._store, self._loops, self._watch = store, loops, watch
        self._asking = asyncio.Lock()
        self._felt_at = float("-inf")
        self._last = Health()

    async def feel(self) -> Health:
        async with self._asking:
            if time.monotonic() - self._felt_at > AGAIN_S:
                self._last = await self._ask()
                self._felt_at = time.monotonic()
        return self._last

    async def vitals(self) -> Vitals:
        shelf = self._store.vitals
        due = await shelf.oldest_due(utc_now())
        return Vitals(tasks=await shelf.counts(), oldest_due_at=due)

    async def _ask(self) -> Health:
        return Health(
            database=await self._database(),
            scheduler="; ".join(filter(None, map(_stuck, self._loops))),
            adb=self._watch.server_why,
        )

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(WRITE_S):
                await self._store.vitals.touch()
        except TimeoutError:
            return f"a write took more than {WRITE_S:g} s"
        except StoreError as error:
            return str(error)
        return ""


def _stuck(loop: Turning) -> str:
    late_s = time.monotonic() - loop.turned_at
    return f"it has not looked for {loop.what} for {late_s:.0f} s" if late_s > LATE_S else ""

"""Tells webhooks what happened: each at its own pace, in order, at least once.

Nothing waits in memory: a webhook that takes nothing for a day is told the day's events then.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol

import httpx
import orjson

from tmcore.engine.hooks import Hooks
from tmcore.events import Event
from tmcore.store.webhooks import Errand
from tmcore.webhooks import signed

logger = logging.getLogger("tmserve.courier")

ANSWER_S = 15.0  # the scheme's own limit for a receiver
GONE = 410
# between two tries of the same message; after the last one the webhook is switched off
WAITS_S = (5, 30, 120, 600, 1800, 3600, *(10_800,) * 20)
PASS_EVERY = 200  # events of no interest, until the cursor moves over them


class Told(Protocol):
    """What is asked of the rack."""

    @property
    def webhooks(self) -> Hooks: ...

    def events(self, after: int | None = None) -> AsyncIterator[Event]: ...


@asynccontextmanager
async def courier(rack: Told, waits_s: Sequence[float] = WAITS_S) -> AsyncIterator[None]:
    """Tell the rack's webhooks while this is held."""
    async with httpx.AsyncClient(
        timeout=ANSWER_S, follow_redirects=False, headers={"User-Agent": "tmrack"}
    ) as http:
        running = asyncio.create_task(Courier(rack, http, waits_s).run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.wait({running})


class Courier:
    """One round a webhook; whoever is slow holds up nobody else."""

    def __init__(self, rack: Told, http: httpx.AsyncClient, waits_s: Sequence[float]) -> None:
        self._rack, self._hooks = rack, rack.webhooks
        self._http, self._waits_s = http, waits_s

    async def run(self) -> None:
        """Begin the rounds anew whenever the webhooks are others."""
        while True:
            rounds = [asyncio.create_task(self._round(one)) for one in await self._hooks.errands()]
            try:
                await self._hooks.changed.wait()
            finally:
                for going in rounds:
                    going.cancel()
                await asyncio.gather(*rounds, return_exceptions=True)

    async def _round(self, errand: Errand) -> None:
        try:
            await self._tell(errand)
        except Exception:  # nobody would see that a round has ended
            logger.exception("webhook %d could not be told; trying again", errand.webhook.id)
            await asyncio.sleep(self._waits_s[0])
            self._hooks.changed.set()

    async def _tell(self, errand: Errand) -> None:
        """Tell of everything past the cursor and of what comes; ends where it is switched off."""
        passed = 0
        async for event in self._rack.events(after=errand.cursor):
            if event.id is None:
                continue
            if _name(event) in errand.webhook.events:
                if not await self._deliver(errand, event):
                    return
                passed = 0
            elif (passed := passed + 1) == PASS_EVERY:
                await self._hooks.passed(errand.webhook.id, event.id)
                passed = 0

    async def _deliver(self, errand: Errand, event: Event) -> bool:
        """Send until it is taken; False where it never will be."""
        assert event.id is not None
        for wait_s in (*self._waits_s, None):
            why, gone = await self._send(errand, event)
            if not why:
                await self._hooks.told(errand.webhook.id, event.id)
                return True
            off = gone or wait_s is None
            await self._hooks.failed(errand.webhook.id, why, off=off)
            if off:
                return False
            await asyncio.sleep(wait_s or 0)
        raise AssertionError("the last wait is none")

    async def _send(self, errand: Errand, event: Event) -> tuple[str, bool]:
        """Send once; return why it was not taken, and whether it never will be."""
        now, url = datetime.now(UTC), errand.webhook.url
        body = orjson.dumps(_message(event))
        # with its time, since a backup that was put back numbers its events anew
        message_id = f"{self._hooks.sender[:12]}-{event.id}-{event.at.timestamp():.3f}"
        headers = {
            "Content-Type": "application/json",
            **signed(errand.secret, message_id, now, body),
        }
        try:
            async with (
                asyncio.timeout(ANSWER_S),
                self._http.stream("POST", url, content=body, headers=headers) as answer,
            ):
                status = answer.status_code  # what it says besides is not read, however long it is
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            return str(error) or f"no answer within {ANSWER_S:g} s", False
        if status // 100 == 2:
            return "", False
        return _refusal(status), status == GONE


def _refusal(status: int) -> str:
    moved = "; a redirect is not followed" if status // 100 == 3 else ""
    return f"it answered {status}{moved}"


def _name(event: Event) -> str:
    return f"{event.kind}.{event.change}"


def _message(event: Event) -> dict[str, object]:
    """The event, and the task as it is now: what it was then stands in the event."""
    data = event.model_dump(mode="json", exclude={"device"})
    return {"type": _name(event), "timestamp": data["at"], "data": data}

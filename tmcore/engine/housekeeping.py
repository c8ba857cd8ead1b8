"""Lets go of what is old, a little at a time, so that a server may run for years."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from tmcore.engine.evidence import EvidenceFolder
from tmcore.media.inbox import Inbox
from tmcore.settings import Settings
from tmcore.store.store import Clock, Store

logger = logging.getLogger("tmcore.housekeeping")

EVERY_S = 3600.0
PAUSE_S = 0.05  # between two batches: whoever posts meanwhile goes first


class Housekeeper:
    """Goes round once an hour; the settings say what is old. Zero days: nothing ever is."""

    def __init__(
        self,
        store: Store,
        evidence: EvidenceFolder,
        inbox: Inbox,
        settings: Callable[[], Settings],
        clock: Clock,
    ) -> None:
        self._store, self._evidence, self._inbox = store, evidence, inbox
        self._settings, self._now = settings, clock

    async def run(self) -> None:
        while True:
            try:
                await self.tidy()
            except Exception:  # a round that fails must not be the last
                logger.exception("what is old could not be let go; trying again later")
            await asyncio.sleep(EVERY_S)

    async def tidy(self) -> None:
        """Go round once. Raises StoreError."""
        settings = self._settings()
        if before := self._before(settings.keep_tasks_days):
            while dropped := await self._store.retention.drop_tasks(before):
                await self._evidence.drop(dropped)
                logger.info("%d old tasks were let go", len(dropped))
                await _give_way()
        if before := self._before(settings.keep_evidence_days):
            await self._drop_evidence(before)
        if before := self._before(settings.keep_history_days):
            while await self._store.retention.drop_history(before):
                await _give_way()
        await self._drop_uploads()

    async def _drop_uploads(self) -> None:
        """Let go of files that were sent and that nobody needs; one just come has no row yet."""
        if kept := await self._inbox.older_than(EVERY_S):
            unwanted = await self._store.retention.unwanted(kept)
            await self._inbox.drop(unwanted)
            for path in unwanted:
                logger.info("%s is in the library no more, and was deleted", path)

    async def _drop_evidence(self, before: datetime) -> None:
        old = await self._evidence.old(before)
        gone = await self._store.retention.forget_evidence(old)
        await self._evidence.drop(gone)
        if gone:
            logger.info("the evidence of %d tasks was let go", len(gone))

    def _before(self, days: int) -> datetime | None:
        return self._now() - timedelta(days=days) if days else None


async def _give_way() -> None:
    await asyncio.sleep(PAUSE_S)

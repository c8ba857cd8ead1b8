"""The webhooks of a rack: a person's verbs, and what whoever tells them has to know and note."""

import asyncio
import logging

from tmcore.store.webhooks import Errand, WebhookShelf
from tmcore.webhooks import GivenWebhook, NewWebhook, Webhook, make_secret

logger = logging.getLogger("tmcore.webhooks")


class Hooks:
    """Satisfies WebhooksApi; the rest is for the courier."""

    def __init__(self, shelf: WebhookShelf, sender: str) -> None:
        self._shelf = shelf
        self.sender = sender  # of the database: its messages have ids of their own
        self.changed = asyncio.Event()  # set when the errands are others than before

    async def every(self) -> tuple[Webhook, ...]:
        return await self._shelf.every()

    async def add(self, new: NewWebhook) -> GivenWebhook:
        """Tell an address of what happens from now on. Raises BadInput where there are too many."""
        secret = make_secret()
        webhook = await self._shelf.add(new, secret)
        self.changed.set()
        return GivenWebhook(**webhook.model_dump(), secret=secret)

    async def resume(self, webhook_id: int) -> Webhook:
        """Try at once, and go on where it stopped. Raises NotFound."""
        await self._shelf.resume(webhook_id)
        self.changed.set()
        return await self._shelf.one(webhook_id)

    async def delete(self, webhook_id: int) -> None:
        """Raises NotFound."""
        await self._shelf.remove(webhook_id)
        self.changed.set()

    # for the courier

    async def errands(self) -> list[Errand]:
        self.changed.clear()
        return await self._shelf.errands()

    async def passed(self, webhook_id: int, cursor: int) -> None:
        """It need not be told of what came until then."""
        await self._shelf.passed(webhook_id, cursor)

    async def told(self, webhook_id: int, cursor: int) -> None:
        """It took everything until then."""
        await self._shelf.told(webhook_id, cursor)

    async def failed(self, webhook_id: int, why: str, *, off: bool) -> None:
        """It did not take one; `off`: it is not asked again before a person resumes it."""
        await self._shelf.failed(webhook_id, why, off=off)
        if off:
            logger.warning("webhook %d is told nothing any more: %s", webhook_id, why)

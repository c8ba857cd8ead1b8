"""Webhooks in memory, for the rack that the server's tests serve; nobody is told anything."""

from datetime import UTC, datetime

from tmcore.errors import NotFound
from tmcore.webhooks import GivenWebhook, NewWebhook, Webhook

NOW = datetime(2026, 1, 31, 14, 5, tzinfo=UTC)


class FakeWebhooks:
    """Satisfies WebhooksApi."""

    def __init__(self) -> None:
        self.rows: dict[int, Webhook] = {}

    async def every(self) -> tuple[Webhook, ...]:
        return tuple(self.rows.values())

    async def add(self, new: NewWebhook) -> GivenWebhook:
        made = Webhook(id=len(self.rows) + 101, created_at=NOW, **new.model_dump())
        self.rows[made.id] = made
        return GivenWebhook(**made.model_dump(), secret="whsec_fake")

    async def resume(self, webhook_id: int) -> Webhook:
        if webhook_id not in self.rows:
            raise NotFound(f"webhook {webhook_id} does not exist")
        return self.rows[webhook_id]

    async def delete(self, webhook_id: int) -> None:
        await self.resume(webhook_id)
        del self.rows[webhook_id]

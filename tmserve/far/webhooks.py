"""The far end of `rack.webhooks`."""

from tmcore.model import Model
from tmcore.webhooks import GivenWebhook, NewWebhook, Webhook
from tmserve.far.desk import Desk


class _Webhooks(Model):
    webhooks: tuple[Webhook, ...]


class RemoteWebhooks(Desk):
    """Satisfies WebhooksApi over HTTP."""

    async def every(self) -> tuple[Webhook, ...]:
        return (await self._ask(_Webhooks, "GET", "/webhook")).webhooks

    async def add(self, new: NewWebhook) -> GivenWebhook:
        """Raises BadInput where there are too many."""
        return await self._ask(GivenWebhook, "POST", "/webhook", new.model_dump(mode="json"))

    async def resume(self, webhook_id: int) -> Webhook:
        """Raises NotFound."""
        return await self._ask(Webhook, "POST", f"/webhook/{webhook_id}/resume")

    async def delete(self, webhook_id: int) -> None:
        """Raises NotFound."""
        await self._ask(dict, "DELETE", f"/webhook/{webhook_id}")

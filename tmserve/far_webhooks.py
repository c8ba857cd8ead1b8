"""The far end of `rack.webhooks`; it loads no Sanic either."""

from tmcore.model import Model
from tmcore.webhooks import GivenWebhook, NewWebhook, Webhook
from tmserve.far_keys import Ask


class _Webhooks(Model):
    webhooks: tuple[Webhook, ...]


class RemoteWebhooks:
    """Satisfies WebhooksApi over HTTP."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

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

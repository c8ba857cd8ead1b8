"""Webhooks: addresses that are told what happened."""

from tmcore.api import RackApi
from tmcore.keys import Scope
from tmcore.model import Model
from tmcore.webhooks import GivenWebhook, NewWebhook, Webhook
from tmserve.routes.route import Call, Gone, Route


class WebhookList(Model):
    """The webhooks, without their secrets."""

    webhooks: tuple[Webhook, ...]
    total: int


async def every(rack: RackApi, _call: Call) -> WebhookList:
    found = await rack.webhooks.every()
    return WebhookList(webhooks=found, total=len(found))


async def add(rack: RackApi, call: Call) -> GivenWebhook:
    return await rack.webhooks.add(call.json(NewWebhook))


async def resume(rack: RackApi, call: Call) -> Webhook:
    return await rack.webhooks.resume(call.id("webhook"))


async def delete(rack: RackApi, call: Call) -> Gone:
    await rack.webhooks.delete(call.id("webhook"))
    return Gone()


ROUTES = (
    Route(
        "GET", "/webhook", every, "List the webhooks and how each fares.", scope=Scope.ADMIN
    ),
    Route(
        "POST", "/webhook", add,
        "Tell an address what happens from now on; the secret that signs is in this answer only.",
        scope=Scope.ADMIN, body=NewWebhook,
    ),
    Route(
        "POST", "/webhook/<id>/resume", resume,
        "Try a webhook at once, and go on where it stopped.",
        scope=Scope.ADMIN,
    ),
    Route("DELETE", "/webhook/<id>", delete, "Tell an address nothing more.", scope=Scope.ADMIN),
)  # fmt: skip

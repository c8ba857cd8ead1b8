"""tm webhook: addresses that are told what happened."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from typing import Annotated

from cyclopts import App, Parameter

from tmtui import tables
from tmtui.commands.common import COMMON, Common, Id
from tmtui.exits import Exit
from tmtui.output import say

webhook = App(name="webhook", help="Tell other programs what happened, as signed HTTP messages.")


@webhook.command
async def add(
    url: Annotated[str, Parameter(name="URL")],
    /,
    *,
    event: tuple[str, ...] = (),
    common: Common = COMMON,
) -> Exit:
    """Tell an address what happens from now on, and show the secret that signs, this once.

    Messages follow the Standard Webhooks scheme, so a receiver checks them with its libraries. What
    is not taken is sent again, for days if need be. For example:
    `tm webhook add https://hooks.example/rack --event task.fail`.

    Parameters
    ----------
    url
        An https address; http only in this network.
    event
        What to tell of, such as task.complete; may be repeated. Without it: ends of tasks, and
        schedules that missed their time.
    """
    from tmcore.validation import checked
    from tmcore.webhooks import NewWebhook

    new = checked(NewWebhook, {"url": url} | ({"events": event} if event else {}))
    async with common.rack() as rack:
        given = await rack.webhooks.add(new)
    common.said(given, given.secret)
    if not common.json:
        say(f"webhook {given.id}; its secret is shown only now: give it to the receiver")
    return Exit.OK


@webhook.command(name="list")
async def list_(*, common: Common = COMMON) -> Exit:
    """List the webhooks and how each fares."""
    async with common.rack() as rack:
        found = await rack.webhooks.every()
    none = "there are no webhooks; for example: tm webhook add https://hooks.example/rack"
    return common.listed("webhooks", found, tables.webhooks(found), none)


@webhook.command
async def resume(webhook_id: Id, /, *, common: Common = COMMON) -> Exit:
    """Try a webhook at once, and go on where it stopped.

    Parameters
    ----------
    webhook_id
        Its number, as `tm webhook list` shows it.
    """
    async with common.rack() as rack:
        found = await rack.webhooks.resume(webhook_id)
    return common.shown(found, tables.webhooks([found]))


@webhook.command
async def delete(webhook_id: Id, /, *, common: Common = COMMON) -> Exit:
    """Tell an address nothing more.

    Parameters
    ----------
    webhook_id
        Its number, as `tm webhook list` shows it.
    """
    async with common.rack() as rack:
        await rack.webhooks.delete(webhook_id)
    return common.said({"deleted_count": 1}, "1 deleted")

"""Webhooks, near and far: made, listed, resumed, deleted, and checked before anything is kept."""

import pytest

from tmcore.api import RackApi
from tmcore.errors import BadInput, NotFound
from tmcore.validation import checked
from tmcore.webhooks import MOST, USUAL, NewWebhook

HOOK = NewWebhook(url="https://hooks.example/rack")


async def test_made_and_listed(rack: RackApi) -> None:
    """A webhook is given with its secret once; it begins with what happens from now on."""
    given = await rack.webhooks.add(HOOK)

    [listed] = await rack.webhooks.every()
    assert (listed.url, listed.events, listed.behind) == (HOOK.url, USUAL, 0)
    assert given.secret.startswith("whsec_")
    assert given.secret not in f"{given!r} {listed!r}"


async def test_deleted(rack: RackApi) -> None:
    """What was deleted is gone, and what never was is NotFound."""
    given = await rack.webhooks.add(HOOK)
    assert (await rack.webhooks.resume(given.id)).id == given.id

    await rack.webhooks.delete(given.id)

    assert await rack.webhooks.every() == ()
    for webhook_id in (given.id, 999, 2**70):
        with pytest.raises(NotFound):
            await rack.webhooks.delete(webhook_id)
        with pytest.raises(NotFound):
            await rack.webhooks.resume(webhook_id)


async def test_not_too_many(rack: RackApi) -> None:
    """Each is a connection of its own, so their number has a bound."""
    for _ in range(MOST):
        await rack.webhooks.add(HOOK)
    with pytest.raises(BadInput, match=str(MOST)):
        await rack.webhooks.add(HOOK)


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.example", "ftp://hooks.example/", "https://", "https://[::1", "file:///etc/passwd",
        "https://ann:secret@hooks.example/", "https://hooks.example/#part", "http://hooks.example/",
        "http://8.8.8.8/", "https://hooks.example:99999/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str) -> None:
    """No address, one with a password in it, or one that sends captions in clear to the world."""
    with pytest.raises(BadInput, match="url"):
        checked(NewWebhook, {"url": url})


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://192.168.1.4/x", "http://[::1]:9/"])
def test_in_clear_only_in_this_network(url: str) -> None:
    """A receiver beside the rack needs no certificate."""
    assert checked(NewWebhook, {"url": url}).url == url


@pytest.mark.parametrize("events", [[], ["task.done"], "task.fail", ["task.fail", 3]])
def test_events_that_do_not_exist(events: object) -> None:
    """An event's name is checked, and the right ones are told."""
    with pytest.raises(BadInput, match="events"):
        checked(NewWebhook, {"url": "https://hooks.example/", "events": events})

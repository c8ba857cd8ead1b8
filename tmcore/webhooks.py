"""Webhooks: addresses that are told what happened, by the Standard Webhooks scheme.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address
from typing import Annotated, Protocol
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from tmcore.model import TRANSITIONS, Model

TASK_CHANGES = ("create", *sorted({name for moves in TRANSITIONS.values() for name in moves}))
SCHEDULE_CHANGES = ("fire", "miss", "skip", "refuse")
EVENTS = (
    *(f"task.{change}" for change in (*TASK_CHANGES, "move", "delete")),
    *(f"schedule.{change}" for change in SCHEDULE_CHANGES),
)
USUAL = ("task.complete", "task.fail", "task.miss", "schedule.miss", "schedule.refuse")
MOST = 20  # each is a connection of its own

_PREFIX = "whsec_"
_BYTES = 32


def _events(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names or ("",):
        if name not in EVENTS:
            raise ValueError(f"{name!r:.60} is no event; allowed: {', '.join(EVENTS)}")
    return names


def _address(url: str) -> str:
    """What is told holds captions and names of accounts: in clear it stays in the house."""
    where = urlsplit(url)
    try:
        host, _ = where.hostname or "", where.port
    except ValueError:
        host = ""
    if where.scheme not in ("http", "https") or not host or where.username or where.fragment:
        raise ValueError(f"{url!r:.200} is not an address such as https://hooks.example/rack")
    if where.scheme == "http" and not _is_near(host):
        raise ValueError(f"{url!r:.200} is not encrypted, and not in this network; use https")
    return url


def _is_near(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_private
    except ValueError:
        return False


class NewWebhook(Model):
    """Where to tell, and what of."""

    url: Annotated[str, Field(max_length=2000), AfterValidator(_address)] = Field(
        description="An https address; http only in this network."
    )
    events: Annotated[tuple[str, ...], AfterValidator(_events)] = Field(
        USUAL, description="What to tell of."
    )


class Webhook(NewWebhook):
    """A webhook as it is kept: everything but its secret."""

    id: int
    created_at: datetime
    behind: int = 0  # events that it has not been asked about yet
    told_at: datetime | None = None  # when it last took one
    failures: int = 0  # one after the other
    why: str = ""  # what the last failure was
    off: bool = False  # it failed for too long, or said that it is gone; a person resumes it


class GivenWebhook(Webhook):
    """A webhook just made, with the secret that signs: shown this once."""

    secret: str = Field(repr=False)


class WebhooksApi(Protocol):
    """What may be asked of a rack's webhooks."""

    async def every(self) -> tuple[Webhook, ...]: ...

    async def add(self, new: NewWebhook) -> GivenWebhook:
        """Tell an address of what happens from now on. Raises BadInput where there are too many."""
        ...

    async def resume(self, webhook_id: int) -> Webhook:
        """Try at once, and go on where it stopped. Raises NotFound."""
        ...

    async def delete(self, webhook_id: int) -> None:
        """Raises NotFound."""
        ...


def make_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed(secret: str, message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Return the three headers by which a receiver knows the sender, the message and its age."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    content = f"{message_id}.{stamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }

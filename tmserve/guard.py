"""Who a request is from: its token, and what that allows.

Where none is needed, whoever sends none may do everything, as the documented clients do. A token
that is sent must be a known one everywhere: a revoked one shall not open more than it did before.
"""

import logging
from collections.abc import Sequence
from ipaddress import ip_network
from typing import NamedTuple

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from tmcore.errors import DoorClosed, TokenRefused, TooManyRequests
from tmcore.keys import Scope, Token, digest_of
from tmserve.entrance import Entrance
from tmserve.routes import PUBLIC
from tmserve.routes.route import Route, Served

logger = logging.getLogger("tmserve.guard")

WRONG_TOKENS = 10  # a minute, from one address: no guess at 256 bits, but noise and load
_PER_ADDRESS = RateLimitItemPerMinute(WRONG_TOKENS)
_ONCE = RateLimitItemPerMinute(1)  # the same wrong token again is a forgotten script, no guess
_IPV6_HOME = 64  # one customer's addresses


class Claim(NamedTuple):
    """What a request says about who sent it: each header as often as it was sent."""

    method: str
    target: bytes
    authorizations: Sequence[str]
    api_keys: Sequence[str]
    address: str


class Guard:
    """Asks for tokens, and counts wrong ones."""

    def __init__(self, rack: Served, entrance: Entrance) -> None:
        self._rack = rack
        self._always = entrance.demands_token
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def identify(self, claim: Claim) -> Token | None:
        """Return whose request it is; None where nobody needs to say.

        Raises TokenRefused, TooManyRequests.
        """
        if secret := _secret(claim):
            return await self._known(secret, claim.address)
        if (claim.method, claim.target) in PUBLIC:
            return None
        if self._always or (await self._rack.settings()).require_token:
            raise TokenRefused
        return None

    async def _known(self, secret: str, address: str) -> Token:
        home = _home(address)
        if not await self._limiter.test(_PER_ADDRESS, home):
            raise TooManyRequests
        if token := self._rack.keys.admit(secret):
            return token
        if await self._limiter.hit(_ONCE, home, digest_of(secret)):
            await self._limiter.hit(_PER_ADDRESS, home)
            logger.warning("a wrong token came from %s", address)
        raise TokenRefused("This token is not known; it may have been revoked.")


def demand_scope(token: Token | None, route: Route) -> None:
    """Refuse a token whose scope is too small; a route without a scope is the admin's."""
    needed = route.scope or Scope.ADMIN
    if token is not None and not route.public and not token.scope.allows(needed):
        raise DoorClosed(f"The token {token.name} allows {token.scope}; this needs {needed}.")


def _secret(claim: Claim) -> str | None:
    """Return the one token that was sent. Another Authorization is about something else."""
    sent = {key.strip() for key in claim.api_keys}
    for words in claim.authorizations:
        scheme, _, secret = words.strip().partition(" ")
        if scheme.lower() == "bearer":
            sent.add(secret.strip())
    if len(sent) > 1:
        raise TokenRefused("Send one token, not several.")
    return next(iter(sent), None)


def _home(address: str) -> str:
    try:
        return str(
            ip_network(f"{address}/{_IPV6_HOME}" if ":" in address else address, strict=False)
        )
    except ValueError:  # a socket that has no address
        return address

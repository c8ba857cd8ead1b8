"""The token that a far rack is asked with, and its tokens over HTTP."""

import os
from ipaddress import ip_address
from re import fullmatch
from urllib.parse import urlsplit

from tmcore.errors import BadInput, NotFound
from tmcore.keys import NAME, GivenToken, NewToken, Token
from tmcore.model import Model
from tmcore.validation import shown
from tmserve.far.desk import Desk

VARIABLE = "TM_TOKEN"


class TokenList(Model):
    """What GET /token answers."""

    tokens: tuple[Token, ...]


class RemoteKeys(Desk):
    """Satisfies keys.Keys over HTTP."""

    async def all(self) -> tuple[Token, ...]:
        return (await self._ask(TokenList, "GET", "/token")).tokens

    async def add(self, new: NewToken) -> GivenToken:
        """Make a token. Raises BadInput when the name is taken."""
        return await self._ask(GivenToken, "POST", "/token", new.model_dump(mode="json"))

    async def revoke(self, name: str) -> None:
        """Let a token open nothing any more, at once. Raises NotFound."""
        if not fullmatch(NAME, name):  # as a part of a path it could mean another path
            raise NotFound(f"token {shown(name)} does not exist")
        await self._ask(dict, "DELETE", f"/token/{name}")


def headers_for(url: str, token: str | None) -> dict[str, str]:
    """Return the header that carries the token, or the environment's; none where there is none.

    Raises BadInput where it could be read on its way.
    """
    secret = (os.environ.get(VARIABLE) or "" if token is None else token).strip()
    if not secret:
        return {}
    if not (secret.isascii() and secret.isprintable()):
        raise BadInput.of("token", "holds a character that no token has")
    where = urlsplit(url)
    if where.scheme == "http" and not is_here(where.hostname or ""):
        raise BadInput.of(
            "url", f"{url!r} is not encrypted: the token could be read on its way; use https"
        )
    return {"Authorization": f"Bearer {secret}"}


def is_here(host: str) -> bool:
    """Whether a host is this computer."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

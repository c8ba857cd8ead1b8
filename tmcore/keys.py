"""Tokens, by which a program shows who it is: the words, and how a secret is made and told apart.

A secret is 256 random bits, so a plain SHA-256 of it can be kept: there is nothing to guess, and a
stolen database lets nobody in.
"""

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import Field

from tmcore.model import Model

PREFIX = "tm_"  # by which a log line, or a search of a repository, finds a secret that got out
_BYTES = 32


class Scope(StrEnum):
    """What a token allows; each includes those before it."""

    READ = "read"  # look at everything
    POST = "post"  # create, stop, retry, delete and resolve tasks; pause phones
    ADMIN = "admin"  # settings, accounts, tokens, hands on phones

    def allows(self, needed: "Scope") -> bool:
        order = tuple(Scope)
        return order.index(self) >= order.index(needed)


NAME = r"^[A-Za-z0-9_-]{1,64}$"
TokenName = Annotated[str, Field(pattern=NAME)]


class NewToken(Model):
    """A token to be made: whose it is, and what it allows."""

    name: TokenName
    scope: Scope


class Token(NewToken):
    """A token as it is kept: everything but its secret."""

    created_at: datetime


class GivenToken(Token):
    """A token just made, with its secret: shown this once, and kept nowhere."""

    secret: str = Field(repr=False)


class Keys(Protocol):
    """What may be asked of a rack's tokens."""

    async def all(self) -> tuple[Token, ...]: ...

    async def add(self, new: NewToken) -> GivenToken:
        """Make a token. Raises BadInput when the name is taken."""
        ...

    async def revoke(self, name: str) -> None:
        """Let a token open nothing any more, at once. Raises NotFound."""
        ...


class Locks(Keys, Protocol):
    """Keys of a rack in this process, where a secret can be tried."""

    def admit(self, secret: str) -> Token | None:
        """Return the token of a secret."""
        ...


def make_secret() -> str:
    """Return a new secret."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()

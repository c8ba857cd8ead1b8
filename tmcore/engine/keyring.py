"""The tokens of a rack. They are few and asked for at every request: all are kept in memory."""

import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tmcore.keys import GivenToken, NewToken, Scope, Token, digest_of, make_secret
from tmcore.store.store import Store, utc_now

logger = logging.getLogger("tmcore.keys")


class KeyRing:
    """Satisfies keys.Locks."""

    def __init__(self, store: Store, tokens: dict[str, Token]) -> None:
        self._store = store
        self._tokens = tokens

    @classmethod
    async def of(cls, store: Store) -> "KeyRing":
        return cls(store, await store.tokens.every())

    def __repr__(self) -> str:
        return f"<KeyRing {', '.join(f'{t.name} ({t.scope})' for t in self._tokens.values())}>"

    async def all(self) -> tuple[Token, ...]:
        return tuple(self._tokens.values())

    async def add(self, new: NewToken) -> GivenToken:
        """Make a token. Raises BadInput when the name is taken."""
        secret, now = make_secret(), utc_now()
        await self._store.tokens.add(new, digest_of(secret), now)
        token = Token(**new.model_dump(), created_at=now)
        self._tokens[digest_of(secret)] = token
        logger.info("the token %s (%s) was made", token.name, token.scope)
        return GivenToken(**token.model_dump(), secret=secret)

    async def revoke(self, name: str) -> None:
        """Let a token open nothing any more, at once. Raises NotFound."""
        await self._store.tokens.remove(name)
        self._tokens = {d: t for d, t in self._tokens.items() if t.name != name}
        logger.info("the token %s was revoked", name)

    def admit(self, secret: str) -> Token | None:
        """Return the token of a secret; all are compared, so that the time tells nothing."""
        asked, found = digest_of(secret), None
        for digest, token in self._tokens.items():
            if hmac.compare_digest(asked, digest):
                found = token
        return found

    @property
    def has_admin(self) -> bool:
        return any(token.scope is Scope.ADMIN for token in self._tokens.values())


@asynccontextmanager
async def keys_in(db: Path) -> AsyncIterator[KeyRing]:
    """Open the tokens of a database that no server has open. Raises DatabaseInUse and the like."""
    store = await Store.open(db)
    try:
        yield await KeyRing.of(store)
    finally:
        await store.close()

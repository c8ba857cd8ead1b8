"""Tokens in memory, for a rack in memory."""

from datetime import UTC, datetime

from tmcore.errors import BadInput, NotFound
from tmcore.keys import GivenToken, NewToken, Scope, Token


class FakeKeys:
    """Satisfies keys.Locks; the secret of a token is `tm_` and its name."""

    def __init__(self) -> None:
        self.made: dict[str, Token] = {}

    async def all(self) -> tuple[Token, ...]:
        return tuple(self.made.values())

    async def add(self, new: NewToken) -> GivenToken:
        if new.name in self.made:
            raise BadInput.of("name", f"there is a token {new.name!r} already")
        now = datetime(2026, 1, 31, 14, 5, tzinfo=UTC)
        self.made[new.name] = Token(**new.model_dump(), created_at=now)
        return GivenToken(**self.made[new.name].model_dump(), secret=f"tm_{new.name}")

    async def revoke(self, name: str) -> None:
        if self.made.pop(name, None) is None:
            raise NotFound(f"token {name!r} does not exist")

    def admit(self, secret: str) -> Token | None:
        return self.made.get(secret.removeprefix("tm_"))

    async def one_of_each(self) -> None:
        for scope in Scope:
            await self.add(NewToken(name=scope, scope=scope))

"""Tokens: by which programs show who they are."""

from tmcore.api import RackApi
from tmcore.keys import GivenToken, NewToken, Scope, Token
from tmcore.model import Model
from tmserve.routes.route import Call, Gone, Route


class TokenList(Model):
    """The tokens, without their secrets."""

    tokens: tuple[Token, ...]
    total: int


async def every(rack: RackApi, _call: Call) -> TokenList:
    tokens = await rack.keys.all()
    return TokenList(tokens=tokens, total=len(tokens))


async def add(rack: RackApi, call: Call) -> GivenToken:
    return await rack.keys.add(call.json(NewToken))


async def revoke(rack: RackApi, call: Call) -> Gone:
    await rack.keys.revoke(call.path["name"])
    return Gone()


ROUTES = (
    Route("GET", "/token", every, "List the tokens, without their secrets.", scope=Scope.ADMIN),
    Route(
        "POST", "/token", add, "Make a token; its secret is shown in this answer only.",
        scope=Scope.ADMIN, body=NewToken,
    ),
    Route(
        "DELETE", "/token/<name>", revoke, "Revoke a token; it opens nothing any more, at once.",
        scope=Scope.ADMIN,
    ),
)  # fmt: skip

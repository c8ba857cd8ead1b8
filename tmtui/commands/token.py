"""tm token: by which programs show who they are, where the server asks."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from cyclopts import App, Parameter

from tmcore.errors import ServerUnreachable
from tmtui import tables
from tmtui.commands.common import COMMON, Common, database
from tmtui.exits import Exit
from tmtui.output import say

if TYPE_CHECKING:
    from tmcore.keys import Keys

token = App(name="token", help="Make and revoke tokens, by which programs may enter.")

Scopes = Literal["read", "post", "admin"]
HERE = ("127.0.0.1", "localhost", "::1")
Name = Annotated[str, Parameter(name="NAME")]


@token.command
async def add(
    name: Name, /, *, scope: Scopes, db: Path | None = None, common: Common = COMMON
) -> Exit:
    """Make a token, and show its secret, this once.

    A program sends it as `Authorization: Bearer …` or `X-API-Key: …`; `tm` and Python's RemoteRack
    read it from TM_TOKEN. For example: `tm token add laptop --scope post`.

    Parameters
    ----------
    name
        Whose it is.
    scope
        read: look at everything. post: also create and change tasks, pause phones. admin: also
        settings, accounts, tokens, and hands on phones.
    db
        The database file of a server that does not run.
    """
    from tmcore.keys import NewToken
    from tmcore.validation import checked

    new = checked(NewToken, {"name": name, "scope": scope})
    async with _keys(db, common) as keys:
        given = await keys.add(new)
    common.said(given, given.secret)
    if not common.json:
        say("this is shown only now; keep it where only its program can read it")
    return Exit.OK


@token.command(name="list")
async def list_(*, db: Path | None = None, common: Common = COMMON) -> Exit:
    """List the tokens; their secrets are kept nowhere.

    Parameters
    ----------
    db
        The database file of a server that does not run.
    """
    async with _keys(db, common) as keys:
        found = await keys.all()
    none = "there are no tokens; for example: tm token add laptop --scope post"
    return common.listed("tokens", found, tables.tokens(found), none)


@token.command
async def revoke(name: Name, /, *, db: Path | None = None, common: Common = COMMON) -> Exit:
    """Revoke a token: it opens nothing any more, at once.

    Parameters
    ----------
    name
        Whose it is, as `tm token list` shows it.
    db
        The database file of a server that does not run.
    """
    async with _keys(db, common) as keys:
        await keys.revoke(name)
    return common.said({"deleted_count": 1}, "1 revoked")


@asynccontextmanager
async def _keys(db: Path | None, common: Common) -> AsyncIterator["Keys"]:
    """Open the tokens of the server; where none runs on this computer, those of its database."""
    from tmcore.engine.keyring import keys_in

    if db is None:
        async with common.rack() as rack:
            try:
                await rack.keys.all()
            except ServerUnreachable:
                if urlsplit(common.url).hostname not in HERE:
                    raise
            else:
                yield rack.keys
                return
        db = database(None)
        say(f"no server answers at {common.url}; looking into {db}")
    async with keys_in(db) as keys:
        yield keys

"""Accounts: which one lives on which device in which app."""

from typing import Any

from tmcore.api import RackApi
from tmcore.model import Account, App, Model, NewAccount
from tmserve.routes.route import Call, Route


class AccountFilter(Model):
    """What GET /account can be asked."""

    app: App | None = None
    serial: str | None = None


async def every(rack: RackApi, call: Call) -> dict[str, Any]:
    asked = call.filters(AccountFilter)
    accounts = await rack.accounts(asked.app, asked.serial)
    return {"accounts": accounts, "total": len(accounts)}


async def add(rack: RackApi, call: Call) -> Account:
    return await rack.add_account(call.json(NewAccount))


async def delete(rack: RackApi, call: Call) -> dict[str, int]:
    await rack.delete_account(call.id("account"))
    return {"deleted_count": 1}


ROUTES = (
    Route("GET", "/account", every),
    Route("POST", "/account", add, takes_body=True),
    Route("DELETE", "/account/<id>", delete),
)

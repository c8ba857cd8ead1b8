"""Accounts: which one lives on which device in which app."""

from pydantic import Field

from tmcore.accounts import Account, AccountChange, App, Bound, NewAccount, NewAccounts
from tmcore.api import RackApi
from tmcore.keys import Scope
from tmcore.model import Model
from tmserve.routes.route import Call, Gone, Route


class AccountFilter(Model):
    """What GET /account can be asked."""

    app: App | None = Field(None, description="Only accounts in this app.")
    serial: str | None = Field(None, description="Only accounts on this phone.")


class AccountList(Model):
    """The bound accounts."""

    accounts: tuple[Account, ...]
    total: int


async def every(rack: RackApi, call: Call) -> AccountList:
    asked = call.filters(AccountFilter)
    accounts = await rack.accounts(asked.app, asked.serial)
    return AccountList(accounts=accounts, total=len(accounts))


async def add(rack: RackApi, call: Call) -> Account:
    return await rack.add_account(call.json(NewAccount))


async def add_all(rack: RackApi, call: Call) -> Bound:
    return await rack.add_accounts(call.json(NewAccounts))


async def change(rack: RackApi, call: Call) -> Account:
    return await rack.change_account(call.id("account"), call.json(AccountChange))


async def release(rack: RackApi, call: Call) -> Account:
    return await rack.release_account(call.id("account"))


async def delete(rack: RackApi, call: Call) -> Gone:
    await rack.delete_account(call.id("account"))
    return Gone()


ROUTES = (
    Route(
        "GET", "/account", every, "List the bound accounts.",
        scope=Scope.READ, query=AccountFilter,
    ),
    Route(
        "POST", "/account", add, "Bind an account to the device on which it is logged in.",
        scope=Scope.ADMIN, body=NewAccount, codes=(40401,),
    ),
    Route(
        "POST", "/account/import", add_all, "Bind a list of accounts, all of them or none.",
        scope=Scope.ADMIN, body=NewAccounts,
    ),
    Route(
        "PATCH", "/account/<id>", change, "Change how an account is bound.",
        scope=Scope.ADMIN, body=AccountChange,
    ),
    Route(
        "POST", "/account/<id>/release", release,
        "Let a held account's tasks go on, after a person has looked at it.", scope=Scope.POST,
    ),
    Route(
        "DELETE", "/account/<id>", delete, "Unbind an account; nothing changes on the phone.",
        scope=Scope.ADMIN,
    ),
)  # fmt: skip

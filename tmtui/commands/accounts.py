"""tm account: which account lives on which phone."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from functools import partial
from typing import Annotated

from cyclopts import App, Parameter

from tmtui import tables
from tmtui.commands.common import COMMON, AppName, Common, Id
from tmtui.commands.creating import create
from tmtui.exits import Exit

account = App(name="account", help="Bind accounts to phones, so that a post can name an account.")
NOBODY = "name at least one account; `tm account list` shows their numbers"


@account.command(name="list")
async def list_(
    *, app: AppName | None = None, serial: str | None = None, common: Common = COMMON
) -> Exit:
    """List the bound accounts.

    Parameters
    ----------
    app
        Only accounts of this app.
    serial
        Only accounts on this phone.
    """
    async with common.rack() as rack:
        found = await rack.accounts(app, serial)
    none = "no accounts are bound; `tm account match R58M34FGHIJ` reads a phone's and binds them"
    return common.listed("accounts", found, tables.accounts(found), none)


@account.command
async def add(
    username: str,
    /,
    *,
    serial: str,
    app: AppName = "tiktok",
    package: str | None = None,
    common: Common = COMMON,
) -> Exit:
    """Bind an account to the phone on which it is logged in.

    A task for this account then goes to that phone, and switches the app to it there. `tm account
    match` reads and binds all that are logged in. For example:
    `tm account add @ann --serial R58M34FGHIJ`.

    Parameters
    ----------
    username
        The account's name; the @ may be left out.
    serial
        The phone, as `tm devices` shows it.
    app
        The app in which it is logged in.
    package
        The package of a clone of that app; without it the app itself.
    """
    from tmcore.accounts import NewAccount
    from tmcore.validation import checked

    said = {"app": app, "username": username, "serial": serial, "package": package}
    new = checked(NewAccount, said)
    async with common.rack() as rack:
        bound = await rack.add_account(new)
    return common.shown(bound, tables.accounts([bound]))


@account.command
async def match(
    *serials: Annotated[str, Parameter(name="SERIAL")],
    app: AppName | None = None,
    wait: bool = True,
    common: Common = COMMON,
) -> Exit:
    """Read the accounts that are logged in on phones, and bind them.

    Nothing is posted, switched or unbound; an account that is bound and was not seen is named.

    Parameters
    ----------
    serials
        The phones.
    app
        Only this app; without it every app that is installed.
    wait
        Wait until all were read; --no-wait only creates the tasks.
    """
    request = {
        "serials": serials,
        "script_name": "match_accounts",
        "script_config": {"app": app} if app else {},
        "source": "ui",
    }
    return await create(request, common, wait=wait)


@account.command
async def release(*account_ids: Id, common: Common = COMMON) -> Exit:
    """Let held accounts post again, after you have looked at them on the phone.

    A check, a login or a ban holds an account: its tasks wait instead of failing one by one.

    Parameters
    ----------
    account_ids
        Their numbers, as `tm account list` shows them.
    """
    async with common.rack() as rack:
        return await common.each(
            "accounts", account_ids, rack.release_account, tables.accounts, NOBODY
        )


@account.command
async def enable(*account_ids: Id, common: Common = COMMON) -> Exit:
    """Let disabled accounts post again.

    Parameters
    ----------
    account_ids
        Their numbers, as `tm account list` shows them.
    """
    return await _switch(account_ids, common, enabled=True)


@account.command
async def disable(*account_ids: Id, common: Common = COMMON) -> Exit:
    """Let accounts post nothing for now. Their tasks wait.

    Parameters
    ----------
    account_ids
        Their numbers, as `tm account list` shows them.
    """
    return await _switch(account_ids, common, enabled=False)


async def _switch(account_ids: tuple[int, ...], common: Common, *, enabled: bool) -> Exit:
    from tmcore.accounts import AccountChange

    change = AccountChange(enabled=enabled)
    async with common.rack() as rack:
        act = partial(rack.change_account, change=change)
        return await common.each("accounts", account_ids, act, tables.accounts, NOBODY)


@account.command
async def delete(account_id: Id, /, *, common: Common = COMMON) -> Exit:
    """Unbind an account. Nothing changes on the phone.

    Parameters
    ----------
    account_id
        Its number, as `tm account list` shows it.
    """
    async with common.rack() as rack:
        await rack.delete_account(account_id)
    return common.said({"deleted_count": 1}, "1 unbound")

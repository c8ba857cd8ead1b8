"""tm account: which account lives on which phone."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from typing import Annotated, Literal

from cyclopts import App, Parameter

from tmtui import tables
from tmtui.commands.common import COMMON, Common
from tmtui.exits import Exit
from tmtui.output import say, show, show_json

account = App(name="account", help="Bind accounts to phones, so that a post can name an account.")

AppName = Literal["tiktok", "instagram"]


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
    if common.json:
        show_json({"accounts": found, "total": len(found)})
    elif found:
        show(tables.accounts(found))
    else:
        say("no accounts are bound; for example: tm account add @ann --serial R58M34FGHIJ")
    return Exit.OK


@account.command
async def add(
    username: str, /, *, serial: str, app: AppName = "tiktok", common: Common = COMMON
) -> Exit:
    """Bind an account to the phone on which it is logged in.

    A task for this account then goes to that phone, and is refused there if another account is
    open. For example: `tm account add @ann --serial R58M34FGHIJ`.

    Parameters
    ----------
    username
        The account's name; the @ may be left out.
    serial
        The phone, as `tm devices` shows it.
    app
        The app in which it is logged in.
    """
    from tmcore.model import NewAccount
    from tmcore.validation import checked

    new = checked(NewAccount, {"app": app, "username": username, "serial": serial})
    async with common.rack() as rack:
        bound = await rack.add_account(new)
    show_json(bound) if common.json else show(tables.accounts([bound]))
    return Exit.OK


@account.command
async def delete(
    account_id: Annotated[int, Parameter(name="ID")], /, *, common: Common = COMMON
) -> Exit:
    """Unbind an account. Nothing changes on the phone.

    Parameters
    ----------
    account_id
        Its number, as `tm account list` shows it.
    """
    async with common.rack() as rack:
        await rack.delete_account(account_id)
    show_json({"deleted_count": 1}) if common.json else print("1 unbound")
    return Exit.OK

"""tm account: which account lives on which phone."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from tmcore.errors import BadInput, NotFound
from tmtui import tables
from tmtui.commands.common import COMMON, Common
from tmtui.commands.creating import create
from tmtui.exits import Exit, of
from tmtui.output import say, show, show_json

if TYPE_CHECKING:
    from tmcore.model import Account
    from tmserve.client import RemoteRack

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
        say("no accounts are bound; `tm account match R58M34FGHIJ` reads a phone's and binds them")
    return Exit.OK


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
    from tmcore.model import NewAccount
    from tmcore.validation import checked

    said = {"app": app, "username": username, "serial": serial, "package": package}
    new = checked(NewAccount, said)
    async with common.rack() as rack:
        bound = await rack.add_account(new)
    show_json(bound) if common.json else show(tables.accounts([bound]))
    return Exit.OK


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
async def release(
    *account_ids: Annotated[int, Parameter(name="ID")], common: Common = COMMON
) -> Exit:
    """Let held accounts post again, after you have looked at them on the phone.

    A check, a login or a ban holds an account: its tasks wait instead of failing one by one.

    Parameters
    ----------
    account_ids
        Their numbers, as `tm account list` shows them.
    """
    return await _each(account_ids, lambda rack, number: rack.release_account(number), common)


@account.command
async def enable(
    *account_ids: Annotated[int, Parameter(name="ID")], common: Common = COMMON
) -> Exit:
    """Let disabled accounts post again.

    Parameters
    ----------
    account_ids
        Their numbers, as `tm account list` shows them.
    """
    return await _switch(account_ids, common, enabled=True)


@account.command
async def disable(
    *account_ids: Annotated[int, Parameter(name="ID")], common: Common = COMMON
) -> Exit:
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
    return await _each(
        account_ids, lambda rack, number: rack.change_account(number, change), common
    )


async def _each(
    account_ids: tuple[int, ...],
    act: Callable[["RemoteRack", int], Awaitable["Account"]],
    common: Common,
) -> Exit:
    """Act on each; one that is refused does not keep the others from it."""
    if not account_ids:
        say("name at least one account; `tm account list` shows their numbers")
        return Exit.USAGE
    done: list[Account] = []
    ends = [Exit.OK]
    async with common.rack() as rack:
        for account_id in account_ids:
            try:
                done.append(await act(rack, account_id))
            except (BadInput, NotFound) as error:
                say(error)
                ends.append(of(error))
    if common.json:
        show_json({"accounts": done, "total": len(done)})
    elif done:
        show(tables.accounts(done))
    return max(ends)


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

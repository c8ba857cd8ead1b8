"""tm settings, tm license: what an operator can set, and what the plan allows."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from tmtui import tables
from tmtui.commands.common import COMMON, Common
from tmtui.commands.pairs import read_pairs
from tmtui.exits import Exit


async def settings(
    *,
    set_: Annotated[tuple[str, ...], Parameter(name="--set", metavar="NAME=VALUE")] = (),
    allow_folder: tuple[Path, ...] = (),
    reset: Annotated[tuple[str, ...], Parameter(metavar="NAME")] = (),
    common: Common = COMMON,
) -> Exit:
    """Show the server's settings, or change some; a change is in force at once.

    They may also stand in a file tmrack.toml beside the database, or in the environment as
    TMRACK_AUTO_RETRY and so on; what was changed here goes before both.

    For example: `tm settings --set auto_retry=true --set max_retry_count=2`.

    Parameters
    ----------
    set_
        A setting and its new value.
    allow_folder
        A folder below which files may be posted, in addition to those that are allowed.
    reset
        A setting to put back to what the file, the environment or the default says.
    """
    changes: dict[str, Any] = read_pairs(set_)
    async with common.rack() as rack:
        values = await rack.settings()
        if allow_folder:
            added = (str(folder.expanduser().absolute()) for folder in allow_folder)
            changes["media_folders"] = list(dict.fromkeys((*values.media_folders, *added)))
        for name in reset:
            values = await rack.reset_setting(name)
        if changes:
            values = await rack.change_settings(changes)
    return common.shown(values, tables.settings(values))


async def license_(*, common: Common = COMMON) -> Exit:
    """Show the licence plan: whether the API is open, and how many phones may work at once."""
    async with common.rack() as rack:
        plan = await rack.license()
    return common.shown(plan, tables.license_(plan))

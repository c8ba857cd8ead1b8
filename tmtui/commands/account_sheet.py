"""tm account export, tm account import: the accounts as a spreadsheet."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import csv
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tmcore.errors import BadInput, FieldError
from tmcore.format import counted
from tmtui.commands.accounts import account
from tmtui.commands.common import COMMON, Common
from tmtui.commands.reading import spreadsheet
from tmtui.exits import Exit
from tmtui.output import say

if TYPE_CHECKING:
    from tmcore.accounts import NewAccounts
    from tmcore.rules.spreadsheet import Row

__all__ = ["account"]

COLUMNS = ("app", "username", "serial", "package", "user", "enabled")
NEEDED = COLUMNS[:3]
WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@account.command
async def export(
    file: Annotated[Path | None, Parameter(name="FILE")] = None, /, *, common: Common = COMMON
) -> Exit:
    """Write the bound accounts as CSV, for `tm account import`.

    Parameters
    ----------
    file
        The file to write; it must not be there yet. Without it they are printed.
    """
    async with common.rack() as rack:
        found = await rack.accounts()
    rows = [[_cell(getattr(one, name)) for name in COLUMNS] for one in found]
    if file is None:
        csv.writer(sys.stdout).writerows([COLUMNS, *rows])
        return Exit.OK
    if file.exists():
        raise BadInput.of("FILE", f"{file} exists; name a new file")
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([COLUMNS, *rows])
    say(f"{file} holds {counted(len(rows), 'account')}")
    return Exit.OK


@account.command(name="import")
async def import_(
    file: Annotated[Path, Parameter(name="FILE")], /, *, common: Common = COMMON
) -> Exit:
    """Bind the accounts of a CSV file, all of them or none.

    Columns: app (tiktok or instagram), username, serial; and if you like package, user, enabled.
    Those that are bound so already stay as they are, so the same file can be run twice.

    Parameters
    ----------
    file
        The spreadsheet, saved as CSV.
    """
    from tmcore.rules.spreadsheet import sheet

    rows = sheet(spreadsheet(file), _columns)
    new = _accounts(rows)
    try:
        async with common.rack() as rack:
            bound = await rack.add_accounts(new)
    except BadInput as error:
        raise _by_row(error, rows) from None
    line = f"{bound.bound_count} bound, {bound.bound_already} were bound already"
    return common.said(bound, line)


def _columns(names: Sequence[str]) -> tuple[str, ...]:
    """Raises BadInput about a column that is unknown, twice or missing."""
    from tmcore.rules.spelling import unknown_keys

    columns = tuple(re.sub(r"[\s-]+", "_", name.strip().lower()) for name in names)
    named = [name for name in columns if name]
    errors = [
        *unknown_keys(named, COLUMNS),
        *(FieldError(n, "is a column twice") for n in dict.fromkeys(named) if named.count(n) > 1),
        *(FieldError(n, "is missing as a column") for n in NEEDED if n not in named),
    ]
    if errors:
        raise BadInput(*errors)
    return columns


def _accounts(rows: Sequence["Row"]) -> "NewAccounts":
    """Raises BadInput by row and column."""
    from tmcore.accounts import NewAccounts
    from tmcore.rules.spreadsheet import row_faults
    from tmcore.validation import checked

    if not rows:
        raise BadInput.of("FILE", "holds no accounts below its header")
    faults = [
        FieldError(f"row {row.number}, {error.field}", error.message)
        for row in rows
        for error in row_faults(row)
    ]
    if faults:
        raise BadInput(*faults)
    try:
        return checked(NewAccounts, {"accounts": [_typed(row.cells) for row in rows]})
    except BadInput as error:
        raise _by_row(error, rows) from None


def _typed(cells: Any) -> dict[str, Any]:
    """A sheet knows only text: read numbers and yes or no; what is neither is refused later."""
    typed = dict(cells)
    if "user" in typed and typed["user"].isdecimal():
        typed["user"] = int(typed["user"])
    if "enabled" in typed:
        typed["enabled"] = WORDS.get(typed["enabled"].lower(), typed["enabled"])
    return typed


def _by_row(error: BadInput, rows: Sequence["Row"]) -> BadInput:
    """Name the row of the sheet instead of the place in the list."""

    def named(one: FieldError) -> FieldError:
        found = re.fullmatch(r"accounts\[(\d+)\]\.?(.*)", one.field)
        if found is None:
            return one
        return FieldError(f"row {rows[int(found[1])].number}, {found[2]}", one.message)

    return BadInput(*map(named, error.errors))


def _cell(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

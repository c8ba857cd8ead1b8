"""tm backup, tm restore: a copy of the database, taken while it is at work, and put back."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tmtui.commands.common import database
from tmtui.exits import Exit
from tmtui.output import say


async def backup(
    target: Annotated[Path, Parameter(name="FILE")], /, *, db: Path | None = None
) -> Exit:
    """Copy the database to a new file, also while the server runs.

    It holds tasks, accounts, schedules, plans, settings and the ledger of all posts. Screenshots
    and uploaded files are not in it; they lie in the folders beside the database. For example:
    tm backup /mnt/backup/rack-monday.db

    Parameters
    ----------
    target
        The file to write; it must not be there yet.
    db
        The database. Default: the one that `tm serve` uses.
    """
    from tmcore.store.backup import back_up

    back_up(database(db), target)
    print(f"{target} ({target.stat().st_size / 1e6:.1f} MB)")
    return Exit.OK


async def restore(
    source: Annotated[Path, Parameter(name="FILE")], /, *, db: Path | None = None
) -> Exit:
    """Put a backup in the database's place. The server must not run.

    What has happened since the backup is not in it. The phones remember which tasks were posted,
    so none of them is posted twice by this.

    Parameters
    ----------
    source
        A file that `tm backup` wrote.
    db
        The database. Default: the one that `tm serve` uses.
    """
    from tmcore.store.backup import restore as put_back

    target = database(db)
    kept = put_back(source, target)
    print(f"{target} is as it was in {source}")
    if kept:
        say(f"what was there is kept as {kept}")
    return Exit.OK

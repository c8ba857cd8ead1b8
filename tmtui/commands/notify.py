"""tm notify: whether those who are to be told of what needs them can be reached."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from pathlib import Path

from cyclopts import App

from tmcore.errors import BadInput
from tmtui.commands.common import database
from tmtui.exits import Exit
from tmtui.output import say

notify = App(name="notify", help="Tell people what needs them, by mail, chat or on their phone.")


@notify.command(name="test")
async def send_test(*, db: Path | None = None) -> Exit:
    """Send a message to everybody in notify.yml, which lies beside the database.

    The file is apprise's: a list `urls:` of addresses such as mailto://…, slack://…, ntfy://…
    While `tm serve` runs, they are told of unknown outcomes, held accounts, quarantined phones and
    missed times, and of each day at the setting digest_at.

    Parameters
    ----------
    db
        The database beside which the file lies. Default: the one that `tm serve` uses.
    """
    from tmserve.alerts import FILE, sender

    file = database(db).absolute().with_name(FILE)
    if not file.exists():
        raise BadInput.of(str(file), "is not there; for example: urls: [ntfy://my-rack]")
    if not await sender(file)("Rack: a test", "If you read this, you will be told what needs you."):
        say("not everybody could be reached; the lines above say why")
        return Exit.FAILED
    print("sent")
    return Exit.OK

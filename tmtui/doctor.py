"""`tm doctor`: what is wrong here and with each phone, and what to do. It changes nothing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tmserve.client import RemoteRack
from tmtui.checks import adb, machine, phones, server
from tmtui.checks.check import Check, Verdict
from tmtui.exits import Exit
from tmtui.output import say, show, show_json
from tmtui.tables import Cell, Grid, grid

_MARKS = {
    Verdict.OK: Cell("✔ ok", "green"),
    Verdict.WARN: Cell("! warn", "yellow"),
    Verdict.FAIL: Cell("✘ fail", "bold red"),
}


@dataclass(frozen=True)
class Patient:
    """What is examined: a database, and the server at an address."""

    db: Path
    url: str
    token: str | None = field(default=None, repr=False)


async def examine(patient: Patient, *, as_json: bool) -> Exit:
    """Look at everything, show it, and fail where something fails."""
    found = await check_all(patient)
    if as_json:
        show_json({"checks": [asdict(check) for check in found]})
    else:
        show(_table(found))
        say(_summary(found))
    return Exit.FAILED if _count(found, Verdict.FAIL) else Exit.OK


async def check_all(patient: Patient) -> tuple[Check, ...]:
    """Look at the machine first, then at the server, then at the phones."""
    async with RemoteRack(patient.url, patient.token) as rack:
        port, served = await server.port(rack, patient.url)
        folders = (await rack.settings()).media_folders if served else (str(Path.home()),)
        return (
            machine.python(),
            adb.binary(),
            await adb.server(),
            machine.usb(),
            port,
            await server.database(patient.db, served=served),
            machine.media(folders),
            machine.disk(patient.db.absolute().parent),
            machine.clock(),
            machine.terminal(),
            *(await phones.served(rack) if served else await phones.seen()),
        )


def _table(found: Sequence[Check]) -> Grid:
    rows = ((_MARKS[c.verdict], c.name, c.found, c.advice) for c in found)
    return grid("|what|found|what to do", rows)


def _summary(found: Sequence[Check]) -> str:
    failed, warned = _count(found, Verdict.FAIL), _count(found, Verdict.WARN)
    if not failed:
        return f"nothing keeps posts from being made ({warned} to look at)"
    return f"{failed} must be put right, {warned} to look at"


def _count(found: Sequence[Check], verdict: Verdict) -> int:
    return sum(check.verdict is verdict for check in found)

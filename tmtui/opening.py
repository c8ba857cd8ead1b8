"""Opens the console: on a server, on a rack of its own, or on the demo's."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tmcore.errors import AdbUnreachable
from tmtui.commands.common import Common, data_folder
from tmtui.output import say

if TYPE_CHECKING:
    from tmcore.api import RackApi
    from tmcore.phone.server import AdbServer


def draws() -> bool:
    """Whether a person is there, on a terminal that can show the console."""
    from tmtui import terminal

    return sys.stdin.isatty() and sys.stdout.isatty() and terminal.draws(os.environ)


async def open_far(common: Common, told: asyncio.Event, look: dict[str, bool]) -> None:
    """Open the console on the server; where none answers, start one in the background."""
    from tmtui import background

    said = await background.ensure(common.url, data_folder(), common.token)
    async with common.rack() as rack:
        await open_on(rack, told, where=common.url, notes=(said,) if said else (), **look)


async def open_embedded(db: Path, told: asyncio.Event, look: dict[str, bool]) -> None:
    """Open the console on a rack of its own, which ends with it."""
    from tmcore.configuration import FILE, configured
    from tmcore.rack import Rack

    os.umask(0o077)
    settings = configured(db.with_name(FILE), os.environ)
    async with Rack(db, adb=await adb_server(), configured=settings) as rack:
        await open_on(rack, told, where=str(db), embedded=True, **look)


async def open_on(rack: "RackApi", told: asyncio.Event, **options: Any) -> None:
    """Show the console until a person leaves it or the process is told to end."""
    from tmtui import terminal

    terminal.prepare(os.environ)  # before Textual is imported
    from tmtui.app import Console, Options

    console = Console(rack, Options(**options))
    leaving = asyncio.create_task(told.wait())
    leaving.add_done_callback(lambda _: console.exit())
    try:
        await console.run_async()
    finally:
        leaving.cancel()


async def adb_server() -> "AdbServer":
    """Return the adb server of the environment; start one there when none answers."""
    from tmcore.phone.server import AdbServer

    adb = AdbServer.from_environment()
    if await adb.reachable():
        return adb
    try:
        await adb.start()
    except (AdbUnreachable, OSError) as error:  # the watch goes on looking for one
        say(f"no adb server answers at {adb}, and none could be started: {error}")
    else:
        say(f"no adb server answered at {adb}; started one there")
    return adb

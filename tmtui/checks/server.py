"""Checks of the server's port and of its database."""

import asyncio
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tmcore.errors import DatabaseInUse, ServerUnreachable, StoreError, TmError
from tmcore.format import counted
from tmcore.store.database import migrations_wait
from tmtui.checks.check import Check, fail, ok, warn

if TYPE_CHECKING:
    from tmserve.client import RemoteRack

_ANSWER_S = 3.0


async def port(rack: "RemoteRack", url: str) -> tuple[Check, bool]:
    """Whether our server answers there, or could be started; and whether it does."""
    try:
        async with asyncio.timeout(_ANSWER_S):
            counts = await rack.stats()
    except (ServerUnreachable, TimeoutError):
        return _free(url), False
    except TmError as error:
        return warn("server", f"answers at {url}: {error}", "see tm license"), True
    return ok("server", f"answers at {url}, {counted(counts.total, 'task')}"), True


def _free(url: str) -> Check:
    where = urlsplit(url)
    host, number = where.hostname or "", where.port or 80
    try:
        with socket.create_server((host, number)):
            return ok("server", f"none runs; port {number} is free: tm serve")
    except OSError as error:
        why = os.strerror(error.errno or 0)  # its own words tell of binding and addresses
        return fail(
            "server",
            f"port {number} cannot be used, and what is there is not ours ({why})",
            "tm serve --port N, and for the others: export TM_URL=http://127.0.0.1:N",
        )


async def database(path: Path, *, served: bool) -> Check:
    """Whether the file could be opened; nothing is changed, an older one is not migrated."""
    if not path.exists():
        return ok("database", f"{path} is made at the first start")
    try:
        waiting = await asyncio.to_thread(migrations_wait, path)
    except DatabaseInUse:
        if served:
            return ok("database", f"{path} is in use, by the server that answers")
        return warn("database", f"{path} is in use by another process", "use that one: set TM_URL")
    except (StoreError, OSError) as error:
        return fail("database", str(error), "update the program, or tm serve --db another file")
    said = "is migrated at the next start, with a backup beside it" if waiting else "opens"
    return ok("database", f"{path} {said}")

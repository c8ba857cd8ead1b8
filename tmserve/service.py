"""A rack and its server, from the first to the last breath."""

import asyncio
import gc
import os
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tmcore.configuration import FILE, configured
from tmcore.errors import BadInput
from tmcore.rack import Rack
from tmcore.store.tokens import any_in
from tmserve.alerts import FILE as NOTIFY
from tmserve.alerts import alerts, sender
from tmserve.app import HOST, PORT, Server
from tmserve.courier import courier
from tmserve.entrance import Entrance

if TYPE_CHECKING:
    from tmcore.phone.server import AdbServer

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)  # HUP: the SSH line dropped


async def serve(
    db: Path,
    *,
    host: str = HOST,
    port: int = PORT,
    sock: socket.socket | None = None,
    adb: "AdbServer | None" = None,
    stop: asyncio.Event | None = None,
    ready: Callable[[Server], None] = lambda _server: None,
    entrance: Entrance | None = None,
) -> None:
    """Open the rack and serve it until SIGTERM, SIGINT, SIGHUP or the event.

    Raises PortTaken, and BadInput where strangers could enter or change the database.

    A second signal hurries: what runs is left to the next start, but for an open press.

    The port is taken first, so that a second start wakes no phone; the server ends before the
    rack, so that no request meets a closed one.
    """
    stop = stop or asyncio.Event()
    entrance = entrance or Entrance(host)
    demand_safe(db, entrance)
    told = db.with_name(NOTIFY)
    send = sender(told) if told.exists() else None
    rack = Rack(db, adb=adb, configured=configured(db.with_name(FILE), os.environ))
    with _signals(stop, rack.hurry), sock or entrance.listen(port) as taken:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(rack)
            await stack.enter_async_context(courier(rack))
            if send:
                await stack.enter_async_context(alerts(rack, send))
            server = Server(rack, sock=taken, entrance=entrance)
            await stack.enter_async_context(server)
            stack.enter_context(_settled())
            ready(server)
            await stop.wait()


def demand_safe(db: Path, entrance: Entrance) -> None:
    """Refuse to start where strangers could enter, or change the database. Raises BadInput."""
    entrance.demand_safe(has_token=any_in(db))
    _ = entrance.tls  # a certificate that cannot be used is told of before anything has started
    folder = db.absolute().parent
    if folder.exists():
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise BadInput.of("db", f"every user can change {folder}; chmod o-w {folder}")


@contextmanager
def _settled() -> Iterator[None]:
    """Spare what has been loaded by now from garbage collection.

    It stays to the end; to walk through it took 75 ms each time, in which nobody was answered.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _signals(stop: asyncio.Event, hurry: Callable[[], None]) -> Iterator[None]:
    """The first one ends it in order; a second one has no patience."""

    def told() -> None:
        if stop.is_set():
            hurry()
        stop.set()

    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, told)
    try:
        yield
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)

"""A rack and its server, from the first to the last breath."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tmcore.rack import Rack
from tmserve.app import HOST, PORT, Server, listen

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
) -> None:
    """Open the rack and serve it until SIGTERM, SIGINT, SIGHUP or the event; raises PortTaken.

    A second signal hurries: what runs is left to the next start, but for an open press.

    The port is taken first, so that a second start wakes no phone; the server ends before the
    rack, so that no request meets a closed one.
    """
    stop = stop or asyncio.Event()
    rack = Rack(db, adb=adb)
    with _signals(stop, rack.hurry), sock or listen(host, port) as taken:
        async with rack, Server(rack, host, sock=taken) as server:
            ready(server)
            await stop.wait()


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

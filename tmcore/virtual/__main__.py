"""`python -m tmcore.virtual`: a rack as a process of its own."""

import argparse
import asyncio
import contextlib
import ctypes
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from tmcore.virtual.apps import APPS, MakeApp
from tmcore.virtual.control import Control
from tmcore.virtual.identity import identities
from tmcore.virtual.latency import PROFILES
from tmcore.virtual.rack import Rack

_M_MMAP_THRESHOLD, _BIG_BYTES = -3, 128 * 1024


def main() -> int:
    """Run until SIGTERM, SIGINT or, with --until-eof, the end of stdin."""
    options = _parser().parse_args()
    _return_memory()
    try:
        asyncio.run(_run(options))
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tmcore.virtual", description=__doc__)
    parser.add_argument("--count", type=int, default=4, help="how many phones")
    parser.add_argument("--profile", choices=sorted(PROFILES), default="instant")
    parser.add_argument("--adb-port", type=int, help="attach to the adb server there")
    parser.add_argument("--control", default="0", help="port or socket path of the control socket")
    parser.add_argument("--prefix", default="VRT", help="what serials begin with")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same serials")
    parser.add_argument(
        "--screens", type=Path, help="TOML file of dumps to show as an app, or a folder of such"
    )
    parser.add_argument("--screens-folder", type=Path, help="where its dumps are, else beside it")
    parser.add_argument("--until-eof", action="store_true", help="also end when stdin ends")
    return parser


async def _run(options: argparse.Namespace) -> None:
    found = identities(options.count, options.prefix, options.seed)
    rack = Rack(
        found, options.profile, options.adb_port, _apps(options.screens, options.screens_folder)
    )
    control = Control(rack)
    if options.control.isdigit():
        server = await asyncio.start_server(control.serve, "127.0.0.1", int(options.control))
        where: int | str = server.sockets[0].getsockname()[1]
    else:
        server = await asyncio.start_unix_server(control.serve, options.control)
        where = options.control
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # before we say hello: it may be answered so
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await rack.start()
    print(json.dumps({"control": where, "phones": rack.listing()}), flush=True)
    await _until(told, rack, until_eof=options.until_eof)
    server.close()
    if not options.control.isdigit():
        os.unlink(options.control)  # noqa: PTH108 - also a path in the abstract


async def _until(told: asyncio.Event, rack: Rack, *, until_eof: bool) -> None:
    loop = asyncio.get_running_loop()
    if until_eof:
        threading.Thread(target=_wait_for_eof, args=(loop, told), daemon=True).start()
    running = asyncio.create_task(rack.run())
    running.add_done_callback(lambda _: told.set())
    await told.wait()
    if running.done():
        running.result()
    running.cancel()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(rack.stop(), 3)


def _wait_for_eof(loop: asyncio.AbstractEventLoop, told: asyncio.Event) -> None:
    """In a thread, as stdin may be a pipe, a terminal or a file."""
    while os.read(0, 4096):
        pass
    with contextlib.suppress(RuntimeError):  # the loop may be gone already
        loop.call_soon_threadsafe(told.set)


def _return_memory() -> None:
    """Big buffers go back to the system when they are freed: glibc would keep a push for ever."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _BIG_BYTES)


def _apps(screens: Path | None, folder: Path | None) -> Sequence[MakeApp]:
    """The models; recorded screens, one file an app, take the place of all of them."""
    if screens is None:
        return APPS
    from tmcore.virtual.replay import replays  # noqa: PLC0415 - only when asked for
    from tmcore.virtual.tape import BadScreens  # noqa: PLC0415

    try:
        return replays(screens, folder)
    except BadScreens as error:
        raise SystemExit(f"{error}") from error


if __name__ == "__main__":
    sys.exit(main())

"""A demo, and what it stands on: an adb server of its own, virtual phones, a rack and its server.

It all lies in one temporary folder and goes with it. What costs time is imported where it is
needed: `tm --help` loads none.
"""

# ruff: noqa: PLC0415 - see above

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from tmcore.errors import BadInput, TmError
from tmtui.exits import Exit
from tmtui.opening import draws, open_on
from tmtui.output import say
from tmtui.signals import unless

if TYPE_CHECKING:
    import socket

    from tmcore.phone.server import AdbServer
    from tmcore.rack import Rack
    from tmcore.virtual.adb_server import PrivateAdb
    from tmcore.virtual.client import VirtualRack
    from tmtui.demo import Stage

HOST, PORT = "127.0.0.1", 50809
NEXT_PORTS = range(PORT, PORT + 50)
Profile = Literal["lifelike", "instant"]


async def demo(profile: Profile, told: asyncio.Event) -> Exit | None:
    from tmtui import demo as showing

    async with demo_stage(profile) as stage:
        if draws():
            return await _watch_demo(stage, told)
        return await unless(told, showing.play(stage))


async def crash(profile: Profile, told: asyncio.Event) -> Exit | None:
    from tmcore.media.sample import make_video
    from tmtui import crash as showing

    with plugged_in(2, profile) as (folder, adb, phones):
        first, second = phones.serials
        video = make_video(folder / "clip.mp4")
        scene = showing.Scene(phones, (first, second), adb.environment, folder, video)
        return await unless(told, showing.play(scene))


async def tour(profile: Profile, told: asyncio.Event) -> Exit | None:
    from tmtui import tour as showing

    with plugged_in(2, profile) as (folder, adb, phones):
        async with rack_of(folder, adb) as rack:
            return await unless(told, showing.play(showing.Scene(rack, phones, folder)))


async def _watch_demo(stage: "Stage", told: asyncio.Event) -> Exit | None:
    """Open the console on the demo; afterwards say what the phones say, if the posts ended."""
    from tmtui import demo as showing

    task_ids = await unless(told, showing.begin(stage))
    if task_ids is None:
        return None
    notes = ("a video is on its way to two virtual phones: 2 shows the tasks, e the API's calls",)
    examples = showing.paste(stage, task_ids)
    waiting = asyncio.gather(*map(stage.rack.wait, task_ids))
    await open_on(stage.rack, told, where="the demo", notes=notes, examples=examples)
    if not waiting.done():
        waiting.cancel()
        return None
    ended = waiting.result()
    return showing.report(ended, showing.findings(stage, ended))


@asynccontextmanager
async def demo_stage(profile: Profile) -> AsyncIterator["Stage"]:
    """Build everything in one temporary folder, and take it down again."""
    from tmcore.media.sample import make_video
    from tmserve.app import Server
    from tmserve.client import RemoteRack
    from tmtui.demo import Stage

    async with AsyncExitStack() as stack:
        folder, adb, phones = stack.enter_context(plugged_in(4, profile))
        sock = _first_free_port()
        rack = await stack.enter_async_context(rack_of(folder, adb))
        server = await stack.enter_async_context(Server(rack, HOST, sock=sock))
        far = await stack.enter_async_context(RemoteRack(server.url, ""))
        video = make_video(folder / "clip.mp4")
        yield Stage(server.url, far, phones, video)


def rack_of(folder: Path, adb: "PrivateAdb") -> "Rack":
    from tmcore.phone.server import AdbServer
    from tmcore.rack import Rack

    server = AdbServer(HOST, adb.port)  # one that took its place would outlive the demo
    return Rack(folder / "rack.db", adb=server, configured={"restart_adb": False})


@contextmanager
def plugged_in(count: int, profile: Profile) -> Iterator[tuple[Path, "PrivateAdb", "VirtualRack"]]:
    """Plug virtual phones into an adb server of their own, in a folder that goes with them."""
    from tmcore.virtual.adb_server import PrivateAdb
    from tmcore.virtual.client import VirtualRack

    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tm-demo-")))
        _move_into(folder)
        with plainly():
            adb = stack.enter_context(PrivateAdb())
            phones = stack.enter_context(VirtualRack(adb.port, count, profile=profile))
        say(f"{count} virtual phones on a private adb server (port {adb.port})")
        yield folder, adb, phones


def _move_into(folder: Path) -> None:
    """Make the folder the HOME of this process and its children, and the place of their files."""
    os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def _first_free_port() -> "socket.socket":
    from tmserve.app import PortTaken, listen

    for port in NEXT_PORTS:
        with suppress(PortTaken):
            sock = listen(HOST, port)
            if port != PORT:
                say(f"port {PORT} is taken; the demo uses {port}")
            return sock
    return listen(HOST, 0)


@contextmanager
def plainly() -> Iterator[None]:
    """Let what cannot start say so in one sentence."""
    from tmcore.virtual.adb_server import AdbServerFailed
    from tmcore.virtual.client import RackFailed

    try:
        yield
    except (AdbServerFailed, RackFailed, OSError) as error:
        raise TmError(f"It cannot start: {error}") from error


async def running_adb(adb_port: int | None) -> "AdbServer | None":
    """Return the adb server to join, or None where none answers."""
    from tmcore.phone.server import AdbServer

    adb = AdbServer(port=adb_port) if adb_port else AdbServer.from_environment()
    if adb.host not in ("127.0.0.1", "localhost"):
        raise BadInput.of(
            "ANDROID_ADB_SERVER_HOST", f"{adb.host!r} is another machine; run `tm rack` there"
        )
    return adb if await adb.reachable() else None


@contextmanager
def joined_port(wanted: int | None, running: "AdbServer | None") -> Iterator[int]:
    """Give the port of the server that runs, or of a private one that is started."""
    from tmcore.virtual.adb_server import PrivateAdb

    if running:
        say(f"joined the adb server at {running}")
        yield running.port
        return
    with plainly():
        private = PrivateAdb(wanted)
    with private:
        say(f"no adb server answered; started a private one on port {private.port}. To use it:")
        say(f"  export ANDROID_ADB_SERVER_PORT={private.port}")
        yield private.port

"""The `tm` command. The only place that starts things: the rack, the server, virtual phones.

What costs time is imported inside the functions that need it, so that `tm --help` loads none.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from tmtui import demo as showing
from tmtui.commands import accounts, changing, devices, post, settings, tasks
from tmtui.commands.common import COMMON, Common
from tmtui.exits import Exit, describe, of
from tmtui.output import say
from tmtui.signals import end_signals, unless

if TYPE_CHECKING:
    import socket

    from tmcore.phone.server import AdbServer
    from tmserve.app import Server
    from tmtui.demo import Stage

HOST, PORT = "127.0.0.1", 50809
NEXT_PORTS = range(PORT, PORT + 50)

app = App(
    name="tm",
    help="Runs a rack of Android phones that publish your own videos to your own accounts.\n\n"
    "Start with `tm demo`, or, with real phones, `tm serve` in one terminal and the rest in "
    "another.",
    help_epilogue=describe(),
    help_format="plaintext",
    version_flags=["--version"],
)
Profile = Literal["lifelike", "instant"]


def main() -> None:
    """Run one command; every end has its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]  # text, as Python opens it
    try:
        return int(app(words, result_action="return_value") or Exit.OK)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:  # `tm tasks | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except Exception as error:
        from tmcore.errors import TmError  # noqa: PLC0415

        if not isinstance(error, TmError):
            raise
        say(error)
        return of(error)


@app.default
def console() -> Exit:
    """Without a command: the help. The console comes in a later version."""
    app.help_print([])
    say("The console on this screen comes in a later version; use the commands above.")
    return Exit.OK


@app.command
async def serve(
    *,
    db: Path | None = None,
    host: str = HOST,
    port: int = PORT,
) -> Exit:
    """Run the rack: watch the phones, work through the queue, answer the API.

    It runs until Ctrl-C. What was not yet pressed then goes back to the queue and goes on at the
    next start. An adb server is started if none answers.

    For example: tm serve --db /srv/rack.db --port 50810

    Parameters
    ----------
    db
        The database file. Default: rack.db in this user's data folder.
    host
        The loopback address to listen on.
    port
        The port to listen on; 0 takes a free one.
    """
    from tmserve.service import serve as run_service  # noqa: PLC0415

    os.umask(0o077)
    db = db or default_db()
    adb = await _adb_server()

    def ready(server: "Server") -> None:
        say(f"serving at {server.url}")
        say(f"database: {db.absolute()}")
        say("Ctrl-C ends it")

    await run_service(db, host=host, port=port, adb=adb, ready=ready)
    return Exit.OK


def default_db() -> Path:
    """Where the database is when nobody says; its folder is the user's alone."""
    from platformdirs import user_data_path  # noqa: PLC0415

    folder = user_data_path("tmrack")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "rack.db"


async def _adb_server() -> "AdbServer":
    """Return the adb server of the environment; start one there when none answers."""
    from tmcore.errors import AdbUnreachable  # noqa: PLC0415
    from tmcore.phone.server import AdbServer  # noqa: PLC0415

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


@app.command
async def rack(
    *,
    count: int = 4,
    profile: Profile = "lifelike",
    screens: Path | None = None,
    adb_port: int | None = None,
    seed: int = 1,
) -> Exit:
    """Plug in virtual phones, to try everything without a real one.

    They join the adb server that the environment names (or port 5037); if none answers, a private
    one is started and its port is printed. It runs until Ctrl-C and leaves nothing behind.

    For example: tm rack --count 50 --profile instant

    Parameters
    ----------
    count
        How many phones.
    profile
        How long things take on them: as on a phone, or no time at all.
    screens
        A TOML file of screen dumps that the phones show as their app.
    adb_port
        The adb server's port, instead of the environment's.
    seed
        Another seed gives other serials: for a second rack on the same adb server.
    """
    from tmcore.virtual.client import RackFailed, VirtualRack  # noqa: PLC0415

    with end_signals() as told, _adb_port(adb_port, await _answers(adb_port)) as found:
        try:
            phones = VirtualRack(found, count, profile=profile, seed=seed, screens=screens)
        except RackFailed as error:
            say(error)
            return Exit.FAILED
        with phones:
            print("\n".join(phones.serials))
            say(f"{count} virtual phones are plugged in; Ctrl-C unplugs them")
            return await _while_alive(phones.pid, told)


async def _answers(adb_port: int | None) -> "AdbServer | None":
    """Return the adb server to join, or None where none answers."""
    from tmcore.errors import BadInput  # noqa: PLC0415
    from tmcore.phone.server import AdbServer  # noqa: PLC0415

    adb = AdbServer(port=adb_port) if adb_port else AdbServer.from_environment()
    if adb.host not in ("127.0.0.1", "localhost"):
        raise BadInput.of(
            "ANDROID_ADB_SERVER_HOST", f"{adb.host!r} is another machine; run `tm rack` there"
        )
    return adb if await adb.reachable() else None


@contextmanager
def _adb_port(wanted: int | None, running: "AdbServer | None") -> Iterator[int]:
    from tmcore.virtual.adb_server import PrivateAdb  # noqa: PLC0415

    if running:
        say(f"joined the adb server at {running}")
        yield running.port
        return
    with PrivateAdb(wanted) as private:
        say(f"no adb server answered; started a private one on port {private.port}. To use it:")
        say(f"  export ANDROID_ADB_SERVER_PORT={private.port}")
        yield private.port


async def _while_alive(pid: int, told: asyncio.Event) -> Exit:
    """Wait for a signal, or for the phones' process to end by itself."""
    gone = asyncio.Event()
    with _watched(pid, gone):
        waits = [asyncio.create_task(event.wait()) for event in (told, gone)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
    if told.is_set():
        return Exit.OK
    say("the virtual phones have ended unexpectedly")
    return Exit.FAILED


@contextmanager
def _watched(pid: int, gone: asyncio.Event) -> Iterator[None]:
    """Set the event when a process ends; the kernel says so, nothing asks."""
    handle, loop = os.pidfd_open(pid), asyncio.get_running_loop()
    loop.add_reader(handle, gone.set)
    try:
        yield
    finally:
        loop.remove_reader(handle)
        os.close(handle)


@app.command
async def demo(*, profile: Annotated[Profile, Parameter(show=False)] = "lifelike") -> Exit:
    """Show everything at work on four virtual phones; nothing reaches TikTok.

    It starts an adb server of its own, four phones and the server, makes a video, and sends the
    API's create call for two of the phones. Then it asks the phones what was posted. On a
    terminal it stays up, with examples to paste, until Ctrl-C; elsewhere it ends, with 1 if a
    post is not there exactly once.
    """
    with end_signals() as told:
        end = await unless(told, _demo(profile))
        if end is None:
            say("stopped before the end")
        print(showing.LAST_WORDS)
        return Exit.INTERRUPTED if end is None else end

"""The server or the line goes away: the screen says so, stays, and comes back as it was."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.tui.console.racks import Rack, task
from tests.tui.console.serving import free_port, serving
from tests.tui.console.terminal import Terminal, terminal
from tmserve.app import Server
from tmtui.exits import Exit

GONE_S = 10


@contextmanager
def console(
    url: str, folder: Path, *words: str, size: tuple[int, int] = (120, 30)
) -> Iterator[Terminal]:
    environment = os.environ | {"HOME": str(folder)}
    with terminal("--url", url, *words, env=environment, size=size, cwd=folder) as shown:
        yield shown


def under_cursor(text: str) -> str:
    """The row with the cursor, without the detail beside it."""
    return next((line.split("│")[0] for line in text.splitlines() if line.startswith(">")), "")


async def test_a_killed_server_is_said_and_found_again(tmp_path: Path) -> None:
    """Killed in mid-act and restarted with more tasks: cursor and mark stay on their tasks."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    with serving(port, 3) as server, console(url, tmp_path) as t:
        await t.sees("live", "3 of 3")
        t.press("2")
        await t.sees("STATUS")
        t.press("space", "j")  # 3 is marked, the cursor is on 1
        await t.sees("1 marked")
        await t.until(lambda text: under_cursor(text).split()[1:2] == ["1"])
        t.press("d")
        await t.sees("Delete 1 task for good?")

        server.kill()
        await t.sees("Server lost", "Next try in", "nothing can be changed")
        t.press("y")
        await t.sees("delete:")
        t.press("s")
        await t.sees("nothing was sent")

        with serving(port, 5):
            t.press("ctrl+r")
            await t.sees("5 of 5", "1 marked", " live ")
            text = await t.misses("Server lost")
            assert under_cursor(text).split()[1] == "1"
            assert "*" in next(line for line in text.splitlines() if " 3  ✗" in line)[:3]
            t.press("q")
            assert await t.ended() == Exit.OK


async def test_a_frozen_server_is_named_and_an_act_waits_for_it(tmp_path: Path) -> None:
    """It keeps its connections and answers nothing: said as such; a sent act ends when it thaws."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    with serving(port, 3) as server, console(url, tmp_path) as t:
        await t.sees("live", "3 of 3")
        t.press("2")
        await t.sees("STATUS")
        server.send_signal(signal.SIGSTOP)
        t.press("r")
        t.press("1")
        await t.sees("SERIAL")  # no key waits for the network
        await t.sees("Server lost", "has not answered for")
        server.send_signal(signal.SIGCONT)
        await t.sees("retry: 1 done")
        t.press("ctrl+r")
        await t.sees(" live ", "wait 1")


async def test_a_hung_up_line_ends_the_console(tmp_path: Path) -> None:
    """The terminal is gone: so is the console, and it does not spin on the end of its input."""
    async with Server(Rack(), port=0) as server:
        with console(server.url, tmp_path) as t:
            await t.sees("live", "2 of 2")
            t.hang_up()
            await asyncio.wait_for(t.ended(), GONE_S)


async def test_sighup_ends_the_console(tmp_path: Path) -> None:
    """What sshd sends when the line drops; the terminal is put back in order."""
    async with Server(Rack(), port=0) as server:
        with console(server.url, tmp_path) as t:
            await t.sees("live", "2 of 2")
            t.process.send_signal(signal.SIGHUP)
            await asyncio.wait_for(t.ended(), GONE_S)
            assert b"\x1b[?1049l" in t.raw


async def test_two_consoles_act_on_one_task(tmp_path: Path) -> None:
    """The second stop is refused in words; both show the one that was first."""
    rack = Rack(tasks=[task(1)])
    async with Server(rack, port=0) as server:
        with console(server.url, tmp_path) as one, console(server.url, tmp_path) as two:
            for t in (one, two):
                await t.sees("live", "2 of 2")
                t.press("2", "s")
                await t.sees("Stop 1 task?")
            one.press("y")
            await one.sees("stop: 1 done", "■ stopped")
            two.press("y")
            await two.sees("1 refused", "■ stopped")

    assert rack.stopped() == 1


@pytest.fixture
def another_program() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as other:
        thread = threading.Thread(target=other.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{other.server_port}"
        other.shutdown()


async def test_another_program_is_named(tmp_path: Path, another_program: str) -> None:
    """A port that speaks HTTP and is no rack: one sentence, an exit code, no traceback."""
    with console(another_program, tmp_path) as t:
        assert await t.ended() == Exit.FAILED

    assert "is used by another program" in t.text
    assert "Traceback" not in t.text


async def test_an_address_where_nothing_is_is_named(tmp_path: Path) -> None:
    """A server that is not this computer's default is not started; the address is said."""
    with console(f"http://[::1]:{free_port()}", tmp_path) as t:
        assert await t.ended() == Exit.UNREACHABLE

    assert "No server answers" in t.text

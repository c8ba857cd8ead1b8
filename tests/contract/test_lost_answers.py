"""A create whose answer is lost on its way, or with the server: RemoteRack asks again, once."""

import asyncio
import os
import signal
import socket
import struct
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.contract.conftest import SERIALS, no_adb
from tests.promises.checker import broken
from tmcore.errors import Conflict, ServerUnreachable
from tmcore.model import Created, NewTask
from tmcore.rack import Rack
from tmserve.app import Server
from tmserve.client import RemoteRack
from tmserve.entrance import Entrance
from tmserve.far import repeating

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset
KILLED = """
import os, signal, sys
from pathlib import Path
from tmcore.store import answers
from tmcore.store.writer import Writer
from tmserve.__main__ import main
commit, insert = Writer._commit_all, answers._insert
def die(): os.kill(os.getpid(), signal.SIGKILL)
def committed(writer, units):
    done = commit(writer, units)
    if writer._db.execute("SELECT 1 FROM answer").fetchone():
        die()
    return done
def inserted(*args):
    insert(*args)
    die()
if sys.argv.pop(1) == "after":
    Writer._commit_all = committed
else:
    answers._insert = inserted
main()
"""


class Line:
    """Hands bytes on to a server; of its first answers so many are lost on the way back."""

    def __init__(self, port: int, lose: int) -> None:
        self._port, self._lose = port, lose
        self.asked = 0

    async def carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        asking = asyncio.create_task(_copy(reader, far_writer))
        while answer := await far_reader.read(2**16):
            self.asked += 1
            if self.asked <= self._lose:
                sock: socket.socket = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                break
            writer.write(answer)
        writer.transport.abort()
        far_writer.close()
        await asking


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await _read(reader):
        writer.write(data)


async def _read(reader: StreamReader) -> bytes:
    try:
        return await reader.read(2**16)
    except ConnectionError:
        return b""


@asynccontextmanager
async def over_a_line(rack: Rack, lose: int) -> AsyncIterator[tuple[RemoteRack, Line]]:
    """A far rack whose line loses the first answers."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
        entrance = Entrance(names=(f"127.0.0.1:{port}",))
        async with Server(rack, port=0, entrance=entrance) as server:
            line = Line(server.port, lose)
            async with (
                await asyncio.start_server(line.carry, sock=sock),
                RemoteRack(f"http://127.0.0.1:{port}") as remote,
            ):
                yield remote, line


async def test_a_lost_answer_is_asked_for_again(seeded: Path, new: NewTask) -> None:
    """The tasks are made once, and the caller hears of them as if nothing had happened."""
    async with Rack(seeded, adb=no_adb()) as rack:
        before = (await rack.stats()).total
        async with over_a_line(rack, lose=1) as (remote, line):
            created = await remote.create(new)

        assert line.asked == 2
        assert (await rack.stats()).total == before + len(SERIALS)
        assert [(await rack.task(task_id)).id for task_id in created.task_ids]


async def test_it_is_asked_again_only_once(seeded: Path, new: NewTask) -> None:
    """A line that is down stays down: that it is not known is said, and who has the key may ask."""
    async with Rack(seeded, adb=no_adb()) as rack:
        before = (await rack.stats()).total
        async with over_a_line(rack, lose=2) as (remote, line):
            with pytest.raises(ServerUnreachable, match="whether it did it is not known"):
                await remote.create(new, key="mine")
            asked = line.asked
            created = await remote.create(new, key="mine")

        assert asked == 2
        assert created == await rack.create(new, key="mine")
        assert (await rack.stats()).total == before + len(SERIALS)


async def test_a_repeat_waits_for_the_first_to_end(
    seeded: Path, new: NewTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the server still works on what was sent first, the repeat looks again."""
    monkeypatch.setattr(repeating, "PAUSE_S", 0.01)
    answers: list[Exception | str] = [repeating.AnswerLost(), Conflict(), Conflict(), "made"]

    async def ask() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert await repeating.repeated(ask) == "made"


@pytest.mark.parametrize("side", ["before", "after"])
async def test_a_kill_around_the_commit(seeded: Path, new: NewTask, side: str) -> None:
    """Killed just before or after it: asked again under the key, the tasks are there once."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, side, "--db", str(seeded), "--port", "0",
        stderr=PIPE, env={**os.environ, "ANDROID_ADB_SERVER_PORT": str(no_adb().port)},
    )  # fmt: skip
    assert process.stderr
    while not (line := (await process.stderr.readline()).decode()).startswith("serving at "):
        assert line, "it ended before it served"

    async with RemoteRack(line.split()[-1]) as remote:
        total = (await remote.stats()).total
        with pytest.raises(ServerUnreachable, match="whether it did it is not known"):
            await remote.create(new, key="mine")
    await process.communicate()

    assert process.returncode == -signal.SIGKILL
    async with Rack(seeded, adb=no_adb()) as rack:
        there = (await rack.stats()).total - total
        created: Created = await rack.create(new, key="mine")
        assert (await rack.stats()).total == total + len(SERIALS)
    assert there == (len(SERIALS) if side == "after" else 0)
    assert created.created_count == len(SERIALS)
    assert broken(seeded, {}) == []

"""`python -m tmserve` as a process: its start, its refusals, its end."""

import asyncio
import json
import os
import signal
import stat
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.contract.conftest import no_adb
from tests.serve.raw import client
from tmcore.rack import Rack
from tmserve.app import Server, listen
from tmserve.routes import PREFIX
from tmserve.service import serve


@asynccontextmanager
async def program(db: Path, *options: str) -> AsyncIterator[Process]:
    env = {**os.environ, "ANDROID_ADB_SERVER_PORT": str(no_adb().port)}
    command = (sys.executable, "-m", "tmserve", "--db", str(db), *options)
    process = await asyncio.create_subprocess_exec(*command, stderr=PIPE, env=env)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def address(process: Process) -> str:
    """Where it serves; before that it may say that no adb server answers."""
    assert process.stderr
    while said := (await process.stderr.readline()).decode():
        if said.startswith("serving at "):
            return said.split()[-1]
    raise AssertionError("it ended before it served")


async def ending(process: Process) -> tuple[int | None, str]:
    _, said = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_serves_until_told_to_end(tmp_path: Path, number: signal.Signals) -> None:
    """It says where it serves, answers, and ends with 0 and in silence when it is told to."""
    async with program(tmp_path / "rack.db", "--port", "0") as process:
        url = await address(process)
        async with client() as http:
            stats = (await http.get(f"{url}{PREFIX}/task/stats")).json()
            process.send_signal(number)
            ended = await ending(process)

    assert (stats["code"], ended) == (0, (0, ""))


async def test_taken_port(tmp_path: Path) -> None:
    """A taken port is a sentence that names --port, exit code 1, and no database is made."""
    with listen(port=0) as sock:
        port = sock.getsockname()[1]
        async with program(tmp_path / "rack.db", "--port", str(port)) as process:
            code, said = await ending(process)

    assert (code, list(tmp_path.iterdir())) == (1, [])
    assert f"Port {port} is used by another program" in said
    assert "--port" in said
    assert "Traceback" not in said


async def test_other_addresses(tmp_path: Path) -> None:
    """It does not listen where another computer could connect."""
    async with program(tmp_path / "rack.db", "--host", "0.0.0.0") as process:
        code, said = await ending(process)

    assert (code, "0.0.0.0" in said, list(tmp_path.iterdir())) == (1, True, [])


async def test_what_an_open_server_lacks(tmp_path: Path) -> None:
    """An open server says in one sentence all that it lacks, and ends with 1."""
    options = ("--host", "192.168.0.1", "--tls-cert", "gone.pem", "--tls-key", "gone.pem")
    async with program(tmp_path / "rack.db", *options) as process:
        code, said = await ending(process)

    assert (code, len(said.splitlines()), list(tmp_path.iterdir())) == (1, 1, [])
    assert "tm token add" in said


async def test_only_the_operator_may_read_what_is_written(tmp_path: Path) -> None:
    """Whatever the umask of whoever starts it: files are 0600 and folders 0700 (S20)."""
    folder = tmp_path / "data"
    before = os.umask(0)
    try:
        async with program(folder / "rack.db", "--port", "0") as process:
            url = await address(process)
            async with client() as http:
                await http.post(f"{url}{PREFIX}/token", json={"name": "x", "scope": "read"})
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    finally:
        os.umask(before)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {"rack.db", "rack.db-wal"} <= modes.keys()
    assert {mode for name, mode in modes.items() if "." in name} == {0o600}


async def test_log_lines_are_json(tmp_path: Path) -> None:
    """Where nobody reads along, what is logged is JSON: here that no adb server answers."""
    async with program(tmp_path / "rack.db", "--port", "0") as process:
        assert process.stderr
        line = json.loads(await process.stderr.readline())

    assert (line["level"], line["logger"]) == ("warning", "tmcore.rack")
    assert "no phones can be reached" in line["event"]


async def test_database_in_use(tmp_path: Path) -> None:
    """A second program on one database is refused in a sentence."""
    async with (
        Rack(tmp_path / "rack.db", adb=no_adb()),
        program(tmp_path / "rack.db", "--port", "0") as process,
    ):
        code, said = await ending(process)

    assert (code, len(said.splitlines())) == (1, 1)


async def test_serve_until_an_event(tmp_path: Path) -> None:
    """A program that holds the event can end the service from inside, and start it again."""
    for _ in range(2):
        stop = asyncio.Event()
        ready: asyncio.Future[Server] = asyncio.get_running_loop().create_future()
        service = asyncio.create_task(
            serve(tmp_path / "rack.db", port=0, adb=no_adb(), stop=stop, ready=ready.set_result)
        )
        url = (await ready).url
        async with client() as http:
            assert (await http.get(f"{url}{PREFIX}/health/live")).text == "ok\n"
        stop.set()
        await service

"""`python -m tmserve` as a process of its own, looked at from outside."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.conftest import no_adb
from tests.serve.raw import client
from tmserve.routes import PREFIX

PATIENCE_S = 20


@dataclass
class Service:
    """A server that runs, its address, and what it has said so far."""

    process: Process
    url: str
    said: list[str]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def pid(self) -> int:
        return self.process.pid

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        """Return the envelope; a server that hangs is a TimeoutError."""
        async with client(self.url + PREFIX) as http:
            sending = http.request(method, path, timeout=PATIENCE_S, **more)
            return (await asyncio.wait_for(sending, PATIENCE_S)).json()

    async def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        self.process.kill()
        await self.process.wait()

    async def end(self) -> int:
        """SIGTERM, and its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), PATIENCE_S)

    async def holds(self) -> dict[str, int]:
        """Count what could leak: descriptors, threads, and tasks of its loop."""
        async with client(self.url) as http:
            figures = (await http.get("/metrics", timeout=PATIENCE_S)).text
        tasks = re.search(r"^tm_loop_tasks (\d+)", figures, re.MULTILINE)
        assert tasks
        return {
            "descriptors": len(list(Path(f"/proc/{self.pid}/fd").iterdir())),
            "threads": len(list(Path(f"/proc/{self.pid}/task").iterdir())),
            "tasks": int(tasks[1]),
        }


@asynccontextmanager
async def service(
    db: Path, adb_port: int | None = None, **environment: str
) -> AsyncIterator[Service]:
    """Serve this database, with more in its environment; without a port there are no phones."""
    port = {"ANDROID_ADB_SERVER_PORT": str(adb_port or no_adb().port)}
    env = {**os.environ, **port, **environment}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tmserve", "--db", str(db), "--port", "0", stderr=PIPE, env=env
    )
    said: list[str] = []
    listening = None
    try:
        url = await asyncio.wait_for(_address(process, said), PATIENCE_S)
        listening = asyncio.create_task(_listen(process, said))  # a full pipe would stop it
        yield Service(process, url, said)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        if listening:
            await listening


async def _address(process: Process, said: list[str]) -> str:
    assert process.stderr
    while line := (await process.stderr.readline()).decode():
        said.append(line)
        if line.startswith("serving at "):
            return line.split()[-1]
    raise AssertionError(f"it ended before it served: {said}")


async def _listen(process: Process, said: list[str]) -> None:
    assert process.stderr
    while line := await process.stderr.readline():
        said.append(line.decode())

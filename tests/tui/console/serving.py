"""A server in a process of its own, to be killed and frozen: `python -m … PORT TASKS`."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.tui.console.racks import Rack, failed
from tmcore.devices import Device, DeviceState
from tmserve.app import Server


def rack_of(tasks: int) -> Rack:
    """Phones and failed tasks, numbered from 1, the same at each start."""
    phones = [Device(serial=f"R58M{n}", state=DeviceState.READY) for n in range(1, 4)]
    return Rack(phones, [failed(n, serial=f"R58M{n % 3 + 1}") for n in range(1, tasks + 1)])


async def serve(port: int, tasks: int) -> None:
    async with Server(rack_of(tasks), port=port):
        print("serving", flush=True)
        await asyncio.Event().wait()


@contextmanager
def serving(port: int, tasks: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run it until the block ends."""
    words = [sys.executable, "-m", __name__, str(port), str(tasks)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == b"serving\n"
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))

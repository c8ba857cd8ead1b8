"""Sends one request again and again over keep-alive sockets, from a process of its own.

`python -m tests.bench.load PORT CALLERS COUNT REQUESTFILE` prints requests per second and the 99th
percentile of their milliseconds; every answer must be a 200. An HTTP library would be measured
here instead of the server.
"""

import asyncio
import sys
import time
from pathlib import Path

from tests.bench.table import percentile


def request(method: str, path: str, port: int, body: bytes = b"") -> bytes:
    """Return a request as it goes over the wire."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def measure(folder: Path, port: int, raw: bytes, callers: int, count: int) -> list[float]:
    """Let another process send it; returns its rate and its p99 in milliseconds."""
    file = folder / "request"
    file.write_bytes(raw)
    load = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.load", str(port), str(callers), str(count), str(file),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await load.communicate()
    return [float(word) for word in said.split()]


async def _caller(port: int, raw: bytes, count: int) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took = []
    for _ in range(count):
        started = time.perf_counter()
        writer.write(raw)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(head.decode())
        [length] = [line for line in head.lower().split(b"\r\n") if b"content-length" in line]
        await reader.readexactly(int(length.split(b":")[1]))
        took.append((time.perf_counter() - started) * 1000)
    writer.close()
    return took


async def _main(port: int, callers: int, count: int, raw: bytes) -> None:
    started = time.perf_counter()
    each = count // callers
    took = await asyncio.gather(*(_caller(port, raw, each) for _ in range(callers)))
    rate = each * callers / (time.perf_counter() - started)
    print(rate, percentile([one for many in took for one in many], 0.99))


if __name__ == "__main__":
    number, callers, count, file = sys.argv[1:]
    asyncio.run(_main(int(number), int(callers), int(count), Path(file).read_bytes()))

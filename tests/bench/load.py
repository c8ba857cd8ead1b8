"""Sends one request again and again over keep-alive sockets, from a process of its own.

`python -m tests.bench.load PORT CALLERS COUNT BODYFILE` prints requests per second; every answer
must be a 200. An HTTP library would be measured here instead of the server.
"""

import asyncio
import sys
import time
from pathlib import Path


async def caller(port: int, request: bytes, count: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(count):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(head.decode())
        [length] = [line for line in head.lower().split(b"\r\n") if b"content-length" in line]
        await reader.readexactly(int(length.split(b":")[1]))
    writer.close()


async def main(port: int, callers: int, count: int, body: bytes) -> None:
    head = (
        f"POST /api/v1/task HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    started = time.perf_counter()
    each = count // callers
    await asyncio.gather(*(caller(port, head.encode() + body, each) for _ in range(callers)))
    print(each * callers / (time.perf_counter() - started))


if __name__ == "__main__":
    port, callers, count, body = sys.argv[1:]
    asyncio.run(main(int(port), int(callers), int(count), Path(body).read_bytes()))

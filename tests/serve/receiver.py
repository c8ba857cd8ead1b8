"""Who is told: an HTTP server on a real socket that keeps what it hears."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any


class Receiver:
    """A plain HTTP server that keeps what it is sent and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers = ["200 OK"]  # the last one again and again
        self.hangs = asyncio.Event()
        self.hangs.set()
        self._answering: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Listen; gives the address. Leaves no connection open."""
        server = await asyncio.start_server(self._met, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            try:
                yield f"http://127.0.0.1:{port}/rack"
            finally:
                self.hangs.set()
                await asyncio.gather(*self._answering)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering = asyncio.create_task(self._answer(reader, writer))
        self._answering.add(answering)
        await answering

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):  # it did not wait
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            pairs = [line.split(": ", 1) for line in head.split("\r\n")[1:] if line]
            headers = {name.lower(): value for name, value in pairs}
            body = await reader.readexactly(int(headers["content-length"]))
            self.heard.append((headers, body))
            await self.hangs.wait()
            says = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            end = "Content-Length: 0\r\nConnection: close\r\n\r\n"
            writer.write(f"HTTP/1.1 {says}\r\n{end}".encode())
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]

    async def has(self, count: int) -> None:
        async with asyncio.timeout(30):
            while len(self.heard) < count:
                await asyncio.sleep(0.01)

"""Clients: a plain one, and requests byte by byte, as no library would send them."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx


def client(base_url: str = "") -> httpx.AsyncClient:
    """A plain client: no proxy of the environment, and no certificates to read."""
    return httpx.AsyncClient(base_url=base_url, trust_env=False, verify=False)


@dataclass(frozen=True)
class RawAnswer:
    status: int
    head: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def send(port: int, data: bytes, *, host: str = "127.0.0.1") -> RawAnswer:
    """Send the bytes and read one answer."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(data)
        await writer.drain()
        return await answer(reader)
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader) -> RawAnswer:
    """Read one answer with a Content-Length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    lines = head.lower().split("\r\n")
    size = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length"))
    return RawAnswer(int(head.split()[1]), head, await reader.readexactly(size))


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    """A request whose headers are exactly these, and its length where there is a body."""
    lines = [f"{method} {path} HTTP/1.1", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode(errors="surrogateescape") + body

"""GET /events: server-sent events. Outside the envelope, since a stream has no end to put in one.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any
from weakref import WeakKeyDictionary

from sanic import Request
from sanic.response import BaseHTTPResponse

from tmcore.errors import BadInput
from tmcore.events import Batch, Event
from tmserve.routes.route import Served
from tmserve.wire import INT_LIMIT

PING_S = 15.0  # a comment, so that both sides notice a line that has died
PATIENCE_S = 30.0  # a reader that takes nothing for so long is dropped
LAST_S = 1.0  # how long a stopping server waits for the last words to leave
RETRY_MS = 1000
CHUNK = 128 * 1024  # bytes that are handed to a line at once: what one that is stuck can hold

_chunks: WeakKeyDictionary[Batch, tuple[bytes, ...]] = WeakKeyDictionary()


def start_of(request: Request) -> int | None:
    """Where a reader wants to resume: its Last-Event-ID, else ?after=."""
    asked = request.headers.get("last-event-id") or request.args.get("after")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdecimal() and int(asked) < INT_LIMIT):
        raise BadInput.of("after", f"{asked[:40]!r} is not the id of an event")
    return int(asked)


async def send_events(request: Request, rack: Served, stopping: asyncio.Event) -> None:
    """Send what happens until the reader leaves or falls behind, or the server stops."""
    after = start_of(request)
    response = await request.respond(
        content_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )
    async with aclosing(rack.batches(after)) as batches:
        await anext(batches, None)  # who sees the stream open will miss nothing
        await response.send(f"retry: {RETRY_MS}\n\n")
        sending = asyncio.create_task(_send(request, batches))
        stop = asyncio.create_task(stopping.wait())
        try:
            await _ping_until(request, response, {sending, stop})
            if sending.done():
                sending.result()
            sending.cancel()
            async with asyncio.timeout(LAST_S):
                await response.eof()
        except TimeoutError:  # it reads nothing: an orderly end would wait for it
            request.transport.abort()  # type: ignore[attr-defined]  # Sanic's idea of a transport
        finally:
            stop.cancel()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


async def _send(request: Request, batches: AsyncIterator[Batch]) -> None:
    async for batch in batches:
        for chunk in as_chunks(batch):
            async with asyncio.timeout(PATIENCE_S):
                # not by the response: it would frame, and so copy, the chunk for each reader
                await request.protocol.send(chunk)  # type: ignore[attr-defined]  # as above


async def _ping_until(
    request: Request, response: BaseHTTPResponse, ends: set[asyncio.Task[Any]]
) -> None:
    """Ping until something ends. A line on which something waits to be read needs none."""
    first = asyncio.FIRST_COMPLETED
    while not (await asyncio.wait(ends, timeout=PING_S, return_when=first))[0]:
        if not request.transport.get_write_buffer_size():  # type: ignore[attr-defined]
            await response.send(": ping\n\n")


def as_chunks(batch: Batch) -> tuple[bytes, ...]:
    """Return a batch as chunks of HTTP/1.1, made once for all who are sent it."""
    if (made := _chunks.get(batch)) is None:
        made = _chunks[batch] = tuple(_as_chunks(batch))
    return made


def _as_chunks(batch: Batch) -> Iterator[bytes]:
    text = bytearray()
    for event in batch.events:
        text += as_text(event).encode()
        if len(text) >= CHUNK:
            yield b"%x\r\n%b\r\n" % (len(text), bytes(text))
            text.clear()
    if text:
        yield b"%x\r\n%b\r\n" % (len(text), bytes(text))


def as_text(event: Event) -> str:
    name = f"id: {event.id}\n" if event.id is not None else ""
    return f"{name}event: {event.kind}\ndata: {event.model_dump_json()}\n\n"

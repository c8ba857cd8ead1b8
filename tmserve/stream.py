"""GET /events: server-sent events. Outside the envelope, since a stream has no end to put in one.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any
from weakref import WeakKeyDictionary

from sanic import Request

from tmcore.errors import BadInput
from tmcore.events import Batch, Event
from tmserve.body import Body, Coding, coding_for
from tmserve.routes.route import Served
from tmserve.wire import INT_LIMIT

PING_S = 15.0  # a comment, so that both sides notice a line that has died
PATIENCE_S = 30.0  # a reader that takes nothing for so long is dropped
LAST_S = 1.0  # how long a stopping server waits for the last words to leave
RETRY_MS = 1000

_RETRY, _PING = Body(b"retry: %d\n\n" % RETRY_MS), Body(b": ping\n\n")
_bodies: WeakKeyDictionary[Batch, Body] = WeakKeyDictionary()


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
    coding = coding_for(request.headers.get("accept-encoding", ""))
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding", **coding.headers}
    response = await request.respond(content_type="text/event-stream", headers=headers)
    line = _Line(request, coding)
    async with aclosing(rack.batches(after)) as batches:
        await anext(batches, None)  # who sees the stream open will miss nothing
        await response.send("")
        await line.begin()
        sending = asyncio.create_task(_send(line, batches))
        stop = asyncio.create_task(stopping.wait())
        try:
            await _ping_until(line, {sending, stop})
            if sending.done():
                sending.result()
            async with asyncio.timeout(LAST_S), line.turn:
                sending.cancel()
                await line.end()
                await response.eof()
        except TimeoutError:  # it reads nothing: an orderly end would wait for it
            request.transport.abort()  # type: ignore[attr-defined]  # Sanic's idea of a transport
        finally:
            stop.cancel()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


class _Line:
    """One reader's stream. Whoever writes to it has his turn until all of a part is written."""

    def __init__(self, request: Request, coding: Coding) -> None:
        self._request, self._coding = request, coding
        self.turn = asyncio.Lock()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is being written or waits to be read."""
        waiting: int = self._request.transport.get_write_buffer_size()  # type: ignore[attr-defined]
        return not waiting and not self.turn.locked()

    async def begin(self) -> None:
        await self._write(self._coding.first())
        await self.send(_RETRY)

    async def send(self, body: Body) -> None:
        """Send a part. Raises TimeoutError when the reader takes nothing for too long."""
        async with self.turn:
            await self._write(self._coding.next(body))

    async def end(self) -> None:
        """Send what ends the stream; by whoever has the turn."""
        await self._write(self._coding.last())

    async def _write(self, chunks: tuple[bytes, ...]) -> None:
        for chunk in chunks:
            async with asyncio.timeout(PATIENCE_S):
                # not by the response: it would frame, and so copy, the chunk for each reader
                await self._request.protocol.send(chunk)  # type: ignore[attr-defined]  # as above


async def _send(line: _Line, batches: AsyncIterator[Batch]) -> None:
    async for batch in batches:
        if batch.events:
            await line.send(_body(batch))


async def _ping_until(line: _Line, ends: set[asyncio.Task[Any]]) -> None:
    """Ping until something ends. A line on which something waits to be read needs none."""
    first = asyncio.FIRST_COMPLETED
    while not (await asyncio.wait(ends, timeout=PING_S, return_when=first))[0]:
        if line.is_quiet:
            await line.send(_PING)


def _body(batch: Batch) -> Body:
    """Return a batch's text, written once for all who are sent it."""
    if (body := _bodies.get(batch)) is None:
        body = _bodies[batch] = Body("".join(map(as_text, batch.events)).encode())
    return body


def as_text(event: Event) -> str:
    name = f"id: {event.id}\n" if event.id is not None else ""
    return f"{name}event: {event.kind}\ndata: {event.model_dump_json()}\n\n"

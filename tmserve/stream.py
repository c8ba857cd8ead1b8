"""GET /events: server-sent events. Outside the envelope, since a stream has no end to put in one.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncIterator

from sanic import Request
from sanic.response import BaseHTTPResponse

from tmcore.api import RackApi
from tmcore.errors import BadInput
from tmcore.events import Event
from tmserve.wire import INT_LIMIT

PING_S = 15.0  # a comment, so that both sides notice a line that has died
PATIENCE_S = 30.0  # a reader that takes nothing for so long is dropped
LAST_S = 1.0  # how long a stopping server waits for the last words to leave
RETRY_MS = 1000


def start_of(request: Request) -> int | None:
    """Where a reader wants to resume: its Last-Event-ID, else ?after=."""
    asked = request.headers.get("last-event-id") or request.args.get("after")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdecimal() and int(asked) < INT_LIMIT):
        raise BadInput.of("after", f"{asked[:40]!r} is not the id of an event")
    return int(asked)


async def send_events(request: Request, rack: RackApi, stopping: asyncio.Event) -> None:
    """Send what happens until the reader leaves or falls behind, or the server stops."""
    after = start_of(request)
    response = await request.respond(
        content_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )
    sending = asyncio.create_task(_send(response, _texts(rack.events(after), stopping)))
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({sending, stop}, return_when=asyncio.FIRST_COMPLETED)
        ended, _ = await asyncio.wait({sending}, timeout=LAST_S)
        if not ended or isinstance(sending.exception(), TimeoutError):
            # it reads nothing: an orderly end would wait for it
            request.transport.abort()  # type: ignore[attr-defined]  # Sanic's idea of a transport
            return
        sending.result()
    finally:
        sending.cancel()
        stop.cancel()


async def _send(response: BaseHTTPResponse, texts: AsyncIterator[str]) -> None:
    async for text in texts:
        async with asyncio.timeout(PATIENCE_S):
            await response.send(text)


async def _texts(events: AsyncIterator[Event], stopping: asyncio.Event) -> AsyncIterator[str]:
    stop = asyncio.create_task(stopping.wait())
    following = asyncio.ensure_future(anext(events, None))
    try:
        await asyncio.sleep(0)  # it follows now: who sees the stream open will miss nothing
        yield f"retry: {RETRY_MS}\n\n"
        while not stopping.is_set():
            done, _ = await asyncio.wait(
                {stop, following}, timeout=PING_S, return_when=asyncio.FIRST_COMPLETED
            )
            if following in done:
                event = following.result()
                if event is None:
                    return
                yield as_text(event)
                following = asyncio.ensure_future(anext(events, None))
            elif not done:
                yield ": ping\n\n"
    finally:
        stop.cancel()
        following.cancel()


def as_text(event: Event) -> str:
    name = f"id: {event.id}\n" if event.id is not None else ""
    return f"{name}event: {event.kind}\ndata: {event.model_dump_json()}\n\n"

"""Who wants to hear of changes, and what is only ever told live.

Durable events wait in the database: a reader takes them from there at its own pace, so that a slow
one misses nothing and costs nobody anything. Live ones (progress, a phone's facts, log lines) are
handed to whoever listens now; of those a slow reader loses the oldest, and is told so.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

from tmcore.events import Event, EventKind

BACKLOG = 1000  # live events that a reader may lag behind
BATCH = 200

Fetch = Callable[[int, int], Awaitable[list[Event]]]  # (after, limit) → durable events, rising


class Reader:
    """One listener's live events, and whether something durable may be new."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        self._live: deque[Event] = deque(maxlen=BACKLOG)
        self._lost = False

    def hear(self, event: Event) -> None:
        self._lost = self._lost or len(self._live) == BACKLOG
        self._live.append(event)
        self.woken.set()

    def take(self) -> list[Event]:
        """Return what was heard since the last time; nothing but LOST where some of it is gone."""
        heard, lost = list(self._live), self._lost
        self._live.clear()
        self._lost = False
        return [_lost()] if lost else heard


class News:
    """Tells every reader; knows none of them."""

    def __init__(self) -> None:
        self._readers: set[Reader] = set()
        self._closed = False

    def __bool__(self) -> bool:
        return bool(self._readers)

    def tell(self, event: Event) -> None:
        for reader in self._readers:
            reader.hear(event)

    def wake(self) -> None:
        """Something durable was committed."""
        for reader in self._readers:
            reader.woken.set()

    def close(self) -> None:
        """End every reader's stream."""
        self._closed = True
        self.wake()

    async def follow(self, after: int, newest: int, fetch: Fetch) -> AsyncIterator[Event]:
        """Yield durable events past `after` without a gap, and live ones between them."""
        if after > newest:  # read from another database, or before an older one was put back
            after = newest
            yield _lost()
        reader = Reader()
        self._readers.add(reader)
        try:
            while not self._closed:
                reader.woken.clear()
                while not self._closed and (batch := await fetch(after, BATCH)):
                    for event in batch:
                        yield event
                    after = batch[-1].id or after
                for event in reader.take():
                    yield event
                await reader.woken.wait()
        finally:
            self._readers.discard(reader)


def _lost() -> Event:
    return Event(kind=EventKind.LOST, at=datetime.now(UTC))

"""Who wants to hear of changes, and what is only ever told live.

Durable events wait in the database; live ones (progress, a phone's facts, log lines) are handed to
whoever listens now. Both are told in rounds: one query takes what was committed since the last
round, and its batch is one object for all readers, so that many cost hardly more than one. After a
quiet moment a round is told at once; the next one waits the longer the more readers there are.

A reader who begins earlier, or lags so far behind that its next round is forgotten, takes durable
events from the database at its own pace, up to where a round that is still kept begins. So a slow
one misses nothing durable and costs nobody anything; of forgotten live ones it is told: LOST.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from tmcore.events import Batch, Event, EventKind

MOST = 1000  # durable events of one round, and live ones that may wait for one
KEPT = 2000  # events that a reader may lag behind before it must ask the database
BATCH = 200  # of a reader that asks the database
PACE_S, PACE_PER_READER_S = 0.02, 0.003  # between two rounds
GROUP = 8  # readers that are woken at once: other work comes between them

Fetch = Callable[[int, int], Awaitable[list[Event]]]  # (after, limit) → durable events, rising


@dataclass(frozen=True)
class _Round:
    """A batch with every durable event past `since` up to `until`, and live ones between them."""

    since: int
    until: int
    batch: Batch

    @property
    def has_live(self) -> bool:
        return any(event.id is None for event in self.batch.events)


class _Reader:
    """How far one listener is: durable events up to an id, rounds up to a number."""

    def __init__(self, after: int, number: int) -> None:
        self.woken = asyncio.Event()
        self.after, self.number = after, number

    def take(self, told: _Round) -> Batch:
        """Go past a round; return what is new in it."""
        self.number += 1
        after, self.after = self.after, max(self.after, told.until)
        if after <= told.since:
            return told.batch
        return Batch(tuple(e for e in told.batch.events if e.id is None or e.id > after))


class News:
    """Tells every reader; knows none of them."""

    def __init__(self, fetch: Fetch, newest: Callable[[], int]) -> None:
        self._fetch, self._newest = fetch, newest
        self._readers: set[_Reader] = set()
        self._teller: asyncio.Task[None] | None = None  # there while anybody reads
        self._stirred = asyncio.Event()
        self._live: deque[tuple[int, Event]] = deque()  # each with the durable one it comes after
        self._told = 0  # the id up to which rounds went
        self._number = 0  # of the last round
        self._rounds: deque[_Round] = deque()
        self._kept = 0  # events in them
        self._deaf = 0  # the last round that is forgotten and had live events
        self._closed = False

    def __len__(self) -> int:
        return len(self._readers)

    def tell(self, event: Event) -> None:
        """Tell who listens now of something that is kept nowhere."""
        if not self._readers:
            return
        if len(self._live) == MOST:
            self._live.clear()
            event = _lost()
        self._live.append((self._newest(), event))
        self._stirred.set()

    def wake(self) -> None:
        """Something durable was committed."""
        self._stirred.set()

    def close(self) -> None:
        """End every reader's stream."""
        self._closed = True
        if self._teller:
            self._teller.cancel()
        for reader in self._readers:
            reader.woken.set()

    async def follow(self, after: int | None = None) -> AsyncGenerator[Batch]:
        """Yield durable events past `after` without a gap, and live ones between them.

        The first batch comes at once, and is empty: what happens from then on is not missed.
        """
        newest = self._newest()
        reader = _Reader(newest if after is None else min(after, newest), self._number)
        self._join(reader)
        try:
            yield Batch()
            if after is not None and after > newest:
                # read from another database, or before an older one was put back
                yield Batch((_lost(),))
            while not self._closed:
                yield await self._next(reader)
        finally:
            self._leave(reader)

    async def _next(self, reader: _Reader) -> Batch:
        """Return the next batch; an empty one when there is nothing new."""
        forgotten = self._number - len(self._rounds)
        if reader.number < forgotten:
            missed, reader.number = reader.number < self._deaf, forgotten
            if missed:
                return Batch((_lost(),))
        told = self._rounds[reader.number - forgotten] if reader.number < self._number else None
        since = told.since if told else self._told
        if reader.after < since:
            return await self._replay(reader, since)
        if told:
            return reader.take(told)
        if self._teller and self._teller.done():
            self._teller.result()
        await reader.woken.wait()
        reader.woken.clear()
        return Batch()

    async def _replay(self, reader: _Reader, until: int) -> Batch:
        """Return some of the durable events that come before the reader's next round."""
        found = await self._fetch(reader.after, BATCH)
        events = tuple(event for event in found if (event.id or 0) <= until)
        is_all = len(found) < BATCH or len(events) < len(found)
        reader.after = until if is_all else found[-1].id or until
        return Batch(events)

    def _join(self, reader: _Reader) -> None:
        self._readers.add(reader)
        if self._teller is None or self._teller.done():
            self._told = self._newest()  # nobody has waited for what is older
            self._teller = asyncio.create_task(self._run())

    def _leave(self, reader: _Reader) -> None:
        self._readers.discard(reader)
        if not self._readers and self._teller:
            self._teller.cancel()
            self._teller = None
            self._rounds.clear()
            self._kept = 0
            self._live.clear()

    async def _run(self) -> None:
        """Tell of what has happened, round after round."""
        try:
            while True:
                await self._stirred.wait()
                self._stirred.clear()
                await self._gather()
                await self._wake()
                await asyncio.sleep(PACE_S + PACE_PER_READER_S * len(self._readers))
        finally:  # where it fails, each reader fails with it
            for reader in self._readers:
                reader.woken.set()

    async def _gather(self) -> None:
        """Make a round of what was committed and heard since the last one."""
        newest = self._newest()
        found = await self._fetch(self._told, MOST) if newest > self._told else []
        last = found[-1].id or 0 if found else 0
        # what was deleted since will not come: all up to the newest is told when no more is found
        until = last if len(found) == MOST else max(self._told, newest, last)
        if until < self._newest():
            self._stirred.set()
        placed = [(event.id or 0, event) for event in found]
        while self._live and self._live[0][0] <= until:
            placed.append(self._live.popleft())
        placed.sort(key=lambda place: place[0])  # stable: a live one stays behind its durable one
        if placed or until > self._told:
            self._keep(_Round(self._told, until, Batch(tuple(event for _, event in placed))))
            self._told = until

    def _keep(self, told: _Round) -> None:
        self._rounds.append(told)
        self._number += 1
        self._kept += len(told.batch.events)
        while self._kept - len(self._rounds[0].batch.events) >= KEPT:
            forgotten = self._rounds.popleft()
            self._kept -= len(forgotten.batch.events)
            if forgotten.has_live:
                self._deaf = self._number - len(self._rounds)

    async def _wake(self) -> None:
        for number, reader in zip(count(1), tuple(self._readers)):
            reader.woken.set()
            if number % GROUP == 0:
                await asyncio.sleep(0)


def _lost() -> Event:
    return Event(kind=EventKind.LOST, at=datetime.now(UTC))

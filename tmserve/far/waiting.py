"""One stream of events for everyone who waits for a task of a far rack."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from itertools import chain

from tmcore.errors import TmError
from tmcore.events import Event

logger = logging.getLogger("tmserve.far.waiting")

LOOK_S = 0.2  # between streams, and between looks where an older server has no events

Stream = Callable[[], AsyncIterator[Event | None]]


class Waiting:
    """Follows the events while anybody waits; `stream` yields None when it is open."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._changed: defaultdict[int, list[asyncio.Event]] = defaultdict(list)
        self._following: asyncio.Task[None] | None = None

    @contextmanager
    def on(self, task_id: int) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever the task may be another one than before."""
        changed = asyncio.Event()
        self._changed[task_id].append(changed)
        if self._following is None:
            self._following = asyncio.create_task(self._follow())
        try:
            yield changed
        finally:
            self._changed[task_id].remove(changed)
            if not self._changed[task_id]:
                del self._changed[task_id]
            if not self._changed:
                self.close()

    def close(self) -> None:
        if self._following:
            self._following.cancel()
            self._following = None

    async def _follow(self) -> None:
        while True:
            try:
                async for event in self._stream():
                    self._tell(event.task_id if event else None)
            except (TmError, ValueError) as error:
                # an older server, a lost one, or a newer one that tells what we do not understand;
                # whoever waits asks for the task itself now, and meets the error there
                logger.debug("no events: %s", error)
            self._tell(None)
            await asyncio.sleep(LOOK_S)

    def _tell(self, task_id: int | None) -> None:
        """Wake those who wait for a task; everybody where it is not known for which."""
        waiting = self._changed.values() if task_id is None else [self._changed.get(task_id, [])]
        for changed in chain.from_iterable(waiting):
            changed.set()

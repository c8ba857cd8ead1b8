"""A thread that takes everything that waits at once, so that a busy moment costs one thread hop.

A hop into a thread and back costs more than most of what is done there. So whatever has queued up
while the last batch ran is handed over together, and all answers come back in one wake-up.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tmcore.errors import TmError

Item = TypeVar("Item")
Answer = list[Any]  # one for each item; an exception is raised where that item was asked for


@dataclass(frozen=True)
class _Asked(Generic[Item]):
    item: Item
    answer: asyncio.Future[Any]


class BatchThread(Generic[Item]):
    """Runs `work` on all waiting items; `await ask(item)` returns that item's answer.

    A thread cannot be cancelled: what a caller asked for may still happen after it has left.
    """

    MOST = 256  # bounds how long the first of a batch waits for the last

    def __init__(self, name: str, work: Callable[[list[Item]], Answer]) -> None:
        self._work = work
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Asked[Item] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def ask(self, item: Item) -> Any:
        if self._closed:
            raise TmError(f"{self._thread.name} is closed")
        asked = _Asked(item, self._loop.create_future())
        self._queue.put(asked)
        return await asked.answer

    async def close(self) -> None:
        """Do what waits, then end the thread."""
        self._closed = True
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while True:
            batch = self._collect()
            if asked := [one for one in batch if one and not one.answer.cancelled()]:
                answers = self._answers([one.item for one in asked])
                self._loop.call_soon_threadsafe(_deliver, asked, answers)
            if None in batch:
                return

    def _answers(self, items: list[Item]) -> Answer:
        try:
            return self._work(items)
        except Exception as error:  # noqa: BLE001 - a thread that died would answer nobody again
            return [error] * len(items)

    def _collect(self) -> list[_Asked[Item] | None]:
        batch = [self._queue.get()]
        while len(batch) < self.MOST and batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch


def each(work: Callable[[Item], Any]) -> Callable[[list[Item]], Answer]:
    """Return what does the work on one item after the other; an item's error is its answer."""

    def answer(item: Item) -> Any:
        try:
            return work(item)
        except Exception as error:  # noqa: BLE001 - raised where that item was asked for
            return error

    return lambda items: [answer(item) for item in items]


def _deliver(asked: list[_Asked[Item]], answers: Answer) -> None:
    for one, answer in zip(asked, answers, strict=True):
        if one.answer.done():  # its caller left; what it asked for has happened
            continue
        if isinstance(answer, BaseException):
            one.answer.set_exception(answer)
        else:
            one.answer.set_result(answer)

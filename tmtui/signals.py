"""The end from outside: Ctrl-C, a kill, a closed terminal; once is enough, more hurry nothing."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def end_signals() -> Iterator[asyncio.Event]:
    """Give an event that a signal sets; no signal interrupts what cleans up meanwhile."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in SIGNALS:
        loop.add_signal_handler(number, told.set)
    try:
        yield told
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


async def unless(told: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Do the work; told to end, cancel it, wait until it has cleaned up, and return None."""
    doing = asyncio.create_task(work)
    telling = asyncio.create_task(told.wait())
    await asyncio.wait((doing, telling), return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    if doing.done():
        return doing.result()
    doing.cancel()
    await asyncio.wait((doing,))
    if not doing.cancelled() and (error := doing.exception()):
        raise error
    return None

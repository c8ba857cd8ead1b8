"""The end from outside: Ctrl-C, a kill, a closed terminal; once is enough, more hurry nothing."""

import asyncio
import os
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


async def ends_first(pid: int, told: asyncio.Event) -> bool:
    """Wait for a process to end or for the event; return whether it was the process."""
    gone = asyncio.Event()
    with _watched(pid, gone):
        waits = [asyncio.create_task(event.wait()) for event in (told, gone)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
    return gone.is_set() and not told.is_set()


@contextmanager
def _watched(pid: int, gone: asyncio.Event) -> Iterator[None]:
    """Set the event when a process ends; the kernel says so, nothing asks."""
    handle, loop = os.pidfd_open(pid), asyncio.get_running_loop()
    loop.add_reader(handle, gone.set)
    try:
        yield
    finally:
        loop.remove_reader(handle)
        os.close(handle)

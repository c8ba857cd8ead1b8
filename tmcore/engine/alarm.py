"""Sleeping until the wall clock shows a time.

What the loop sleeps by is another clock: nobody sets it, and it stands while the computer is
suspended. A sleep that was reckoned before either is too long by as much as the wall clock jumped.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

LONGEST_SLEEP_S = 60.0  # whoever sleeps looks again by then, whatever the clock shows
GLANCE_S = 1.0  # a wall clock that jumped is noticed by then; reading one costs nothing


async def sleep_until(
    at: datetime | None, woken: asyncio.Event, clock: Callable[[], datetime]
) -> None:
    """Return when the clock shows `at`, when woken, or after the longest sleep."""
    loop = asyncio.get_running_loop()
    end = loop.time() + LONGEST_SLEEP_S

    def left_s() -> float:
        return min(end - loop.time(), (at - clock()).total_seconds() if at else LONGEST_SLEEP_S)

    while (left := left_s()) > 0:
        with suppress(TimeoutError):
            async with asyncio.timeout(min(left, GLANCE_S)):
                await woken.wait()
                return

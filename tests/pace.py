"""An event loop on which time passes more quickly, for tests in which most of it is waiting."""

import asyncio
import selectors

PACE = 3


class QuickLoop(asyncio.SelectorEventLoop):
    """Every sleep, timeout and deadline of this loop takes a third of its seconds.

    All of them together, so that none overtakes another. What is not asyncio's stays real: the
    phones, the adb server, the disk, the wall clock.
    """

    def __init__(self) -> None:
        super().__init__(_QuickSelector())

    def time(self) -> float:
        return super().time() * PACE


class _QuickSelector(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout and timeout / PACE)

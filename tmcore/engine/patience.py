"""Writing down what has happened, however long the database takes: an end that is lost is a lie."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tmcore.errors import StoreFailed

logger = logging.getLogger("tmcore.patience")

T = TypeVar("T")

PAUSE_S = 1.0  # between tries while the disk is full or the file is locked


async def written(write: Callable[[], Awaitable[T]]) -> T:
    """Repeat it until the database takes it; a StoreFailed has changed nothing."""
    while True:
        try:
            return await write()
        except StoreFailed as error:
            logger.warning("trying again: %s", error)
            await asyncio.sleep(PAUSE_S)

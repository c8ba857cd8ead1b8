"""Asks once more where an answer was lost: the key in the request keeps it from happening twice."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tmcore.errors import Conflict, ServerUnreachable

T = TypeVar("T")

LOOKS = 20  # at what the server still works on, before giving up
PAUSE_S = 0.5  # between two of them


class AnswerLost(ServerUnreachable):
    """The server did not answer; whether it did it is not known."""


async def repeated(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask; where the answer is lost, ask again. Raises AnswerLost when that brings none either."""
    try:
        return await ask()
    except AnswerLost as lost:
        return await _again(ask, lost)


async def _again(ask: Callable[[], Awaitable[T]], lost: AnswerLost) -> T:
    for _ in range(LOOKS):
        try:
            return await ask()
        except Conflict:  # the first one is still at work
            await asyncio.sleep(PAUSE_S)
        except ServerUnreachable:
            break
    raise lost

"""Which phones a command means: serials, tag:EU, label:NAME, --tag EU, --all."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from tmcore.errors import BadInput, NotFound

if TYPE_CHECKING:
    from tmcore.api import RackApi

T = TypeVar("T")
AT_ONCE = 8  # phones of one hub share its line


async def targets(
    rack: "RackApi", words: Sequence[str], tags: Sequence[str] = (), *, every: bool = False
) -> tuple[str, ...]:
    """Return the serials; `every` means all that are connected. Raises BadInput, NotFound."""
    from tmcore.devices import DeviceState
    from tmcore.rules.choosing import chosen

    if every == bool(words or tags):
        raise BadInput.of("serial", "name phones, or --tag NAME, or --all")
    known = {device.serial: device for device in await rack.devices()}
    if every:
        return tuple(s for s, device in known.items() if device.state is not DeviceState.AWAY)
    serials = chosen([*dict.fromkeys(words), *(f"tag:{tag}" for tag in tags)], known)
    if unknown := [serial for serial in serials if serial not in known]:
        raise NotFound(f"no such device: {', '.join(unknown)}")
    return serials


async def each(
    serials: Sequence[str], act: Callable[[str], Awaitable[T]]
) -> tuple[list[T], dict[str, BadInput | NotFound]]:
    """Act on each phone, several at once; one that is refused does not keep the others from it."""
    turns = asyncio.Semaphore(AT_ONCE)
    refused: dict[str, BadInput | NotFound] = {}

    async def one(serial: str) -> T | None:
        async with turns:
            try:
                return await act(serial)
            except (BadInput, NotFound) as error:
                refused[serial] = error
                return None

    done = await asyncio.gather(*map(one, serials))
    return [result for result in done if result is not None], refused

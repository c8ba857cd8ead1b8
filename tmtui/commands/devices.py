"""tm devices, pause, resume: the phones."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from typing import TYPE_CHECKING, Literal

from tmtui import tables
from tmtui.commands.common import COMMON, Common
from tmtui.exits import Exit
from tmtui.output import say, show, show_json

if TYPE_CHECKING:
    from tmcore.model import Device

State = Literal[
    "ready", "busy", "settling", "connecting", "booting", "offline", "unauthorized",
    "no_permission", "recovery", "paused", "away",
]  # fmt: skip


async def devices(*, state: State | None = None, common: Common = COMMON) -> Exit:
    """List the phones: whether each can take a task now, and if not, why and what to do.

    Parameters
    ----------
    state
        Only phones in this state.
    """
    from tmcore.model import DeviceState

    async with common.rack() as rack:
        found = await rack.devices(DeviceState(state) if state else None)
    if common.json:
        show_json({"devices": found, "total": len(found)})
    elif found:
        show(tables.devices(found))
    else:
        say("no phones; plug one in, or try virtual ones: tm rack --count 4")
    return Exit.OK


async def pause(serial: str, *, reason: str = "", common: Common = COMMON) -> Exit:
    """Let a phone take no new task; the one it runs ends.

    Parameters
    ----------
    serial
        The phone.
    reason
        Why, for whoever looks later.
    """
    async with common.rack() as rack:
        return _shown(await rack.pause(serial, reason), common)


async def resume(serial: str, *, common: Common = COMMON) -> Exit:
    """Let a paused phone work again.

    Parameters
    ----------
    serial
        The phone.
    """
    async with common.rack() as rack:
        return _shown(await rack.resume(serial), common)


def _shown(device: "Device", common: Common) -> Exit:
    if common.json:
        show_json(device)
    else:
        show(tables.devices((device,)))
    return Exit.OK

"""tm devices: the phones."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from typing import Literal

from tmtui import tables
from tmtui.commands.common import COMMON, Common
from tmtui.exits import Exit
from tmtui.output import say, show, show_json

State = Literal[
    "ready", "busy", "settling", "connecting", "booting", "offline", "unauthorized",
    "no_permission", "recovery", "away",
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

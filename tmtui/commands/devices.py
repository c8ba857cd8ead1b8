"""tm devices, pause, resume: the phones."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from typing import TYPE_CHECKING, Literal

from tmtui import tables
from tmtui.commands.common import COMMON, Common
from tmtui.commands.targets import targets
from tmtui.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmcore.devices import Device

State = Literal[
    "ready", "busy", "settling", "connecting", "booting", "offline", "unauthorized",
    "no_permission", "recovery", "paused", "quarantined", "taken", "away",
]  # fmt: skip


async def devices(
    *, state: State | None = None, tag: str | None = None, common: Common = COMMON
) -> Exit:
    """List the phones: whether each can take a task now, and if not, why and what to do.

    Parameters
    ----------
    state
        Only phones in this state.
    tag
        Only phones with this tag.
    """
    from tmcore.devices import DeviceState

    async with common.rack() as rack:
        found = await rack.devices(DeviceState(state) if state else None, tag)
    none = "" if tag else "no phones; plug one in, or try virtual ones: tm rack --count 4"
    return common.listed("devices", found, tables.devices(found), none)


async def pause(serial: str, *, reason: str = "", common: Common = COMMON) -> Exit:
    """Let a phone take no new task; the one it runs ends.

    Parameters
    ----------
    serial
        The phone, or tag:NAME for all with that tag.
    reason
        Why, for whoever looks later.
    """
    async with common.rack() as rack:
        serials = await targets(rack, [serial])
        return shown([await rack.pause(each, reason) for each in serials], common)


async def resume(serial: str, *, common: Common = COMMON) -> Exit:
    """Let a paused phone work again.

    Parameters
    ----------
    serial
        The phone, or tag:NAME for all with that tag.
    """
    async with common.rack() as rack:
        serials = await targets(rack, [serial])
        return shown([await rack.resume(each) for each in serials], common)


def shown(found: "Sequence[Device]", common: Common) -> Exit:
    """Show phones; as JSON one of them is itself, several are a list."""
    table = tables.devices(found)
    if len(found) == 1:
        return common.shown(found[0], table)
    return common.listed("devices", found, table)

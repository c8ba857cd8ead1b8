"""Devices: facts about phones."""

from typing import Any

from tmcore.api import RackApi
from tmcore.model import Device, DeviceState, Model
from tmserve.routes.route import Call, Route


class DeviceFilter(Model):
    """What GET /device can be asked."""

    state: DeviceState | None = None


async def every(rack: RackApi, call: Call) -> dict[str, Any]:
    devices = await rack.devices(call.filters(DeviceFilter).state)
    return {"devices": devices, "total": len(devices)}


async def one(rack: RackApi, call: Call) -> Device:
    return await rack.device(call.path["serial"])


ROUTES = (
    Route("GET", "/device", every),
    Route("GET", "/device/<serial>", one),
)

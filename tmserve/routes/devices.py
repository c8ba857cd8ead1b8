"""Devices: facts about phones."""

from typing import Any

from tmcore.api import RackApi
from tmcore.model import Device, DeviceState, Hand, Model
from tmserve.routes.route import Call, Route
from tmserve.wire import File


class DeviceFilter(Model):
    """What GET /device can be asked."""

    state: DeviceState | None = None


async def every(rack: RackApi, call: Call) -> dict[str, Any]:
    devices = await rack.devices(call.filters(DeviceFilter).state)
    return {"devices": devices, "total": len(devices)}


async def one(rack: RackApi, call: Call) -> Device:
    return await rack.device(call.path["serial"])


class Pause(Model):
    """Why a phone takes no new task."""

    reason: str = ""


async def pause(rack: RackApi, call: Call) -> Device:
    return await rack.pause(call.path["serial"], call.json(Pause).reason)


async def resume(rack: RackApi, call: Call) -> Device:
    return await rack.resume(call.path["serial"])


async def picture(rack: RackApi, call: Call) -> File:
    return File((await rack.screen(call.path["serial"])).png, "image/png")


async def text(rack: RackApi, call: Call) -> File:
    # as plain text: what a phone shows is a stranger's words, and no browser shall run them
    return File((await rack.screen(call.path["serial"])).xml.encode(), "text/plain; charset=utf-8")


async def act(rack: RackApi, call: Call) -> dict[str, Any]:
    await rack.act(call.path["serial"], call.json(Hand))
    return {}


ROUTES = (
    Route("GET", "/device", every),
    Route("GET", "/device/<serial>", one),
    Route("POST", "/device/<serial>/pause", pause, takes_body=True),
    Route("POST", "/device/<serial>/resume", resume),
    Route("GET", "/device/<serial>/screen.png", picture),
    Route("GET", "/device/<serial>/screen.xml", text),
    Route("POST", "/device/<serial>/act", act, takes_body=True),
)

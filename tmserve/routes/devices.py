"""Devices: facts about phones."""

from pydantic import Field

from tmcore.api import RackApi
from tmcore.devices import Device, DeviceState, Hand
from tmcore.keys import Scope
from tmcore.model import Model
from tmserve.routes.route import Call, Route
from tmserve.wire import TEXT, File


class DeviceFilter(Model):
    """What GET /device can be asked."""

    state: DeviceState | None = Field(None, description="Only phones in this state.")
    tag: str | None = Field(None, description="Only phones with this tag.")


class DeviceList(Model):
    """The known devices."""

    devices: tuple[Device, ...]
    total: int


async def every(rack: RackApi, call: Call) -> DeviceList:
    asked = call.filters(DeviceFilter)
    devices = await rack.devices(asked.state, asked.tag)
    return DeviceList(devices=devices, total=len(devices))


async def one(rack: RackApi, call: Call) -> Device:
    return await rack.device(call.path["serial"])


class Pause(Model):
    """Why a phone takes no new task."""

    reason: str = Field("", description="Why, for whoever looks later.")


async def pause(rack: RackApi, call: Call) -> Device:
    return await rack.pause(call.path["serial"], call.json(Pause).reason)


async def resume(rack: RackApi, call: Call) -> Device:
    return await rack.resume(call.path["serial"])


async def picture(rack: RackApi, call: Call) -> File:
    return File((await rack.screen(call.path["serial"])).png, "image/png")


async def text(rack: RackApi, call: Call) -> File:
    # as plain text: what a phone shows is a stranger's words, and no browser shall run them
    return File((await rack.screen(call.path["serial"])).xml.encode(), TEXT)


class Done(Model):
    """It was done."""


async def act(rack: RackApi, call: Call) -> Done:
    await rack.act(call.path["serial"], call.json(Hand))
    return Done()


ROUTES = (
    Route(
        "GET", "/device", every, "List the phones: whether each can take a task, and if not, why.",
        scope=Scope.READ, query=DeviceFilter,
    ),
    Route("GET", "/device/<serial>", one, "Show one phone.", scope=Scope.READ),
    Route(
        "POST", "/device/<serial>/pause", pause,
        "Let a phone take no new task; the one it runs ends.", scope=Scope.POST, body=Pause,
    ),
    Route(
        "POST", "/device/<serial>/resume", resume, "Let a paused phone work again.",
        scope=Scope.POST,
    ),
    Route(
        "GET", "/device/<serial>/screen.png", picture, "Show what the phone shows now.",
        scope=Scope.READ, sends="image/png",
    ),
    Route(
        "GET", "/device/<serial>/screen.xml", text, "Show the text and places on its screen.",
        scope=Scope.READ, sends=TEXT,
    ),
    Route(
        "POST", "/device/<serial>/act", act,
        "Tap, type or press a key on a paused, idle phone; exactly one of them.",
        scope=Scope.ADMIN, body=Hand,
    ),
)  # fmt: skip

"""Upkeep: what a person says of phones and does with them between tasks."""

from tmcore.api import RackApi
from tmcore.devices import Device
from tmcore.drift import DriftReport
from tmcore.keys import Scope
from tmcore.upkeep import (
    Address,
    DeviceChanges,
    Installation,
    Installed,
    PhoneReport,
    Preparation,
    WifiPhone,
)
from tmserve.routes.route import Call, Route


async def change(rack: RackApi, call: Call) -> Device:
    return await rack.upkeep.change(call.path["serial"], call.json(DeviceChanges))


async def release(rack: RackApi, call: Call) -> Device:
    return await rack.upkeep.release(call.path["serial"])


async def prepare(rack: RackApi, call: Call) -> PhoneReport:
    return await rack.upkeep.prepare(call.path["serial"], call.json(Preparation))


async def install(rack: RackApi, call: Call) -> Installed:
    return await rack.upkeep.install(call.path["serial"], call.json(Installation))


async def connect(rack: RackApi, call: Call) -> WifiPhone:
    return await rack.upkeep.connect(call.json(Address).address)


async def disconnect(rack: RackApi, call: Call) -> Address:
    asked = call.json(Address)
    await rack.upkeep.disconnect(asked.address)
    return asked


async def drift(rack: RackApi, _call: Call) -> DriftReport:
    return await rack.upkeep.drift()


ROUTES = (
    Route(
        "PATCH", "/device/<serial>", change, "Give a phone a label and tags; tag:EU then means it.",
        scope=Scope.POST, body=DeviceChanges,
    ),
    Route(
        "POST", "/device/<serial>/release", release,
        "Let a quarantined phone work again; a person has looked at it.", scope=Scope.POST,
    ),
    Route(
        "POST", "/device/<serial>/prepare", prepare,
        "Say what an idle phone needs before it works in a rack, and with `act` do it.",
        scope=Scope.ADMIN, body=Preparation,
    ),
    Route(
        "POST", "/device/<serial>/install", install, "Install an APK on an idle phone.",
        scope=Scope.ADMIN, body=Installation,
    ),
    Route(
        "POST", "/device/connect", connect,
        "Reach a phone by Wi-Fi at HOST:PORT, and again whenever it was lost.",
        scope=Scope.ADMIN, body=Address,
    ),
    Route(
        "POST", "/device/disconnect", disconnect, "Let a Wi-Fi phone go.",
        scope=Scope.ADMIN, body=Address, codes=(40401,),
    ),
    Route(
        "GET", "/profile/drift", drift,
        "Say which profile each app's version is read with, and which first choices match no more.",
        scope=Scope.READ,
    ),
)  # fmt: skip

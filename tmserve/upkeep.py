"""The far end of `rack.upkeep`; it loads no Sanic either."""

from typing import Any
from urllib.parse import quote

from tmcore.devices import Device
from tmcore.drift import DriftReport
from tmcore.errors import NotFound
from tmcore.model import Model
from tmcore.upkeep import (
    Address,
    DeviceChanges,
    Installation,
    Installed,
    PhoneReport,
    Preparation,
    WifiPhone,
)
from tmserve.desks import Ask

PREPARE_S = 600.0  # a keyboard is pushed and installed, an eye started
INSTALL_S = 1200.0  # a large app over a shared hub, then compiled on a slow phone


class RemoteUpkeep:
    """Satisfies UpkeepApi over HTTP."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def change(self, serial: str, changes: DeviceChanges) -> Device:
        return await self._ask(Device, "PATCH", _path(serial), _dump(changes))

    async def release(self, serial: str) -> Device:
        return await self._ask(Device, "POST", f"{_path(serial)}/release")

    async def prepare(self, serial: str, wanted: Preparation) -> PhoneReport:
        path = f"{_path(serial)}/prepare"
        return await self._ask(PhoneReport, "POST", path, _dump(wanted), read_s=PREPARE_S)

    async def install(self, serial: str, wanted: Installation) -> Installed:
        path = f"{_path(serial)}/install"
        return await self._ask(Installed, "POST", path, _dump(wanted), read_s=INSTALL_S)

    async def connect(self, address: str) -> WifiPhone:
        body = _dump(Address(address=address))
        return await self._ask(WifiPhone, "POST", "/device/connect", body)

    async def disconnect(self, address: str) -> None:
        body = _dump(Address(address=address))
        await self._ask(dict[str, str], "POST", "/device/disconnect", body)

    async def drift(self) -> DriftReport:
        return await self._ask(DriftReport, "GET", "/profile/drift")


def _path(serial: str) -> str:
    if serial in ("", ".", ".."):  # as path parts they would mean another path
        raise NotFound(f"device {serial!r} does not exist")
    return f"/device/{quote(serial, safe='')}"


def _dump(model: Model) -> dict[str, Any]:
    return model.model_dump(exclude_unset=True)

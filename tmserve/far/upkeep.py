"""The far end of `rack.upkeep`."""

from tmcore.devices import Device
from tmcore.drift import DriftReport
from tmcore.upkeep import (
    Address,
    DeviceChanges,
    Installation,
    Installed,
    PhoneReport,
    Preparation,
    WifiPhone,
)
from tmserve.far.desk import Desk, dump, part

PREPARE_S = 600.0  # a keyboard is pushed and installed, an eye started
INSTALL_S = 1200.0  # a large app over a shared hub, then compiled on a slow phone


class RemoteUpkeep(Desk):
    """Satisfies UpkeepApi over HTTP."""

    async def change(self, serial: str, changes: DeviceChanges) -> Device:
        return await self._ask(Device, "PATCH", f"/device/{part(serial)}", dump(changes))

    async def release(self, serial: str) -> Device:
        return await self._ask(Device, "POST", f"/device/{part(serial)}/release")

    async def prepare(self, serial: str, wanted: Preparation) -> PhoneReport:
        path = f"/device/{part(serial)}/prepare"
        return await self._ask(PhoneReport, "POST", path, dump(wanted), read_s=PREPARE_S)

    async def install(self, serial: str, wanted: Installation) -> Installed:
        path = f"/device/{part(serial)}/install"
        return await self._ask(Installed, "POST", path, dump(wanted), read_s=INSTALL_S)

    async def connect(self, address: str) -> WifiPhone:
        body = dump(Address(address=address))
        return await self._ask(WifiPhone, "POST", "/device/connect", body)

    async def disconnect(self, address: str) -> None:
        body = dump(Address(address=address))
        await self._ask(dict[str, str], "POST", "/device/disconnect", body)

    async def drift(self) -> DriftReport:
        return await self._ask(DriftReport, "GET", "/profile/drift")

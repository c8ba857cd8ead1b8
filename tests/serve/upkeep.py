"""The upkeep of the rack in memory."""

from tmcore.devices import Device, DeviceState
from tmcore.drift import DriftReport
from tmcore.errors import NotFound
from tmcore.upkeep import (
    DeviceChanges,
    Finding,
    Found,
    Installation,
    Installed,
    PhoneReport,
    Preparation,
    WifiPhone,
)


class FakeUpkeep:
    """Satisfies UpkeepApi for the phones R58M1 and R58M2."""

    async def change(self, serial: str, changes: DeviceChanges) -> Device:
        _demand(serial)
        label, tags = changes.label or "", changes.tags or ()
        return Device(serial=serial, state=DeviceState.READY, label=label, tags=tags)

    async def release(self, serial: str) -> Device:
        _demand(serial)
        return Device(serial=serial, state=DeviceState.READY)

    async def prepare(self, serial: str, wanted: Preparation) -> PhoneReport:
        _demand(serial)
        found = Found.DONE if wanted.act else Found.NEEDED
        return PhoneReport(serial=serial, findings=(Finding(name="animations", found=found),))

    async def install(self, serial: str, wanted: Installation) -> Installed:
        _demand(serial)
        return Installed(serial=serial, installed=True, said=f"Success: {wanted.path}")

    async def connect(self, address: str) -> WifiPhone:
        return WifiPhone(address=address, connected=True, said=f"connected to {address}")

    async def disconnect(self, address: str) -> None:
        if address != "192.0.2.10:5555":
            raise NotFound(f"no phone is connected at {address}")

    async def drift(self) -> DriftReport:
        return DriftReport()


def _demand(serial: str) -> None:
    if serial not in ("R58M1", "R58M2"):
        raise NotFound(f"device {serial!r} does not exist")

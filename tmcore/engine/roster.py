"""The list of devices: what the watch sees, what waits for them, and who has not said who he is."""

from collections.abc import Iterator

from tmcore.devices import Device, DeviceState
from tmcore.engine.bindings import Bindings
from tmcore.engine.fleet import Fleet
from tmcore.engine.wifi import WifiLines
from tmcore.errors import NotFound
from tmcore.faces import Devices
from tmcore.phone import parse
from tmcore.phone.watch import DeviceWatch
from tmcore.rules.choosing import has_tag
from tmcore.store.store import Store
from tmcore.validation import shown


class Roster:
    """Every device, known or not yet."""

    def __init__(
        self, store: Store, fleet: Fleet, bindings: Bindings, watch: DeviceWatch, wifi: WifiLines
    ) -> None:
        self._store, self._fleet, self._bindings = store, fleet, bindings
        self._watch, self._wifi = watch, wifi

    async def every(self, state: DeviceState | None = None, tag: str | None = None) -> Devices:
        queues = await self._store.queue_lengths()
        names = self._bindings.names()
        known = (
            device.model_copy(
                update={
                    "queue": queues.get(device.serial, 0),
                    "accounts": names.get(device.serial, ()),
                }
            )
            for device in self._fleet.devices()
        )
        return Devices(
            device
            for device in (*known, *self._strangers())
            if state in (None, device.state) and (tag is None or has_tag(device, tag))
        )

    async def one(self, serial: str) -> Device:
        """Return one device. Raises NotFound."""
        for device in await self.every():
            if device.serial == serial:
                return device
        raise NotFound(f"device {shown(serial)} does not exist")

    def demand(self, serial: str) -> None:
        """Raise NotFound for a serial of which nothing is known, or only an address."""
        if serial not in self._fleet.known:
            raise NotFound(f"device {shown(serial)} does not exist")

    def _strangers(self) -> Iterator[Device]:
        """Yield Wi-Fi phones that somebody must help before they can say who they are."""
        for address, why in self._watch.strangers.items():
            state = parse.standing(self._watch.listed[address]).state
            if state is DeviceState.UNAUTHORIZED or self._wifi.is_unmet(address):
                yield Device(serial=address, address=address, state=_unmet(state), why=why)
        for address, said in self._wifi.waiting().items():
            why = f"not reached yet ({said}); `tm disconnect {address}` ends the tries"
            yield Device(serial=address, address=address, state=DeviceState.AWAY, why=why)


def _unmet(state: DeviceState) -> DeviceState:
    return DeviceState.CONNECTING if state is DeviceState.READY else state

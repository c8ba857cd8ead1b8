"""DeviceWatch over a real adb server, whose phones are unplugged, frozen and restarted."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest

from tests.phone.fake_server import FakeServer
from tmcore.devices import DeviceState
from tmcore.phone import watch as watch_module
from tmcore.phone.server import AdbServer
from tmcore.phone.sighting import Sighting
from tmcore.phone.watch import DeviceWatch
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack


class Seen:
    """What a watch has told, and a way to wait for it."""

    def __init__(self) -> None:
        self.sightings: list[Sighting] = []
        self.server: list[str] = []
        self._news = asyncio.Event()

    def note(self, sighting: Sighting) -> None:
        self.sightings.append(sighting)
        self._news.set()

    def note_server(self, why: str) -> None:
        self.server.append(why)
        self._news.set()

    async def until(self, is_it: Callable[[], bool], limit_s: float = 15) -> None:
        async with asyncio.timeout(limit_s):
            while not is_it():
                self._news.clear()
                await self._news.wait()

    async def sees(self, serial: str, state: DeviceState) -> Sighting:
        """Wait until the newest sighting of this phone has that state."""
        await self.until(lambda: (last := self.last(serial)) is not None and last.state is state)
        found = self.last(serial)
        assert found is not None
        return found

    def last(self, serial: str) -> Sighting | None:
        return next((s for s in reversed(self.sightings) if s.serial == serial), None)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
async def watch(
    rack: VirtualRack, server: AdbServer, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[DeviceWatch]:
    """A watch that has seen all phones of the rack."""
    monkeypatch.setattr(watch_module, "_ANSWER_S", 0.5)
    monkeypatch.setattr(watch_module, "_FIRST_PAUSE_S", 0.1)
    monkeypatch.setattr(watch_module, "_BOOTING_S", 0.1)
    watch = DeviceWatch(server, "owner-1", seen.note, seen.note_server, refresh_s=0.2)
    await watch.start()
    for serial in rack.serials:
        await seen.sees(serial, DeviceState.READY)
    yield watch
    await watch.stop()


async def _break(rack: VirtualRack, serial: str, fault: str) -> None:
    await asyncio.to_thread(rack.fault, serial, fault)


async def _heal(rack: VirtualRack, serial: str) -> None:
    await asyncio.to_thread(rack.heal, serial)


async def test_phones_by_hardware_serial(rack: VirtualRack, watch: DeviceWatch, seen: Seen) -> None:
    """Every phone is known by its own serial, with what it says of itself, and can be used."""
    serial = rack.serials[0]
    sighting = watch.sightings[serial]

    assert set(watch.phones) == set(rack.serials)
    assert sighting.address == rack.addresses[serial]
    assert (sighting.virtual, sighting.android, sighting.sdk) == (True, "14", 34)
    assert sighting.battery_percent == 87
    assert sighting.free_bytes
    assert watch.server_up
    assert seen.server == [""]
    await watch.phones[serial].probe()


async def test_unplugged_and_plugged(rack: VirtualRack, watch: DeviceWatch, seen: Seen) -> None:
    """A phone that is unplugged is away, with what was known of it, and comes back by itself."""
    serial = rack.serials[0]
    phone = watch.phones[serial]

    await _break(rack, serial, "unplugged")
    gone = await seen.sees(serial, DeviceState.AWAY)
    await _heal(rack, serial)
    await seen.sees(serial, DeviceState.READY)

    assert "cable" in gone.why
    assert gone.model
    assert watch.phones[serial] is phone
    await phone.probe()


async def test_offline(rack: VirtualRack, watch: DeviceWatch, seen: Seen) -> None:
    """A phone that adb shows as offline is shown so, with what to do."""
    serial = rack.serials[0]

    await _break(rack, serial, "offline")

    assert "replug" in (await seen.sees(serial, DeviceState.OFFLINE)).why
    await _heal(rack, serial)
    await seen.sees(serial, DeviceState.READY)
    # adbutils would say `absent` before each change
    assert DeviceState.AWAY not in {s.state for s in seen.sightings if s.serial == serial}


async def test_nothing_is_held_open_to_a_phone_that_is_offline(
    rack: VirtualRack, watch: DeviceWatch, seen: Seen
) -> None:
    """Its eye's shell is let go; when the phone is back, it is looked at as before."""
    serial = rack.serials[0]
    phone = watch.phones[serial]
    await phone.own(5)
    assert await phone.open_eye() == ""

    await _break(rack, serial, "offline")
    await seen.sees(serial, DeviceState.OFFLINE)
    assert not phone._eyes.is_running

    await _heal(rack, serial)
    await seen.sees(serial, DeviceState.READY)
    assert (await phone.look()).nodes


async def test_unauthorized(rack: VirtualRack, watch: DeviceWatch, seen: Seen) -> None:
    """A phone that asks for permission is shown under the serial it had at that address."""
    serial = rack.serials[0]

    await _break(rack, serial, "unauthorized")

    assert "dialog" in (await seen.sees(serial, DeviceState.UNAUTHORIZED)).why
    await _heal(rack, serial)
    await seen.sees(serial, DeviceState.READY)


async def test_reboot(rack: VirtualRack, watch: DeviceWatch, seen: Seen) -> None:
    """A phone that restarts is away, then booting until Android says that it has booted."""
    serial = rack.serials[0]
    await _break(rack, serial, "unplugged")
    rack.set(serial, properties={"sys.boot_completed": ""})
    await _heal(rack, serial)

    assert "starting" in (await seen.sees(serial, DeviceState.BOOTING)).why
    rack.set(serial, properties={"sys.boot_completed": "1"})
    await seen.sees(serial, DeviceState.READY)


async def test_silent_phone_holds_up_no_other(
    rack: VirtualRack, watch: DeviceWatch, seen: Seen
) -> None:
    """What adb calls a device and does not answer is said to be so; the others go on."""
    frozen, other = rack.serials[:2]
    await _break(rack, frozen, "freeze")

    assert "does not answer" in (await seen.sees(frozen, DeviceState.CONNECTING)).why
    rack.set(other, battery=12)
    await seen.until(lambda: watch.sightings[other].battery_percent == 12)

    assert watch.sightings[other].state is DeviceState.READY
    await _heal(rack, frozen)
    await seen.sees(frozen, DeviceState.READY)


async def test_two_addresses_of_one_phone(
    rack: VirtualRack, watch: DeviceWatch, seen: Seen
) -> None:
    """A serial at two addresses is one phone, at the address that answers; and that is said."""
    first, second = rack.serials[:2]
    for address in (first, second):
        rack.set(address, boot_id="11111111-2222-3333-4444-555555555555")
    rack.set(second, properties={"ro.serialno": first})
    await seen.until(lambda: "also at" in watch.sightings[first].why)
    kept = watch.sightings[first].address
    assert kept == rack.addresses[first]

    await _break(rack, first, "freeze")
    await seen.until(lambda: watch.sightings[first].address == rack.addresses[second])

    assert watch.sightings[first].state is DeviceState.READY
    assert watch.phones[first].address == rack.addresses[second]
    await watch.phones[first].probe()
    await _heal(rack, first)


async def test_server_dies_and_returns(
    rack: VirtualRack, adb: PrivateAdb, watch: DeviceWatch, seen: Seen
) -> None:
    """When the adb server dies every phone is away because of it; all come back with it."""
    await asyncio.to_thread(adb.kill)
    for serial in rack.serials:
        assert "adb server" in (await seen.sees(serial, DeviceState.AWAY)).why
    await seen.until(lambda: not watch.server_up)

    adb.restart()  # in this thread: the server ends with the thread that started it
    for serial in rack.serials:
        await seen.sees(serial, DeviceState.READY)

    assert watch.server_up
    assert seen.server[0] == seen.server[-1] == ""
    await watch.phones[rack.serials[0]].probe()


async def test_no_server_at_start(seen: Seen) -> None:
    """A watch starts without a server, says so, and finds it when it comes."""
    fake = FakeServer()
    server = fake.address
    fake.close()
    watch = DeviceWatch(server, "owner-1", seen.note, seen.note_server)

    await watch.start()

    assert not watch.server_up
    assert "start one" in watch.server_why
    assert seen.server == [watch.server_why]
    await watch.stop()


async def test_states_of_strangers(fake: FakeServer, seen: Seen) -> None:
    """A USB phone is shown before it can be asked; a Wi-Fi address is no phone until it answers."""
    fake.devices = (
        b"R58M1\tunauthorized\nR58M2\tno permissions (user in plugdev group)\n"
        b"10.0.0.7:5555\tunauthorized\nR58M3\trecovery\n"
    )
    watch = DeviceWatch(fake.address, "owner-1", seen.note)

    await watch.start()
    await seen.until(lambda: len(seen.sightings) == 3)

    assert {s.serial: s.state for s in seen.sightings} == {
        "R58M1": DeviceState.UNAUTHORIZED,
        "R58M2": DeviceState.NO_PERMISSION,
        "R58M3": DeviceState.RECOVERY,
    }
    assert watch.phones == {}
    assert list(watch.strangers) == ["10.0.0.7:5555"]
    await watch.stop()


async def test_a_list_that_adb_cuts_off_loses_no_phone(fake: FakeServer, seen: Seen) -> None:
    """Of 5,000 phones it names a part: what it leaves out is still there, half a word is none."""
    lines = [f"S{n:06}\tunauthorized\n" for n in range(5000)]
    cut = "".join(lines)[:0xFFFF]
    fake.devices = "".join(lines[3000:3002]).encode()
    watch = DeviceWatch(fake.address, "owner-1", seen.note)
    await watch.start()
    await seen.until(lambda: len(seen.sightings) == 2)

    watch._listen(cut)

    assert {"S003000", "S003001"} <= watch.listed.keys()
    assert set(watch.listed.values()) == {"unauthorized"}
    assert DeviceState.AWAY not in {s.state for s in seen.sightings}
    watch._listen(lines[0])
    assert list(watch.listed) == ["S000000"]
    await watch.stop()


async def test_idle_watch_keeps_one_thread(
    rack: VirtualRack, server: AdbServer, seen: Seen
) -> None:
    """Between two refreshes a watch of any number of phones has one thread; stopped, none."""
    before = set(threading.enumerate())
    watch = DeviceWatch(server, "owner-1", seen.note)
    await watch.start()
    for serial in rack.serials:
        await seen.sees(serial, DeviceState.READY)

    for thread in set(threading.enumerate()) - before:
        if "watch of" not in thread.name:
            await asyncio.to_thread(thread.join, 2)
    ours = set(threading.enumerate()) - before

    assert [t.name for t in ours if t.name.startswith("lane")] == [f"lane watch of {server}"]
    await watch.stop()
    for thread in ours:
        if thread.name.startswith("lane"):
            await asyncio.to_thread(thread.join, 2)
            assert not thread.is_alive()

"""The recovery ladder on real parts: phones that stay away are climbed for, and the adb server."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.engine.conftest import OpenRack, device_is, post, until
from tmcore import AdbServer, DeviceState, Rack, TaskStatus
from tmcore.devices import Rung
from tmcore.engine import rescue as rescue_module
from tmcore.phone import server as server_module
from tmcore.phone import watch as watch_module
from tmcore.rules.ladder import Pace
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

QUICK = Pace(
    grace_s=0.1, cooldown_s=0.1, boot_s=0.3, well_s=60, server_grace_s=60, server_longest_s=60
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the time."""
    monkeypatch.setattr(rescue_module, "PACE", QUICK)
    monkeypatch.setattr(rescue_module, "GLANCE_S", 0.02)
    monkeypatch.setattr(rescue_module, "PROBE_S", 0.1)
    monkeypatch.setattr(watch_module, "_ANSWER_S", 0.5)
    monkeypatch.setattr(watch_module, "_FIRST_PAUSE_S", 0.1)
    monkeypatch.setattr(server_module, "_CONNECT_S", 0.3)  # adb waits 10 s for a silent peer


async def rungs(rack: Rack, serial: str) -> list[Rung]:
    return [tried.rung for tried in (await rack.device(serial)).recovery]


async def test_a_dead_phone_ends_in_quarantine_until_a_person_releases_it(
    open_rack: OpenRack, phones: VirtualRack, video: Path
) -> None:
    """Each rung is shown; another phone posts meanwhile; a restart forgets nothing of it."""
    serial, other = phones.serials[:2]

    async with open_rack() as first:
        for each in (serial, other):
            await device_is(first, each, DeviceState.READY)
        phones.fault(serial, "offline")
        held = await device_is(first, serial, DeviceState.QUARANTINED)
        posted = await post(first, video, other)
    phones.heal(serial)
    async with open_rack() as second:
        back = await device_is(second, serial, DeviceState.QUARANTINED)
        freed = await second.upkeep.release(serial)

    assert [tried.rung for tried in held.recovery][:2] == [Rung.PROBE, Rung.RECONNECT]
    assert Rung.REBOOT not in [tried.rung for tried in held.recovery]
    assert "--release" in held.why
    assert (back.quarantined, back.quarantined_at) == (held.quarantined, held.quarantined_at)
    assert (freed.state, freed.quarantined) == (DeviceState.READY, None)
    assert posted.status is TaskStatus.COMPLETED


async def test_a_silent_phone_is_restarted_where_that_is_allowed(
    rack: Rack, phones: VirtualRack
) -> None:
    """It hangs, nothing gentler helps, and it is back before it would be quarantined."""
    serial = phones.serials[0]
    await rack.change_settings({"reboot_phones": True})
    phones.fault(serial, "freeze")
    rack._watch.ask_again(phones.addresses[serial])

    await until(lambda: _has_tried(rack, serial, Rung.REBOOT))

    [told] = [t for t in (await rack.device(serial)).recovery if t.rung is Rung.REBOOT]
    assert told.count == 1
    phones.heal(serial)
    await rack.upkeep.release(serial)
    await device_is(rack, serial, DeviceState.READY)


@dataclass(frozen=True)
class OwnServer(AdbServer):
    """A server of this test's own, which it starts as its own child: nothing is left running."""

    adb: PrivateAdb | None = field(default=None, compare=False)
    restarts: list[float] = field(default_factory=list, compare=False)

    async def restart(self) -> None:
        assert self.adb
        self.restarts.append(asyncio.get_running_loop().time())
        self.adb.restart()


@pytest.fixture
def own() -> Iterator[tuple[OwnServer, VirtualRack]]:
    with PrivateAdb() as adb, VirtualRack(adb.port, 2, prefix="OWN") as phones:
        yield OwnServer("127.0.0.1", adb.port, adb), phones


async def test_no_phone_with_an_unknown_press_is_restarted(
    own: tuple[OwnServer, VirtualRack], tmp_path: Path, video: Path
) -> None:
    """Its upload may still run, and its screen is what a person must look at.

    On a server of its own: adb 1.0.41 ends by SIGSEGV at times when such a phone is disconnected.
    """
    server, phones = own
    serial = phones.serials[0]
    async with Rack(tmp_path / "own.db", adb=server) as rack:
        folders = {"media_folders": [str(video.parent)], "restart_adb": False}
        await rack.change_settings({"reboot_phones": True} | folders)
        await device_is(rack, serial, DeviceState.READY)
        phones.fault(serial, "badge_hidden")
        await post(rack, video, serial, upload_wait_time=1)
        phones.fault(serial, "offline")

        held = await device_is(rack, serial, DeviceState.QUARANTINED)

    [told] = [tried for tried in held.recovery if tried.rung is Rung.REBOOT]
    assert told.said.startswith("not restarted: a press on it is open")


async def test_a_dead_adb_server_is_started_again_and_its_phones_work(
    own: tuple[OwnServer, VirtualRack],
    tmp_path: Path,
    video: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All phones are gone with it; after one restart they are back, and the next task posts."""
    monkeypatch.setattr(rescue_module, "PACE", replace(QUICK, cooldown_s=10, server_grace_s=0.2))
    server, phones = own
    serial = phones.serials[0]
    async with Rack(tmp_path / "own.db", adb=server) as rack:
        await rack.change_settings({"media_folders": [str(video.parent)]})
        for each in phones.serials:
            await device_is(rack, each, DeviceState.READY)

        assert server.adb
        server.adb.kill()
        await until(lambda: _is_down(rack))
        for each in phones.serials:
            await device_is(rack, each, DeviceState.READY)
        posted = await post(rack, video, serial)

    assert posted.status is TaskStatus.COMPLETED
    assert len(server.restarts) == 1
    assert len(phones.posts(serial)) == 1


async def _is_down(rack: Rack) -> bool:
    return not rack._watch.server_up


async def _has_tried(rack: Rack, serial: str, rung: Rung) -> bool:
    return rung in await rungs(rack, serial)

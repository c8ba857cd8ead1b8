"""A check of each phone: by the server when it runs, else straight from adb."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from adbutils import AdbClient

from tmcore.devices import DeviceState
from tmcore.phone import parse
from tmcore.phone.server import AdbServer
from tmcore.phone.sighting import Sighting
from tmcore.phone.watch import DeviceWatch
from tmtui.checks.check import Check, Verdict, warn

if TYPE_CHECKING:
    from tmcore.devices import Device
    from tmserve.client import RemoteRack

_LOOK_S = 5.0  # how long phones are given to say who they are
_LOOKS = 25  # at adb's list, while it greets a phone
_LIST_S = 0.3  # how long the adb server is given to send its list
_GREETING = {"authorizing", "connecting"}

_VERDICTS = {
    DeviceState.READY: Verdict.OK,
    DeviceState.BUSY: Verdict.OK,
    DeviceState.SETTLING: Verdict.WARN,
    DeviceState.CONNECTING: Verdict.WARN,
    DeviceState.BOOTING: Verdict.WARN,
    DeviceState.TAKEN: Verdict.WARN,
    DeviceState.AWAY: Verdict.WARN,
}  # any other is a phone that cannot work until somebody acts


async def served(rack: "RemoteRack") -> tuple[Check, ...]:
    """Take the server's word: it knows more of its phones than a look from outside."""
    return _checks(await rack.devices())


async def seen() -> tuple[Check, ...]:
    """Look for ourselves; nothing is told to the phones but to say who they are."""
    adb = AdbServer.from_environment()
    if not await adb.reachable():
        return (warn("phones", "not looked for: no adb server answers", "start tm serve"),)
    found = tuple((await _sightings(adb)).values())
    strangers = await _strangers(adb, {sighting.address for sighting in found})
    return strangers if strangers and not found else (*_checks(found), *strangers)


async def _strangers(adb: AdbServer, known: set[str | None]) -> tuple[Check, ...]:
    """Name the addresses in adb's list at which nobody has said who he is.

    adb greets for a second or two before it calls a phone unauthorized.
    """
    for _ in range(_LOOKS):
        listed = await asyncio.to_thread(_list, adb)
        states = {address: state for address, state in listed.items() if address not in known}
        if not _GREETING & set(states.values()):
            break
        await asyncio.sleep(_LOOK_S / _LOOKS)
    return tuple(_stranger(address, state) for address, state in sorted(states.items()))


def _list(adb: AdbServer) -> dict[str, str]:
    listed = AdbClient(adb.host, adb.port, socket_timeout=_LOOK_S).list()
    return {info.serial: info.state for info in listed}


def _stranger(address: str, state: str) -> Check:
    meaning = parse.standing(state)
    why = meaning.why or "It does not answer; replug it or restart it."
    return Check(address, Verdict.FAIL, state, why)


async def _sightings(adb: AdbServer) -> dict[str, Sighting]:
    found: dict[str, Sighting] = {}
    changed = asyncio.Event()

    def see(sighting: Sighting) -> None:
        found[sighting.serial] = sighting
        changed.set()

    watch = DeviceWatch(adb, "doctor", see)
    await watch.start()
    try:
        await _until(lambda: _settled(found), changed)
    finally:
        await watch.stop()
    return found


async def _until(done: Callable[[], bool], changed: asyncio.Event) -> None:
    """Wait while phones still say who they are; one that never does is shown as it is."""
    loop = asyncio.get_running_loop()
    end, quiet_s = loop.time() + _LOOK_S, _LIST_S
    while (left := end - loop.time()) > 0:
        try:
            async with asyncio.timeout(quiet_s if done() else left):
                await changed.wait()
        except TimeoutError:
            return
        changed.clear()


def _settled(found: dict[str, Sighting]) -> bool:
    return all(sighting.state is not DeviceState.CONNECTING for sighting in found.values())


def _checks(found: Sequence["Device | Sighting"]) -> tuple[Check, ...]:
    if not found:
        return (
            warn("phones", "none", "plug one in with USB debugging on; to try: tm rack --count 4"),
        )
    return tuple(map(_check, sorted(found, key=lambda phone: phone.serial)))


def _check(phone: "Device | Sighting") -> Check:
    kind = " ".join(filter(None, (phone.model, "(virtual)" if phone.virtual else "")))
    verdict = _VERDICTS.get(phone.state, Verdict.FAIL)
    return Check(phone.serial, verdict, ", ".join(filter(None, (phone.state, kind))), phone.why)

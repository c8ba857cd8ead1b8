"""Phones that are reached by Wi-Fi: connected when a person says so, and again when they were lost.

adb itself tries a lost phone again for a minute and then forgets it, and forgets all of them when
its server restarts. A dead address slows the return of living ones, since one thread of adb serves
all: what stays offline is disconnected here, and tried again after growing pauses.
"""

import asyncio
import logging
import re
from contextlib import suppress

from tmcore.errors import AdbUnreachable, BadInput, NotFound
from tmcore.phone.server import AdbServer
from tmcore.phone.watch import DeviceWatch
from tmcore.store.wifi import WifiShelf
from tmcore.upkeep import WifiPhone

logger = logging.getLogger("tmcore.wifi")

PORT = 5555  # that of `adb tcpip`
GLANCE_S = 1.0  # between looks at adb's list
OFFLINE_S = 15.0  # adb's own tries come every 3 s
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
MEET_S = 5.0  # how long a phone that was just connected has to say who it is

_ADDRESS = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]{0,55}))(?::(\d{1,5}))?", re.ASCII)


def full_address(text: str) -> str:
    """Return HOST:PORT; without a port it is adb's own. Raises BadInput."""
    found = _ADDRESS.fullmatch(text.strip())
    port = int(found[2] or PORT) if found else 0
    if found is None or not 0 < port < 65536:
        raise BadInput.of("address", f"{text[:80]!r} is not HOST:PORT, such as 192.168.1.20:{PORT}")
    return f"{found[1]}:{port}"


class WifiLines:
    """Every remembered address, each kept by a task of its own."""

    def __init__(self, shelf: WifiShelf, watch: DeviceWatch, server: AdbServer) -> None:
        self._shelf, self._watch, self._server = shelf, watch, server
        self._serials: dict[str, str | None] = {}
        self._said: dict[str, str] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        self._serials = await self._shelf.every()
        for address in self._serials:
            self._keep(address)

    async def stop(self) -> None:
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)

    def waiting(self) -> dict[str, str]:
        """Return the addresses at which no phone was met yet, and what adb said of each."""
        return {
            address: self._said.get(address, "it is being tried")
            for address, serial in self._serials.items()
            if serial is None and address not in self._watch.listed
        }

    def is_unmet(self, address: str) -> bool:
        """Whether a remembered address has never said which phone is there."""
        return address in self._serials and self._serials[address] is None

    async def connect(self, text: str) -> WifiPhone:
        """Connect an address and remember it, unless nobody is there. Raises BadInput."""
        address = full_address(text)
        said = await self._server.connect(address)
        if not _is_reached(said) and not await self._is_listed(address):
            raise BadInput.of(
                "address",
                f"{address} is not reached (adb: {said}); is it in this network, and does it "
                "listen for adb? `adb tcpip 5555` over its cable lets it",
            )
        self._said[address] = said
        serial = await self._meet(address)
        await self._shelf.keep(address, serial)
        self._serials[address] = serial or self._serials.get(address)
        self._keep(address)
        connected = self._watch.listed.get(address) == "device"
        return WifiPhone(address=address, connected=connected, serial=serial, said=said)

    async def disconnect(self, text: str) -> None:
        """Forget an address and let adb drop it. Raises NotFound, AdbUnreachable."""
        address = full_address(text)
        if address not in self._serials and address not in self._watch.listed:
            raise NotFound(f"no phone is connected at {address}")
        await self._shelf.forget(address)
        self._serials.pop(address, None)
        if keeper := self._keepers.pop(address, None):
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        await self._server.disconnect(address)

    def _keep(self, address: str) -> None:
        if address not in self._keepers:
            self._keepers[address] = asyncio.create_task(
                self._hold(address), name=f"wifi: {address}"
            )

    async def _hold(self, address: str) -> None:
        """Connect again, with growing pauses, whenever adb has lost it or cannot get it back."""
        pause_s = FIRST_PAUSE_S
        while True:
            if await self._stays(address):
                pause_s = FIRST_PAUSE_S
            await self._try(address)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _stays(self, address: str) -> bool:
        """Wait while adb has the phone; return whether it had it at all."""
        was_there, offline_s = False, 0.0
        while state := self._watch.listed.get(address):
            if state == "offline":
                offline_s += GLANCE_S
                if offline_s > OFFLINE_S:
                    with suppress(AdbUnreachable):
                        await self._server.disconnect(address)
                    return was_there
            else:
                was_there, offline_s = True, 0.0
                await self._note(address)
            await asyncio.sleep(GLANCE_S)
        return was_there

    async def _note(self, address: str) -> None:
        """Remember which phone is there: once it is known it is no stranger while away."""
        serial = self._watch.serial_at(address)
        if serial and serial != self._serials.get(address):
            self._serials[address] = serial
            await self._shelf.keep(address, serial)

    async def _try(self, address: str) -> None:
        try:
            said = await self._server.connect(address)
        except AdbUnreachable as error:
            said = str(error)
        if said != self._said.get(address):
            logger.info("%s: %s", address, said)
        self._said[address] = said

    async def _is_listed(self, address: str) -> bool:
        """Whether adb has it nevertheless: one that asks its user first is called a failure."""
        await asyncio.sleep(GLANCE_S / 2)
        return self._watch.listed.get(address, "offline") != "offline"

    async def _meet(self, address: str) -> str | None:
        """Wait until the phone has said who it is, or adb says that it will not."""
        with suppress(TimeoutError):
            async with asyncio.timeout(MEET_S):
                while not (serial := self._watch.serial_at(address)):
                    if self._watch.listed.get(address) == "unauthorized":
                        return None
                    await asyncio.sleep(GLANCE_S / 20)
                return serial
        return None

    def __repr__(self) -> str:
        return f"<WifiLines: {len(self._serials)} addresses>"


def _is_reached(said: str) -> bool:
    return said.startswith(("connected to", "already connected to"))

"""All phones of one process, their adb server and their control socket."""

import asyncio
from collections.abc import Sequence

from tmcore.virtual.apps import APPS, MakeApp
from tmcore.virtual.attach import Attacher
from tmcore.virtual.identity import MODELS, Identity, identities
from tmcore.virtual.latency import PROFILES
from tmcore.virtual.packages import TITLES
from tmcore.virtual.phone import Phone


class Rack:
    """The phones by serial."""

    def __init__(
        self,
        identities: list[Identity],
        profile: str,
        adb_port: int | None,
        makers: Sequence[MakeApp] = APPS,
    ) -> None:
        self._profile, self._makers = profile, makers
        self.phones = {
            i.serial: Phone(i, PROFILES[profile], number=n, makers=makers)
            for n, i in enumerate(identities)
        }
        self._attacher = Attacher(adb_port, self.phones.values) if adb_port else None

    async def start(self) -> None:
        """Listen, and attach to adb when there is one."""
        for phone in self.phones.values():
            await phone.cable.plug()
        if self._attacher:
            await self._attacher.look()
            await asyncio.gather(*(self.attached(p) for p in self.phones.values()))

    async def run(self) -> None:
        """Keep them attached, for ever."""
        if self._attacher:
            await self._attacher.run()
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """Leave nothing in adb's list."""
        for phone in self.phones.values():
            phone.cable.unplug()
        if self._attacher:
            await self._attacher.look()

    async def attached(self, phone: Phone) -> None:
        """Wait until adb shows the phone as it is."""
        if self._attacher:
            self._attacher.poke()
            await self._attacher.wait_for(phone)

    async def add(self, serial: str | None) -> Phone:
        """One more phone."""
        number = len(self.phones)
        fresh = identities(number + 1, "VRT", number)[number]
        if serial:
            fresh = Identity(serial, *MODELS[number % len(MODELS)])
        if fresh.serial in self.phones:
            raise ValueError(f"there is already a phone {fresh.serial!r}")
        phone = Phone(fresh, PROFILES[self._profile], number=number, makers=self._makers)
        await phone.cable.plug()
        self.phones[phone.serial] = phone
        await self.attached(phone)
        return phone

    async def remove(self, phone: Phone) -> None:
        """Unplug a phone for good."""
        phone.faults.heal()
        phone.apps.stop_all()
        phone.cable.unplug()
        await self.attached(phone)
        del self.phones[phone.serial]

    def listing(self) -> list[dict[str, object]]:
        """What stands on the first line of output."""
        return [
            {
                "serial": p.serial,
                "address": p.cable.address,
                "model": p.identity.model,
                "account": p.apps.look().active,
                "apps": [
                    (TITLES[name].lower(), name, found.version)
                    for name in p.apps.looks
                    if (found := p.package(name))
                ],
                "accounts": {n: list(look.accounts) for n, look in p.apps.looks.items()},
            }
            for p in self.phones.values()
        ]

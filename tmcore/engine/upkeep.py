"""What a person does with phones between tasks: names them, prepares them, installs apps.

Whoever acts holds the device's slot, as a task does: nothing starts on the phone meanwhile, and it
is written down as done by a person.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tmcore.apps.catalog import catalog
from tmcore.apps.drift import report
from tmcore.devices import Device, DeviceState, Hand, PhoneScreen
from tmcore.drift import DriftReport
from tmcore.engine import by_hand
from tmcore.engine.crew import Crew
from tmcore.engine.fleet import Fleet
from tmcore.engine.owning import own
from tmcore.engine.preparing import Preparer
from tmcore.engine.roster import Roster
from tmcore.engine.wifi import WifiLines
from tmcore.errors import AdbUnreachable, BadInput, DeviceLost, PhoneError
from tmcore.media.apk import check_apk
from tmcore.phone.adb import AdbPhone
from tmcore.phone.health import Limits
from tmcore.phone.installing import InstallFailed
from tmcore.reasons import ADVICE
from tmcore.settings import Settings
from tmcore.store.store import Store
from tmcore.upkeep import (
    DeviceChanges,
    Installation,
    Installed,
    PhoneReport,
    Preparation,
    WifiPhone,
)

logger = logging.getLogger("tmcore.upkeep")

KEYBOARD = "*adb*keyboard*.apk"  # beside the database: an operator puts it there once for all


class Upkeep:
    """Satisfies UpkeepApi, and has the rack's other verbs on single phones."""

    def __init__(
        self,
        store: Store,
        fleet: Fleet,
        crew: Crew,
        roster: Roster,
        wifi: WifiLines,
        settings: Callable[[], Settings],
        home: Path,
        profiles: Path,
    ) -> None:
        self._store, self._fleet, self._crew, self._roster = store, fleet, crew, roster
        self._wifi, self._settings, self._home = wifi, settings, home
        self._profiles = profiles

    async def pause(self, serial: str, reason: str | None) -> Device:
        """Let a device take no new task, or again with None. Raises NotFound."""
        self._roster.demand(serial)
        await self._store.pause_device(serial, reason)
        self._fleet.pause(serial, reason)
        self._crew.device_changed(serial)
        return await self._roster.one(serial)

    async def release(self, serial: str) -> Device:
        self._roster.demand(serial)
        await self._store.quarantine_device(self._fleet.quarantine(serial, None, None))
        self._crew.device_changed(serial)
        return await self._roster.one(serial)

    async def screen(self, serial: str) -> PhoneScreen:
        """Look at a phone. Raises NotFound, BadInput, PhoneError."""
        return await by_hand.look(self._phone(serial))

    async def act(self, serial: str, hand: Hand) -> None:
        """Do what a person asks. Raises NotFound, BadInput, PhoneError."""
        by_hand.check(hand)
        phone = self._phone(serial)
        if self._fleet.known[serial].paused is None or serial in self._fleet.hands:
            raise BadInput.of("serial", f"{serial} must be paused and have no running task")
        await self._crew.act(phone, hand)

    def _phone(self, serial: str) -> AdbPhone:
        """Return a phone that is here and ours. Raises NotFound, BadInput, DeviceLost."""
        self._roster.demand(serial)
        if phone := self._fleet.find(serial):
            return phone
        if holder := self._fleet.holder(serial):
            raise BadInput.of("serial", f"another rack on this computer drives {serial} ({holder})")
        raise DeviceLost(f"{serial} is not connected; check its cable and hub.")

    async def change(self, serial: str, changes: DeviceChanges) -> Device:
        self._roster.demand(serial)
        old = self._fleet.known[serial]
        label = old.label if changes.label is None else changes.label
        tags = old.tags if changes.tags is None else changes.tags
        await self._store.label_device(self._fleet.label(serial, label, tags))
        self._crew.tell_device(serial)
        return await self._roster.one(serial)

    async def prepare(self, serial: str, wanted: Preparation) -> PhoneReport:
        phone = self._idle(serial)
        apk = await self._keyboard_apk(wanted.keyboard_apk)
        settings = self._settings()
        limits = Limits(settings.min_battery_percent, settings.max_temperature_c)
        preparer = Preparer(phone, limits, keyboard=apk, profiles=self._profiles)
        if not wanted.act:
            return PhoneReport(serial=serial, findings=tuple(await preparer.look()))
        return await self._crew.to_the_end(self._prepare(phone, preparer))

    async def _prepare(self, phone: AdbPhone, preparer: Preparer) -> PhoneReport:
        async with self._held(phone, "a person prepared the phone"):
            return PhoneReport(serial=phone.serial, findings=tuple(await preparer.act()))

    async def _keyboard_apk(self, named: str | None) -> Path | None:
        """Return the APK that was named, or the one that lies beside the database."""
        if named is not None:
            return await self._apk(named, "keyboard_apk")
        found = (file for file in self._home.iterdir() if _is_keyboard(file))
        return next(iter(sorted(found)), None)

    async def install(self, serial: str, wanted: Installation) -> Installed:
        phone = self._idle(serial)
        apk = await self._apk(wanted.path, "path")
        return await self._crew.to_the_end(self._install(phone, apk))

    async def _install(self, phone: AdbPhone, apk: Path) -> Installed:
        try:
            async with self._held(phone, f"a person installed {apk.name}"):
                await phone.install(apk)
        except (PhoneError, AdbUnreachable) as error:
            advice = error.advice if isinstance(error, InstallFailed) else _advice(error)
            logger.warning("%s was not installed on %s: %s", apk.name, phone.serial, error)
            return Installed(serial=phone.serial, installed=False, said=str(error), advice=advice)
        return Installed(serial=phone.serial, installed=True, said="Success")

    async def connect(self, address: str) -> WifiPhone:
        return await self._wifi.connect(address)

    async def disconnect(self, address: str) -> None:
        busy = [
            (serial, hand.task_id)
            for serial, hand in self._fleet.hands.items()
            if self._fleet.known[serial].address == address and not hand.ended.is_set()
        ]
        if busy:
            raise BadInput.of(
                "address", f"{busy[0][0]} there runs task {busy[0][1]}; stop it first"
            )
        await self._wifi.disconnect(address)

    async def drift(self) -> DriftReport:
        return report(await self._store.hits.every(), catalog(self._profiles))

    async def _apk(self, path: str, field: str) -> Path:
        return await asyncio.to_thread(check_apk, path, self._settings().media_folders, field)

    def _idle(self, serial: str) -> AdbPhone:
        """Return a phone on which nobody acts. Raises NotFound, BadInput."""
        self._roster.demand(serial)
        device = self._fleet.device(serial)
        if device.state in (DeviceState.READY, DeviceState.PAUSED) and (
            phone := self._fleet.find(serial)
        ):
            return phone
        doing = f" with task {device.task_id}" if device.task_id else ""
        why = f" ({device.why})" if device.why else ""
        raise BadInput.of(
            "serial", f"{serial} is {device.state}{doing}{why}; only an idle phone is touched"
        )

    @asynccontextmanager
    async def _held(self, phone: AdbPhone, said: str) -> AsyncIterator[None]:
        async with self._store.slot(phone.serial, "hand") as epoch:
            await own(self._store, phone, epoch)
            await self._store.log_hand(epoch, phone.serial, said)
            yield


def _is_keyboard(file: Path) -> bool:
    return Path(file.name.lower()).match(KEYBOARD)


def _advice(error: PhoneError | AdbUnreachable) -> str:
    return ADVICE.get(error.reason, "") if isinstance(error, PhoneError) else ""

"""Every phone that is or was here: what the watch sees of it, and who works on it."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from tmcore.devices import Device, DeviceState, Tried
from tmcore.model import Change
from tmcore.phone.adb import AdbPhone
from tmcore.phone.locks import PhoneLocks
from tmcore.phone.sighting import Sighting

logger = logging.getLogger("tmcore.fleet")


class Holder(Protocol):
    """Whoever holds a device's slot: a worker, or the recovery after a crash."""

    @property
    def task_id(self) -> int: ...
    @property
    def step(self) -> str: ...
    @property
    def progress(self) -> float: ...
    @property
    def in_press_window(self) -> bool: ...
    @property
    def ended(self) -> asyncio.Event: ...
    def cancel(self, change: Change) -> None: ...


class Fleet:
    """Devices by hardware serial; a device is idle when it is ready and nobody's hand is on it.

    Whoever wants to use a phone asks here first: another rack on this computer may drive it.
    """

    def __init__(
        self,
        known: Mapping[str, Device],
        phones: Mapping[str, AdbPhone],
        locks: PhoneLocks | None = None,
    ) -> None:
        self.known = {serial: _away(device) for serial, device in known.items()}
        self.phones = phones
        self.hands: dict[str, Holder] = {}
        self._locks = locks or PhoneLocks()
        self._runs: dict[str, str | None] = {}  # Android's boot ids
        self._unlockable: dict[str, str] = {}
        self.noticed: set[str] = set()  # phones found to be another rack's since taken() looked

    def see(self, sighting: Sighting) -> Device | None:
        """Take in what the watch saw; return the device where its state is another one now."""
        self._runs[sighting.serial] = sighting.run
        old = self.known.get(sighting.serial)
        device = self.known[sighting.serial] = _merge(old, sighting)
        return device if old is None or old.state is not device.state else None

    def idle(self) -> list[str]:
        return [
            serial
            for serial, device in self.known.items()
            if device.state is DeviceState.READY
            and device.paused is None
            and device.quarantined is None
            and serial not in self.hands
            and not self.holder(serial)
        ]

    def able(self) -> list[str]:
        """The phones that are here and ours to use; one that works or is paused is able."""
        return [
            serial
            for serial, device in self.known.items()
            if device.state is DeviceState.READY
            and device.quarantined is None
            and not self.holder(serial)
        ]

    def grasp(self, serial: str) -> bool:
        """Make the phone ours for as long as this rack runs; False while it is another's."""
        try:
            taken = self._locks.take(serial, self._runs.get(serial))
        except OSError as error:
            if serial not in self._unlockable:
                logger.exception("%s cannot be locked against other racks", serial)
            self._unlockable[serial] = f"perhaps: {error}"
            return False
        self._unlockable.pop(serial, None)
        if not taken:
            self.noticed.add(serial)
        return taken

    def find(self, serial: str) -> AdbPhone | None:
        """Return a phone to act on; None where it was never here, or is another rack's."""
        phone = self.phones.get(serial)
        return phone if phone and self.grasp(serial) else None

    def holder(self, serial: str) -> str:
        """Say which other rack drives a phone; nothing where none does."""
        said = self._unlockable.get(serial) or self._locks.holder(serial, self._runs.get(serial))
        if said:
            self.noticed.add(serial)
        return said

    def let_go(self) -> None:
        """Leave every phone to other racks: this one has ended."""
        self._locks.leave_all()

    def taken(self) -> set[str]:
        """Return the phones that could work, did another rack not drive them."""
        for serial in list(self._unlockable):
            self.grasp(serial)
        ready = (s for s, device in self.known.items() if device.state is DeviceState.READY)
        self.noticed = {serial for serial in ready if self.holder(serial)}
        return self.noticed

    def running(self) -> int:
        """How many tasks run; a phone that only settles counts no more."""
        return sum(not hand.ended.is_set() for hand in self.hands.values())

    def hand_of(self, task_id: int) -> Holder | None:
        return next((hand for hand in self.hands.values() if hand.task_id == task_id), None)

    def pause(self, serial: str, reason: str | None) -> None:
        """Let a device take no new task, or again with None."""
        self.known[serial] = self.known[serial].model_copy(update={"paused": reason})

    def quarantine(self, serial: str, why: str | None, at: datetime | None) -> Device:
        """Let a device take no new task until a person releases it; or again with None."""
        update = {"quarantined": why, "quarantined_at": at}
        self.known[serial] = self.known[serial].model_copy(update=update)
        return self.known[serial]

    def note_recovery(self, serial: str, tried: tuple[Tried, ...]) -> None:
        """Remember what was tried to bring a device back."""
        self.known[serial] = self.known[serial].model_copy(update={"recovery": tried})

    def label(self, serial: str, label: str, tags: tuple[str, ...]) -> Device:
        """Give a device a label and tags; return it as it is stored."""
        update = {"label": label, "tags": tags}
        self.known[serial] = self.known[serial].model_copy(update=update)
        return self.known[serial]

    def device(self, serial: str) -> Device:
        return self._now(self.known[serial])

    def devices(self) -> list[Device]:
        """All devices, with what happens on them."""
        return [self._now(device) for _, device in sorted(self.known.items())]

    def _now(self, device: Device) -> Device:
        """With what is known of it only while this program runs."""
        phone = self.phones.get(device.serial)
        return self._busy(device.model_copy(update={"eye": phone.eye or None}) if phone else device)

    def _busy(self, device: Device) -> Device:
        hand = self.hands.get(device.serial)
        if hand is None:
            return _held_back(self._shared(device))
        if hand.ended.is_set() and device.quarantined is not None:
            return _held_back(device)
        if hand.ended.is_set() and device.state is DeviceState.READY:
            why = "a command was cut; waiting until the phone answers again"
            return device.model_copy(update={"state": DeviceState.SETTLING, "why": why})
        if hand.ended.is_set():
            return device  # away or offline: that says more than settling
        update: dict[str, object] = {"task_id": hand.task_id}
        if device.state is DeviceState.READY:
            update["state"] = DeviceState.BUSY
        return device.model_copy(update=update)

    def _shared(self, device: Device) -> Device:
        if device.state is not DeviceState.READY or not (holder := self.holder(device.serial)):
            return device
        why = f"another rack on this computer drives it ({holder}); it is free when that one ends"
        return device.model_copy(update={"state": DeviceState.TAKEN, "why": why})


def _held_back(device: Device) -> Device:
    """A quarantined phone says so in any state but away: what it needs is a person."""
    if device.quarantined is not None and device.state is not DeviceState.AWAY:
        why = f"{device.quarantined}; to let it work again: tm device {device.serial} --release"
        return device.model_copy(update={"state": DeviceState.QUARANTINED, "why": why})
    if device.paused is None or device.state is not DeviceState.READY:
        return device
    return device.model_copy(update={"state": DeviceState.PAUSED, "why": device.paused})


def _away(device: Device) -> Device:
    return device.model_copy(
        update={"state": DeviceState.AWAY, "why": "not connected", "address": None}
    )


def _merge(old: Device | None, seen: Sighting) -> Device:
    """New facts replace old ones; what could not be read this time stays as it was known."""
    facts: dict[str, object] = {
        "serial": seen.serial,
        "state": seen.state,
        "why": seen.why,
        "address": seen.address,
        "virtual": seen.virtual,
        "model": seen.model,
        "android": seen.android,
        "battery_percent": seen.battery_percent,
        "temperature_c": seen.temperature_c,
        "free_bytes": seen.free_bytes,
    }
    if old is None:
        return Device.model_validate({**facts, "last_seen_at": _seen_at(seen)})
    known = {name: value for name, value in facts.items() if value is not None}
    if seen.model is None:  # nothing was read: the old reading of `virtual` stands
        known.pop("virtual")
    last_seen = _seen_at(seen) or old.last_seen_at
    return old.model_copy(update={**known, "last_seen_at": last_seen})


def _seen_at(seen: Sighting) -> datetime | None:
    return None if seen.state is DeviceState.AWAY else seen.at

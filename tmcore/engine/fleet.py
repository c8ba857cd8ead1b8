"""Every phone that is or was here: what the watch sees of it, and who works on it."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from tmcore.model import Change, Device, DeviceState
from tmcore.phone.adb import AdbPhone
from tmcore.phone.sighting import Sighting


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
    """Devices by hardware serial; a device is idle when it is ready and nobody's hand is on it."""

    def __init__(self, known: Mapping[str, Device], phones: Mapping[str, AdbPhone]) -> None:
        self.known = {serial: _away(device) for serial, device in known.items()}
        self.phones = phones
        self.hands: dict[str, Holder] = {}

    def see(self, sighting: Sighting) -> Device | None:
        """Take in what the watch saw; return the device where its state is another one now."""
        old = self.known.get(sighting.serial)
        device = self.known[sighting.serial] = _merge(old, sighting)
        return device if old is None or old.state is not device.state else None

    def idle(self) -> list[str]:
        return [
            serial
            for serial, device in self.known.items()
            if device.state is DeviceState.READY
            and device.paused is None
            and serial not in self.hands
        ]

    def running(self) -> int:
        """How many tasks run; a phone that only settles counts no more."""
        return sum(not hand.ended.is_set() for hand in self.hands.values())

    def hand_of(self, task_id: int) -> Holder | None:
        return next((hand for hand in self.hands.values() if hand.task_id == task_id), None)

    def pause(self, serial: str, reason: str | None) -> None:
        """Let a device take no new task, or again with None."""
        self.known[serial] = self.known[serial].model_copy(update={"paused": reason})

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
            return _paused(device)
        if hand.ended.is_set() and device.state is DeviceState.READY:
            why = "a command was cut; waiting until the phone answers again"
            return device.model_copy(update={"state": DeviceState.SETTLING, "why": why})
        if hand.ended.is_set():
            return device  # away or offline: that says more than settling
        update: dict[str, object] = {"task_id": hand.task_id}
        if device.state is DeviceState.READY:
            update["state"] = DeviceState.BUSY
        return device.model_copy(update=update)


def _paused(device: Device) -> Device:
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

"""Devices: facts about a phone, what it shows, and what a person does on it."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from tmcore.format import safe
from tmcore.model import Model


class DeviceState(StrEnum):
    """Whether a phone can take a task now, and if not, why."""

    READY = "ready"
    BUSY = "busy"
    SETTLING = "settling"  # a command was cut; nothing starts before the phone has answered again
    CONNECTING = "connecting"
    BOOTING = "booting"
    OFFLINE = "offline"
    UNAUTHORIZED = "unauthorized"
    NO_PERMISSION = "no_permission"
    RECOVERY = "recovery"
    PAUSED = "paused"  # by a person: takes no new task
    QUARANTINED = "quarantined"  # nothing brought it back; takes no new task until it is released
    TAKEN = "taken"  # another rack on this computer drives it
    AWAY = "away"


class Rung(StrEnum):
    """What is tried to bring a phone back, gentlest first."""

    PROBE = "probe"  # asked for an echo
    RECONNECT = "reconnect"  # adb connects to it anew
    RESTART_EYE = "restart_eye"  # the program on it that reads its screen
    RECONNECT_OFFLINE = "reconnect_offline"  # adb connects anew to every phone it calls offline
    REBOOT = "reboot"  # only where reboot_phones allows it
    QUARANTINE = "quarantine"


class Tried(Model):
    """One rung of a phone's recovery: how often it was tried since the program started."""

    rung: Rung
    count: int
    last_at: datetime
    said: str = ""  # what came of it the last time


class Device(Model):
    """Facts about a phone; None means unreadable, never 'fine'."""

    serial: str
    state: DeviceState
    why: str = ""  # why it is not usable, and what to do
    address: str | None = None
    model: str | None = None
    android: str | None = None
    virtual: bool = False
    battery_percent: int | None = None
    temperature_c: float | None = None
    free_bytes: int | None = None
    task_id: int | None = None
    queue: int = 0
    paused: str | None = None  # why a person lets it take no new task
    recovery: tuple[Tried, ...] = ()  # what was tried to bring it back
    quarantined: str | None = None  # why it takes no new task until a person releases it
    quarantined_at: datetime | None = None
    label: str = ""  # what a person calls it
    tags: tuple[str, ...] = ()  # tag:EU means every device with the tag EU
    accounts: tuple[str, ...] = ()
    eye: str | None = None  # which eye read its screen last, and why not the first
    last_seen_at: datetime | None = None

    def __repr__(self) -> str:
        return safe(f"<Device {self.serial}: {self.state}{', ' + self.why if self.why else ''}>")


class PhoneScreen(Model):
    """What a phone shows now."""

    png: bytes
    xml: str


class Hand(Model):
    """One act of a person on a paused phone: a tap, typed text, or a key. Exactly one of them."""

    tap: tuple[int, int] | None = None  # pixels
    text: str | None = None  # printable ASCII
    key: Literal["back", "home", "wake", "escape", "enter", "delete"] | None = None

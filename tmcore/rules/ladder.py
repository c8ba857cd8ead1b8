"""What is done next to bring a phone back, and when the adb server is restarted. Pure.

Each rung is tried once in a climb, the gentlest first, with a pause after it in which it may work.
A phone that was well for a while begins at the bottom again; one that comes and goes does not, so
a loose cable ends in quarantine as a dead phone does.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from tmcore.devices import Device, DeviceState, Rung


@dataclass(frozen=True)
class Pace:
    """Seconds, all of them."""

    grace_s: float = 10.0  # adb itself tries a lost phone again every 3 s
    cooldown_s: float = 30.0  # after each rung
    boot_s: float = 180.0  # after a restart
    well_s: float = 300.0  # … and the next trouble is a new one
    server_grace_s: float = 5.0
    server_longest_s: float = 600.0  # between two restarts of an adb server that stays empty


class Trouble(StrEnum):
    """What is wrong with a phone, in words for the reason of a quarantine."""

    OFFLINE = "adb shows it as offline"
    SILENT = "it does not answer"
    BLIND = "its screen cannot be read"


FITTING: dict[Trouble, frozenset[Rung]] = {
    Trouble.OFFLINE: frozenset(Rung) - {Rung.RESTART_EYE},
    Trouble.SILENT: frozenset(Rung) - {Rung.RESTART_EYE, Rung.RECONNECT_OFFLINE},
    Trouble.BLIND: frozenset({Rung.RESTART_EYE, Rung.REBOOT, Rung.QUARANTINE}),
}


def trouble(device: Device, listed: str | None, *, blind: bool) -> Trouble | None:
    """Say what is wrong; `listed` is adb's word for the phone's address.

    A phone that is away, waits for a person, or that a person or another rack has is left alone.
    """
    if device.paused is not None or device.quarantined is not None:
        return None
    if device.state is DeviceState.OFFLINE and listed == "offline":
        return Trouble.OFFLINE
    if device.state is DeviceState.SETTLING:
        return Trouble.SILENT
    if device.state is DeviceState.CONNECTING and listed == "device":
        return Trouble.SILENT
    return Trouble.BLIND if blind and device.state is DeviceState.READY else None


@dataclass(frozen=True)
class Climb:
    """How far one phone's recovery is; times are of a clock that never jumps."""

    trouble: Trouble | None = None
    since: float = 0.0  # when this trouble, or this being well, was first seen
    tried: tuple[Rung, ...] = ()
    last_at: float = 0.0

    def seen(self, now_wrong: Trouble | None, now: float, pace: Pace) -> "Climb":
        """Take in what was just seen."""
        if now_wrong is None and self.trouble is None:
            return replace(self, tried=()) if now - self.since >= pace.well_s else self
        if (now_wrong is None) is not (self.trouble is None):
            return replace(self, trouble=now_wrong, since=now)
        return replace(self, trouble=now_wrong)

    def stepped(self, rung: Rung, now: float) -> "Climb":
        """Take in that a rung was just tried."""
        return replace(self, tried=(*self.tried, rung), last_at=now)


def next_rung(climb: Climb, now: float, pace: Pace, *, may_reboot: bool) -> Rung | None:
    """Return what to try now; None is to wait."""
    if climb.trouble is None or now - climb.since < pace.grace_s:
        return None
    pause_s = pace.boot_s if climb.tried[-1:] == (Rung.REBOOT,) else pace.cooldown_s
    if climb.tried and now - climb.last_at < pause_s:
        return None
    fitting = FITTING[climb.trouble] - set(climb.tried) - (set() if may_reboot else {Rung.REBOOT})
    return next((rung for rung in Rung if rung in fitting), None)


@dataclass(frozen=True)
class ServerSeen:
    """What is seen of the adb server and all of its phones."""

    is_local: bool
    answers: bool
    had: int  # phones that were there at once, the last time that any was
    listed: int
    gone_s: float  # since the last of them went
    press_open: bool
    restarts: int  # since any phone was there
    since_restart_s: float


def may_restart_server(seen: ServerSeen, pace: Pace) -> bool:
    """Whether the adb server is to be restarted; others may use it, so hardly ever.

    One that answers has lost them only where several phones went: a single one was unplugged.
    """
    if not seen.is_local or seen.press_open or seen.listed or not seen.had:
        return False
    if seen.answers and seen.had == 1:
        return False
    if seen.gone_s < pace.server_grace_s:
        return False
    pause_s = min(pace.cooldown_s * 2 ** max(seen.restarts - 1, 0), pace.server_longest_s)
    return not seen.restarts or seen.since_restart_s >= pause_s

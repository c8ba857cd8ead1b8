"""Whether a phone can take a task now. Pure; what could not be read is noted, never fine."""

from collections.abc import Iterator
from dataclasses import dataclass

from tmcore.phone.port import Checkup
from tmcore.reasons import Reason

OWNER = 0  # the Android user into whose storage files are pushed
CLOCK_S = 300  # servers refuse a phone whose clock is further off
_RESERVE = 200_000_000  # Android itself suffers below this

Hindrance = tuple[Reason, str]


@dataclass(frozen=True)
class Limits:
    """What an operator demands of a phone before a run."""

    min_battery_percent: int = 15
    max_temperature_c: float = 45.0


def space_needed(size: int) -> int:
    """How many bytes must be free to post files of this size: the app makes a copy of its own."""
    return 2 * size + _RESERVE


def verdict(
    checkup: Checkup, needs: int, package: str, limits: Limits = Limits(), *, images: bool = False
) -> Hindrance | None:
    """Say why the phone cannot post files of `needs` bytes with this app; None where nothing does.

    The first hindrance in the order in which an operator meets them.
    """
    every = (
        *device_hindrances(checkup, limits),
        *app_hindrances(checkup, package, images=images),
        *_space_hindrances(checkup, needs),
    )
    return next(iter(every), None)


def device_hindrances(checkup: Checkup, limits: Limits = Limits()) -> Iterator[Hindrance]:
    """Say everything that keeps this phone from running any task."""
    if checkup.booted is False:
        yield Reason.DEVICE_NOT_BOOTED, "The phone is still starting."
    if checkup.user not in (None, OWNER):
        yield (
            Reason.WRONG_USER,
            f"Android user {checkup.user} is in front; files are shown to user {OWNER} only.",
        )
    if checkup.awake is False:
        yield Reason.DEVICE_ASLEEP, "The screen stayed dark when it was woken."
    if checkup.locked:
        yield Reason.DEVICE_LOCKED, _locked(checkup)
    yield from _line_hindrances(checkup)
    if checkup.keyboard is False:
        chosen = checkup.default_ime or "none"
        yield Reason.KEYBOARD_MISSING, f"The chosen keyboard ({chosen}) is not on the phone."
    yield from _power_hindrances(checkup, limits)
    if checkup.clock_skew_s is not None and abs(checkup.clock_skew_s) > CLOCK_S:
        yield Reason.CLOCK_WRONG, f"The phone's clock is {_skew(checkup.clock_skew_s)} of ours."


def app_hindrances(checkup: Checkup, package: str, *, images: bool = False) -> Iterator[Hindrance]:
    """Say everything that keeps the app from posting."""
    if checkup.app_installed is False:
        yield Reason.APP_MISSING, f"{package} is not installed on the phone."
        return
    if checkup.app_enabled is False:
        yield (
            Reason.APP_DISABLED,
            f"{package} is disabled on the phone; enable it in its settings.",
        )
    what, granted = (
        ("images", checkup.images_granted) if images else ("videos", checkup.media_granted)
    )
    if checkup.chosen_only:
        yield (
            Reason.PERMISSION_MISSING,
            f"{package} may read only files chosen one by one; allow it all photos and videos.",
        )
    elif granted is False:
        yield Reason.PERMISSION_MISSING, f"{package} may not read {what}; allow it on the phone."


def _locked(checkup: Checkup) -> str:
    if checkup.secure:
        return "The phone is locked with a PIN or pattern; unlock it by hand."
    return "The phone's lock did not open by a swipe; unlock it by hand."


def _line_hindrances(checkup: Checkup) -> Iterator[Hindrance]:
    """Wi-Fi can be on in airplane mode, which is how a phone without a SIM card is run."""
    if checkup.airplane and not checkup.online:
        yield Reason.AIRPLANE_MODE, "Airplane mode is on, and no network is seen to work."
    elif checkup.online is False:
        yield Reason.NO_NETWORK, "The phone has no network."


def _power_hindrances(checkup: Checkup, limits: Limits) -> Iterator[Hindrance]:
    level, heat = checkup.battery_percent, checkup.temperature_c
    if level is not None and level < limits.min_battery_percent:
        asked = limits.min_battery_percent
        yield Reason.BATTERY_LOW, f"The battery is at {level} %; at least {asked} % is asked for."
    if heat is not None and heat > limits.max_temperature_c:
        asked_c = limits.max_temperature_c
        yield Reason.TOO_HOT, f"The battery has {heat:g} °C; at most {asked_c:g} °C is asked for."


def _space_hindrances(checkup: Checkup, needs: int) -> Iterator[Hindrance]:
    free, wanted = checkup.free_bytes, space_needed(needs)
    if free is not None and free < wanted:
        yield (
            Reason.STORAGE_FULL,
            f"{_mb(free)} free on the phone, {_mb(wanted)} needed; free some space.",
        )


_DEVICE_FACTS = {
    "booted": "whether it has started",
    "awake": "whether its screen is on",
    "locked": "whether it is locked",
    "user": "its Android user",
    "battery_percent": "its battery",
    "temperature_c": "its temperature",
    "free_bytes": "its free space",
    "airplane": "whether it is in airplane mode",
    "online": "whether it reaches the internet",
    "clock_skew_s": "its clock",
    "keyboard": "its keyboard",
}
_APP_FACTS = {
    "app_installed": "whether the app is installed",
    "app_enabled": "whether the app is enabled",
    "media_granted": "whether the app may read videos",
    "app_version": "the app's version",
}


def notes(checkup: Checkup) -> tuple[str, ...]:
    """List what stops nothing but should be known, above all the unreadable."""
    said = [f"unknown: {what}" for what in unknown(checkup, _DEVICE_FACTS | _APP_FACTS)]
    if checkup.airplane and checkup.online:
        said.append("airplane mode is on, with a network")
    return tuple(said)


def unknown(checkup: Checkup, facts: dict[str, str] = _DEVICE_FACTS) -> tuple[str, ...]:
    """Name what could not be read; of the phone itself, where nothing else is asked."""
    return tuple(what for name, what in facts.items() if getattr(checkup, name) is None)


def _skew(seconds: float) -> str:
    return f"{abs(seconds) / 60:,.0f} minutes {'ahead' if seconds > 0 else 'behind'}"


def _mb(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"

"""Whether a phone can take a task now. Pure; what could not be read is noted, never fine."""

from tmcore.phone.port import Checkup
from tmcore.reasons import Reason

_RESERVE = 200_000_000  # Android itself suffers below this
_LOW_BATTERY, _HOT_C = 15, 45.0


def space_needed(size: int) -> int:
    """How many bytes must be free to post a file: the app makes a copy of its own."""
    return 2 * size + _RESERVE


def verdict(checkup: Checkup, needs: int, package: str) -> tuple[Reason, str] | None:
    """Say why the phone cannot post a file of `needs` bytes with this app; None where nothing does.

    The first hindrance in the order in which an operator meets them.
    """
    free, wanted = checkup.free_bytes, space_needed(needs)
    hindrances = (
        (checkup.booted is False, Reason.DEVICE_NOT_BOOTED, "The phone is still starting."),
        (
            bool(checkup.locked and checkup.secure),
            Reason.DEVICE_LOCKED,
            "The phone is locked with a PIN or pattern; unlock it by hand.",
        ),
        (
            checkup.app_installed is False,
            Reason.APP_MISSING,
            f"{package} is not installed on the phone.",
        ),
        (
            checkup.app_enabled is False,
            Reason.APP_MISSING,
            f"{package} is disabled on the phone; enable it in its settings.",
        ),
        (
            checkup.media_granted is False,
            Reason.PERMISSION_MISSING,
            f"{package} may not read videos; allow it on the phone.",
        ),
        (
            free is not None and free < wanted,
            Reason.STORAGE_FULL,
            f"{_mb(free or 0)} free on the phone, {_mb(wanted)} needed; free some space.",
        ),
    )
    return next(((reason, why) for is_so, reason, why in hindrances if is_so), None)


_FACTS = {
    "booted": "whether it has started",
    "locked": "whether it is locked",
    "free_bytes": "its free space",
    "app_installed": "whether the app is installed",
    "app_enabled": "whether the app is enabled",
    "media_granted": "whether the app may read videos",
    "app_version": "the app's version",
    "battery_percent": "its battery",
    "temperature_c": "its temperature",
}


def notes(checkup: Checkup) -> tuple[str, ...]:
    """List what stops nothing but should be known: the unreadable, a low or hot battery."""
    said = [f"unknown: {what}" for name, what in _FACTS.items() if getattr(checkup, name) is None]
    if checkup.locked and checkup.secure is None:
        said.append("unknown: whether its lock wants a PIN")
    if checkup.battery_percent is not None and checkup.battery_percent < _LOW_BATTERY:
        said.append(f"battery at {checkup.battery_percent} %")
    if checkup.temperature_c is not None and checkup.temperature_c >= _HOT_C:
        said.append(f"hot: {checkup.temperature_c:g} °C")
    return tuple(said)


def _mb(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"

"""What a phone is set to once, before it works in a rack: how that is read and changed. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from tmcore.phone import parse
from tmcore.phone.commands import ADB_KEYBOARD, KEYBOARDS

_SCALES = ("window_animation_scale", "transition_animation_scale", "animator_duration_scale")
_STAY_ON = "stay_on_while_plugged_in"
_AC_OR_USB, _ANY_POWER = 3, 7  # bits: 1 a charger, 2 USB, 4 wireless

READ = (
    "".join(f"echo @@{name}; settings get global {name}; " for name in (*_SCALES, _STAY_ON))
    + f"echo @@keyboards; {KEYBOARDS}; echo @@end"
)


@dataclass(frozen=True)
class Readiness:
    """What of it is so; None is unreadable."""

    is_still: bool | None = None  # no animations: every screen is there at once
    stays_awake: bool | None = None  # while it charges
    has_adb_keyboard: bool | None = None


def readiness(text: str) -> Readiness:
    """Read the answer to READ."""
    part = parse.sections(text).get
    keyboards = parse.components(part("keyboards"))
    return Readiness(
        is_still=_all([_is_off(part(name)) for name in _SCALES]),
        stays_awake=_stays(part(_STAY_ON)),
        has_adb_keyboard=ADB_KEYBOARD in keyboards if keyboards else None,
    )


@dataclass(frozen=True)
class Setting:
    """One of Android's settings that a rack wants otherwise, and how it is made so."""

    name: str
    is_met: Callable[[Readiness], bool | None]
    met: str
    wanted: str
    command: str


SETTINGS = (
    Setting(
        "animations",
        lambda found: found.is_still,
        "off",
        "switch them off",
        " && ".join(f"settings put global {name} 0" for name in _SCALES),
    ),
    Setting(
        "stay awake",
        lambda found: found.stays_awake,
        "while it charges",
        "keep the screen on while it charges",
        f"settings put global {_STAY_ON} {_ANY_POWER}",
    ),
)


def _is_off(scale: str | None) -> bool | None:
    """Read a scale; `null` is a phone on which it was never changed, and that is 1."""
    if scale == "null":
        return False
    try:
        return float(scale or "") == 0
    except ValueError:
        return None


def _stays(text: str | None) -> bool | None:
    if text == "null":
        return False
    bits = parse.number(text)
    return None if bits is None else bits & _AC_OR_USB == _AC_OR_USB


def _all(parts: list[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True

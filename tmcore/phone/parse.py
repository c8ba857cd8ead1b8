"""What adb and Android print, read into facts. Pure; unreadable is None, never 'fine'.

Android's programs report most failures in words, with exit code 0: those words are here too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tmcore.devices import DeviceState
from tmcore.errors import (
    DeviceLost,
    DeviceOffline,
    DeviceUnauthorized,
    PhoneError,
    PushFailed,
    StorageFull,
)
from tmcore.phone.port import Checkup, MediaRow

_ADDRESS = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)+")
_COMPONENT = re.compile(r"[A-Za-z][A-Za-z0-9_.]*/[A-Za-z0-9_.$]+")


# The adb server


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None


def is_package(text: str) -> bool:
    return _PACKAGE.fullmatch(text) is not None


def is_serial(address: str) -> bool:
    """Whether a phone at this address has it as its hardware serial: true of USB, not of Wi-Fi."""
    return (
        is_address(address) and ":" not in address and not address.startswith(("emulator-", "adb-"))
    )


_LONGEST_LIST = 0xFFFF  # four hex digits say its length: from 2,700 phones on adb cuts it off


def is_whole(text: str) -> bool:
    """Whether adb's list is all of it: what a cut one leaves out may still be there."""
    return len(text.encode()) < _LONGEST_LIST


def devices(text: str) -> dict[str, str]:
    """Read adb's list: the state of each address, `no permissions (…)` in full."""
    lines = text.splitlines() if is_whole(text) else text.splitlines()[:-1]  # the last is cut
    rows = (line.partition("\t") for line in lines if "\t" in line)
    return {address.strip(): state.strip() for address, _, state in rows}


@dataclass(frozen=True)
class Standing:
    """What a state in adb's list means to an operator."""

    state: DeviceState
    why: str


_OFFLINE = Standing(DeviceState.OFFLINE, "adb shows it as offline; replug the phone or restart it.")
_STANDINGS = {
    "device": Standing(DeviceState.READY, ""),
    "offline": _OFFLINE,
    "unauthorized": Standing(
        DeviceState.UNAUTHORIZED, "Accept the USB debugging dialog on the phone's screen."
    ),
    "authorizing": Standing(DeviceState.CONNECTING, "adb and the phone are greeting each other."),
    "connecting": Standing(DeviceState.CONNECTING, "adb is connecting to it."),
    "no permissions": Standing(
        DeviceState.NO_PERMISSION,
        "This computer may not use the phone's USB port; install adb's udev rules or join the "
        "plugdev group, then replug.",
    ),
} | {
    mode: Standing(DeviceState.RECOVERY, f"It is in {mode} mode; restart it into Android.")
    for mode in ("recovery", "sideload", "rescue", "bootloader", "host")
}


def standing(state: str) -> Standing:
    if known := _STANDINGS.get(state.partition(" (")[0].partition(";")[0].strip()):
        return known
    return Standing(DeviceState.OFFLINE, f"adb shows it as {state[:80]!r}.")


_PASSING = ("offline", "still connecting", "still authorizing", "permission")


def failure(address: str, text: str) -> PhoneError:
    """Translate what the adb server answered instead of OKAY."""
    said = " ".join(text.split())[:200]
    if "unauthorized" in said:
        return DeviceUnauthorized(
            f"{address} has not allowed this computer; accept the dialog on its screen."
        )
    if any(word in said for word in _PASSING):
        return DeviceOffline(f"{address} cannot be used (adb: {said}); replug it or restart it.")
    return DeviceLost(f"{address} stopped answering (adb: {said}); check its cable and hub.")


def push_failure(text: str) -> PhoneError:
    said = " ".join(text.split())[:200]
    if "No space left" in said:
        return StorageFull(f"The phone has no space left (it said: {said}); free some and retry.")
    return PushFailed(f"The phone refused the file (it said: {said or 'nothing'}).")


# The checkup: sections, each after a line @@name


def sections(text: str) -> dict[str, str]:
    """Split a batched answer at its markers; what stands before the first is a banner."""
    parts = re.split(r"^@@(\w+)[ \t]*$", text.replace("\r", ""), flags=re.MULTILINE)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def checkup(
    text: str,
    packages: Sequence[str] = ("",),
    user: int = 0,
    asked: tuple[float, float] | None = None,
) -> Checkup:
    """Read the answer; `asked` is when, by this computer's clock, it was asked for and came."""
    part = sections(text).get
    found = [is_installed(part(f"path{n}")) for n in range(len(packages))]
    n = found.index(True) if True in found else 0
    package = for_user(part(f"package{n}") or "", user)
    locked, secure = lock(part("window"), part("trust"), number(part("user")))
    return Checkup(
        package=packages[n],
        booted=is_booted(part("boot")),
        awake=is_awake(part("power")),
        locked=locked,
        secure=secure,
        battery_percent=battery_percent(part("battery")),
        temperature_c=temperature_c(part("battery")),
        free_bytes=free_bytes(part("df")),
        app_version=first(r"versionName=(\S+)", part(f"package{n}")),
        app_installed=found[n],
        app_enabled=is_enabled(package),
        media_granted=is_granted(package, "READ_MEDIA_VIDEO"),
        images_granted=is_granted(package, "READ_MEDIA_IMAGES"),
        chosen_only=is_chosen_only(package),
        language=app_language(part(f"language{n}")) or language(part("language")),
        sdk=number(part("sdk")),
        user=number(part("user")),
        airplane=is_airplane(part("airplane")),
        online=is_online(part("network")),
        clock_skew_s=clock_skew_s(number(part("clock")), asked),
        keyboard=has_keyboard(part("ime"), part("imes")),
        default_ime=component(part("ime")),
        imes=components(part("imes")),
    )


def first(pattern: str, text: str | None) -> str | None:
    found = re.search(pattern, text or "", re.MULTILINE)
    return found[1] if found else None


def number(text: str | None) -> int | None:
    """Read a whole number that stands alone; the last line counts, daemons talk before it."""
    last = (text or "").strip().splitlines()[-1:] or [""]
    return int(last[0]) if re.fullmatch(r"\d{1,18}", last[0].strip(), re.ASCII) else None


def is_booted(text: str | None) -> bool | None:
    """Read sys.boot_completed: empty while booting; no section means that nobody knows."""
    return None if text is None else number(text) == 1


def is_awake(power: str | None) -> bool | None:
    if wakefulness := first(r"mWakefulness=(\w+)", power):
        return wakefulness == "Awake"
    state = first(r"Display Power: state=(\w+)", power)
    return None if state is None else state == "ON"


_KEYGUARD = re.compile(
    r"(?:\b(?:isKeyguardShowing|mShowingLockscreen|mKeyguardShowing|mDreamingLockscreen)"
    r"|^\s*showing)=(true|false)",
    re.MULTILINE,
)


def lock(
    window: str | None, trust: str | None, user: int | None
) -> tuple[bool | None, bool | None]:
    """Whether the keyguard is up, and whether it wants a PIN: (locked, secure)."""
    flags = _KEYGUARD.findall(window or "")
    locked = "true" in flags if flags else None
    who = r"\(current\)" if user is None else rf"\(id={user}\b"
    device_locked = first(rf"{who}.*?\bdeviceLocked=([01])", trust)
    wants_pin = first(r"^\s*secure=(true|false)", window)
    if device_locked == "1":
        return True, True
    if wants_pin is not None:
        return locked, wants_pin == "true"
    return locked, False if device_locked == "0" else None


def battery_percent(battery: str | None) -> int | None:
    level = first(r"^\s*level: (\d{1,3})\s*$", battery)
    return int(level) if level is not None and int(level) <= 100 else None


def temperature_c(battery: str | None) -> float | None:
    tenths = first(r"^\s*temperature: (-?\d{1,4})\s*$", battery)
    return int(tenths) / 10 if tenths is not None else None


def free_bytes(df: str | None) -> int | None:
    """Read `df -k`: the number before the percentage, also where a long name broke the line."""
    free = first(r"\s(\d+)\s+\d{1,3}%\s", (df or "") + "\n")
    return int(free) * 1024 if free is not None else None


_LOCALE = r"([a-zA-Z]{2,3}(?:[-_][\w-]+)?)"


def language(settings: str | None) -> str | None:
    """Read the first language of the first setting that has one; the others say null or nothing."""
    lines = (re.match(_LOCALE + r"\s*(?:,|$)", line) for line in (settings or "").splitlines())
    return next((found[1] for found in lines if found), None)


def app_language(said: str | None) -> str | None:
    """Read which language an app was given for itself, as Android 13 and newer can."""
    return first(r"^Locales for \S+ for user \d+ are \[" + _LOCALE, said)


def is_installed(path: str | None) -> bool | None:
    """`pm path` prints nothing for an app that is missing, and words when it is broken."""
    if path is None:
        return None
    if re.search(r"^package:/", path, re.MULTILINE):
        return True
    return False if not path else None


def for_user(package: str, user: int | None) -> str:
    """Take the part of `dumpsys package` that speaks of one user; all of it where none does."""
    parts = re.split(r"^\s*(?=User \d+:)", package, flags=re.MULTILINE)
    mine = [part for part in parts if re.match(rf"User {user or 0}:", part)]
    return "\n".join(mine) if mine else package


def is_enabled(package: str) -> bool | None:
    """0 is the default, 1 enabled; 2 to 4 are the ways of being disabled."""
    if first(r"\binstalled=(\w+)", package) == "false":
        return False
    state = first(r"\benabled=(\d)\b", package)
    return None if state is None else state in "01"


def is_granted(package: str, name: str) -> bool | None:
    """Whether the app may read this kind: Android 13's permission decides where it is asked."""
    return _granted(package, name, "READ_EXTERNAL_STORAGE")


def is_chosen_only(package: str) -> bool | None:
    """Whether Android 14's user has given the app single photos and videos instead of all."""
    partly = _granted(package, "READ_MEDIA_VISUAL_USER_SELECTED")
    return partly and is_granted(package, "READ_MEDIA_VIDEO") is False


def _granted(package: str, *names: str) -> bool | None:
    for name in names:
        granted = re.findall(rf"android\.permission\.{name}: granted=(true|false)", package)
        if granted:
            return "true" in granted
    return None


def is_airplane(text: str | None) -> bool | None:
    """Read airplane_mode_on; `null` is a phone on which it was never switched."""
    return {"0": False, "1": True, "null": False}.get((text or "").strip())


def is_online(connectivity: str | None) -> bool | None:
    """Whether Android found the internet behind its default network; without one, surely not."""
    default = first(r"Active default network: (\w+)", connectivity)
    if default in ("none", "null"):
        return False
    reached = re.findall(r"NetworkAgentInfo.*?network\{(\d+)\}.*\bVALIDATED\b", connectivity or "")
    return True if default in reached else None


def clock_skew_s(clock: int | None, asked: tuple[float, float] | None) -> float | None:
    """Return the least by which the phone's whole seconds are ahead of ours, or behind (< 0)."""
    if clock is None or asked is None:
        return None
    before, after = asked
    return max(clock - after, 0.0) + min(clock + 1 - before, 0.0)


def has_keyboard(chosen: str | None, installed: str | None) -> bool | None:
    """Whether the keyboard that is chosen is one of those installed."""
    apps = {name.partition("/")[0] for name in components(installed)}
    if chosen is None or not apps:
        return None
    if chosen.strip() in ("", "null"):
        return False
    name = component(chosen)
    return None if name is None else name.partition("/")[0] in apps


def components(text: str | None) -> tuple[str, ...]:
    """Read the lines that are component names."""
    return tuple(filter(None, map(component, (text or "").splitlines())))


def activities(text: str, package: str) -> tuple[str, ...]:
    """Read the components of one package out of what `query-activities` lists."""
    found = (line.strip() for line in text.splitlines())
    return tuple(
        line for line in found if _COMPONENT.fullmatch(line) and line.startswith(f"{package}/")
    )


def component(text: str | None) -> str | None:
    last = (text or "").strip().splitlines()[-1:] or [""]
    return last[0].strip() if _COMPONENT.fullmatch(last[0].strip()) else None


# Files and the media store


def is_ours(name: str) -> bool:
    """Whether a file in our album was named by us."""
    return re.fullmatch(r"tm-[A-Za-z0-9_.-]+", name) is not None


def media_row(text: str, path: str) -> MediaRow | None:
    """Find the row of exactly this file; other albums may hold the same name."""
    for row in re.findall(r"^Row: \d+ (.*)$", text.replace("\r", ""), re.MULTILINE):
        fields = dict(re.findall(r"(?:^|, )(_id|_data|duration|_size)=(.*?)(?=, \w+=|$)", row))
        if fields.get("_data") == path and fields.get("_id", "").isdigit():
            return MediaRow(
                int(fields["_id"]), number(fields.get("_size")), number(fields.get("duration"))
            )
    return None


def is_scanned(text: str) -> bool:
    """`content call` names the row it made; `Result: null` and an empty bundle are failures.

    Some Androids print a bundle unread, as its size in bytes.
    """
    return (
        re.search(r"Result: Bundle\[(\{.*uri=content://|mParcelledData\.dataSize=)", text)
        is not None
    )


def is_broadcast(text: str) -> bool:
    return "Broadcast completed" in text and not is_refused(text)


def digest(text: str) -> str | None:
    """Find the hash that sha256sum or md5sum printed."""
    return first(r"^\\?([0-9a-f]{64}|[0-9a-f]{32})\b", text)


# Apps


def is_refused(text: str) -> bool:
    """`am` exits 0 whatever happens; its words tell."""
    return (
        re.search(r"^\s*Error\b|Exception\b|Permission Denial|monkey aborted", text, re.MULTILINE)
        is not None
    )


def foreground(text: str) -> str:
    """Find the activity on top as `package/activity`; empty when unreadable."""
    for pattern in (
        r"topResumedActivity[=:]\s*ActivityRecord\{\S+ u\d+ ([^\s}]+)",
        r"\bm?ResumedActivity[=:]\s*ActivityRecord\{\S+ u\d+ ([^\s}]+)",
        r"mCurrentFocus=Window\{\S+ u\d+ ([^\s}]+)",
    ):
        if (top := component(first(pattern, text))) is not None:
            return top
    return ""


def dump_complaint(text: str) -> str | None:
    """Find what `uiautomator dump` said instead of a dump."""
    if error := first(r"(ERROR:.*|.*Exception.*|^Killed.*)", text):
        return error.strip()[:200]
    return None


_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
_MOST_PIXELS = 20_000_000


def png(content: bytes) -> bytes | None:
    """Return the picture, without the warnings that some phones print before it."""
    start = content[:2048].find(_PNG)
    picture = content[start:] if start >= 0 else b""
    if picture[12:16] != b"IHDR" or not picture.rstrip().endswith(_PNG_END):
        return None
    width, height = (int.from_bytes(picture[at : at + 4]) for at in (16, 20))
    return picture if 0 < width * height <= _MOST_PIXELS else None

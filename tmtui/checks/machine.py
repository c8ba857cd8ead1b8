"""Checks of this machine that ask nobody: Python, disk, media, time zone, terminal, USB rights."""

import grp
import os
import shutil
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from tzlocal import get_localzone_name

from tmcore.format import size
from tmtui.checks.check import Check, fail, ok, warn

_OLDEST_PYTHON = (3, 11)
_LOW_BYTES, _TOO_LOW_BYTES = 2_000_000_000, 200_000_000
_BUILT = 2025  # a clock before this year is wrong
_USB = Path("/dev/bus/usb")
_RULES = ("/etc/udev/rules.d", "/lib/udev/rules.d", "/usr/lib/udev/rules.d")


def python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= _OLDEST_PYTHON:
        return ok("python", found)
    return fail("python", found, "install Python 3.11 or later")


def disk(folder: Path) -> Check:
    """The disk below the database and the kept screenshots."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    found = f"{size(free)} free at {folder}"
    if free < _TOO_LOW_BYTES:
        return fail("disk space", found, "free some space: the queue stops when the disk is full")
    if free < _LOW_BYTES:
        return warn("disk space", found, "free some space soon")
    return ok("disk space", found)


def media(folders: Iterable[str]) -> Check:
    """The folders below which files may be posted."""
    listed = tuple(folders)
    if lost := [f for f in listed if not (Path(f).is_dir() and os.access(f, os.R_OK | os.X_OK))]:
        return fail(
            "media folders",
            f"{', '.join(lost)} cannot be read",
            "mount it, or allow another one: tm settings --allow-folder DIR",
        )
    return ok("media folders", ", ".join(listed))


def clock() -> Check:
    """HH:MM of a start time is read in this zone."""
    try:
        zone = get_localzone_name()
    except (OSError, ValueError, LookupError) as error:
        return fail("time zone", str(error), "set it: sudo timedatectl set-timezone Europe/Berlin")
    if datetime.now(UTC).year < _BUILT:
        return fail("time zone", "the clock is wrong", "set the clock, or start a time service")
    return ok("time zone", f"{zone}, {datetime.now().astimezone():%H:%M}")


def terminal() -> Check:
    encoding = (sys.stdout.encoding or "").lower()
    if encoding not in ("utf-8", "utf8"):
        return warn("terminal", f"encoding {encoding or 'unknown'}", "export LC_ALL=C.UTF-8")
    if not sys.stdout.isatty():
        return ok("terminal", "none: plain text without colour")
    columns, lines = shutil.get_terminal_size()
    return ok("terminal", f"{os.environ.get('TERM', 'unknown')}, {columns}x{lines}")


def usb() -> Check:
    """Whether phones on USB may be opened by this user."""
    if not _USB.exists():
        return ok("usb", "this machine shows no USB bus: phones by Wi-Fi or virtual ones only")
    if os.geteuid() == 0 or _has_rules() or _in_plugdev():
        return ok("usb", "phones may be opened")
    return warn(
        "usb",
        "no udev rules for Android phones, and not in the group plugdev",
        "sudo apt install android-sdk-platform-tools-common; log in again; replug",
    )


def _has_rules() -> bool:
    return any(any(Path(folder).glob("*android*")) for folder in _RULES)


def _in_plugdev() -> bool:
    groups = {*os.getgroups(), os.getegid()}
    return any(g.gr_name == "plugdev" and g.gr_gid in groups for g in grp.getgrall())

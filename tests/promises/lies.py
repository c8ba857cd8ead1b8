"""What adb and phones answer when they fail, and by which reason each may end a task.

Texts as they were reported in public: adb's own from transport.cpp and adb.cpp, the phone's from
the trackers of uiautomator2, Appium, AndroidViewClient, STF and scrcpy.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from tmcore.reasons import Reason

LOST = frozenset({Reason.DEVICE_LOST, Reason.DEVICE_OFFLINE})
OFFLINE = frozenset({Reason.DEVICE_OFFLINE})
FORBIDDEN = frozenset({Reason.DEVICE_UNAUTHORIZED})
HANGS = frozenset({Reason.TIMEOUT, Reason.UI_UNREADABLE, Reason.DEVICE_LOST})


class Where(StrEnum):
    """Which part of a call is answered wrongly."""

    TRANSPORT = auto()  # the request for the phone
    SERVICE = auto()  # the request for a shell, a file, a port
    OUTPUT = auto()  # what a shell command says
    SYNC = auto()  # how the sending of a file ends


class How(StrEnum):
    """What follows the wrong words."""

    END = auto()  # an orderly end of the connection
    RESET = auto()
    SILENCE = auto()
    DRIP = auto()  # a byte now and then, for ever


@dataclass(frozen=True)
class Lie:
    """One failure: what is said where, and the reasons by which a task may end because of it."""

    name: str
    where: Where
    words: bytes
    reasons: frozenset[Reason]
    how: How = How.END
    only: str = ""  # a regex of the commands that it meets; others are answered truly


def _fail(text: str) -> bytes:
    said = text.encode()
    return b"FAIL%04x%b" % (len(said), said)


def _said(text: str, code: int, *, error: bool = False) -> bytes:
    words = text.encode()
    return b"%c%b%b\x03\x01\0\0\0%c" % (
        2 if error else 1,
        len(words).to_bytes(4, "little"),
        words,
        code,
    )


def _sync(text: str) -> bytes:
    said = text.encode()
    return b"FAIL" + len(said).to_bytes(4, "little") + said


def _refused(name: str, text: str, reasons: frozenset[Reason]) -> Lie:
    return Lie(name, Where.TRANSPORT, _fail(text), reasons)


_UNAUTHORIZED = (
    "device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set\nTry 'adb kill-server' "
    "if that seems wrong.\nOtherwise check for a confirmation dialog on your device."
)
_DUMP = r"uiautomator dump"
_PUSHED = frozenset({Reason.PUSH_FAILED, Reason.STORAGE_FULL})
_UNREADABLE = frozenset({Reason.UI_UNREADABLE})


def _dump(name: str, text: str, code: int) -> Lie:
    return Lie(name, Where.OUTPUT, _said(text, code), _UNREADABLE, only=_DUMP)


LIES: tuple[Lie, ...] = (
    _refused("offline", "device offline", OFFLINE),
    _refused("connecting", "device still connecting", OFFLINE),
    _refused("authorizing", "device still authorizing", OFFLINE),
    _refused("unauthorized", _UNAUTHORIZED, FORBIDDEN),
    _refused("not found", "device 'R58M1' not found", LOST),
    _refused("no devices", "no devices/emulators found", LOST),
    _refused("several", "more than one device/emulator", LOST),
    _refused("permissions", "insufficient permissions for device", OFFLINE),
    _refused("bootloader", "device in bootloader mode", LOST),
    _refused("no words", "", LOST),
    _refused(
        "version",
        "adb server version (41) doesn't match this client (39); killing...",
        LOST,
    ),
    _refused("libusb", "LIBUSB_ERROR_NOT_FOUND", LOST),
    Lie("closed", Where.SERVICE, _fail("closed"), LOST),
    Lie("no status", Where.TRANSPORT, b"", LOST),
    Lie("reset before status", Where.TRANSPORT, b"", LOST, How.RESET),
    Lie("half a status", Where.TRANSPORT, b"OK", LOST),
    Lie("ssh answers", Where.TRANSPORT, b"SSH-2.0-OpenSSH_9.2p1\r\n", LOST),
    Lie("http answers", Where.TRANSPORT, b"HTTP/1.1 400 Bad Request\r\n\r\n", LOST),
    Lie("half a refusal", Where.TRANSPORT, b"FAIL00ffdevice", LOST),
    Lie("no service status", Where.SERVICE, b"", LOST),
    Lie("accepted and ended", Where.OUTPUT, b"", LOST),
    Lie("accepted and reset", Where.OUTPUT, b"", LOST, How.RESET),
    Lie("output without an exit code", Where.OUTPUT, _said("@@serial", 0)[:-6], LOST),
    Lie("output cut by a reset", Where.OUTPUT, _said("@@serial", 0)[:-6], LOST, How.RESET),
    Lie("half a packet", Where.OUTPUT, b"\x01\xff\0\0\0half", LOST),
    Lie("a packet of an unknown kind", Where.OUTPUT, b"\x09\x04\0\0\0what", LOST),
    Lie("silence at the door", Where.TRANSPORT, b"", HANGS, How.SILENCE),
    Lie("silence after the status", Where.SERVICE, b"", HANGS, How.SILENCE),
    Lie("silence in a command", Where.OUTPUT, b"", HANGS, How.SILENCE),
    Lie("silence in mid-output", Where.OUTPUT, b"\x01\xff\0\0\0half", HANGS, How.SILENCE),
    Lie("a drip for ever", Where.OUTPUT, b"\x01\xff\xff\0\0", HANGS, How.DRIP),
    _dump("no idle", "ERROR: could not get idle state.\n", 0),
    _dump("null root", "ERROR: null root node returned by UiTestAutomationBridge.\n", 0),
    _dump("dump crashes", "", 1),
    _dump("not connected", "java.lang.IllegalStateException: UiAutomation not connected!\n", 1),
    _dump("dead object", "android.os.DeadObjectException\n", 1),
    _dump("dead system", "android.os.DeadSystemRuntimeException\n", 1),
    _dump("registered", "UiAutomationService android.accessibilityservice already registered!", 1),
    _dump("emoji", "java.lang.IllegalArgumentException: Illegal character (d83d)\n", 1),
    Lie("sync: full", Where.SYNC, _sync("remote No space left on device"), _PUSHED),
    Lie("sync: no folder", Where.SYNC, _sync("couldn't create file: No such file or directory"),
        _PUSHED),
    Lie("sync: folder", Where.SYNC, _sync("couldn't create file: Is a directory"), _PUSHED),
    Lie("sync: no words", Where.SYNC, _sync(""), _PUSHED),
    Lie("sync: garbage", Where.SYNC, b"WHAT\0\0\0\0", _PUSHED),
    Lie("sync: ended", Where.SYNC, b"", LOST | _PUSHED),
)  # fmt: skip

import struct
import zlib

import pytest

from tmcore.devices import DeviceState
from tmcore.errors import (
    DeviceLost,
    DeviceOffline,
    DeviceUnauthorized,
    PhoneError,
    PushFailed,
    StorageFull,
)
from tmcore.phone import parse
from tmcore.phone.port import Checkup, MediaRow

PIXEL = """* daemon not running; starting now at tcp:5037
* daemon started successfully
@@clock
1795521600
@@boot
1
@@sdk
34
@@user
0
@@power
  mWakefulness=Awake
Display Power: state=ON
@@window
    isKeyguardShowing=false
      showing=false
      secure=true
@@trust
 User "Owner" (id=0, flags=0x4c13) (current): trusted=0, deviceLocked=0, strongAuthRequired=0x0
@@battery
Current Battery Service state:
  AC powered: false
  Max charging current: 500000
  status: 2
  level: 87
  scale: 100
  temperature: 312
@@df
Filesystem      1K-blocks     Used Available Use% Mounted on
/dev/fuse       115213312 50123456  65089856  44% /storage/emulated
@@airplane
0
@@network
Active default network: 101
  NetworkAgentInfo{network{101}  handle{437}  ni{WIFI CONNECTED extra: } created=6d3h Score(60) \
nc{[ Transports: WIFI Capabilities: INTERNET&NOT_RESTRICTED&TRUSTED&VALIDATED&FOREGROUND ]}
@@path0
package:/data/app/~~x==/com.zhiliaoapp.musically-1/base.apk
package:/data/app/~~x==/com.zhiliaoapp.musically-1/split_config.arm64_v8a.apk
@@package0
    versionName=43.1.4
    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false enabled=0
        android.permission.READ_EXTERNAL_STORAGE: granted=false, flags=[ USER_SET]
        android.permission.READ_MEDIA_VIDEO: granted=true, flags=[ USER_SET]
    User 10: ceDataInode=2 installed=false hidden=false stopped=true enabled=3
        android.permission.READ_MEDIA_VIDEO: granted=false
@@ime
com.google.android.inputmethod.latin/com.android.inputmethod.latin.LatinIME
@@imes
com.google.android.inputmethod.latin/com.android.inputmethod.latin.LatinIME
com.android.adbkeyboard/.AdbIME
@@end
"""
LATIN = "com.google.android.inputmethod.latin/com.android.inputmethod.latin.LatinIME"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_checkup_of_a_healthy_phone(ending: str) -> None:
    """A whole answer is read whole, behind a daemon's banner and with either line ending."""
    assert parse.checkup(PIXEL.replace("\n", ending)) == Checkup(
        booted=True, awake=True, locked=False, secure=True, battery_percent=87, temperature_c=31.2,
        free_bytes=65089856 * 1024, app_version="43.1.4", app_installed=True, app_enabled=True,
        media_granted=True, images_granted=False, sdk=34, user=0, default_ime=LATIN,
        airplane=False, online=True, keyboard=True,
        imes=(LATIN, "com.android.adbkeyboard/.AdbIME"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "garbage\x00\xff", "@@boot @@sdk", "error: device offline", "@@nothing\n1\n", "@@\n@@"],
)
def test_unreadable_checkup_is_unknown(text: str) -> None:
    """Where nothing can be read, nothing is claimed."""
    assert parse.checkup(text) == Checkup()


@pytest.mark.parametrize("name", [f for f in PIXEL.split() if f.startswith("@@")])
def test_missing_part_is_unknown(name: str) -> None:
    """A part that is missing makes its own facts unknown and no other."""
    whole = parse.checkup(PIXEL)

    cut = parse.checkup(PIXEL.replace(f"{name}\n", "@@other\n", 1))

    differing = {f for f in vars(whole) if getattr(whole, f) != getattr(cut, f)}
    assert all(getattr(cut, f) in (None, ()) for f in differing - {"secure", "app_enabled"})


@pytest.mark.parametrize(
    ("text", "is_booted"), [(None, None), ("", False), ("0", False), ("1", True), ("x\n1", True)]
)
def test_booted(text: str | None, is_booted: bool | None) -> None:
    """An empty property is a phone that still starts."""
    assert parse.is_booted(text) is is_booted


@pytest.mark.parametrize(
    ("window", "trust", "expected"),
    [
        ("isKeyguardShowing=true\nsecure=true", "", (True, True)),
        ("mShowingLockscreen=true mDreamingLockscreen=false", "", (True, None)),
        ("mKeyguardShowing=false", 'User "Owner" (id=0) (current): deviceLocked=0', (False, False)),
        ("", 'User "O" (id=0, flags=0x13) (current): trusted=0, deviceLocked=1', (True, True)),
        ("showing=true\n secure=false", 'User "O" (id=0) (current): deviceLocked=0', (True, False)),
        ("wallpaperShowing=true insecure=true", "", (None, None)),
        (None, None, (None, None)),
        # another user's lock says nothing of this one
        ("isKeyguardShowing=false", 'User "W" (id=10): deviceLocked=1', (False, None)),
    ],
)
def test_lock(
    window: str | None, trust: str | None, expected: tuple[bool | None, bool | None]
) -> None:
    """The keyguard and its PIN are told apart; what no line names is unknown."""
    assert parse.lock(window, trust, 0) == expected


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/fuse 100 40 60 40% /x", 61440),
        # a long name breaks the line; old toolbox prints another table altogether
        ("/dev/block/bootdevice/by-name/userdata\n    100 40 60 40% /storage", 61440),
        ("Filesystem Size Used Free Blksize\n/sdcard 25.2G 11.3G 13.9G 4096", None),
        ("df: /sdcard: Permission denied", None),
        ("/dev/fuse 100 100 0 100% /x\r\n", 0),
        (None, None),
    ],
)
def test_free_bytes(text: str | None, free: int | None) -> None:
    """Free space is the number before the percentage, or unknown."""
    assert parse.free_bytes(text) == free


@pytest.mark.parametrize(
    ("text", "percent", "celsius"),
    [
        ("  level: 87\r\n  temperature: 312\r\n", 87, 31.2),
        ("level: 101\ntemperature: -55", None, -5.5),
        ("level: full", None, None),
        (None, None, None),
    ],
)
def test_battery(text: str | None, percent: int | None, celsius: float | None) -> None:
    """Battery figures outside of reason are unknown."""
    assert (parse.battery_percent(text), parse.temperature_c(text)) == (percent, celsius)


@pytest.mark.parametrize(
    ("path", "is_installed"),
    [
        (None, None),
        ("", False),
        ("package:/data/app/x/base.apk", True),
        ("cmd: Can't find service: package", None),
    ],
)
def test_installed(path: str | None, is_installed: bool | None) -> None:
    """An app is missing where pm says nothing; where pm itself fails nobody knows."""
    assert parse.is_installed(path) is is_installed


@pytest.mark.parametrize(
    ("text", "granted"),
    [
        ("android.permission.READ_MEDIA_VIDEO: granted=true", True),
        ("android.permission.READ_EXTERNAL_STORAGE: granted=true, flags=[ X ]", True),
        ("android.permission.READ_EXTERNAL_STORAGE: granted=false", False),
        # Android 13 asks for its own permission, whatever the old one says
        (
            (
                "android.permission.READ_MEDIA_VIDEO: granted=false\n"
                "android.permission.READ_EXTERNAL_STORAGE: granted=true"
            ),
            False,
        ),
        ("android.permission.READ_MEDIA_VIDEO", None),
        ("android.permission.READ_MEDIA_IMAGES: granted=true", None),
        ("", None),
    ],
)
def test_media_granted(text: str, granted: bool | None) -> None:
    """A permission counts where its grant is written."""
    assert parse.is_granted(text, "READ_MEDIA_VIDEO") is granted


SELECTED = "android.permission.READ_MEDIA_VISUAL_USER_SELECTED: granted="
VIDEO = "android.permission.READ_MEDIA_VIDEO: granted="


@pytest.mark.parametrize(
    ("text", "chosen_only"),
    [
        (f"{SELECTED}true\n{VIDEO}false", True),
        (f"{SELECTED}true\n{VIDEO}true", False),  # all of them, whatever was chosen before
        (f"{SELECTED}false\n{VIDEO}false", False),
        (f"{VIDEO}true", None),  # before Android 14
    ],
)
def test_chosen_only(text: str, chosen_only: bool | None) -> None:
    """A user who gave single files has not given the one that will be pushed."""
    assert parse.is_chosen_only(text) is chosen_only


@pytest.mark.parametrize(
    ("text", "is_airplane"),
    [
        ("0\n", False),
        ("1", True),
        ("null", False),
        ("", None),
        (None, None),
        ("cmd: Can't find service: settings", None),
    ],
)
def test_airplane(text: str | None, is_airplane: bool | None) -> None:
    """The switch is on, off, never touched, or unreadable."""
    assert parse.is_airplane(text) is is_airplane


AGENT = "NetworkAgentInfo{{network{{{}}}  handle{{437}}  ni{{WIFI CONNECTED}} nc{{[ {} ]}}}}"


@pytest.mark.parametrize(
    ("text", "is_online"),
    [
        (f"Active default network: 101\n  {AGENT.format(101, 'INTERNET&VALIDATED&TRUSTED')}", True),
        # a portal that wants a login: connected, and nobody has seen the internet behind it
        (f"Active default network: 101\n  {AGENT.format(101, 'INTERNET&TRUSTED')}", None),
        (f"Active default network: 101\n  {AGENT.format(100, 'INTERNET&VALIDATED')}", None),
        ("Active default network: none", False),
        ("Permission Denial: can't dump ConnectivityService", None),
        ("", None),
        (None, None),
    ],
)
def test_online(text: str | None, is_online: bool | None) -> None:
    """Online is the default network that Android has validated; offline is having none."""
    assert parse.is_online(text) is is_online


@pytest.mark.parametrize(
    ("clock", "asked", "skew"),
    [
        (1000, (999.2, 1000.3), 0),
        (1000, (1000.9, 1003.0), 0),  # the answer took two seconds, and the clock says so
        (1000, (1600.0, 1600.5), -599),
        (1600, (1000.0, 1000.5), 599.5),
        (None, (1000.0, 1000.5), None),
        (1000, None, None),
    ],
)
def test_clock_skew(
    clock: int | None, asked: tuple[float, float] | None, skew: float | None
) -> None:
    """A slow answer is no wrong clock: only what lies outside of the question counts."""
    assert parse.clock_skew_s(clock, asked) == skew


@pytest.mark.parametrize(
    ("chosen", "installed", "has_keyboard"),
    [
        (LATIN, f"{LATIN}\ncom.android.adbkeyboard/.AdbIME", True),
        # a note in full, where `ime list` is short
        ("com.android.adbkeyboard/com.android.adbkeyboard.AdbIME",
         "com.android.adbkeyboard/.AdbIME", True),
        ("com.gone.keyboard/.Ime", LATIN, False),
        ("null", LATIN, False),
        ("Error: no such user", LATIN, None),
        (LATIN, "", None),  # before the first unlock Android lists none
        (None, LATIN, None),
        (LATIN, None, None),
    ],
)  # fmt: skip
def test_keyboard(chosen: str | None, installed: str | None, has_keyboard: bool | None) -> None:
    """The chosen keyboard is there, is gone, or cannot be known."""
    assert parse.has_keyboard(chosen, installed) is has_keyboard


def test_the_first_app_that_is_there() -> None:
    """Of several packages of one app the installed one is told about, else the first."""
    text = "@@path0\n\n@@package0\n@@path1\npackage:/data/app/b.apk\n@@package1\nversionName=2\n"

    found = parse.checkup(text, ("a.a", "b.b"))
    none = parse.checkup("@@path0\n\n@@path1\n\n@@end", ("a.a", "b.b"))

    assert (found.package, found.app_version, found.app_installed) == ("b.b", "2", True)
    assert (none.package, none.app_installed) == ("a.a", False)


def test_an_app_of_another_android_user() -> None:
    """What is said of a work profile is not said of the owner."""
    owner, work = parse.checkup(PIXEL), parse.checkup(PIXEL, user=10)

    assert (owner.app_enabled, owner.media_granted) == (True, True)
    assert (work.app_enabled, work.media_granted) == (False, False)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (
            (
                "Row: 0 _id=7, _data=/a/x.mp4, duration=NULL, _size=5\r\n"
                "Row: 1 _id=1234, _data=/s/x.mp4, duration=8123, _size=1234567\r\n"
            ),
            MediaRow(1234, 1234567, 8123),
        ),
        ("Row: 0 _id=9, _data=/s/x.mp4, duration=NULL, _size=NULL", MediaRow(9, None, None)),
        ("Row: 0 _id=9, _data=/s/x.mp4, _size=3", MediaRow(9, 3, None)),
        ("Row: 0 _id=9, _data=/s/x.mp4.bak, duration=1, _size=1", None),
        ("Row: 0 _id=NULL, _data=/s/x.mp4, duration=1, _size=1", None),
        ("No result found.", None),
        ("[ERROR] Could not find provider: media", None),
        ("", None),
    ],
)
def test_media_row(text: str, row: MediaRow | None) -> None:
    """The row is that of our path, and NULL is not a number."""
    assert parse.media_row(text, "/s/x.mp4") == row


@pytest.mark.parametrize(
    ("text", "is_scanned"),
    [
        ("Result: Bundle[{uri=content://media/external/video/media/1234}]", True),
        ("Result: Bundle[mParcelledData.dataSize=164]", True),
        ("Result: Bundle[{}]", False),
        ("Result: Bundle[{uri=null}]", False),
        ("Result: null", False),
        ("Error while accessing provider:media\njava.lang.IllegalArgumentException", False),
        ("", False),
    ],
)
def test_scanned(text: str, is_scanned: bool) -> None:
    """A scan has worked where it names the row."""
    assert parse.is_scanned(text) is is_scanned


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ("Starting: Intent { cmp=com.x/.Main }", False),
        ("Warning: Activity not started, its current task has been brought to the front", False),
        ("Starting: …\nError type 3\nError: Activity class {com.x/.Y} does not exist.", True),
        ("java.lang.SecurityException: Permission Denial: starting Intent", True),
        ("** No activities found to run, monkey aborted.", True),
        ("Events injected: 1", False),
    ],
)
def test_refused(text: str, is_refused: bool) -> None:
    """`am` reports its errors in words, with exit code 0."""
    assert parse.is_refused(text) is is_refused


@pytest.mark.parametrize(
    ("text", "top"),
    [
        ("  topResumedActivity=ActivityRecord{8c2 u0 com.x/.Main t12}", "com.x/.Main"),
        ("    mResumedActivity: ActivityRecord{8c2 u0 com.x/com.y.Main$Inner t1}\r",
         "com.x/com.y.Main$Inner"),
        ("  ResumedActivity: ActivityRecord{8c2 u0 com.x/.Main t12}", "com.x/.Main"),  # 12 on
        ("  topResumedActivity=ActivityRecord{8c2 u0 com.x/.Main} t12}", "com.x/.Main"),
        ("mCurrentFocus=Window{7f3 u0 com.x/com.x.Main}", "com.x/com.x.Main"),
        ("mCurrentFocus=Window{7f3 u0 StatusBar}", ""),
        ("mCurrentFocus=null", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_foreground(text: str, top: str) -> None:
    """The activity on top, or nothing; never a guess."""
    assert parse.foreground(text) == top


def test_devices_keep_their_whole_state() -> None:
    """A state of several words is kept; adbutils' own list shortens it to `no`."""
    text = (
        "R58M\tdevice\nX1\tunauthorized\n0123\tno permissions (user in plugdev group; are your "
        "udev rules wrong?); see [http://developer.android.com]\n\nrubbish\n"
    )

    found = parse.devices(text)

    assert list(found) == ["R58M", "X1", "0123"]
    assert parse.standing(found["0123"]).state is DeviceState.NO_PERMISSION


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("device", DeviceState.READY),
        ("offline", DeviceState.OFFLINE),
        ("authorizing", DeviceState.CONNECTING),
        ("recovery", DeviceState.RECOVERY),
        ("bootloader", DeviceState.RECOVERY),
        ("no permissions; see [http://x]", DeviceState.NO_PERMISSION),
        ("something new", DeviceState.OFFLINE),
        ("", DeviceState.OFFLINE),
    ],
)
def test_standing(state: str, expected: DeviceState) -> None:
    """Each of adb's states is one of ours, with a sentence; an unknown one is not usable."""
    standing = parse.standing(state)

    assert standing.state is expected
    assert bool(standing.why) == (expected is not DeviceState.READY)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("device 'R58M' not found", DeviceLost),
        ("device offline", DeviceOffline),
        ("device still connecting", DeviceOffline),
        ("device still authorizing", DeviceOffline),  # it passes: they greet each other
        (
            "device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set",
            DeviceUnauthorized,
        ),
        ("insufficient permissions for device", DeviceOffline),
        ("no devices/emulators found", DeviceLost),
        ("closed", DeviceLost),
        ("protocol fault (couldn't read status): Connection reset by peer", DeviceLost),
        ("Unknown data: b''", DeviceLost),
        ("", DeviceLost),
    ],
)
def test_failure(text: str, kind: type[PhoneError]) -> None:
    """What the adb server says becomes one of our errors, with the phone and a sentence."""
    error = parse.failure("R58M", text)

    assert type(error) is kind
    assert str(error).startswith("R58M ")
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write failed: No space left on device", StorageFull),
        ("couldn't create file: Is a directory", PushFailed),
        ("", PushFailed),
    ],
)
def test_push_failure(text: str, kind: type[PhoneError]) -> None:
    """A phone that is full says so behind its FAIL."""
    assert type(parse.push_failure(text)) is kind


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("ERROR: could not get idle state.\r\n", "ERROR: could not get idle state."),
        ("UI hierchary dumped to: /x.xml", None),
        ("Killed", "Killed"),
        ("java.lang.IllegalStateException: UiAutomation not connected!",
         "java.lang.IllegalStateException: UiAutomation not connected!"),
    ],
)  # fmt: skip
def test_dump_complaint(text: str, complaint: str | None) -> None:
    """A dump that failed is known by its words."""
    assert parse.dump_complaint(text) == complaint


@pytest.mark.parametrize(
    ("address", "is_serial"),
    [
        ("R58M34FGHIJ", True),
        ("10.0.0.7:5555", False),
        ("emulator-5554", False),
        ("adb-R58M-x._adb-tls-connect._tcp", False),
        ("SER\n", False),
        ("", False),
    ],
)
def test_serial(address: str, is_serial: bool) -> None:
    """A USB address is the hardware serial; a Wi-Fi address is not."""
    assert parse.is_serial(address) is is_serial


def _png(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IEND\xaeB`\x82"


def test_png() -> None:
    """A picture is one by its signature, its size and its end; warnings before it are dropped."""
    whole = _png(1080, 2400)

    assert parse.png(whole) == whole
    assert parse.png(b"[Warning] Multiple displays were found\n" + whole) == whole
    assert parse.png(whole[:-1]) is None
    assert parse.png(_png(13_000, 13_000)) is None
    assert parse.png(_png(0, 10)) is None
    assert parse.png(b"") is None
    assert parse.png(b"\xff\xd8\xff\xe0 a JPEG") is None


def test_activities() -> None:
    """Only those of the package that was asked for, without the words around them."""
    text = (
        "2 activities found:\n  Activity #0:\n"
        "    com.a.b/com.a.share.Handler\n  Activity #1:\n    com.a.bc/.Other\n"
    )

    assert parse.activities(text, "com.a.b") == ("com.a.b/com.a.share.Handler",)
    assert parse.activities("No activities found", "com.a.b") == ()
    assert parse.activities("Error: Unknown option: --brief", "com.a.b") == ()


@pytest.mark.parametrize(
    ("name", "ours"),
    [("tm-7.mp4", True), ("tm-7-12.png", True), ("clip.mp4", False), ("tm-a b.mp4", False)],
)
def test_only_what_we_named_is_ours(name: str, ours: bool) -> None:
    """A file that a person put into the album is not taken away."""
    assert parse.is_ours(name) is ours

"""Every shell command that a phone is sent, as text. Pure.

No command holds foreign text but through `words`, the one function that quotes. Whatever changes
something on the phone goes through `Folder.guarded`: the phone itself compares the epoch file with
the epoch of whoever sends, in the same command, so that one that arrives late is refused there.

    /data/local/tmp/tm/<owner>/       owner: the database's uuid
        keyboard                      whose place a borrowed keyboard has, until it is given back
        epoch                         the number of the attempt that owns the phone; only grows
        born                          the epoch that made this folder: what was before is forgotten
        press-<task>-<gen>/           a press marker: who makes it, wins
        press-<task>-<gen>/void/      … and this one was won so that the press cannot happen
"""

import re
import shlex
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from tmcore.phone.port import IMAGES

STALE, TAKEN, FORGOTTEN, FAILED = 75, 76, 77, 79  # exit codes of ours

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}")
_TYPED_AT_ONCE = 200


def words(*args: str | int) -> str:
    """Quote each argument for the phone's shell."""
    return shlex.join(str(arg) for arg in args)


def named(name: str) -> str:
    """Return a name of our own making; it passes two shells and a SQL string unquoted."""
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is not made of letters, digits, '_', '.' and '-'")
    return name


@dataclass(frozen=True)
class Folder:
    """This database's folder on a phone."""

    owner: str

    @property
    def path(self) -> str:
        return f"/data/local/tmp/tm/{named(self.owner)}"

    def file(self, name: str) -> str:
        return f"{self.path}/{named(name)}"

    def guarded(self, epoch: int, command: str) -> str:
        """Run it only where the epoch on the phone is this one."""
        return f"[ {self._value('epoch')} = {epoch} ] || exit {STALE}; {command}"

    def read_epoch(self) -> str:
        return f"mkdir -p {words(self.path)} || exit {FAILED}; echo {self._value('epoch')}"

    def write_epoch(self, old: str, new: int) -> str:
        """Compare and set: a second writer, or a late one, finds another number there.

        A folder without an epoch is new, and notes in `born` from when on it remembers.
        """
        epoch, born, draft = (words(self.file(n)) for n in ("epoch", "born", f"epoch.{new}"))
        birth = "" if old else f"echo {new} > {born} && "
        return (
            f"[ {self._value('epoch')} = {words(old)} ] || exit {STALE}; "
            f"{birth}echo {new} > {draft} && sync && mv {draft} {epoch} || exit {FAILED}; "
            f"cat {epoch}"
        )

    def press(self, epoch: int, marker: str, x: int, y: int) -> str:
        """Make the marker, which one sender ever does, and tap only then."""
        return self.guarded(
            epoch,
            f"mkdir {words(self.file(marker))} || exit {TAKEN}; sync; "
            f"{words('input', 'tap', x, y)} || exit {FAILED}",
        )

    def void(self, epoch: int, marker: str, intended_in: int) -> str:
        """Win the marker of a press intended in an earlier epoch, unless the phone forgot since."""
        path = self.file(marker)
        taken, voided = words(path), words(f"{path}/void")
        return self.guarded(
            epoch,
            f"[ {self._value('born')} -le {intended_in} ] || exit {FORGOTTEN}; "
            f"mkdir {taken} && mkdir {voided} && sync && exit 0; "
            f"[ -d {voided} ] && exit 0; [ -d {taken} ] && exit {TAKEN}; exit {FAILED}",
        )

    def _value(self, name: str) -> str:
        """Expand to a file's content; to nothing, and no complaint, where there is none."""
        return f'"$(cat {words(self.file(name))} 2>/dev/null)"'


# Reading


def look_file(folder: Folder, token: str) -> str:
    """Name a dump's file; outside the folder, which a look must not bring back after a reset."""
    return f"/data/local/tmp/tm-look-{named(folder.owner)}-{named(token)}.xml"


def sweep(folder: Folder) -> str:
    """Remove the dumps that cut looks left behind."""
    return f"rm -f /data/local/tmp/tm-look-{named(folder.owner)}-*"


# uiautomator2's server. Its shell is held open, and it ends with that shell (adbd sends SIGHUP);
# its pid is noted, so that one which did not end can be found. Outside the folder, like the dumps.


def prepare_server(folder: Folder, jar: str) -> str:
    """End one that an earlier process left, then say how large the jar is on the phone."""
    return f"{end_server(folder)}; stat -c %s {words(jar)} 2>/dev/null; true"


def start_server(folder: Folder, jar: str, main_class: str, port: int) -> str:
    return (
        f"export CLASSPATH={words(jar)}; echo $$ > {_server_pid(folder)}; "
        f"exec {words('app_process', '/', main_class, '-p', port)}"
    )


def end_server(folder: Folder) -> str:
    """End the server whose pid is noted, if that is still one, and wait until it is gone."""
    note = _server_pid(folder)
    return (
        f'p="$(cat {note} 2>/dev/null)"; '
        f'if [ -n "$p" ] && grep -q uia2.Main "/proc/$p/cmdline" 2>/dev/null; then kill "$p"; n=0; '
        'while [ -d "/proc/$p" ] && [ $n -lt 20 ]; do sleep 0.1; n=$((n+1)); done; fi; '
        f"rm -f {note}"
    )


def keep_jar(draft: str, jar: str) -> str:
    """Give a pushed jar its name, in place of older ones."""
    return f"rm -f /data/local/tmp/tm-u2-*.jar; {words('mv', '-f', draft, jar)}"


def _server_pid(folder: Folder) -> str:
    return f"/data/local/tmp/tm-u2-{named(folder.owner)}.pid"


IDENTITY = (
    "echo @@serial; getprop ro.serialno; echo @@boot; getprop sys.boot_completed; "
    "echo @@model; getprop ro.product.model; echo @@android; getprop ro.build.version.release; "
    "echo @@sdk; getprop ro.build.version.sdk; "
    "echo @@emulated; getprop ro.boot.qemu; getprop ro.kernel.qemu; "
    "echo @@run; cat /proc/sys/kernel/random/boot_id; "
    "echo @@battery; dumpsys battery; echo @@df; df -k /sdcard; echo @@end"
)


def checkup(packages: Sequence[str], user: int) -> str:
    """One round trip instead of twenty; each part after its marker."""
    return (
        "echo @@clock; date +%s; "
        "echo @@boot; getprop sys.boot_completed; echo @@sdk; getprop ro.build.version.sdk; "
        "echo @@user; am get-current-user; "
        "echo @@language; settings get system system_locales; getprop persist.sys.locale; "
        "getprop ro.product.locale; "
        "echo @@power; dumpsys power | grep -E 'mWakefulness=|Display Power: state='; "
        "echo @@window; dumpsys window | grep -E 'isKeyguardShowing=|mShowingLockscreen=|"
        "mKeyguardShowing=|mDreamingLockscreen=|^ *showing=|^ *secure='; "
        "echo @@trust; dumpsys trust | grep deviceLocked=; "
        "echo @@battery; dumpsys battery; echo @@df; df -k /sdcard; "
        "echo @@airplane; settings get global airplane_mode_on; "
        "echo @@network; dumpsys connectivity | "
        "grep -E 'Active default network:|NetworkAgentInfo.*VALIDATED' | head -n 40; "
        + "".join(_app(n, name, user) for n, name in enumerate(packages))
        + "echo @@ime; settings get secure default_input_method; echo @@imes; ime list -a -s; "
        "echo @@end"
    )


def _app(n: int, package: str, user: int) -> str:
    app = words(package)
    return (
        f"echo @@path{n}; pm path --user {user} {app} 2>&1; "
        f"echo @@package{n}; dumpsys package {app} | grep -E 'versionName=|User [0-9]+:|"
        "READ_MEDIA_|READ_EXTERNAL_STORAGE'; "
        f"echo @@language{n}; cmd locale get-app-locales {app} --user {user} 2>&1; "
    )


FREE = "df -k /sdcard"
FOREGROUND = (
    "dumpsys activity activities | grep ResumedActivity; dumpsys window | grep mCurrentFocus; true"
)


def dump(remote: str, *, compressed: bool, windows: bool) -> str:
    """Dump the screen into a file of its own name: an older dump can never be read as new."""
    flags = ["--compressed"] * compressed + ["--windows"] * windows
    target = words(remote)
    return (
        f"{words('uiautomator', 'dump', *flags, remote)}; echo @@xml; cat {target}; rm -f {target}"
    )


def digest(remote: str) -> str:
    """Size, then the best hash that this phone can make.

    It is written through here, where there is time: the press waits for its own marker only.
    """
    path = words(remote)
    return f"sync; stat -c %s {path}; sha256sum {path} || md5sum {path} || true"


def media_row(remote: str) -> str:
    name = named(remote.rpartition("/")[2])
    return words(
        "content", "query", "--uri", _collection(remote),
        "--projection", "_id:_data:duration:_size" if _is_video(remote) else "_id:_data:_size",
        "--where", f"_display_name='{name}'",
    )  # fmt: skip


def resolve(package: str) -> str:
    return words(
        "cmd", "package", "resolve-activity", "--brief",
        "-a", "android.intent.action.MAIN", "-c", "android.intent.category.LAUNCHER", package,
    )  # fmt: skip


# Changing

WAKE = "input keyevent 224; wm dismiss-keyguard"


def make_room(folder: str) -> str:
    return words("mkdir", "-p", folder)


def list_files(folders: Sequence[str]) -> str:
    """List the files there that have a name of ours, by their whole paths."""
    found = " ".join(f"{words(folder)}/tm-*" for folder in folders)
    return f"ls {found} 2>/dev/null; true"


def drop_drafts(folders: Sequence[str]) -> str:
    """Delete what pushes that were cut have left; each has a name of ours."""
    return "rm -f " + " ".join(f"{words(folder)}/.tm-*.part" for folder in folders)


def rename(old: str, new: str) -> str:
    return words("mv", "-f", old, new)


def delete(remote: str) -> str:
    return words("rm", "-f", remote)


def forget(remote: str) -> str:
    """Delete a file's row in the media store."""
    name = named(remote.rpartition("/")[2])
    where = f"_display_name='{name}'"
    return words("content", "delete", "--uri", _collection(remote), "--where", where)


def scan(remote: str) -> str:
    return words(
        "content", "call", "--uri", "content://media", "--method", "scan_file", "--arg", remote
    )


def scan_by_broadcast(remote: str) -> str:
    return words(
        "am", "broadcast", "-a", "android.intent.action.MEDIA_SCANNER_SCAN_FILE",
        "-d", f"file://{remote}",
    )  # fmt: skip


def start(component: str) -> str:
    """Start an activity as the launcher does: an app that runs comes to the front as it is."""
    return words(
        "am", "start", "-a", "android.intent.action.MAIN",
        "-c", "android.intent.category.LAUNCHER", "-n", component,
    )  # fmt: skip


def start_by_monkey(package: str) -> str:
    return words(  # without the share of system keys: a phone without such keys refuses to start
        "monkey", "-p", package, "-c", "android.intent.category.LAUNCHER", "--pct-syskeys", 0, 1
    )


def sharers(package: str, mime: str) -> str:
    return words(
        "cmd", "package", "query-activities", "--brief",
        "-a", "android.intent.action.SEND", "-t", mime, package,
    )  # fmt: skip


def share(component: str, mime: str, uri: str) -> str:
    """Hand a file over: the right to read it goes along only with what -d names."""
    return words(
        "am", "start", "-a", "android.intent.action.SEND", "-d", uri, "-t", mime,
        "-c", "android.intent.category.DEFAULT",
        "--eu", "android.intent.extra.STREAM", uri,
        "--grant-read-uri-permission", "-n", component,
    )  # fmt: skip


def view(url: str, package: str) -> str:
    """Open an address in one app: without -p whatever else is installed might take it."""
    return words(
        "am", "start", "-a", "android.intent.action.VIEW",
        "-c", "android.intent.category.BROWSABLE", "-d", url, "-p", package,
    )  # fmt: skip


def stop(package: str) -> str:
    return words("am", "force-stop", package)


def tap(x: int, y: int) -> str:
    return words("input", "tap", x, y)


def swipe(x: int, y: int, to_x: int, to_y: int, lasting_ms: int) -> str:
    return words("input", "swipe", x, y, to_x, to_y, lasting_ms)


def key(code: int) -> str:
    return words("input", "keyevent", code)


def type_text(text: str) -> str:
    """`input text` reads %s as a space, so a literal one is typed in two halves."""
    return " && ".join(words("input", "text", piece.replace(" ", "%s")) for piece in _pieces(text))


# A borrowed keyboard: the one that was there is noted in the folder before it is changed.

ADB_KEYBOARD = "com.android.adbkeyboard/.AdbIME"
BORROWED = "@@borrowed"
KEYBOARDS = "ime list -a -s"  # without -a only those that are switched on
_COMMITTED_AT_ONCE = 600  # bytes of UTF-8 in one broadcast


def take_keyboard(folder: Folder) -> str:
    """Note the keyboard that is used, unless an earlier note stands, and use ADBKeyBoard."""
    note, ours = words(folder.file("keyboard")), words(ADB_KEYBOARD)
    return (
        'old="$(settings get secure default_input_method)"; '
        f'[ "$old" = {ours} ] || [ -s {note} ] || {{ echo "$old" > {note} && sync; }} '
        f"|| exit {FAILED}; ime enable {ours} && ime set {ours}"
    )


def give_back_keyboard(folder: Folder) -> str:
    """Use the noted keyboard again, or Android's own choice where that one is gone."""
    note = words(folder.file("keyboard"))
    return (
        f'if [ -s {note} ]; then old="$(cat {note})"; '
        f'{{ [ "$old" != null ] && ime set "$old"; }} || ime reset; rm -f {note}; fi'
    )


def has_borrowed_keyboard(folder: Folder) -> str:
    """Say so where a crash left a keyboard in place of the noted one."""
    return f"[ -s {words(folder.file('keyboard'))} ] && echo {BORROWED}; true"


def commit_text(text: str) -> str:
    """Hand text to ADBKeyBoard, which commits it to the focused field as it is."""
    return " && ".join(
        words("am", "broadcast", "-a", "ADB_INPUT_B64", "--es", "msg", b64encode(piece).decode())
        for piece in _committed(text)
    )


def _committed(text: str) -> list[bytes]:
    """Cut at characters, never within one."""
    pieces = [b""]
    for character in text:
        piece = character.encode()
        if len(pieces[-1]) + len(piece) > _COMMITTED_AT_ONCE:
            pieces.append(b"")
        pieces[-1] += piece
    return pieces


def _pieces(text: str) -> list[str]:
    """Cut at each literal %s, between its two characters, and wherever a piece is too long."""
    parts = re.split(r"(?<=%)(?=s)", text)
    return [
        part[at : at + _TYPED_AT_ONCE]
        for part in parts
        for at in range(0, len(part), _TYPED_AT_ONCE)
    ]


def _collection(remote: str) -> str:
    return f"content://media/external/{'video' if _is_video(remote) else 'images'}/media"


def _is_video(remote: str) -> bool:
    return not remote.lower().endswith(IMAGES)

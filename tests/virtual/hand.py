"""A hand on a virtual phone that uses nothing but the real adb command line client."""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree  # noqa: ICN001 - says what it is

from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

TIKTOK = "com.zhiliaoapp.musically"


@dataclass(frozen=True, slots=True)
class Seen:
    """One node of a dump."""

    attributes: dict[str, str]

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        left, top, right, bottom = map(int, re.findall(r"-?\d+", self.attributes["bounds"]))
        return left, top, right, bottom

    @property
    def middle(self) -> tuple[int, int]:
        left, top, right, bottom = self.bounds
        return (left + right) // 2, (top + bottom) // 2

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")


class Hand:
    """Shell commands in, what they printed out."""

    def __init__(self, adb: PrivateAdb, rack: VirtualRack, serial: str) -> None:
        self.adb, self.rack, self.serial = adb, rack, serial
        self.code = 0

    @property
    def address(self) -> str:
        return str(self.rack.addresses[self.serial])

    @property
    def screen(self) -> str:
        return str(self.rack.state(self.serial)["screen"])

    def sh(self, command: str) -> str:
        """A command's stdout, or what it said on stderr; its exit code stays in `code`."""
        done = self.adb.run("-s", self.address, "shell", command)
        self.code = done.returncode
        return (done.stdout or done.stderr).decode().rstrip("\n")

    def xml(self, flags: str = "") -> str:
        self.sh("rm -f /sdcard/d.xml")
        self.sh(f"uiautomator dump {flags} /sdcard/d.xml")
        return self.sh("cat /sdcard/d.xml")

    def look(self, flags: str = "") -> list[Seen]:
        root = ElementTree.fromstring(self.xml(flags).encode())
        return [Seen(dict(e.attrib)) for e in root.iter("node")]

    def find(self, **wanted: str) -> list[Seen]:
        names = {"desc": "content-desc", "id": "resource-id", "kind": "class"}
        pairs = [(names.get(k, k), v) for k, v in wanted.items()]
        return [n for n in self.look() if all(n[k] == v for k, v in pairs)]

    def tap(self, **wanted: str) -> None:
        """The last match, as the one on top is drawn last."""
        found = self.find(**wanted)
        assert found, f"no {wanted} on {self.screen}"
        self.sh("input tap {} {}".format(*found[-1].middle))

    def push(self, data: bytes, path: str, folder: Path) -> None:
        local = folder / "pushed.mp4"
        local.write_bytes(data)
        assert self.adb.run("-s", self.address, "push", str(local), path).returncode == 0

    def add_video(self, data: bytes, path: str, folder: Path) -> None:
        self.push(data, path, folder)
        self.sh(f"content call --uri content://media --method scan_file --arg {path}")

    def to_gallery(self) -> None:
        self.sh(f"monkey -p {TIKTOK} -c android.intent.category.LAUNCHER 1")
        self.tap(desc="Create")
        left, top, right, bottom = next(
            n for n in self.look() if n["resource-id"].endswith("ymg")
        ).bounds
        self.sh(f"input tap {(left + right) // 2} {(top + bottom) // 2}")

    def to_composer(self) -> None:
        self.to_gallery()
        tile = next(n for n in self.look() if n["resource-id"].endswith("mub"))
        self.sh("input tap {} {}".format(*tile.middle))
        if self.screen == "gallery":
            self.tap(text="Next")
        self.tap(text="Next")
        assert self.screen == "composer"

    def type_caption(self, text: str) -> None:
        self.tap(text="Add description…")
        self.sh(f"input text '{text.replace(' ', '%s')}'")
        self.sh("input keyevent 111")

"""A phone of paper: an app drawn by a test, in a time of its own.

Its worst habit is that of real ones: a look may show a screen that has gone (`lag`), while a tap
meets what is there by now. What counts as the press is a tap on what is drawn with `to="posted"`.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast
from xml.sax.saxutils import quoteattr

import pytest

from tmcore.accounts import Account, App
from tmcore.apps.catalog import Choice
from tmcore.apps.drift import Tally
from tmcore.errors import ScriptFailed
from tmcore.phone.health import Limits
from tmcore.phone.port import ALBUM, Checkup, MediaRow, PressResult, Progress
from tmcore.phone.screen import Node, Screen, parse_dump
from tmcore.reasons import Reason
from tmcore.scripts.post.args import PostArgs
from tmcore.scripts.post.script import Post
from tmcore.scripts.script import Bound, Deal, PressAct, Run

TIKTOK = "com.zhiliaoapp.musically"
FIELDS = ("EditText", "AutoCompleteTextView")
Box = tuple[int, int, int, int]


class Clock:
    """Sleeping takes no time here, and still passes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.passed = 0.0
        loop, sleep = asyncio.get_running_loop(), asyncio.sleep
        started = loop.time()

        async def pass_by(seconds: float, result: Any = None) -> Any:
            self.passed += seconds
            return await sleep(0, result)

        monkeypatch.setattr(asyncio, "sleep", pass_by)
        monkeypatch.setattr(loop, "time", lambda: started + self.passed)


@dataclass
class Bit:
    """Something on a screen, on 1080 x 2400 pixels."""

    box: Box
    text: str = ""
    desc: str = ""
    to: str = ""  # a tap leads there
    cls: str = "TextView"
    bits: tuple["Bit", ...] = ()
    flags: dict[str, str] = field(default_factory=dict)
    package: str = TIKTOK


def label(text: str, box: Box, to: str = "", **more: Any) -> Bit:
    return Bit(box, text, to=to, **more)


def button(text: str, box: Box, to: str = "-", **more: Any) -> Bit:
    return Bit(box, text, to=to, cls="Button", **more)


def nav(selected: str = "", *, create: bool = True) -> list[Bit]:
    """The navigation bar."""
    names = ("Home", "Friends", "Create", "Inbox", "Profile")
    leads = {"Home": "home", "Create": "camera", "Profile": "profile"}
    return [
        Bit(
            (216 * n, 2208, 216 * n + 216, 2337), desc=name, to=leads.get(name, "-"),
            cls="FrameLayout", flags={"selected": "true"} if name == selected else {},
        )
        for n, name in enumerate(names)
        if create or name != "Create"
    ]  # fmt: skip


NEXT = (545, 2123, 1048, 2295)
POST = (550, 2179, 1048, 2305)  # where Next stood


def pages() -> dict[str, list[Bit]]:
    """One way through an app; a test changes what it is about."""
    tiles = tuple(
        Bit((5 + 359 * n, 385, 359 + 359 * n, 742), to="picked", cls="FrameLayout")
        for n in range(3)
    )
    grid = Bit((0, 380, 1080, 2137), cls="GridView", bits=tiles, flags={"scrollable": "true"})
    gallery = [
        label("Recents", (445, 173, 586, 223)),
        label("Photos", (501, 262, 751, 380)),
        label("Select multiple", (111, 2214, 354, 2261)),
        grid,
    ]
    field_ = Bit((42, 584, 1038, 900), to="description", cls="EditText")
    return {
        "home": nav("Home"),
        "profile": [*nav("Profile"), label("@studio", (376, 626, 702, 668))],
        "camera": [
            Bit((0, 2081, 210, 2239), to="gallery", cls="FrameLayout"),
            *(label(text, (46 + 128 * n, 1655, 174 + 128 * n, 1742))
              for n, text in enumerate(("10m", "60s", "15s"))),
        ],
        "gallery": [*gallery, label("Next", NEXT)],
        "picked": [*gallery, button("Next", NEXT, "editor")],
        "editor": [
            label("Your Story", (238, 2154, 430, 2207)),
            Bit((933, 193, 1080, 330), desc="Settings", to="-"),
            Bit((933, 330, 1080, 467), desc="Effects", to="-"),
            button("Next", NEXT, "composer"),
        ],
        "composer": [
            field_,
            button("Drafts", (32, 2179, 529, 2305)),
            button("Post", POST, "posted"),
        ],
        "posted": nav("Friends"),
        "launcher": [Bit((400, 1000, 600, 1200), "Camera", package="com.android.launcher")],
    }  # fmt: skip


class PaperPhone:
    """Implements the port as far as a post needs it."""

    serial, is_settled = "PAPER", True

    def __init__(self, clock: Clock, shown: dict[str, list[Bit]]) -> None:
        self.clock, self.pages = clock, shown
        self.package, self.version = TIKTOK, "43.1.4"
        self.at, self.focus, self.texts = "launcher", "", dict[str, str]()
        self.looks = self.presses = self.stray_presses = 0
        self.taps: list[str] = []
        self.keys: list[int] = []
        self.size, self.look_s, self.lag = (1080, 2400), 0.1, 0
        self.over: dict[str, str] = {}  # on arrival there, this page comes over it, once
        self.swallowed: set[str] = set()  # the first tap on this page does nothing
        self.moves_on: dict[str, str] = {}  # where a page moves on to; elsewhere nobody swipes
        self.stubborn: set[str] = set()  # BACK does nothing there
        self.start: tuple[str, ...] = ("home",)  # what the app shows first, each for `start_s`
        self.start_s = 0.0
        self.upload: Callable[[float], str] = lambda t: "" if t > 3 else f"{int(t * 33)}%"
        self.badge: Box = (56, 344, 127, 383)
        self.typing: Callable[[str], str] = lambda text: text
        self.sharing: tuple[str, ...] = ()  # activities that take a shared file
        self.opens_shared = ""  # the page that comes up with it
        self.shared: list[tuple[str, str]] = []
        self._came, self._under, self._old = 0.0, "", list[Screen]()
        self._posted = 0.0

    # what the script asks

    async def checkup(self, *packages: str, user: int = 0) -> Checkup:
        del user
        here = self.package in packages
        return Checkup(
            package=self.package if here else packages[0],
            booted=True, awake=True, locked=False, secure=False, free_bytes=10**10,
            app_installed=here, app_enabled=True, media_granted=True,
            app_version=self.version,
        )  # fmt: skip

    async def push(self, source: Path, name: str, progress: Progress) -> str:
        del source, progress
        return f"{ALBUM}/{name}"

    async def scan(self, remote: str) -> None: ...

    async def remove(self, remote: str) -> None: ...

    async def album(self) -> tuple[str, ...]:
        return ()

    async def sharers(self, package: str, mime: str) -> tuple[str, ...]:
        del package, mime
        return self.sharing

    async def share(self, component: str, mime: str, media_uri: str) -> bool:
        del mime
        self.shared.append((component, media_uri))
        if self.opens_shared:
            self._go(self.opens_shared)
        return True

    async def swipe(self, x: int, y: int, to_x: int, to_y: int) -> None:
        if self.at not in self.moves_on:
            raise AssertionError((x, y, to_x, to_y))
        self._old = [parse_dump(self._xml())] * self.lag
        self._go(self.moves_on[self.at])

    async def stop_app(self, package: str) -> None: ...

    async def media_row(self, remote: str) -> MediaRow:
        del remote
        return MediaRow(1, 1, 1)

    async def start_app(self, package: str) -> None:
        del package
        self._came = self.clock.passed
        self._go(self.start[0])

    async def look(self, *, windows: bool = False) -> Screen:
        del windows
        self.looks += 1
        self.clock.passed += self.look_s
        self._age()
        screen = parse_dump(self._xml())
        if self._old:
            return self._old.pop()
        return screen

    async def screenshot(self) -> bytes:
        return b"a picture"

    async def tap(self, node: Node) -> None:
        self._tap(*node.bounds.center, pressing=False)

    async def press(self, node: Node, marker: str) -> PressResult:
        del marker
        self._tap(*node.bounds.center, pressing=True)
        return PressResult.PRESSED

    async def key(self, code: int) -> None:
        self.keys.append(code)
        if code == 4 and self.at not in self.stubborn:
            self._go(self._under or "launcher", fresh=False)

    async def open_eye(self) -> str:
        return "it does not start on paper"

    async def has_keyboard(self) -> bool:
        return False

    async def type_text(self, text: str) -> None:
        if self.focus:
            self.texts[self.focus] = self.texts.get(self.focus, "") + self.typing(text)

    # how it is

    def _age(self) -> None:
        index = self.start.index(self.at) if self.at in self.start[:-1] else -1
        if index >= 0 and self.clock.passed - self._came >= self.start_s * (index + 1):
            self._go(self.start[index + 1])

    def _tap(self, x: int, y: int, *, pressing: bool) -> None:
        hit = [bit for bit in _flat(self.pages[self.at]) if bit.to and self._holds(bit, x, y)]
        if not hit:
            return
        self.taps.append(f"{self.at}:{hit[-1].text or hit[-1].desc}")
        if self.at in self.swallowed:
            self.swallowed.discard(self.at)
            return
        target = hit[-1].to
        if hit[-1].cls in FIELDS:
            self.focus = target
        elif target == "under":
            self._go(self._under, fresh=False)
        elif target != "-":
            self._old = [parse_dump(self._xml())] * self.lag
            if target == "posted":
                self.presses += pressing
                self.stray_presses += not pressing
                self._posted = self.clock.passed
            self._go(target)

    def _go(self, page: str, *, fresh: bool = True) -> None:
        self.at, self._under = page, ""
        if fresh and page in self.over:
            self._under, self.at = page, self.over.pop(page)

    def _holds(self, bit: Bit, x: int, y: int) -> bool:
        left, top, right, bottom = self._scaled(bit.box)
        return left <= x < right and top <= y < bottom

    def _scaled(self, box: Box) -> Box:
        x, y = self.size[0] / 1080, self.size[1] / 2400
        return round(box[0] * x), round(box[1] * y), round(box[2] * x), round(box[3] * y)

    def _xml(self) -> str:
        bits = list(self.pages[self.at])
        if self.at == "posted" and (percent := self.upload(self.clock.passed - self._posted)):
            bits.append(label(percent, self.badge))
        root = Bit((0, 0, 1080, 2400), cls="FrameLayout", bits=tuple(bits))
        if bits and bits[0].package != TIKTOK:
            root = replace(root, package=bits[0].package)
        return f"<hierarchy rotation='0'>{self._node(root)}</hierarchy>"

    def _node(self, bit: Bit) -> str:
        left, top, right, bottom = self._scaled(bit.box)
        text = self.texts.get(bit.to, bit.text) if bit.cls in FIELDS else bit.text
        attributes = {
            "text": text, "content-desc": bit.desc, "class": f"android.widget.{bit.cls}",
            "package": self.package if bit.package == TIKTOK else bit.package,
            "clickable": "true" if bit.to else "false",
            "bounds": f"[{left},{top}][{right},{bottom}]", **bit.flags,
        }  # fmt: skip
        said = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
        return f"<node {said}>{''.join(map(self._node, bit.bits))}</node>"


def _flat(bits: list[Bit] | tuple[Bit, ...]) -> list[Bit]:
    return [each for bit in bits for each in (bit, *_flat(bit.bits))]


class PaperRun:
    """One attempt, without an engine."""

    task_id, fresh_app, limits = 7, True, Limits()
    app: App = "tiktok"
    username: str | None = None
    profiles: Path | None = None
    opened_as: tuple[str, str] | None = None
    confirmed: tuple[str, ...] = ()  # unproven paths

    def __init__(self, phone: PaperPhone, deal: Deal) -> None:
        self.phone, self.deal = phone, deal
        self.tally = Tally()
        self.said: list[str] = []
        self.kept: dict[str, bytes] = {}
        self.ended: Any = None  # what the script said in the end
        self.bound: list[tuple[str, tuple[str, ...], str | None]] = []
        self.looks_at: dict[str, int] = {}

    async def uses(self, choice: Choice, package: str) -> None:
        self.tally.of(choice, package)
        await self.log(f"{package}: {choice}")

    @asynccontextmanager
    async def step(self, name: str, *, deadline_s: float) -> AsyncIterator[None]:
        del deadline_s
        before = self.phone.looks
        yield
        self.looks_at[name] = self.phone.looks - before

    def progress(self, fraction: float) -> None:
        del fraction

    async def log(self, text: str) -> None:
        self.said.append(text)

    async def keep(self, name: str, content: bytes) -> None:
        self.kept[name] = content

    def binding(self, app: App) -> Account | None:
        del app
        return None

    def packages(self, app: App) -> tuple[str, ...]:
        del app
        return ()

    async def opened(self, app: App, username: str) -> None:
        self.opened_as = (app, username)

    async def bind(self, app: App, usernames: Sequence[str], package: str | None) -> Bound:
        self.bound.append((app, tuple(usernames), package))
        return Bound(tuple(usernames), ())

    async def walked(self, package: str, version: str, paths: Sequence[str]) -> tuple[str, ...]:
        del package, version
        return tuple(path for path in paths if path not in self.confirmed)

    async def press(self, app: App, account: str, act: PressAct, before: str) -> None:
        del app, before
        self.said.append(f"pressed as {account}")
        await act("marker")

    async def confirm(self, act: PressAct) -> None:
        self.said.append("confirmed")
        await act("marker-again")


async def posted(
    phone: PaperPhone,
    folder: Path,
    caption: str,
    app: App = "tiktok",
    profiles: Path | None = None,
    **args: Any,
) -> PaperRun:
    """Run the whole script on a clip; return its run, which never pressed by a tap, nor twice."""
    media = folder / "clip.mp4"
    media.write_bytes(b"clip")
    run = PaperRun(phone, Deal(media, hashlib.sha256(b"clip").hexdigest(), caption))
    run.app, run.profiles = app, profiles
    try:
        run.ended = await Post().run(cast("Run", run), PostArgs(app=app, **args))
    finally:
        assert phone.stray_presses == 0, phone.taps
        assert phone.presses <= 1
    return run


async def ends(posting: Any, reason: Reason) -> ScriptFailed:
    with pytest.raises(ScriptFailed) as failed:
        await posting
    assert failed.value.reason is reason, failed.value
    return failed.value

"""Recorded dumps in place of the app: each right tap leads to the next one.

The TOML file (`--screens FILE`; `start` and `package` may be left out):

    package = "com.zhiliaoapp.musically"
    start = "home"                      # else the first screen
    upload_seconds = 1.5                # from the press to the publication

    [[screens]]
    name = "home"
    file = "tt4314_en_home_feed.xml"    # relative to this file (or --screens-folder); read in place
    plays = true                        # a video plays: `never_idles` applies
    keys = { BACK = "home" }
    taps = [ { on = { desc = "Create" }, to = "camera" } ]
    # a selector names text, desc, id (after the slash), class (its last word) or bounds; all given
    # must match exactly, and `last = true` takes the last match of a tree with two layers
    edit = { class = "EditText", id = "g19" }   # the field that typed text goes to, once tapped
    post = { on = { text = "Post" }, to = "after" }     # counts as the press and publishes
    windows = [ { file = "badge.xml", seconds = 1.0 } ] # shown beside it for so long
    change = [ { on = { text = "Next" }, clickable = true } ]   # text, desc, clickable or selected

A tap counts when the point lies in the named node, or in the clickable box around it. Any other tap
does nothing and is a miss. What is published is the newest file of the media store.
"""

import asyncio
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree  # noqa: ICN001 - says what it is

from tmcore.virtual.app.look import Look
from tmcore.virtual.app.node import Bounds, Node, Window
from tmcore.virtual.app.port import App, Body
from tmcore.virtual.media import Row
from tmcore.virtual.packages import TIKTOK
from tmcore.virtual.truth import Published

_BACK, _ENTER, _DEL, _ESCAPE = 4, 66, 67, 111
_KEYS = {"BACK": _BACK, "ENTER": _ENTER}


class BadScreens(ValueError):
    """The file of recorded screens cannot be used."""


@dataclass(frozen=True, slots=True)
class Selector:
    """What a tap must hit."""

    wanted: dict[str, str]
    last: bool = False

    def find(self, root: Node) -> Node | None:
        """The node, or None."""
        found = [n for n in root.walk() if self._matches(n)]
        if not found:
            return None
        return found[-1] if self.last else found[0]

    def _matches(self, node: Node) -> bool:
        left, top, right, bottom = node.bounds
        has = {
            "text": node.text,
            "desc": node.desc,
            "id": node.id.rpartition("/")[2],
            "class": node.kind.rpartition(".")[2],
            "bounds": f"[{left},{top}][{right},{bottom}]",
        }
        return all(has[key] == value for key, value in self.wanted.items())


@dataclass(frozen=True, slots=True)
class Step:
    """A tap that leads on."""

    on: Selector
    to: str


@dataclass(frozen=True, slots=True)
class Alteration:
    """What a screen shows differently from its dump: one dump can be two screens."""

    on: Selector
    values: dict[str, Any]

    def apply(self, root: Node) -> None:
        """Change the node."""
        if node := self.on.find(root):
            for name, value in self.values.items():
                setattr(node, name, value)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One screen of the file."""

    name: str
    file: Path
    taps: tuple[Step, ...] = ()
    keys: dict[int, str] = field(default_factory=dict)
    edit: Selector | None = None
    post: Step | None = None
    windows: tuple[tuple[Path, float], ...] = ()
    changes: tuple[Alteration, ...] = ()
    plays: bool = False


@dataclass(frozen=True, slots=True)
class Tape:
    """The whole file."""

    package: str
    start: str
    upload_seconds: float
    screens: dict[str, Recorded]


class Replay:
    """The dumps of a tape as an app."""

    def __init__(self, body: Body, look: Look, tape: Tape) -> None:
        self._body, self._look, self._tape = body, look, tape
        self.package = tape.package
        self._shown: Recorded | None = None
        self._since = 0.0
        self._typed, self._focused, self.keyboard = "", False, False
        self._uploads: list[asyncio.TimerHandle] = []

    @property
    def running(self) -> bool:
        """Whether it was launched."""
        return self._shown is not None

    @property
    def screen(self) -> str:
        """The name in the file."""
        return self._shown.name if self._shown else ""

    @property
    def never_idle(self) -> bool:
        """Whether the screen says that a video plays."""
        return bool(self._shown and self._shown.plays)

    def launch(self) -> None:
        """The first screen, or the one that was left."""
        if self._shown is None:
            self._show(self._tape.start)

    def stop(self) -> None:
        """Kill it, with what it uploads."""
        for timer in self._uploads:
            timer.cancel()
            self._body.truth.aborted_uploads += 1
        self._uploads.clear()
        self._shown, self._typed, self._focused, self.keyboard = None, "", False, False

    def cover(self, kind: str) -> None:
        """Recordings have no dialogs but their own."""
        raise ValueError(f"a replay shows no {kind!r}: put it into the file of screens")

    def uncover(self) -> None:
        """Nothing was covered."""

    def share(self, path: str) -> None:  # noqa: ARG002 - the port's
        """Recordings know no share intent: only the app comes up."""
        self.launch()

    def tap(self, x: int, y: int) -> bool:
        """A step of the file, or the field."""
        shown = self._shown
        if shown is None:
            return False
        root = self._root(shown)
        if shown.post and _hits(shown.post.on, root, x, y):
            self._press(shown.post.to)
            return True
        for step in shown.taps:
            if _hits(step.on, root, x, y):
                self._show(step.to)
                return True
        if shown.edit and _hits(shown.edit, root, x, y):
            self._focused = self.keyboard = True
            return True
        return False

    def key(self, code: int) -> None:
        """BACK as the file says; the keyboard closes first."""
        if self._shown is None:
            return
        if self.keyboard and code in (_BACK, _ESCAPE):
            self.keyboard = False
        elif code == _DEL and self._focused:
            self._typed = self._typed[:-1]
        elif code == _ENTER and self._focused:
            self._typed += "\n"
        elif code in self._shown.keys:
            self._show(self._shown.keys[code])
        elif code == _BACK:
            self._body.leave()

    def select_all(self) -> None:
        """The next DEL or text replaces all."""
        if self._focused:
            self._typed = ""

    def commit(self, text: str) -> bool:
        """Text into the field, if it has the focus."""
        if self._focused:
            self._typed += text
        return self._focused

    def windows(self) -> list[Window]:
        """The dump with what was typed, and what the file shows beside it for a while."""
        shown = self._shown
        if shown is None:
            return []
        root = self._root(shown)
        field_ = shown.edit.find(root) if shown.edit else None
        if field_ is not None:
            field_.text = self._typed or field_.text
            field_.focused = self._focused
        beside: list[Window] = []
        for file, seconds in shown.windows if "badge_hidden" not in self._body.faults else ():
            if time.monotonic() - self._since < seconds:
                beside += [Window(r, active=False) for r in _roots(file)]
        return [*beside, Window(root, title="TikTok")]

    def dumped(self) -> None:
        """Recordings do not mind."""

    def state(self) -> dict[str, object]:
        """For the control socket."""
        return {"caption": self._typed, "uploads": [0] * len(self._uploads)}

    def _show(self, name: str) -> None:
        self._shown = self._tape.screens[name]
        self._since = time.monotonic()
        self._typed, self._focused, self.keyboard = "", False, False
        self._body.shown(name)

    def _press(self, target: str) -> None:
        self._body.truth.presses += 1
        swallow = self._body.faults.get("swallow_press")
        if swallow and swallow.count_down():
            self._body.truth.swallowed += 1
            return
        if newest := next(iter(self._body.media.newest()), None):
            self._upload(newest)
        self._show(target)

    def _upload(self, row: Row) -> None:
        post = Published(
            account=self._look.active,
            app=self.package,
            sha256=self._body.files.read(row.path).sha256,
            caption=self._typed,
            title="",
            at=time.time(),
            media=row.path,
        )

        def finish() -> None:
            self._uploads.remove(timer)
            if "upload_fails" not in self._body.faults:
                self._body.truth.posts.append(post)

        timer = self._body.later(self._tape.upload_seconds, finish)
        self._uploads.append(timer)

    def _root(self, shown: Recorded) -> Node:
        """A dump with several roots is kept under one, as the reduced ones have no outer box."""
        roots = _roots(shown.file)
        if len(roots) > 1:
            right, bottom = (max(r.bounds[n] for r in roots) for n in (2, 3))
            bounds = (0, 0, right, bottom)
            roots = [Node("android.widget.FrameLayout", bounds, self.package, children=roots)]
        for change in shown.changes:
            change.apply(roots[0])
        return roots[0]


class ReplayOf:
    """Makes a Replay for each phone from one file, read once."""

    def __init__(self, file: Path, folder: Path | None = None) -> None:
        self._tape = read_tape(file, folder)

    def __call__(self, body: Body, look: Look) -> App:
        return Replay(body, look, self._tape)


def read_tape(file: Path, folder: Path | None = None) -> Tape:
    """The file, checked: every target, dump and node that it names must exist."""
    data = tomllib.loads(file.read_text())
    screens = {s["name"]: _recorded(s, folder or file.parent) for s in data["screens"]}
    for recorded in screens.values():
        targets = [s.to for s in recorded.taps] + list(recorded.keys.values())
        targets += [recorded.post.to] if recorded.post else []
        if missing := [t for t in targets if t not in screens]:
            raise BadScreens(f"{recorded.name}: no screen {missing[0]!r}")
        for dump in (recorded.file, *(f for f, _ in recorded.windows)):
            if not dump.is_file():
                raise BadScreens(f"{recorded.name}: no file {dump}")
        _check(recorded)
    start = data.get("start") or next(iter(screens))
    return Tape(data.get("package", TIKTOK), start, float(data.get("upload_seconds", 1.2)), screens)


def _check(recorded: Recorded) -> None:
    """Every selector finds something, or the tape could never be played."""
    steps = [*recorded.taps, *([recorded.post] if recorded.post else [])]
    selectors = [s.on for s in steps] + [c.on for c in recorded.changes]
    for selector in selectors + ([recorded.edit] if recorded.edit else []):
        if not any(selector.find(r) for r in _roots(recorded.file)):
            raise BadScreens(
                f"{recorded.name}: nothing in {recorded.file.name} is {selector.wanted}"
            )


def _recorded(data: dict[str, Any], folder: Path) -> Recorded:
    return Recorded(
        name=data["name"],
        file=folder / data["file"],
        taps=tuple(_step(t) for t in data.get("taps", ())),
        keys={_KEYS[k]: v for k, v in data.get("keys", {}).items()},
        edit=_selector(data["edit"]) if "edit" in data else None,
        post=_step(data["post"]) if "post" in data else None,
        windows=tuple((folder / w["file"], float(w["seconds"])) for w in data.get("windows", ())),
        changes=tuple(_alteration(c) for c in data.get("change", ())),
        plays=data.get("plays", False),
    )


def _alteration(data: dict[str, Any]) -> Alteration:
    values = {k: v for k, v in data.items() if k != "on"}
    if unknown := set(values) - {"text", "desc", "clickable", "selected"}:
        raise BadScreens(f"a change knows no {min(unknown)!r}")
    return Alteration(_selector(data["on"]), values)


def _step(data: dict[str, Any]) -> Step:
    return Step(_selector(data["on"]), data["to"])


def _selector(data: dict[str, Any]) -> Selector:
    wanted = {k: str(v) for k, v in data.items() if k != "last"}
    if unknown := set(wanted) - {"text", "desc", "id", "class", "bounds"}:
        raise BadScreens(f"a selector knows no {min(unknown)!r}")
    return Selector(wanted, last=bool(data.get("last")))


def _hits(selector: Selector, root: Node, x: int, y: int) -> bool:
    node = selector.find(root)
    if node is None:
        return False
    if _inside(node.bounds, x, y):
        return True
    around = [n for n in root.walk() if n.clickable and any(c is node for c in n.walk())]
    return bool(around) and _inside(around[-1].bounds, x, y)


def _inside(bounds: Bounds, x: int, y: int) -> bool:
    return bounds[0] <= x < bounds[2] and bounds[1] <= y < bounds[3]


def _roots(file: Path) -> list[Node]:
    """The top nodes of a dump."""
    return [_node(e) for e in _elements(ElementTree.parse(file).getroot())]  # noqa: S314 - our own


def _elements(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    return (e for e in parent if e.tag == "node")


def _node(element: ElementTree.Element) -> Node:
    get = element.get
    left, top, right, bottom = (
        int(n) for n in get("bounds", "[0,0][0,0]")[1:-1].replace("][", ",").split(",")
    )
    return Node(
        kind=get("class", ""),
        bounds=(left, top, right, bottom),
        package=get("package", ""),
        text=get("text", ""),
        desc=get("content-desc", ""),
        id=get("resource-id", ""),
        hint=get("hint", ""),
        clickable=get("clickable") == "true",
        enabled=get("enabled") != "false",
        focusable=get("focusable") == "true",
        focused=get("focused") == "true",
        selected=get("selected") == "true",
        scrollable=get("scrollable") == "true",
        checkable=get("checkable") == "true",
        checked=get("checked") == "true",
        children=[_node(e) for e in _elements(element)],
    )

"""The file of recorded screens: how it is read and checked.

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
    post = { on = { text = "Post" }, to = "after" }     # counts as the press and publishes; kind =
    # "reel" says as what (else a video)
    holds = [ { on = { id = "profile_tab" }, to = "accounts" } ]    # long presses
    focused = true                      # it comes with the keyboard open and the field focused
    then = { to = "done", seconds = 2 } # changes by itself
    windows = [ { file = "badge.xml", seconds = 1.0 } ] # shown beside it for so long
    change = [ { on = { text = "Next" }, clickable = true } ]   # text, desc, clickable or selected

A tap counts when the point lies in the named node, or in the clickable box around it. Any other tap
does nothing and is a miss. What was typed stays from one screen with a field to the next. What is
published is the newest file of the media store.

A folder instead of a file holds one such file an app, with its dumps beside it.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree  # noqa: ICN001 - says what it is

from tmcore.virtual.app.node import Bounds, Node
from tmcore.virtual.packages import TIKTOK, TITLES, package_of

_KEYS = {"BACK": 4, "ENTER": 66}


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

    def hits(self, root: Node, x: int, y: int) -> bool:
        """Whether the point lies in the node, or in the clickable box around it."""
        node = self.find(root)
        if node is None:
            return False
        around = [n for n in root.walk() if n.clickable and any(c is node for c in n.walk())]
        return _inside(node.bounds, x, y) or bool(around and _inside(around[-1].bounds, x, y))

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
class Later:
    """A screen that gives way to another by itself."""

    to: str
    seconds: float


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
    holds: tuple[Step, ...] = ()
    keys: dict[int, str] = field(default_factory=dict)
    edit: Selector | None = None
    post: Step | None = None
    kind: str = "video"
    focused: bool = False
    then: Later | None = None
    windows: tuple[tuple[Path, float], ...] = ()
    changes: tuple[Alteration, ...] = ()
    plays: bool = False


@dataclass(frozen=True, slots=True)
class Tape:
    """The whole file."""

    package: str
    title: str
    start: str
    upload_seconds: float
    screens: dict[str, Recorded]


def read_tape(file: Path, folder: Path | None = None) -> Tape:
    """The file, checked: every target, dump and node that it names must exist.

    Raises BadScreens, which names the file and what is wrong in it.
    """
    try:
        tape = _tape(tomllib.loads(file.read_text()), folder or file.parent)
        for recorded in tape.screens.values():
            _check(recorded, tape)
    except KeyError as error:
        raise BadScreens(f"{file}: {error} is missing, or nothing is called that") from error
    except (OSError, ValueError, ElementTree.ParseError) as error:
        raise BadScreens(f"{file}: {error}") from error
    return tape


def _tape(data: dict[str, Any], folder: Path) -> Tape:
    screens = {s["name"]: _recorded(s, folder) for s in data["screens"]}
    start = data.get("start") or next(iter(screens), "")
    if start not in screens:
        raise BadScreens(f"start: no screen {start!r}")
    package = package_of(data.get("package", TIKTOK))
    seconds = float(data.get("upload_seconds", 1.2))
    return Tape(package, data.get("title", TITLES.get(package, package)), start, seconds, screens)


def _check(recorded: Recorded, tape: Tape) -> None:
    """What it names exists, and every selector finds something: else it could not be played."""
    steps = [*recorded.taps, *recorded.holds, *([recorded.post] if recorded.post else [])]
    targets = [s.to for s in steps] + list(recorded.keys.values())
    targets += [recorded.then.to] if recorded.then else []
    if missing := [t for t in targets if t not in tape.screens]:
        raise BadScreens(f"{recorded.name}: no screen {missing[0]!r}")
    for dump in (recorded.file, *(f for f, _ in recorded.windows)):
        if not dump.is_file():
            raise BadScreens(f"{recorded.name}: no file {dump}")
    roots = roots_of(recorded.file)
    selectors = [s.on for s in steps] + [c.on for c in recorded.changes]
    for selector in selectors + ([recorded.edit] if recorded.edit else []):
        if not any(selector.find(r) for r in roots):
            raise BadScreens(
                f"{recorded.name}: nothing in {recorded.file.name} is {selector.wanted}"
            )


def _recorded(data: dict[str, Any], folder: Path) -> Recorded:
    return Recorded(
        name=data["name"],
        file=folder / data["file"],
        taps=tuple(_step(t) for t in data.get("taps", ())),
        holds=tuple(_step(t) for t in data.get("holds", ())),
        keys={_KEYS[k]: v for k, v in data.get("keys", {}).items()},
        edit=_selector(data["edit"]) if "edit" in data else None,
        post=_step(data["post"]) if "post" in data else None,
        kind=data.get("post", {}).get("kind", "video"),
        focused=data.get("focused", False),
        then=Later(data["then"]["to"], float(data["then"]["seconds"])) if "then" in data else None,
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


def _inside(bounds: Bounds, x: int, y: int) -> bool:
    return bounds[0] <= x < bounds[2] and bounds[1] <= y < bounds[3]


def roots_of(file: Path) -> list[Node]:
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
        password=get("password") == "true",
        children=[_node(e) for e in _elements(element)],
    )

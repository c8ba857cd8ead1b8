"""One look at a phone: a parsed UI dump. Pure.

Two layers may stand in one tree (TikTok's gallery keeps the camera behind it), and a tree does not
say what is opaque: full-screen empty containers lie above working buttons on every real dump. What
it does say is who gets a tap: the clickable node drawn last under the finger. So a node counts as
*covered* when a later-drawn clickable node, not one of its own descendants, lies over the point
where it would be tapped. Nothing that is covered is ever found (apps/selector.py).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from tmcore.errors import UiUnreadable
from tmcore.phone.dump_text import blanked, decoded, repaired

MAX_BYTES = 5_000_000  # lxml took 348 MB for a dump of 19 MB
MAX_NODES = 50_000
MAX_DEPTH = 256
MAX_TAG = 200_000  # characters; a tag of 4 MB costs the parser 80
WHOLE_SCREEN = 0.4  # a clickable ancestor larger than this part of the screen is no button
SMALL_WINDOW = 0.05  # smaller ones float without asking anything: TikTok's upload badge

_WRAPPERS = ("hierarchy", "displays", "display", "window")
_BOUNDS = re.compile(r"\[(-?\d{1,6}),(-?\d{1,6})\]\[(-?\d{1,6}),(-?\d{1,6})\]")
_CLOSED = re.compile(r"(</(?:hierarchy|displays)\s*>|<(?:hierarchy|displays)[^<>]*/>)([^<]*)$")
_QUOTES = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "...",
        "\u200b": "",
        "\u2060": "",
        "\ufeff": "",
    }
)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    @property
    def width(self) -> int:
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        return max(0, self.bottom - self.top)

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def center(self) -> tuple[int, int]:
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2

    def holds(self, point: tuple[int, int]) -> bool:
        return self.left <= point[0] < self.right and self.top <= point[1] < self.bottom

    def __repr__(self) -> str:
        return f"[{self.left},{self.top}][{self.right},{self.bottom}]"


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One element of the screen; a larger `order` is drawn above."""

    text: str
    desc: str
    plain_text: str
    plain_desc: str
    hint: str
    id: str  # the part after '/'
    full_id: str
    cls: str  # the part after the last '.'
    package: str
    bounds: Box
    clickable: bool
    enabled: bool
    selected: bool
    focused: bool
    checked: bool
    scrollable: bool
    password: bool
    shown: bool  # not visible-to-user="false"
    window: int
    order: int
    parent: "Node | None" = field(repr=False)
    _children: list["Node"] = field(default_factory=list, repr=False)

    @property
    def children(self) -> tuple["Node", ...]:
        return tuple(self._children)

    @property
    def is_field(self) -> bool:
        """Whether text is typed here, so that its words are not the app's."""
        return self.cls.endswith(("EditText", "AutoCompleteTextView"))

    @property
    def ancestors(self) -> Iterator["Node"]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def __repr__(self) -> str:
        label = self.text or self.desc
        return f"<{self.cls or 'node'}{f' {label[:40]!r}' if label else ''} {self.bounds}>"


@dataclass(frozen=True, eq=False)
class Screen:
    """All nodes of one look, in document order."""

    nodes: tuple[Node, ...]
    xml: str  # kept as evidence; password fields blanked

    @cached_property
    def size(self) -> tuple[int, int]:
        """The far corner of the largest window."""
        roots = [node.bounds for node in self.nodes if node.parent is None]
        return max((b.right for b in roots), default=0), max((b.bottom for b in roots), default=0)

    @cached_property
    def visible(self) -> tuple[Node, ...]:
        """The nodes that take up room; some of them may be covered."""
        return tuple(node for node in self.nodes if node.shown and node.bounds.area)

    @cached_property
    def windows(self) -> tuple[Node, ...]:
        """The root of each window, the uppermost first."""
        roots: dict[int, Node] = {}
        for node in self.nodes:
            roots.setdefault(node.window, node)
        return tuple(roots.values())

    @cached_property
    def packages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(node.package for node in self.nodes if node.package))

    def texts(self) -> tuple[str, ...]:
        """Every text and description, in document order, each once."""
        labels = (label for node in self.nodes for label in (node.plain_text, node.plain_desc))
        return tuple(dict.fromkeys(label for label in labels if label))

    def signature(self) -> str:
        """Equal for two looks at an unchanged screen: tells a loop from progress."""
        digest = hashlib.sha256()
        for node in self.nodes:
            state = (node.cls, node.text, node.desc, node.selected, node.checked, node.enabled)
            digest.update(repr((*state, node.bounds)).encode("utf-8", "replace"))
        return digest.hexdigest()[:16]

    def tappable(self, node: Node) -> Node:
        """Return what a tap on `node` is meant for: its nearest clickable ancestor, or itself.

        A clickable ancestor that fills the screen is a backdrop; its centre is somewhere else.
        """
        limit = WHOLE_SCREEN * self.size[0] * self.size[1]
        for candidate in (node, *node.ancestors):
            if candidate.clickable and (candidate is node or candidate.bounds.area <= limit):
                return candidate
        return node

    def is_covered(self, node: Node) -> bool:
        """Whether a tap on `node` would land on something drawn above it."""
        known = self._covered.get(node.order)
        if known is None:
            known = self._covered[node.order] = self._is_covered(self.tappable(node))
        return known

    def _is_covered(self, node: Node) -> bool:
        if any(node.window > above and node.package == of for above, of in self._dialogs):
            return True
        point = node.bounds.center
        for other in reversed(self._clickables):
            if other.order <= node.order:
                return False
            if other.bounds.holds(point) and not any(a is node for a in other.ancestors):
                return True
        return False

    @cached_property
    def _clickables(self) -> list[Node]:
        return sorted((n for n in self.visible if n.clickable), key=lambda node: node.order)

    @cached_property
    def _dialogs(self) -> tuple[tuple[int, str], ...]:
        """Windows above others: those below, of the same app, get no taps while they stand."""
        least = SMALL_WINDOW * self.size[0] * self.size[1]
        roots = self.windows[:-1]
        return tuple((root.window, root.package) for root in roots if root.bounds.area >= least)

    @cached_property
    def _covered(self) -> dict[int, bool]:
        return {}

    def __repr__(self) -> str:
        width, height = self.size
        shown = ", ".join(self.packages) or "empty"
        return f"<Screen {shown} {width}x{height}, {len(self.nodes)} nodes>"


def plain(text: str) -> str:
    """Fold what apps vary without meaning: curly quotes, odd spaces, the one-letter ellipsis."""
    return " ".join(text.translate(_QUOTES).split())


def same_text(typed: str, shown: str) -> bool:
    """Whether a dump shows what was typed; uiautomator prints each half of an emoji as a dot."""
    return _masked(typed) == _masked(shown)


def _masked(text: str) -> str:
    return re.sub("[\U00010000-\U0010ffff]", "..", plain(text))


def parse_dump(xml: bytes | str) -> Screen:
    """Read what `uiautomator dump` or uiautomator2 returned; raises UiUnreadable, nothing else."""
    if len(xml) > MAX_BYTES:
        raise UiUnreadable(f"The screen dump is too large ({len(xml)} bytes).")
    text = repaired(decoded(xml))
    start, end = re.search(r"<(hierarchy|displays)\b", text), _CLOSED.search(text)
    if start is None:
        raise UiUnreadable(f"The phone sent no screen dump: {plain(text)[:120] or 'nothing'}")
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise UiUnreadable("The screen dump declares a document type; that is not a dump.")
    if end is None:
        raise UiUnreadable("The screen dump was cut short.")
    text = text[start.start() : end.end(1)]
    if max(map(len, text.split("<"))) > MAX_TAG:
        raise UiUnreadable("The screen dump holds an element that no screen has.")
    reader = _Reader()
    parser = etree.XMLParser(
        target=reader,  # type: ignore[arg-type]  # the stubs ask for callbacks that lxml does not
        recover=True,
        # With False, a target is handed &amp; undecoded. No entity can be declared: no DOCTYPE.
        resolve_entities="internal",  # type: ignore[arg-type]  # the stubs are older than lxml 5
        no_network=True,
        huge_tree=False,
    )
    try:
        parser.feed(text.encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError as error:
        raise UiUnreadable(f"The screen dump is no XML: {error}") from error
    return Screen(_nodes(reader), blanked(text, reader.secrets))


@dataclass(frozen=True, slots=True)
class _Element:
    attributes: dict[str, str]
    parent: int | None
    root: int


class _Reader:
    """Takes elements as they stream by, so that a hostile dump never becomes a tree."""

    def __init__(self) -> None:
        self.elements: list[_Element] = []
        self.secrets = 0
        self._open: list[int | None] = []  # per open tag: its element, None for a wrapper
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise UiUnreadable(f"The screen dump has more than {MAX_NODES} nodes.")
        if len(self._open) >= MAX_DEPTH:
            raise UiUnreadable(f"The screen dump is nested deeper than {MAX_DEPTH}.")
        self.secrets += attributes.get("password") == "true"
        parent = self._open[-1] if self._open else None
        if tag in _WRAPPERS or "bounds" not in attributes:
            self._open.append(None if tag in _WRAPPERS else parent)
            return
        root = self.elements[parent].root if parent is not None else len(self.elements)
        self._open.append(len(self.elements))
        self.elements.append(_Element(attributes, parent, root))

    def end(self, _tag: str) -> None:
        if self._open:
            self._open.pop()

    def close(self) -> None:
        return None


def _nodes(reader: _Reader) -> tuple[Node, ...]:
    windows = _windows(reader.elements)
    order = _drawing_order(reader.elements, windows)
    nodes: list[Node] = []
    for index, element in enumerate(reader.elements):
        parent = nodes[element.parent] if element.parent is not None else None
        node = _node(element.attributes, parent, windows[element.root], order[index])
        if parent is not None:
            parent._children.append(node)  # noqa: SLF001  # the tree is closed when it is handed out
        nodes.append(node)
    return tuple(nodes)


def _windows(elements: list[_Element]) -> dict[int, int]:
    """Give each root the number of its window; a dump without any nesting is one window."""
    roots = [index for index, element in enumerate(elements) if element.parent is None]
    flat = len(roots) == len(elements)
    return {root: 0 if flat else number for number, root in enumerate(roots)}


def _drawing_order(elements: list[_Element], windows: dict[int, int]) -> list[int]:
    """Give each element its place in drawing: the first window last, siblings as they stand."""
    children: dict[int | None, list[int]] = {}
    for index, element in enumerate(elements):
        children.setdefault(element.parent, []).append(index)
    for siblings in children.values():
        if all(elements[i].attributes.get("drawing-order", "").isdecimal() for i in siblings):
            siblings.sort(key=lambda i: int(elements[i].attributes["drawing-order"][:9]))
    roots = [index for index, element in enumerate(elements) if element.parent is None]
    roots.sort(key=lambda root: -windows[root])
    order = [0] * len(elements)
    waiting = roots[::-1]
    for place in range(len(elements)):
        index = waiting.pop()
        order[index] = place
        waiting.extend(reversed(children.get(index, [])))
    return order


def _node(attributes: dict[str, str], parent: Node | None, window: int, order: int) -> Node:
    def on(name: str, default: str = "false") -> bool:
        return attributes.get(name, default) == "true"

    secret = on("password")
    full_id = attributes.get("resource-id", "")
    found = _BOUNDS.fullmatch(attributes["bounds"].strip())
    text = "" if secret else attributes.get("text", "")
    desc = "" if secret else attributes.get("content-desc", "")
    return Node(
        text=text,
        desc=desc,
        plain_text=plain(text),
        plain_desc=plain(desc),
        hint="" if secret else attributes.get("hint", ""),
        id=full_id.rpartition("/")[2],
        full_id=full_id,
        cls=attributes.get("class", "").rpartition(".")[2],
        package=attributes.get("package", ""),
        bounds=Box(*map(int, found.groups())) if found else Box(),
        clickable=on("clickable"),
        enabled=on("enabled", "true"),
        selected=on("selected"),
        focused=on("focused"),
        checked=on("checked"),
        scrollable=on("scrollable"),
        password=secret,
        shown=on("visible-to-user", "true"),
        window=window,
        order=order,
        parent=parent,
    )

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
from itertools import islice

from lxml import etree

from tmcore.errors import UiUnreadable
from tmcore.phone.dump_text import blanked, decoded, repaired
from tmcore.phone.dump_tree import Reader, corners_of, drawing_order, windows_of

MAX_BYTES = 5_000_000  # lxml took 348 MB for a dump of 19 MB
MAX_TAG = 200_000  # characters; a tag of 4 MB costs the parser 80
WHOLE_SCREEN = 0.4  # a clickable ancestor larger than this part of the screen is no button
MOST_SHEETS = 32  # no real screen comes near; it keeps a hostile one cheap
SMALL_WINDOW = 0.05  # smaller ones float without asking anything: TikTok's upload badge

_CLOSED = re.compile(r"(</(?:hierarchy|displays)\s*>|<(?:hierarchy|displays)[^<>]*/>)([^<]*)$")
_UNSEEN = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_QUOTES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "..."}
    | dict.fromkeys(_UNSEEN, "")  # TikTok wraps user names in marks of writing direction
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
    shown: bool  # not visible-to-user="false", nor Appium's displayed="false"
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

    @property
    def inside(self) -> Iterator["Node"]:
        """Everything inside the node, in document order."""
        waiting = list(reversed(self._children))
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    @property
    def says_and_asks(self) -> bool:
        """Whether there are words and something to tap inside."""
        words = buttons = False
        for node in self.inside:
            words, buttons = words or bool(node.plain_text), buttons or node.clickable
            if words and buttons:
                return True
        return False

    def hides(self, node: "Node") -> bool:
        """Whether the node lies wholly behind this one, if this one is drawn above and opaque."""
        ours, theirs = self.bounds, node.bounds
        inside = ours.left <= theirs.left and ours.top <= theirs.top
        inside = inside and theirs.right <= ours.right and theirs.bottom <= ours.bottom
        return inside and not any(ancestor is node for ancestor in self.ancestors)

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
        return tuple(roots[window] for window in sorted(roots))

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

        A clickable ancestor that fills the screen is a backdrop, and one that holds buttons beside
        the node is a row of them: their centre is somewhere else.
        """
        button = self._button(node)
        if button is None or button is node or self._holds_others(button, node):
            return node
        return button

    def takes_taps(self, node: Node) -> bool:
        """Whether a tap on the node does something, as far as the dump says."""
        return self._button(node) is not None

    def _button(self, node: Node) -> Node | None:
        limit = WHOLE_SCREEN * self.size[0] * self.size[1]
        for candidate in (node, *node.ancestors):
            if candidate.clickable and (candidate is node or candidate.bounds.area <= limit):
                return candidate
        return None

    def _holds_others(self, button: Node, node: Node) -> bool:
        """Whether the button holds something else to tap, beside the node."""
        known = self._rows.get(button.order)
        if known is None:
            inside = tuple(each for each in button.inside if each.clickable)
            known = self._rows[button.order] = inside
        return any(node not in other.ancestors for other in known if other is not node)

    def is_covered(self, node: Node) -> bool:
        """Whether a tap on `node` would land on something drawn above it."""
        known = self._covered.get(node.order)
        if known is None:
            known = self._covered[node.order] = self._is_covered(self.tappable(node))
        return known

    def _is_covered(self, node: Node) -> bool:
        if any(node.window > above and node.package == of for above, of in self._dialogs):
            return True
        if any(sheet.order > node.order and sheet.hides(node) for sheet in self._sheets):
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
    def _sheets(self) -> tuple[Node, ...]:
        """What stands in the lower part of the screen from edge to edge, with words and buttons.

        Full-screen layers are see-through on every real dump; these are not, where they lie over
        anything at all.
        """
        width, height = self.size
        found = (
            node
            for node in self.visible
            if node.bounds.width >= 0.95 * width
            and node.bounds.bottom >= 0.93 * height
            and 0.15 * height <= node.bounds.top <= 0.75 * height
            and node.says_and_asks
        )
        return tuple(islice(found, MOST_SHEETS))

    @cached_property
    def _dialogs(self) -> tuple[tuple[int, str], ...]:
        """Windows above others: those below, of the same app, get no taps while they stand."""
        least = SMALL_WINDOW * self.size[0] * self.size[1]
        roots = self.windows[:-1]
        return tuple((root.window, root.package) for root in roots if root.bounds.area >= least)

    @cached_property
    def _covered(self) -> dict[int, bool]:
        return {}

    @cached_property
    def _rows(self) -> dict[int, tuple[Node, ...]]:
        """Per clickable node, by its order: the clickable ones inside it."""
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
    reader = Reader()
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


def _nodes(reader: Reader) -> tuple[Node, ...]:
    windows = windows_of(reader.elements, has_layers=reader.has_layers)
    order = drawing_order(reader.elements, windows)
    nodes: list[Node] = []
    for index, element in enumerate(reader.elements):
        parent = nodes[element.parent] if element.parent is not None else None
        node = _node(element.attributes, parent, windows[element.root], order[index])
        if parent is not None:
            parent._children.append(node)  # noqa: SLF001  # the tree is closed when it is handed out
        nodes.append(node)
    return tuple(nodes)


def _node(attributes: dict[str, str], parent: Node | None, window: int, order: int) -> Node:
    def on(name: str, default: str = "false") -> bool:
        return attributes.get(name, default) == "true"

    secret = on("password")
    full_id = attributes.get("resource-id", "")
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
        bounds=Box(*corners_of(attributes)),
        clickable=on("clickable"),
        enabled=on("enabled", "true"),
        selected=on("selected"),
        focused=on("focused"),
        checked=on("checked"),
        scrollable=on("scrollable"),
        password=secret,
        shown=on("visible-to-user", "true") and on("displayed", "true"),
        window=window,
        order=order,
        parent=parent,
    )

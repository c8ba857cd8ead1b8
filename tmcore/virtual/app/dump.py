"""Windows to the XML that `uiautomator dump` writes."""

from collections.abc import Iterable

from tmcore.virtual.app.node import Node, Window

_HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n"
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


def plain(window: Window, *, compressed: bool = False) -> str:
    """The active window alone."""
    root = window.root
    shown = _compressed(root) if compressed else root
    return f'{_HEAD}<hierarchy rotation="0">{_nodes([shown])}</hierarchy>'


def all_windows(windows: list[Window], size: tuple[int, int]) -> str:
    """Every window, as --windows writes them: the uppermost first, the active one last."""
    body = "".join(_window(w, index, size) for index, w in enumerate(windows))
    return f'{_HEAD}<displays><display id="0">{body}</display></displays>'


def safe(text: str) -> str:
    """As Android's dumper: every UTF-16 unit beyond the basic plane becomes a dot."""
    return "".join(".." if ord(c) > 0xFFFF else c if _is_xml(c) else "." for c in text)


def escaped(text: str) -> str:
    """Safe inside an attribute."""
    return "".join(_ESCAPES.get(c, c) for c in safe(text))


def hierarchy(roots: list[Node], depth: int, *, compressed: bool = False) -> str:
    """Several windows as uiautomator2's server writes them: one after the other, in no order.

    It keeps them in a hash set, so which one lies above is not to be seen; here the lowest comes
    first, which is the contrary of --windows.
    """
    shown = [_compressed(root) if compressed else root for root in reversed(roots)]
    body = "".join(_indented(root, 0, depth) for root in shown)
    return f'{_HEAD}<hierarchy rotation="0">{body}\r\n</hierarchy>'


def _indented(node: Node, index: int, depth: int) -> str:
    """One node a line; whatever lies deeper than `depth` is left out."""
    more = {"visible-to-user": "true", "drawing-order": str(index + 1), "hint": node.hint,
            "display-id": "0"}  # fmt: skip
    attributes = _attributes(node, index) | more
    head = "\r\n<node " + " ".join(f'{k}="{escaped(v)}"' for k, v in attributes.items())
    if not node.children or depth <= 0:
        return f"{head} />"
    inner = "".join(_indented(child, n, depth - 1) for n, child in enumerate(node.children))
    return f"{head}>{inner}\r\n</node>"


def _window(window: Window, index: int, size: tuple[int, int]) -> str:
    left, top, right, bottom = window.root.bounds
    bounds = f"[{left},{top}][{min(right, size[0])},{min(bottom, size[1])}]"
    return (
        f'<window index="{index}" title="{escaped(window.title)}" bounds="{bounds}"'
        f' active="{_flag(window.active)}" focused="{_flag(window.active)}" id="{100 + index}"'
        f' layer="{10 - index}" type="{window.kind}">'
        f'<hierarchy rotation="0">{_nodes([window.root])}</hierarchy></window>'
    )


def _nodes(nodes: Iterable[Node]) -> str:
    return "".join(_node(n, index) for index, n in enumerate(nodes))


def _node(node: Node, index: int) -> str:
    attributes = _attributes(node, index)
    if node.hint:
        attributes["hint"] = node.hint
    head = "<node " + " ".join(f'{k}="{escaped(v)}"' for k, v in attributes.items())
    inner = _nodes(node.children)
    return f"{head}>{inner}</node>" if inner else f"{head} />"


def _attributes(node: Node, index: int) -> dict[str, str]:
    left, top, right, bottom = node.bounds
    return {
        "index": str(index),
        "text": node.text or node.hint,
        "resource-id": node.id,
        "class": node.kind,
        "package": node.package,
        "content-desc": node.desc,
        "checkable": _flag(node.checkable),
        "checked": _flag(node.checked),
        "clickable": _flag(node.clickable),
        "enabled": _flag(node.enabled),
        "focusable": _flag(node.focusable or node.clickable),
        "focused": _flag(node.focused),
        "scrollable": _flag(node.scrollable),
        "long-clickable": _flag(node.hold is not None),
        "password": _flag(node.password),
        "selected": _flag(node.selected),
        "bounds": f"[{left},{top}][{right},{bottom}]",
    }


def _compressed(root: Node) -> Node:
    """The root always stays; below it only what accessibility calls important."""
    return _with(root, [n for child in root.children for n in _important(child)])


def _with(node: Node, children: list[Node]) -> Node:
    copy = Node(**{f: getattr(node, f) for f in Node.__slots__ if f != "children"})
    copy.children = children
    return copy


def _important(node: Node) -> list[Node]:
    """Without the layout boxes that accessibility calls unimportant."""
    below = [n for child in node.children for n in _important(child)]
    if not (
        node.text or node.desc or node.hint or node.clickable or node.scrollable or node.checkable
    ):
        return below
    return [_with(node, below)]


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _is_xml(char: str) -> bool:
    code = ord(char)
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD

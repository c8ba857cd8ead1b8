"""Of equally large windows in one dump by uiautomator2's server, which lies above. Pure.

The server keeps windows in a hash set, so their order means nothing. Of two sizes the smaller one
floats (dump_tree.py); of two that are equally large, the one that takes the input lies above.
"""

import re

_TAG = re.compile(r"""<(/?)node\b(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_BOUNDS = re.compile(r'\bbounds="\[(-?\d+),(-?\d+)\]\[(-?\d+),(-?\d+)\]"')


def has_equals(xml: str) -> bool:
    """Whether two windows are equally large, so that only the active one tells their order."""
    areas = [_area(root) for _, _, root in _roots(xml)]
    return len(set(areas)) < len(areas)


def ordered(xml: str, active: str = "") -> str:
    """Put the window that takes the input first; `active` is a dump of it alone."""
    roots = _roots(xml)
    if len(roots) < 2:
        return xml
    seen = _lines(active)

    def rank(root: str) -> int:
        return -len(seen & _lines(root))

    start, end = roots[0][0], roots[-1][1]
    return xml[:start] + "\n".join(sorted((root for _, _, root in roots), key=rank)) + xml[end:]


def _roots(xml: str) -> list[tuple[int, int, str]]:
    """Cut out the outermost nodes; none where the tags do not match each other."""
    roots, depth, start = [], 0, 0
    for tag in _TAG.finditer(xml):
        if tag[1]:
            depth -= 1
        else:
            start = tag.start() if depth == 0 else start
            depth += not tag[0].endswith("/>")
        if depth < 0:
            return []
        if depth == 0:
            roots.append((start, tag.end(), xml[start : tag.end()]))
    return roots if depth == 0 else []


def _lines(xml: str) -> set[str]:
    """A line is a node; what moves on the screen between two dumps changes some of them only."""
    return {line.strip() for line in xml.split("\n")}


def _area(root: str) -> int:
    if (found := _BOUNDS.search(root)) is None:
        return 0
    left, top, right, bottom = map(int, found.groups())
    return max(0, right - left) * max(0, bottom - top)

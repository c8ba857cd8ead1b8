"""A phone's screen in half-blocks beside the same screen as text, for a terminal over SSH."""

from io import BytesIO
from itertools import groupby, zip_longest

from rich.style import Style

from tmcore.errors import UiUnreadable
from tmcore.format import safe, shortened
from tmcore.phone.screen import Node, Screen, parse_dump
from tmtui.widgets.lines import Span, Spans

MOST_WIDE = 46


def side_by_side(png: bytes, xml: bytes | str, width: int) -> list[Spans]:
    """The picture at the left where there is room for both, the words at the right."""
    across = min(MOST_WIDE, width // 2 - 2) if width >= 60 else 0
    drawn = picture(png, across) if across else []
    words = [[(line, "")] for line in words_of(xml)]
    gap: Span = (" " * across, "")
    return [
        [*(left or ([gap] if drawn else [])), ("  ", ""), *(right or [])]
        for left, right in zip_longest(drawn, words)
    ]


def picture(png: bytes, across: int) -> list[list[Span]]:
    """Two pixels to a cell, neighbours of the same two colours in one piece."""
    if not png:
        return [[("no picture was kept", "dim")]]
    import av  # noqa: PLC0415  # 80 ms that the start does not have

    try:
        with av.open(BytesIO(png), "r") as file:
            frame = next(file.decode(video=0))
            high = max(2, round(frame.height / frame.width * across / 2) * 2)
            small = frame.reformat(across, high, "rgb24")
    except (av.FFmpegError, StopIteration, ValueError):
        return [[("the picture cannot be read", "dim")]]
    plane = small.planes[0]
    data, step = bytes(plane), plane.line_size
    return [_line(data, y * step, (y + 1) * step, across) for y in range(0, high, 2)]


def _line(data: bytes, upper: int, lower: int, across: int) -> list[Span]:
    pairs = (
        (_rough(data[upper + x : upper + x + 3]), _rough(data[lower + x : lower + x + 3]))
        for x in range(0, across * 3, 3)
    )
    return [
        ("▀" * sum(1 for _ in same), Style(color=above, bgcolor=below))
        for (above, below), same in groupby(pairs)
    ]


def _rough(pixel: bytes) -> str:
    """Coarser colours make longer pieces: a third fewer bytes, and no eye sees it."""
    return "#" + "".join(f"{min(255, part // 16 * 17):02x}" for part in pixel)


def words_of(xml: bytes | str) -> list[str]:
    """Every readable line of a dump."""
    try:
        return [shortened(text, 120) for text in parse_dump(xml).texts()] if xml else []
    except UiUnreadable as error:
        return [safe(error)]


def tappables(screen: Screen) -> list[tuple[str, tuple[int, int]]]:
    """What a finger can reach: its words and the point to tap, in the order of the screen."""
    found: dict[tuple[int, int], str] = {}
    for node in screen.visible:
        if not (node.clickable and node.enabled) or screen.is_covered(node):
            continue
        point = node.bounds.center
        found.setdefault(point, _words(node) or node.id or node.cls)
    return [(label, point) for point, label in found.items()]


def _words(node: Node) -> str:
    own = node.plain_text or node.plain_desc or node.hint
    return own or next(filter(None, map(_words, node.children)), "")

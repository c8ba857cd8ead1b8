"""A simple picture of the screen: boxes and texts, so that an operator sees where a post stands."""

import functools
import io

from tmcore.virtual.app.node import Bounds, Window

_SCALE = 4  # drawn small and enlarged: a full one costs 50 ms of CPU

Box = tuple[Bounds, str, bool]


def picture(windows: list[Window], size: tuple[int, int]) -> bytes:
    """A PNG in the phone's size."""
    boxes = tuple(
        (n.bounds, n.text or n.hint or n.desc, n.clickable)
        for window in reversed(windows)
        for n in window.root.walk()
        if n.text or n.hint or n.desc or n.clickable
    )
    return _png(boxes, size)


@functools.lru_cache(maxsize=16)
def _png(boxes: tuple[Box, ...], size: tuple[int, int]) -> bytes:
    from PIL import Image, ImageDraw  # noqa: PLC0415 - memory most racks never need

    image = Image.new("P", (size[0] // _SCALE, size[1] // _SCALE), 0)
    image.putpalette([24, 24, 32, 235, 235, 235, 90, 110, 160])
    draw = ImageDraw.Draw(image)
    for bounds, text, clickable in boxes:
        left, top, right, bottom = (b // _SCALE for b in bounds)
        if clickable and right > left and bottom > top:
            draw.rectangle((left, top, right - 1, bottom - 1), outline=2)
        draw.text(
            (left + 2, top + 1), text[:40].encode("latin-1", "replace").decode("latin-1"), fill=1
        )
    out = io.BytesIO()
    image.resize(size, Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()

"""Small real videos and pictures, made on the spot: for the demo and for tests."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import av
from PIL import Image

FRAMES_PER_SECOND = 24
WIDTH, HEIGHT = 360, 640  # upright
BAND = 48  # height of a stripe in pixels


def make_video(path: Path, seconds: float = 3, seed: int = 0, *, index_first: bool = False) -> Path:
    """Write an H.264 MP4 of drifting stripes; each seed has its own colours, speed and bytes.

    `index_first` puts the index before the pictures, as a web download has it: such a file still
    opens when its end is missing.
    """
    options = {"movflags": "faststart"} if index_first else {}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "ultrafast"}
        for frame in _frames(round(seconds * FRAMES_PER_SECOND), Random(seed)):  # noqa: S311
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def make_picture(path: Path, seed: int = 0) -> Path:
    """Write a PNG of one colour; each seed has its own."""
    red, green, blue = Random(seed).sample(range(256), k=3)  # noqa: S311
    Image.new("RGB", (WIDTH, HEIGHT), (red, green, blue)).save(path)
    return path


def _frames(count: int, rng: Random) -> Iterator[av.VideoFrame]:
    speed = rng.randint(2, 7)
    light, blue, red = (rng.sample(range(48, 208), k=8) for _ in range(3))
    for number in range(count):
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, shades, band in zip(
            frame.planes, (light, blue, red), (BAND, BAND // 2, BAND // 2), strict=True
        ):
            shift = number * speed * band // BAND
            plane.update(_stripes(plane.line_size, plane.height, shades, band, shift))
        frame.pts = number
        yield frame


def _stripes(width: int, height: int, shades: list[int], band: int, shift: int) -> bytes:
    rows = (shades[(row + shift) // band % len(shades)] for row in range(height))
    return b"".join(bytes([shade]) * width for shade in rows)

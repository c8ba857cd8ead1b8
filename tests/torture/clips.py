"""Videos that differ in nothing but their bytes, so that the phones' record tells posts apart."""

from pathlib import Path
from uuid import uuid4

CONTENT = 16  # bytes


def make_another(video: Path, clip: Path) -> Path:
    """Copy an MP4 and add a box that every reader skips: a file that nobody has posted."""
    box = (8 + CONTENT).to_bytes(4, "big") + b"free" + uuid4().bytes
    clip.write_bytes(video.read_bytes() + box)
    return clip

"""Whether a file is a whole image; everything here blocks, so call it in a thread.

How large an image is stands in its first bytes, and is looked at before anything is decoded: some
hundred kilobytes may claim to be gigabytes. What is decoded is decoded one at a time.
"""

import os
from io import BufferedReader
from threading import Lock
from typing import Literal, get_args

from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from tmcore.errors import BadInput
from tmcore.media.boxes import container_of
from tmcore.media.files import FIELD, shown
from tmcore.model import Model

Format = Literal["jpeg", "png", "webp", "gif"]
FORMATS: tuple[Format, ...] = get_args(Format)

MEGA = 1_000_000
MAX_MEGAPIXELS = 64  # beyond what any app is told to take; decoded, up to 4 bytes a pixel
MAX_MB = 200
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF = (b"avif", b"avis")
_ONE_AT_A_TIME = Lock()
_DRAFT = (512, 512)  # a JPEG decodes to about this size at a fraction of the memory


class Image(Model):
    """What an image is, as far as the limits of the apps ask."""

    format: Format
    width: int
    height: int
    size_bytes: int

    @property
    def megapixels(self) -> float:
        return self.width * self.height / MEGA


def still_of(head: bytes) -> str | None:
    """Name the kind of still image that a file's first 16 bytes announce; None is none."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "HEIC" if brand in _HEIF else "AVIF" if brand in _AVIF else None
    if head[:4] == b"RIFF":
        return "WebP" if head[8:12] == b"WEBP" else None
    return next((name for sign, name in _SIGNS.items() if head.startswith(sign)), None)


_SIGNS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}


def probe_image(file: BufferedReader, field: str = FIELD) -> Image:
    """Read what an image is; BadInput where it is none, or not a whole one. The file is rewound."""
    file.seek(0)
    kind = still_of(file.read(16))
    if kind is None:
        is_video = container_of(file) is not None
        what = (
            "is a video, not an image" if is_video else "is not an image (JPEG, PNG and WebP are)"
        )
        raise BadInput.of(field, f"{shown(file.name)} {what}")
    if kind.lower() not in FORMATS:
        raise BadInput.of(
            field, f"{shown(file.name)} is {kind}, which is not read here; convert it to JPEG first"
        )
    try:
        with _ONE_AT_A_TIME:
            return _probe(file)
    except _TooLarge as large:
        raise BadInput.of(field, f"{shown(file.name)} {large}") from None
    except (OSError, SyntaxError, ValueError, EOFError, UnidentifiedImageError) as error:
        why = f"{shown(file.name)} is not a whole image: it is damaged or cut off"
        raise BadInput.of(field, why) from error
    finally:
        file.seek(0)


class _TooLarge(Exception):
    """How large an image claims to be, as the end of a sentence about it."""


def _probe(file: BufferedReader) -> Image:
    file.seek(0)
    try:
        with Pillow.open(file, formats=FORMATS) as opened:  # as named: no other parser is reached
            found = _of(opened, os.fstat(file.fileno()).st_size)
            _decode(opened)
            return found
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise _TooLarge(f"claims to be far too large; at most {MAX_MEGAPIXELS} Mpx") from error


def _of(opened: Pillow.Image, size_bytes: int) -> Image:
    width, height = opened.size
    if size_bytes > MAX_MB * MEGA:
        raise _TooLarge(f"has {size_bytes / MEGA:,.0f} MB; at most {MAX_MB} MB")
    if width * height > MAX_MEGAPIXELS * MEGA:
        raise _TooLarge(f"claims to be {width}x{height} pixels large; at most {MAX_MEGAPIXELS} Mpx")
    named = "JPEG" if opened.format == "MPO" else opened.format  # what phones with two lenses write
    return Image.model_validate(
        {"format": str(named).lower(), "width": width, "height": height, "size_bytes": size_bytes}
    )


def _decode(opened: Pillow.Image) -> None:
    """Read it to its end. A PNG carries checksums and need not be unpacked for that."""
    if opened.format == "PNG":
        opened.verify()
    else:
        opened.draft("RGB", _DRAFT)
        opened.load()

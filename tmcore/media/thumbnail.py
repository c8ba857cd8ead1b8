"""A small picture of a file. Blocks; the file must have been found whole."""

import io
from io import BufferedReader

from PIL import Image as Pillow
from PIL import ImageOps

from tmcore.materials import MediaKind
from tmcore.media.image import FORMATS
from tmcore.media.probe import first_picture

SIDE = 320  # pixels, the longer one
QUALITY = 80


def thumbnail_of(file: BufferedReader, kind: MediaKind) -> bytes:
    """Return a JPEG of an image, or of a video's first picture."""
    picture = _frame(file) if kind == "video" else _image(file)
    picture.thumbnail((SIDE, SIDE))
    content = io.BytesIO()
    picture.convert("RGB").save(content, "JPEG", quality=QUALITY)
    return content.getvalue()


def _image(file: BufferedReader) -> Pillow.Image:
    opened = Pillow.open(file, formats=FORMATS)
    opened.draft("RGB", (SIDE, SIDE))
    return ImageOps.exif_transpose(opened)


def _frame(file: BufferedReader) -> Pillow.Image:
    picture: Pillow.Image = first_picture(file).to_image()  # type: ignore[no-untyped-call]
    return picture

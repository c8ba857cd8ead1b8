"""What each app takes, as limits.toml says; whatever is outside is refused before it is queued."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from pydantic import Field

from tmcore.accounts import App
from tmcore.errors import FieldError
from tmcore.media.boxes import Container
from tmcore.media.files import FIELD, shown
from tmcore.media.image import Format, Image
from tmcore.media.probe import Video
from tmcore.model import Model
from tmcore.rules.captions import CaptionLimits

MEGABYTE = 1_000_000
FILE = "limits.toml"


class TextLimits(Model):
    """The bounds of a caption, in UTF-16 units; photo_title where a post of images has a title."""

    description: int = Field(ge=1)
    hashtags: int = Field(ge=0)
    photo_title: int | None = Field(None, ge=1)


class VideoLimits(Model):
    """The bounds of a video; a side is a width or a height, in pixels."""

    containers: tuple[Container, ...]
    codecs: tuple[str, ...]  # by libav's names
    min_s: float = Field(ge=0)
    max_s: float
    max_mb: float
    max_side: int


class ImageLimits(Model):
    """The bounds of a post of images, and of each of them."""

    formats: tuple[Format, ...]
    max_count: int = Field(ge=1)
    max_mb: float
    max_megapixels: float


class Limits(Model):
    """All that one app takes."""

    caption: TextLimits
    video: VideoLimits
    image: ImageLimits

    def caption_of(self, app: App, *, images: bool) -> CaptionLimits:
        """Return what a caption is checked against."""
        text = self.caption
        title = text.photo_title if images else None
        return CaptionLimits(app, text.description, text.hashtags, title)


@cache
def limits_of(app: App) -> Limits:
    """Return the limits of an app."""
    read = tomllib.loads(files("tmcore.media").joinpath(FILE).read_text())
    return Limits.model_validate(read[app])


def limit_errors(
    found: Video | Image, app: App, name: str, field: str = FIELD
) -> tuple[FieldError, ...]:
    """Say each limit of the app that a file is outside of; `name` is the file's."""
    limits = limits_of(app)
    outside = (
        _video_outside(found, limits.video)
        if isinstance(found, Video)
        else _image_outside(found, limits.image)
    )
    return tuple(
        FieldError(field, f"{shown(name)} {what}; {app} takes {allowed}")
        for what, allowed in outside
    )


def count_error(count: int, app: App, field: str) -> FieldError | None:
    """Say that a post of so many images is too large for the app; None where it is not."""
    most = limits_of(app).image.max_count
    if count <= most:
        return None
    return FieldError(field, f"{count} images are too many; {app} takes 1 to {most}")


def _video_outside(video: Video, limits: VideoLimits) -> Iterator[tuple[str, str]]:
    """Yield what the video is and what is allowed instead."""
    if video.container not in limits.containers:
        yield f"is {video.container}", ", ".join(limits.containers)
    if video.codec not in limits.codecs:
        yield f"is coded as {video.codec}", ", ".join(limits.codecs)
    if not limits.min_s <= video.duration_s <= limits.max_s:
        yield f"lasts {video.duration_s:.1f} s", f"{limits.min_s:.0f} to {limits.max_s:.0f} s"
    yield from _too_heavy(video.size_bytes, limits.max_mb)
    if max(video.width, video.height) > limits.max_side:
        sides = f"sides of 1 to {limits.max_side} pixels"
        yield f"is {video.width}x{video.height} pixels", sides


def _image_outside(image: Image, limits: ImageLimits) -> Iterator[tuple[str, str]]:
    if image.format not in limits.formats:
        yield f"is {image.format}", ", ".join(limits.formats)
    yield from _too_heavy(image.size_bytes, limits.max_mb)
    if image.megapixels > limits.max_megapixels:
        size = f"is {image.width}x{image.height} pixels ({image.megapixels:.0f} Mpx)"
        yield size, f"at most {limits.max_megapixels:.0f} Mpx"


def _too_heavy(size_bytes: int, max_mb: float) -> Iterator[tuple[str, str]]:
    if size_bytes > max_mb * MEGABYTE:
        yield f"has {size_bytes / MEGABYTE:,.0f} MB", f"at most {max_mb:,.0f} MB"

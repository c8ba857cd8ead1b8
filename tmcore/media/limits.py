"""What each app documents that it takes; a video outside is refused before it is queued.

TikTok: developers.tiktok.com, Content Posting API, media transfer guide. Its app lets some accounts
post longer videos than its documents promise; we keep to the documents.
Instagram: developers.facebook.com, IG User Media, reel specifications.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tmcore.errors import FieldError
from tmcore.media.boxes import Container
from tmcore.media.files import FIELD, shown
from tmcore.media.probe import Video
from tmcore.model import App

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """The bounds of one app; a side is a width or a height."""

    containers: tuple[Container, ...]
    codecs: tuple[str, ...]  # by libav's names
    min_duration_s: float
    max_duration_s: float
    max_bytes: int
    min_side: int
    max_side: int


LIMITS: dict[App, VideoLimits] = {
    "tiktok": VideoLimits(
        containers=("mp4", "mov", "webm"),
        codecs=("h264", "hevc", "vp8", "vp9"),
        min_duration_s=0,
        max_duration_s=10 * 60,
        max_bytes=4000 * MEGABYTE,
        min_side=1,  # the content API's 360 is not known to be the app's
        max_side=4096,
    ),
    "instagram": VideoLimits(
        containers=("mp4", "mov"),
        codecs=("h264", "hevc"),
        min_duration_s=3,
        max_duration_s=15 * 60,
        max_bytes=300 * MEGABYTE,
        min_side=1,
        max_side=1920,
    ),
}


def limit_errors(video: Video, app: App, name: str, field: str = FIELD) -> tuple[FieldError, ...]:
    """Say each limit of the app that a video is outside of; `name` is its file's."""
    outside = _outside(video, LIMITS[app])
    return tuple(
        FieldError(field, f"{shown(name)} {what}; {app} takes {allowed}")
        for what, allowed in outside
    )


def _outside(video: Video, limits: VideoLimits) -> Iterator[tuple[str, str]]:
    """Yield what the video is and what is allowed instead."""
    if video.container not in limits.containers:
        yield f"is {video.container}", ", ".join(limits.containers)
    if video.codec not in limits.codecs:
        yield f"is coded as {video.codec}", ", ".join(limits.codecs)
    shortest, longest = limits.min_duration_s, limits.max_duration_s
    if not shortest <= video.duration_s <= longest:
        yield f"lasts {video.duration_s:.1f} s", f"{shortest:.0f} to {longest:.0f} s"
    if video.size_bytes > limits.max_bytes:
        size_mb, most_mb = video.size_bytes / MEGABYTE, limits.max_bytes / MEGABYTE
        yield f"has {size_mb:,.0f} MB", f"at most {most_mb:,.0f} MB"
    smaller, larger = sorted((video.width, video.height))
    if smaller < limits.min_side or larger > limits.max_side:
        sides = f"sides of {limits.min_side} to {limits.max_side} pixels"
        yield f"is {video.width}x{video.height} pixels", sides

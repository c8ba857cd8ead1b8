"""Whether a file is a whole video; everything here blocks, so call it in a thread.

A name that ends in .mp4 and a magic number say nothing about health. Four things do:

1.  No outer part of the container claims to end behind the end of the file (boxes.py): a download
    that stopped is found without being read.
2.  The first picture decodes.
3.  After a seek to the end the packets reach the declared duration: fragments and clusters are
    all there.
4.  The last picture is not all zeros, as it is where a downloader reserved the space first.

Only about the first and the last second are read, whatever the size. Damage in the middle stays
unseen: finding it means decoding everything, and the app's own upload does that.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from itertools import islice

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from tmcore.errors import BadInput
from tmcore.media.boxes import Container, container_of, missing_bytes
from tmcore.media.files import FIELD, shown
from tmcore.media.image import still_of
from tmcore.model import Model

# libav is told what to read: left to guess, it takes playlists too, and opens what they name
_FORMATS: dict[Container, str] = {"mp4": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska"}
_MAX_SIDE = 8192  # a picture of a few bytes may claim to be gigabytes large
_FIRST_PACKETS = 64  # a decoder may hold a few back; gigabytes of noise are not tried to the end
_END_SLACK_S = 1.0  # sound and picture seldom end together, and durations are rounded
_TAIL_S = 1.0
_AUDIO = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"fLaC", b"OggS")


class Video(Model):
    """What a video is, as far as the limits of the apps ask."""

    container: Container
    codec: str
    duration_s: float
    width: int
    height: int
    size_bytes: int


def probe_video(file: BufferedReader, field: str = FIELD) -> Video:
    """Read what a video is; BadInput where it is none, or not a whole one. The file is rewound."""
    try:
        return _probe(file)
    except _Unfit as unfit:
        raise BadInput.of(field, f"{shown(file.name)} {unfit}") from None
    finally:
        file.seek(0)


def first_picture(file: BufferedReader) -> av.VideoFrame:
    """Decode the first picture of a video that was found whole."""
    kind = container_of(file)
    if kind is None:
        raise BadInput.of(FIELD, f"{shown(file.name)} is not a video")
    with _opened(file, _FORMATS[kind]) as container:
        return next(container.decode(_moving_picture(container)))


class _Unfit(Exception):
    """What a file is instead of a whole video, as the end of a sentence about it."""


def _probe(file: BufferedReader) -> Video:
    _refuse_other_kinds(file)
    kind = container_of(file)
    if kind is None:
        raise _Unfit("is not a video (MP4, MOV and WebM are)")
    if missing := missing_bytes(file):
        raise _Unfit(f"is cut off: {missing:,} bytes at its end are missing; copy it again")
    with _opened(file, _FORMATS[kind]) as container:
        stream = _moving_picture(container)
        duration_s = _duration_s(container)
        _decode_first(container, stream)
        _read_end(container, stream, duration_s)
        return Video(
            container=kind,
            codec=stream.codec_context.name,
            duration_s=duration_s,
            width=stream.width,
            height=stream.height,
            size_bytes=os.fstat(file.fileno()).st_size,
        )


def _refuse_other_kinds(file: BufferedReader) -> None:
    file.seek(0)
    head = file.read(16)
    if still_of(head):
        raise _Unfit("is an image, not a video")
    if head.startswith(_AUDIO) or (head[:4] == b"RIFF" and head[8:12] == b"WAVE"):
        raise _Unfit("is sound only, not a video")


@contextmanager
def _opened(file: BufferedReader, libav_format: str) -> Iterator[InputContainer]:
    """Every complaint of libav, from the opening to the last packet, means the same to us."""
    file.seek(0)
    try:
        # titles of old cameras are not UTF-8, and nobody reads them here
        with av.open(file, "r", libav_format, metadata_errors="replace") as container:
            yield container
    except av.FFmpegError as error:
        raise _Unfit(f"is not a whole video: it is damaged or cut off ({error.strerror})") from None


def _moving_picture(container: InputContainer) -> VideoStream:
    moving = (
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic  # the cover of a song
    )
    stream = next(moving, None)
    if stream is None:
        raise _Unfit("is sound only, not a video")
    if getattr(stream, "codec_context", None) is None:  # av's types do not say so
        raise _Unfit("is coded in a way that nobody here can read")
    if not 0 < max(stream.width, stream.height) <= _MAX_SIDE:
        size = f"{stream.width}x{stream.height}"
        raise _Unfit(f"claims to be {size} pixels large; at most {_MAX_SIDE} a side")
    return stream


def _duration_s(container: InputContainer) -> float:
    if not container.duration or container.duration < 0:
        raise _Unfit("does not say how long it is, so that a cut would not show; convert it first")
    return container.duration / av.time_base


def _decode_first(container: InputContainer, stream: VideoStream) -> None:
    packets = islice(container.demux(stream), _FIRST_PACKETS)
    if not any(packet.decode() for packet in packets):
        raise _Unfit("is not a whole video: its first picture cannot be read")


def _read_end(container: InputContainer, stream: VideoStream, duration_s: float) -> None:
    start_s = (container.start_time or 0) / av.time_base
    container.seek(round((start_s + max(0.0, duration_s - _TAIL_S)) * av.time_base))
    last_picture, end_s = b"", 0.0
    for packet in container.demux():
        if packet.is_corrupt:
            raise _Unfit("is not a whole video: its end is damaged")
        if packet.stream.index == stream.index and packet.size:
            last_picture = bytes(packet)
        if packet.pts is not None and packet.time_base is not None:
            end_s = max(end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    if not any(last_picture) or end_s - start_s < duration_s - _END_SLACK_S:
        raise _Unfit("is not a whole video: its end cannot be read")

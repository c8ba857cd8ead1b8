"""The outline of a container: its outermost parts and where each claims to end.

MP4 and MOV are a row of boxes (size, type, content); Matroska and WebM one segment after a header.
A download that stopped leaves a part whose end lies behind the end of the file. libav forgives
that, often without a word; the sizes are eight bytes each and settle it without reading the rest.
"""

import os
from io import BufferedReader
from typing import Literal

Container = Literal["mp4", "mov", "webm", "mkv"]

# junk behind the last box is common and harmless, so only a type known here can be cut
_BOXES = frozenset(
    b"ftyp moov mdat moof mfra sidx styp free skip wide udta uuid meta pnot emsg prft".split()
)
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_HEAD_BYTES = 64  # holds the first box, or the document type of a Matroska header


def container_of(file: BufferedReader) -> Container | None:
    """Tell the container by its first bytes; None is anything that is not a video container."""
    head = _read_at(file, 0, _HEAD_BYTES)
    if head.startswith(_EBML):
        return "webm" if b"webm" in head else "mkv"
    if head[4:8] not in _BOXES:
        return None
    return "mp4" if head[4:8] == b"ftyp" and head[8:12] != b"qt  " else "mov"


def missing_bytes(file: BufferedReader) -> int:
    """Count the bytes that the container promises behind the end of the file."""
    end = os.fstat(file.fileno()).st_size
    is_matroska = _read_at(file, 0, 4) == _EBML
    promised = _end_of_segment(file) if is_matroska else _end_of_boxes(file, end)
    return max(0, promised - end)


def _end_of_boxes(file: BufferedReader, end: int) -> int:
    at = 0
    while at < end:
        header = _read_at(file, at, 16)
        size = int.from_bytes(header[:4], "big")
        if size == 1:  # the real size stands behind the type
            size = int.from_bytes(header[8:16], "big")
        if header[4:8] not in _BOXES or size < 8:  # 0 means: up to the end of the file
            return at
        at += size
    return at


def _end_of_segment(file: BufferedReader) -> int:
    segment = _end_of_element(file, 0)
    return _end_of_element(file, segment) if _read_at(file, segment, 4) == _SEGMENT else 0


def _end_of_element(file: BufferedReader, at: int) -> int:
    """Where an element with a four-byte id ends; 0 for an unknown size, as live recordings have."""
    field = _read_at(file, at + 4, 8)
    length = 9 - field[0].bit_length() if field and field[0] else 9  # leading zeros tell the bytes
    if length > len(field):
        return 0
    value_bits = 7 * length
    size = int.from_bytes(field[:length], "big") & ((1 << value_bits) - 1)
    return 0 if size == (1 << value_bits) - 1 else at + 4 + length + size


def _read_at(file: BufferedReader, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)

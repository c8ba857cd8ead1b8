"""Parts of an endless HTTP body, made once for all who are sent them, plain or deflated.

Each part is compressed by itself and ends at a whole byte, so that any readers' streams can be put
together of the same ones. Only the checksum at its end is each stream's own, and that can be
computed from the parts': https://www.rfc-editor.org/rfc/rfc1950
"""

import zlib
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

FRAME = 128 * 1024  # bytes that are handed to a line at once: what one that is stuck can hold
_LEVEL = 1  # texts about tasks are alike; more effort gains little
_HEADER, _LAST_BLOCK = b"\x78\x01", b"\x03\x00"
_ADLER = 65521


class Body:
    """One part, as chunks of HTTP/1.1 in either coding."""

    def __init__(self, text: bytes) -> None:
        self.text = text

    @cached_property
    def plain(self) -> tuple[bytes, ...]:
        return _framed(self.text)

    @cached_property
    def deflated(self) -> tuple[bytes, ...]:
        making = zlib.compressobj(_LEVEL, wbits=-zlib.MAX_WBITS)
        return _framed(making.compress(self.text) + making.flush(zlib.Z_FULL_FLUSH))

    @cached_property
    def adler(self) -> int:
        return zlib.adler32(self.text)


class Coding:
    """How one stream is sent. Plain, unless it is deflated."""

    headers: Mapping[str, str] = MappingProxyType({})

    def first(self) -> tuple[bytes, ...]:
        """Return the chunks before the first part."""
        return ()

    def next(self, body: Body) -> tuple[bytes, ...]:
        """Return the chunks of the next part, which must all be sent."""
        return body.plain

    def last(self) -> tuple[bytes, ...]:
        """Return the chunks behind the last part."""
        return ()


class Deflate(Coding):
    """Keeps the checksum of what one reader was sent."""

    headers = MappingProxyType({"Content-Encoding": "deflate"})

    def __init__(self) -> None:
        self._low, self._high = 1, 0

    def first(self) -> tuple[bytes, ...]:
        return _framed(_HEADER)

    def next(self, body: Body) -> tuple[bytes, ...]:
        self._high += (body.adler >> 16) + len(body.text) * (self._low - 1)
        self._low += (body.adler & 0xFFFF) - 1
        self._high, self._low = self._high % _ADLER, self._low % _ADLER
        return body.deflated

    def last(self) -> tuple[bytes, ...]:
        return _framed(_LAST_BLOCK + (self._high << 16 | self._low).to_bytes(4, "big"))


def coding_for(accepts: str) -> Coding:
    """Return what suits an Accept-Encoding: deflate where it is named and not refused."""
    for offer in accepts.lower().split(","):
        name, *rest = (part.strip() for part in offer.split(";"))
        if name == "deflate" and not any(_is_zero(part) for part in rest):
            return Deflate()
    return Coding()


def _is_zero(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and not value.strip().strip("0.")


def _framed(content: bytes) -> tuple[bytes, ...]:
    pieces = (content[at : at + FRAME] for at in range(0, len(content), FRAME))
    return tuple(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)

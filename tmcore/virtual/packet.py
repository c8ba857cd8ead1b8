"""ADB packets: six little-endian words, then the data."""

import asyncio
import struct
from typing import NamedTuple

CNXN, AUTH, OPEN = 0x4E584E43, 0x48545541, 0x4E45504F
OKAY, WRTE, CLSE = 0x59414B4F, 0x45545257, 0x45534C43
VERSION = 0x01000001  # from here on checksums are not verified
MAX_DATA = 1 << 20

_HEADER = struct.Struct("<6I")


class Packet(NamedTuple):
    """One packet of the transport."""

    command: int
    arg0: int = 0
    arg1: int = 0
    data: bytes = b""


def pack(packet: Packet) -> bytes:
    """The packet's bytes; the sum is only read of CNXN and AUTH, which come before the version."""
    total = sum(packet.data) & 0xFFFFFFFF if packet.command in (CNXN, AUTH) else 0
    magic = packet.command ^ 0xFFFFFFFF
    words = (packet.command, packet.arg0, packet.arg1, len(packet.data), total, magic)
    return _HEADER.pack(*words) + packet.data


async def read_packet(reader: asyncio.StreamReader) -> Packet:
    """The next packet; one with a wrong magic or an absurd length ends the transport."""
    command, arg0, arg1, length, _, magic = _HEADER.unpack(await reader.readexactly(24))
    if command ^ magic != 0xFFFFFFFF or length > MAX_DATA:
        raise ConnectionError("not an ADB packet")
    return Packet(command, arg0, arg1, await reader.readexactly(length))

"""What the phone's adbd offers by name: shells, sync, reverse, reboot. The rest is refused."""

import asyncio
import re
import struct
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tmcore.virtual.shell.call import Pipes, Read, Write
from tmcore.virtual.shell.commands import COMMANDS
from tmcore.virtual.shell.interpreter import Shell
from tmcore.virtual.stream import ByteReader, Stream, StreamClosed
from tmcore.virtual.sync import Sync
from tmcore.virtual.transport import Service

if TYPE_CHECKING:
    from tmcore.virtual.phone import Phone

FEATURES = "shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir,sendrecv_v2"
_STDIN, _STDOUT, _STDERR, _EXIT, _CLOSE_STDIN = range(5)
_FRAME = struct.Struct("<BI")


def find(phone: "Phone", name: str) -> Service | None:
    """The service of that name, or None, and the stream is closed."""
    head, _, rest = name.partition(":")
    kind, *options = head.split(",")
    if kind == "shell":
        return _shell_v2(phone, rest) if "v2" in options else _shell(phone, rest)
    if kind == "exec":
        return _shell(phone, rest)
    if kind == "sync":
        return _sync(phone)
    if kind == "tcp":
        return phone.running.listeners.get(int(rest)) if rest.isdecimal() else None
    if kind == "reboot":
        return _reboot(phone)
    if kind == "reverse":
        return _said(phone.reverse(rest))
    if head in _TEXTS:
        return _said(_TEXTS[head].format(rest).encode())
    return None


class _Output:
    """Output that ends quietly when nobody reads: the command behind it goes on."""

    def __init__(self, write: Write) -> None:
        self._write, self.is_broken = write, False

    async def write(self, data: bytes) -> None:
        if self.is_broken:
            return
        try:
            await self._write(data)
        except (StreamClosed, ConnectionError):
            self.is_broken = True


def _shell(phone: "Phone", command: str) -> Service:
    async def serve(stream: Stream) -> None:
        output = _Output(stream.write)
        pipes = Pipes(
            stream.read, output.write, output.write, lambda: stream.closed or output.is_broken
        )
        await _run(phone, command, pipes, output)

    return serve


def _shell_v2(phone: "Phone", command: str) -> Service:
    async def serve(stream: Stream) -> None:
        output = _Output(stream.write)

        def framed(identity: int) -> Write:
            async def write(data: bytes) -> None:
                await output.write(_FRAME.pack(identity, len(data)) + data)

            return write

        pipes = Pipes(
            _frames(stream),
            framed(_STDOUT),
            framed(_STDERR),
            lambda: stream.closed or output.is_broken,
        )
        code = await _run(phone, command, pipes, output)
        await output.write(_FRAME.pack(_EXIT, 1) + bytes([code & 0xFF]))

    return serve


def _frames(stream: Stream) -> Read:
    """Stdin out of shell v2 packets."""
    reader = ByteReader(stream)
    ended = False

    async def read() -> bytes:
        nonlocal ended
        while not ended:
            try:
                identity, length = _FRAME.unpack(await reader.exactly(_FRAME.size))
                data = await reader.exactly(length)
            except StreamClosed:
                break
            if identity == _STDIN and data:
                return data
            ended = identity == _CLOSE_STDIN
        ended = True
        return b""

    return read


async def _run(phone: "Phone", command: str, pipes: Pipes, output: _Output) -> int:
    if not command:
        return await _interactive(phone, pipes)
    ran = await phone.began(command)
    drop = phone.drops(command)
    if drop and drop.text("point", "after") == "before":
        phone.pull(drop)
        phone.ended(ran, 255)
        return 255
    output.is_broken = output.is_broken or drop is not None
    code = await Shell(phone, COMMANDS).run(command, pipes)
    phone.ended(ran, code)
    if drop:
        phone.pull(drop)
    await phone.thawed()
    return code


async def _interactive(phone: "Phone", pipes: Pipes) -> int:
    """Lines from stdin, without a prompt."""
    shell = Shell(phone, COMMANDS)
    buffer = b""
    while data := await pipes.read():
        *lines, buffer = re.split(rb"[\r\n]+", buffer + data)
        for line in lines:
            text = line.decode(errors="replace").strip()
            if text in ("exit", "\x04"):
                return shell.code
            ran = await phone.began(text)
            phone.ended(ran, await shell.run(text, pipes))
    return await shell.run(buffer.decode(errors="replace"), pipes)


def _sync(phone: "Phone") -> Service:
    async def serve(stream: Stream) -> None:
        await Sync(phone, stream).run()

    return serve


def _reboot(phone: "Phone") -> Service:
    async def serve(_: Stream) -> None:
        phone.reboot()

    return serve


def _said(data: bytes) -> Callable[[Stream], Awaitable[None]]:
    async def serve(stream: Stream) -> None:
        await stream.write(data)
        await asyncio.sleep(0)

    return serve


_TEXTS = {
    "root": "adbd cannot run as root in production builds\n",
    "unroot": "adbd not running as root\n",
    "remount": 'Not running as root. Try "adb root" first.\n',
    "tcpip": "restarting in TCP mode port: {}\n",
    "usb": "restarting in USB mode\n",
}

"""One connection to a phone through the adb server: a shell command, a file. Blocking; for lanes.

Of adbutils this uses the connection alone. Its calls open two connections each (`host:version`
first), sleep 10 ms at every close, start a stray server when none answers and drop a FAIL's text:
a healthy shell cost 21 ms, here it costs what the phone needs.
"""

import select
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any

from adbutils._adb import AdbConnection
from adbutils.errors import AdbError

from tmcore.errors import AdbUnreachable, DeviceLost, PhoneError
from tmcore.phone import parse
from tmcore.phone.lane import Call
from tmcore.phone.server import AdbServer

_STDOUT, _STDERR, _EXIT = 1, 2, 3  # shell v2: one byte, a length, that many bytes
_SENTINEL = b"@@exit="  # shell v1 has no exit code, and a cut output looks like a whole one
_CHUNK = 64 * 1024  # the most that sync takes in one DATA
_FILE_MODE = 0o100644


@dataclass(frozen=True)
class Output:
    """What a shell command said, and its exit code: proof that it ended."""

    stdout: bytes
    stderr: bytes
    code: int

    @property
    def text(self) -> str:
        return self.stdout.decode(errors="replace")

    @property
    def complaint(self) -> str:
        """What it said of its failure, on one line."""
        said = (self.stderr + b"\n" + self.stdout).decode(errors="replace")
        return " ".join(said.split())[:200] or f"exit code {self.code}"


class Connection(AdbConnection):  # type: ignore[misc]  # adbutils is untyped
    """adbutils' connection, with sockets that belong to a call of a lane."""

    def __init__(self, call: Call[Any], server: AdbServer) -> None:
        self._call, self._server = call, server
        super().__init__(server.host, server.port)

    def _safe_connect(self) -> socket.socket:
        return self._call.connect(self._server.host, self._server.port)

    def close(self) -> None:
        self._call.drop(self.conn)

    def send_command(self, cmd: str) -> None:
        words = cmd.encode()
        if len(words) > 0xFFFF:
            raise PhoneError(f"A command of {len(words)} bytes is longer than adb can send.")
        self.conn.sendall(b"%04x%b" % (len(words), words))

    def block(self) -> str:
        """Read one length and that much text; a short read is an error, not a short text."""
        size = int(self.read_exact(4), 16)
        return bytes(self.read_exact(size)).decode(errors="replace")


class NoAnswer(PhoneError):
    """Nothing on the phone answers at that port, or not in HTTP."""


@dataclass(frozen=True)
class Request:
    """One HTTP request to a server on the phone."""

    path: str
    body: bytes | None = None

    def send(self, line: socket.socket, limit: int) -> bytes:
        """Send it through an open socket and return the answer's body."""
        talk = HTTPConnection("localhost")
        talk.sock = line
        talk.request(
            "GET" if self.body is None else "POST",
            self.path,
            self.body,
            {"Content-Type": "application/json"},
        )
        with talk.getresponse() as answer:
            content = answer.read(limit + 1)
        if answer.status != HTTPStatus.OK or len(content) > limit:
            raise HTTPException(f"status {answer.status}, {len(content)} bytes")
        return content


@dataclass(frozen=True)
class Transport:
    """How to reach one phone: the server, and the address it has there."""

    server: AdbServer
    address: str

    def features(self, call: Call[Any]) -> frozenset[str]:
        """Ask the server what the phone's adb can do."""
        with self._translated(), Connection(call, self.server) as line:
            line.send_command(f"host-serial:{self._checked()}:features")
            line.check_okay()
            return frozenset(line.block().split(","))

    def shell(self, call: Call[Any], command: str, *, v2: bool, limit: int) -> Output:
        """Run a command to its end and return all it said, up to `limit` bytes."""
        with self._translated(), self._open(call) as line:
            line.send_command(f"shell,v2:{command}" if v2 else _with_sentinel(command))
            line.check_okay()
            return _read_v2(line, limit) if v2 else _read_v1(line, limit)

    def push(self, call: Call[Any], chunks: Iterable[bytes], remote: str) -> None:
        """Send a file. Raises PushFailed with the phone's own words when it refuses."""
        with self._translated(), self._open(call) as line:
            line.send_command("sync:")
            line.check_okay()
            target = f"{remote},{_FILE_MODE}".encode()
            line.conn.sendall(_packet(b"SEND", target))
            for chunk in chunks:
                if _has_answered(line):  # too early: it is a refusal
                    return _check_pushed(line)
                line.conn.sendall(_packet(b"DATA", chunk))
            line.conn.sendall(b"DONE" + int(time.time()).to_bytes(4, "little"))
            return _check_pushed(line)

    def hold(self, call: Call[None], command: str, heard: Callable[[bytes], None]) -> None:
        """Run a command for as long as this call lasts, and hand on what it says meanwhile."""
        with self._translated(), self._open(call) as line:
            line.send_command(f"shell:{command}")
            line.check_okay()
            while chunk := line.recv(_CHUNK):
                call.tell(heard, chunk)

    def reboot(self, call: Call[None]) -> None:
        """Restart the phone; the connection ends with it."""
        with self._translated(), self._open(call) as line:
            line.send_command("reboot:")
            line.check_okay()
            with suppress(OSError):  # it may be gone before it has closed the connection
                while line.recv(_CHUNK):
                    pass

    def http(self, call: Call[bytes], port: int, request: Request, limit: int) -> bytes:
        """Ask an HTTP server on the phone. Raises NoAnswer for all that the server does wrong."""
        with self._translated(), self._open(call) as line:
            try:
                line.send_command(f"tcp:{port}")
                line.check_okay()
                return request.send(line.conn, limit)
            except (AdbError, HTTPException, OSError, EOFError, ValueError) as error:
                raise NoAnswer(
                    f"its server does not answer: {error or type(error).__name__}"
                ) from error

    @contextmanager
    def _open(self, call: Call[Any]) -> Iterator[Connection]:
        with Connection(call, self.server) as line:
            line.send_command(f"host:tport:serial:{self._checked()}")
            line.check_okay()
            line.read_exact(8)  # the transport's number
            yield line

    def _checked(self) -> str:
        """Return the address; a newline or a space in it would be another adb command."""
        if not parse.is_address(self.address):
            raise DeviceLost(f"{self.address!r} is no address of a phone.")
        return self.address

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn foreign errors into ours; nowhere else does."""
        try:
            yield
        except AdbError as error:
            raise parse.failure(self.address, str(error)) from error
        except (EOFError, ValueError) as error:
            raise DeviceLost(
                f"{self.address} stopped answering in the middle of a command; "
                "check its cable and hub."
            ) from error
        except OSError as error:
            raise DeviceLost(
                f"The connection to {self.address} broke ({error}); check its cable and hub."
            ) from error


def track(call: Call[None], server: AdbServer, seen: Callable[[str], None]) -> None:
    """Hand each list of devices to the loop, as the server sends it: one at each change.

    adbutils' own tracking compares lists and reports a false `absent` before every change.
    """
    try:
        with Connection(call, server) as line:
            line.send_command("host:track-devices")
            line.check_okay()
            while True:
                call.tell(seen, line.block())
    except (AdbError, EOFError, ValueError, OSError) as error:
        raise AdbUnreachable(f"The adb server at {server} went away ({error}).") from error


def _read_v2(line: Connection, limit: int) -> Output:
    said = {_STDOUT: bytearray(), _STDERR: bytearray()}
    while True:
        kind, size = (head := line.read_exact(5))[0], int.from_bytes(head[1:], "little")
        words = line.read_exact(size)
        if kind == _EXIT:
            return Output(bytes(said[_STDOUT]), bytes(said[_STDERR]), words[0])
        if kind in said:
            said[kind] += words
        _check_size(len(said[_STDOUT]) + len(said[_STDERR]), limit)


def _with_sentinel(command: str) -> str:
    return f"shell:( {command} ); echo {_SENTINEL.decode()}$?"


def _read_v1(line: Connection, limit: int) -> Output:
    said = bytearray()
    while chunk := line.recv(_CHUNK):
        said += chunk
        _check_size(len(said), limit)
    stdout, sentinel, code = bytes(said).rpartition(_SENTINEL)
    if not sentinel or not code.strip().isdigit():
        raise EOFError("no sentinel")
    return Output(stdout, b"", int(code))


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise PhoneError(f"The phone's answer is larger than {limit} bytes; it was thrown away.")


def _packet(word: bytes, content: bytes) -> bytes:
    return word + len(content).to_bytes(4, "little") + content


def _has_answered(line: Connection) -> bool:
    poll = select.poll()
    poll.register(line.conn, select.POLLIN)
    return bool(poll.poll(0))


def _check_pushed(line: Connection) -> None:
    answer, size = line.read_exact(4), int.from_bytes(line.read_exact(4), "little")
    if answer != b"OKAY":
        raise parse.push_failure(bytes(line.read_exact(size)).decode(errors="replace"))

"""A small adb server in threads, which can fall silent at any stage of a call.

For the lane and the transport only; what a phone says is the virtual rack's business.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from tmcore.phone.server import AdbServer

STAGES = ("accept", "transport", "shell", "half", "drip", "sync", "push", "push_end")


class FakeServer:
    """Answers `echo` like a phone; hangs at `stage` until it is let go."""

    def __init__(self) -> None:
        self.stage: str | None = None
        self.commands: list[str] = []
        self.reached = threading.Event()  # a connection hangs now
        self.let_go = threading.Event()
        self.ended = threading.Event()  # … and its client has left
        self.reply: bytes = _v2(b"tm-ok\n", 0)
        self.missing: set[str] = set()  # addresses that the server does not know
        self.refused = threading.Event()  # … and one was asked for
        self.features = "shell_v2,cmd"
        self.devices = b""
        self.files: list[bytes] = []
        self.sync_answer = b"OKAY\0\0\0\0"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> AdbServer:
        return AdbServer("127.0.0.1", self._listener.getsockname()[1])

    def hang(self, stage: str | None) -> None:
        self.stage = stage
        self.reached.clear()
        self.ended.clear()

    def close(self) -> None:
        self.let_go.set()
        self._listener.close()
        for line in self._lines:
            line.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                self._lines.append(line)
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError, ValueError), line:
            self._stop_at("accept", line)
            while request := self._request(line):
                if not self._answer(request, line):
                    return

    def _answer(self, request: str, line: socket.socket) -> bool:
        """Answer one request; False when the connection has done its work."""
        verb, _, rest = request.partition(":")
        answers: dict[str, Callable[[], bool]] = {
            "host:version": lambda: self._say(line, b"OKAY00040029", more=False),
            "host:track-devices": lambda: self._track(line),
            "sync:": lambda: self._sync(line),
        }
        if request in answers:
            return answers[request]()
        if verb == "host-serial":
            features = self.features.encode()
            return self._say(line, b"OKAY%04x%b" % (len(features), features), more=False)
        if request.startswith("host:tport:serial:"):
            if (serial := request.rpartition("serial:")[2]) in self.missing:
                said = f"device '{serial}' not found".encode()
                self._say(line, b"FAIL%04x%b" % (len(said), said), more=False)
                self.refused.set()
                return False
            self._stop_at("transport", line)
            return self._say(line, b"OKAY" + bytes(8), more=True)
        self._stop_at("shell", line)
        self.commands.append(rest)
        line.sendall(b"OKAY")
        self._stop_at("half", line, before=self.reply[: len(self.reply) // 2])
        self._stop_at("drip", line, before=b"\x01\x00\x00\x01\x00", drip=True)
        return self._say(line, self.reply, more=False)

    def _track(self, line: socket.socket) -> bool:
        line.sendall(b"OKAY%04x%b" % (len(self.devices), self.devices))
        self.let_go.wait()
        return False

    def _sync(self, line: socket.socket) -> bool:
        self._stop_at("sync", line)
        line.sendall(b"OKAY")
        content = bytearray()
        while True:
            word, size = _exactly(line, 4), int.from_bytes(_exactly(line, 4), "little")
            if word == b"DONE":
                break
            chunk = _exactly(line, size)
            content += chunk if word == b"DATA" else b""
            if word == b"DATA":
                self._stop_at("push", line)
        self._stop_at("push_end", line)
        self.files.append(bytes(content))
        return self._say(line, self.sync_answer, more=False)

    def _say(self, line: socket.socket, words: bytes, *, more: bool) -> bool:
        line.sendall(words)
        return more

    def _request(self, line: socket.socket) -> str:
        return _exactly(line, int(_exactly(line, 4), 16)).decode()

    def _stop_at(
        self, stage: str, line: socket.socket, before: bytes = b"", *, drip: bool = False
    ) -> None:
        if self.stage != stage:
            return
        line.sendall(before)
        self.reached.set()
        while drip and not self.let_go.wait(0.02):
            line.sendall(b".")
        while not drip and self.stage == stage:
            line.settimeout(0.02)
            with suppress(TimeoutError):
                if stage != "push" and not line.recv(1, socket.MSG_PEEK):
                    break
                if stage == "push" and _is_hung_up(line):
                    break
                self.let_go.wait(0.02)
        self.ended.set()
        raise ConnectionAbortedError


def _is_hung_up(line: socket.socket) -> bool:
    """Whether the client is gone, seen without reading what it has sent."""
    info = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
    return info[0] != 1  # no longer established


def _exactly(line: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        if not (piece := line.recv(size - len(found))):
            raise ConnectionAbortedError
        found += piece
    return found


def _v2(stdout: bytes, code: int) -> bytes:
    return b"\x01" + len(stdout).to_bytes(4, "little") + stdout + b"\x03\x01\0\0\0" + bytes([code])


v2 = _v2

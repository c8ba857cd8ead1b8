"""`tm` in a real pseudo-terminal: what it sends is kept to the byte, and drawn as a terminal would.

Keys go in as bytes, the screen comes out as text, and the picture is read by another program than
the one that made it: neither Textual nor anything of ours stands between.
"""

import asyncio
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pyte

TM = str(Path(sys.executable).with_name("tm"))
PATIENCE_S = 25.0  # on a loaded machine; nobody waits so long on an idle one
LOOK_S = 0.02
KEYS = {
    "enter": "\r", "esc": "\x1b", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B", "f2": "\x1bOQ",
    "right": "\x1b[C", "left": "\x1b[D", "ctrl+c": "\x03", "ctrl+p": "\x10", "ctrl+q": "\x11",
    "ctrl+r": "\x12", "ctrl+s": "\x13", "space": " ", "backspace": "\x7f", "f3": "\x1bOR",
}  # fmt: skip
JOINER = "\u200d".encode()  # pyte drops the rest of the line behind it; terminals do not
QUIET_S = 0.15  # so long nothing is sent: it has drawn what it had to


class Terminal:
    """One console, its keyboard and its screen."""

    def __init__(
        self, process: subprocess.Popen[bytes], master: int, size: tuple[int, int]
    ) -> None:
        self.process, self._master = process, master
        self.raw = bytearray()
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with suppress(OSError):  # EIO: the other end has closed it
            while data := os.read(self._master, 65536):
                with self._lock:
                    self.raw += data
                    self._stream.feed(data.replace(JOINER, b""))

    @property
    def text(self) -> str:
        with self._lock:
            rows, across = range(self.screen.lines), range(self.screen.columns)
            # not screen.display: that stumbles over the second half of a wide character
            lines = ("".join(self.screen.buffer[y][x].data for x in across) for y in rows)
            return "\n".join(line.rstrip() for line in lines)

    def line(self, number: int) -> str:
        return self.text.splitlines()[number]

    def press(self, *keys: str) -> None:
        """Press keys by name, or type text."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    async def sees(self, *words: str) -> str:
        """Wait until all of these words stand on the screen; return what else does."""
        return await self.until(lambda text: all(word in text for word in words), words)

    async def misses(self, word: str) -> str:
        return await self.until(lambda text: word not in text, f"no {word}")

    async def until(self, look: Callable[[str], object], what: object = "") -> str:
        seen = -1
        for _ in range(round(PATIENCE_S / LOOK_S)):
            if seen != (seen := len(self.raw)) and look(text := self.text):
                return text
            if self.process.poll() is not None:
                break
            await asyncio.sleep(LOOK_S)
        ended = self.process.poll()
        raise AssertionError(f"not seen: {what}; exit {ended}; on the screen:\n{self.text}")

    async def quiet(self) -> None:
        """Wait until it sends nothing more."""
        seen, since = -1, 0.0
        while since < QUIET_S:
            since = since + LOOK_S if seen == len(self.raw) else 0.0
            seen = len(self.raw)
            await asyncio.sleep(LOOK_S)

    def resize(self, columns: int, rows: int) -> None:
        with self._lock:
            self.screen.resize(rows, columns)
        _set_size(self._master, columns, rows)

    async def ended(self) -> int:
        for _ in range(round(PATIENCE_S / LOOK_S)):
            if (code := self.process.poll()) is not None:
                return code
            await asyncio.sleep(LOOK_S)
        raise AssertionError(f"it is still there:\n{self.text}")

    def hang_up(self) -> None:
        """Close the line, as a dropped connection does."""
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._master >= 0:
            self._reader.join(5)
            os.close(self._master)


@contextmanager
def terminal(
    *words: str,
    env: Mapping[str, str],
    size: tuple[int, int] = (120, 40),
    cwd: Path | None = None,
) -> Iterator[Terminal]:
    """Start `tm` with these words in a terminal of this size."""
    master, slave = pty.openpty()
    _set_size(slave, *size)
    clean = {k: v for k, v in env.items() if k not in {"COLUMNS", "LINES", "TMUX"}}
    clean = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"} | clean
    process = subprocess.Popen(
        ["setsid", "--ctty", TM, *words],  # its controlling terminal, whose end SIGHUP tells
        stdin=slave, stdout=slave, stderr=slave, env=clean, cwd=cwd,
    )  # fmt: skip
    os.close(slave)
    shown = Terminal(process, master, size)
    try:
        yield shown
    finally:
        shown.close()


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

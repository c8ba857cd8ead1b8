"""The console in a real terminal: processor, bytes, lag, and how soon a key is seen."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import orjson

from tests.bench.table import Row, percentile

DEVICES, TASKS, CHANGES = 500, 10_000, 50
WIDTH, HEIGHT = 160, 50
WATCH_S, KEYS, SLOW = 15.0, 40, 50_000  # seconds, presses, bytes a second
PAUSES = (0.1, 0.15, 0.3, 0.6)  # seconds between keys: held, and read
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def busy_rack(changes: int, lines: int = 0) -> Iterator[str]:
    words = [str(n) for n in (DEVICES, TASKS, changes, lines)]
    command = [sys.executable, "-m", "tests.bench.source", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as source:
        assert source.stdout
        try:
            yield f"http://127.0.0.1:{int(source.stdout.readline())}"
        finally:
            source.kill()


@dataclass
class Terminal:
    """A pty that counts what it is sent, and reads no faster than it is told to."""

    kind: str
    url: str
    report: Path
    speed: int = 0  # bytes a second; 0: as fast as they come
    size: int = 0  # bytes so far
    tail: bytes = b""
    lags: list[float] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.screen", self.kind, self.url, str(self.report)],
            stdin=slave, stdout=slave, stderr=slave,
            env=os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor",
                              "XDG_STATE_HOME": str(self.report.parent),
                              "HOME": str(self.report.parent)},
        )  # fmt: skip
        os.close(slave)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.read(until=lambda: self.process.poll() is not None, within_s=10)
        self.process.kill()
        self.process.wait()
        os.close(self._master)
        if self.report.exists():
            self.lags = orjson.loads(self.report.read_bytes())

    def read(self, within_s: float, until: object = None, words: bytes = b"") -> float | None:
        """Read for so long, or until the words came or `until()` is true; return the seconds."""
        begin = time.perf_counter()
        self.tail = b""
        while (spent := time.perf_counter() - begin) < within_s:
            if callable(until) and until():
                return spent
            if not select.select([self._master], [], [], 0.02)[0]:
                continue
            try:
                came = os.read(self._master, 512 if self.speed else 65536)
            except OSError:  # it has ended
                return None
            self.size += len(came)
            self.tail = (self.tail + came)[-200_000:]
            if words and re.search(words, self.tail):
                return time.perf_counter() - begin
            if self.speed:
                time.sleep(len(came) / self.speed)
        return None

    def press(self, key: str) -> None:
        os.write(self._master, key.encode())

    @property
    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found
        return int(found[1]) / 1024


@dataclass
class Load:
    """What a console cost while it was watched."""

    cpu: float  # of a core
    kb_s: float
    memory_mb: float = 0
    first_s: float = 0
    lags: list[float] = field(default_factory=list)


def watch(kind: str, url: str, folder: Path, keys: str = "") -> Load:
    terminal = Terminal(kind, url, folder / f"{kind}.json")
    with terminal:
        first = terminal.read(30, words=rb"R58M0") or 30.0
        for key in keys:
            terminal.press(key)
        terminal.read(4)
        cpu, size, begin = terminal.cpu_s, terminal.size, time.perf_counter()
        terminal.read(WATCH_S)
        spent = time.perf_counter() - begin
        load = Load((terminal.cpu_s - cpu) / spent, (terminal.size - size) / spent / 1000)
        load.memory_mb, load.first_s = terminal.memory_mb, first
    load.lags = terminal.lags[len(terminal.lags) // 4 :]
    return load


def key_to_paint(kind: str, url: str, folder: Path, speed: int = 0) -> float:
    """Seconds until the cursor is seen on the next row, p95."""
    times = []
    with Terminal(kind, url, folder / "keys.json", speed) as terminal:
        terminal.read(30, words=rb"R58M0")
        terminal.read(8)
        for n in range(1, KEYS + 1):
            terminal.read(PAUSES[n % len(PAUSES)])
            terminal.press("j" if kind == "ours" else "\x1b[B")
            row = f"R58M{n:06d}".encode()
            words = rb">[^R]{0,120}" + row if kind == "ours" else row
            times.append(terminal.read(15, words=words) or 15.0)
    return percentile(times, 0.95)


def measure(folder: Path) -> list[Row]:
    with busy_rack(CHANGES) as url:
        ours, peer = (watch(kind, url, folder) for kind in ("ours", "peer"))
        fast = key_to_paint("ours", url, folder)
        slow = key_to_paint("ours", url, folder, SLOW)
    with busy_rack(0) as url:
        idle = watch("ours", url, folder)
    with busy_rack(0, lines=2000) as url:
        logs = watch("ours", url, folder, keys="3")
    lag, peer_lag = (percentile(load.lags, 0.99) * 1000 for load in (ours, peer))
    table = "a DataTable of the same rows"
    return [
        Row(f"console, {DEVICES} devices, {CHANGES} change at 4 Hz: of a core", f"{ours.cpu:.1%}",
            f"{peer.cpu:.1%} {table}", ours.cpu / peer.cpu, "≤ 3 %"),
        Row("  bytes to the terminal", f"{ours.kb_s:.1f} kB/s", f"{peer.kb_s:.1f} kB/s {table}",
            ours.kb_s / peer.kb_s, "≤ 10 kB/s"),
        Row("  lag of its loop, p99", f"{lag:.1f} ms", f"{peer_lag:.1f} ms {table}",
            lag / peer_lag, "≤ 10 ms"),
        Row(f"  memory, {TASKS:,} tasks", f"{ours.memory_mb:.0f} MB",
            f"{peer.memory_mb:.0f} MB {table}", ours.memory_mb / peer.memory_mb, "≤ 120 MB"),
        Row("  start → first rows", f"{ours.first_s:.2f} s", f"{peer.first_s:.2f} s {table}",
            ours.first_s / peer.first_s, "≤ 0.7 s"),
        Row("  key → paint, p95", f"{fast * 1000:.0f} ms", aim="≤ 50 ms"),
        Row(f"  key → paint at {SLOW // 1000} kB/s, p95", f"{slow * 1000:.0f} ms", aim="≤ 50 ms"),
        Row("console, idle: of a core", f"{idle.cpu:.2%}", aim="< 1 %"),
        Row("  bytes to the terminal", f"{idle.kb_s * WATCH_S * 1000:.0f} B in {WATCH_S:.0f} s",
            aim="0"),
        Row("console, 2,000 log lines/s: of a core", f"{logs.cpu:.1%}", aim="≤ 10 %"),
    ]  # fmt: skip

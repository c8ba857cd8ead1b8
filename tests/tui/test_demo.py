"""`tm demo` as a stranger runs it: what it shows, and that it leaves nothing behind."""

import fcntl
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest

from tests.tui.conftest import TM, hear, running, tm
from tmtui.demo import LAST_WORDS

DEMO = ("demo", "--profile", "instant")


class Trap:
    """A place of its own for whatever a demo leaves, on disk or as a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mark = uuid4().hex
        self.environment = os.environ | {
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "TM_MARK": self._mark,
        }

    def left(self) -> list[str]:
        """What is left: files, and processes that inherited the mark."""
        return [*map(str, self.folder.rglob("*")), *self._processes()]

    def _processes(self) -> list[str]:
        mine = f"TM_MARK={self._mark}".encode()
        return [p.parent.name for p in Path("/proc").glob("[0-9]*/environ") if mine in _read(p)]


def _read(environ: Path) -> bytes:
    try:
        return environ.read_bytes()
    except OSError:  # it ended meanwhile
        return b""


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path)


@contextmanager
def port_50809_taken() -> Iterator[None]:
    """Take it, unless another program on this machine has it already."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(socket.create_server(("127.0.0.1", 50809)))
        yield


def test_demo_without_a_terminal(trap: Trap) -> None:
    """It posts, asks the phones, ends with 0 by itself, and leaves no process and no file.

    The port is taken: it says so and uses the next one.
    """
    with port_50809_taken():
        run = tm(*DEMO, env=trap.environment)

    assert run.code == 0, run.err
    assert re.search(r"port 50809 is taken; the demo uses 508[1-5]\d", run.err)
    assert run.out.count("our video (sha256)") == 2
    assert run.out.count("✔ as asked") == 2
    assert "Hello from the second phone #tm" in run.out
    assert run.out.splitlines()[-1] == LAST_WORDS
    assert trap.left() == []


@pytest.mark.timeout(240)  # five posts on two phones, one of five pictures: some 20 s when idle
def test_demo_of_a_tour(trap: Trap) -> None:
    """Every kind of post on both apps, dialogs and a block: as it should be, say the phones."""
    run = tm(*DEMO, "--tour", env=trap.environment, within_s=220)

    assert run.code == 0, run.err + run.out
    assert run.out.count("✔ as it should be") == 5
    for kind in ("video", "carousel", "reel", "story", "nothing"):
        assert re.search(rf"@\w+ +{kind} ", run.out)
    assert "@eve is held (security_check)" in run.err
    assert trap.left() == []


@pytest.mark.timeout(120)
def test_demo_of_a_crash(trap: Trap) -> None:
    """Two servers are killed in a press: `tm`'s phone has one post, the naive queue's has two."""
    run = tm(*DEMO, "--crash", env=trap.environment, within_s=100)

    assert run.code == 0, run.err
    assert run.err.count("kill -9") == 2
    assert re.search(r"^tm .*\b1 +✔ once$", run.out, re.MULTILINE)
    assert re.search(r"^naive queue .*\b2 +✘ 2 times$", run.out, re.MULTILINE)
    assert trap.left() == []


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("virtual phones on a private adb server", signal.SIGTERM),
        ("task 1 on .*: watch", signal.SIGINT),
    ],
)
def test_ctrl_c_at_any_moment(trap: Trap, moment: str, number: signal.Signals) -> None:
    """Ended in the middle, it says so with its code and leaves no process and no file."""
    with running(*DEMO, env=trap.environment) as process:
        hear(process, moment)
        process.send_signal(number)
        out, _ = process.communicate(timeout=20)

    assert (process.returncode, out.splitlines()[-1]) == (130, LAST_WORDS)
    assert trap.left() == []


def test_demo_on_a_terminal_opens_the_console(trap: Trap) -> None:
    """The examples, run in their order, each do what they say; q ends it with what was posted."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 150, 0, 0))
    process = subprocess.Popen(
        [TM, *DEMO], stdin=slave, stdout=slave, stderr=slave,
        env=trap.environment | {"TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(slave)
    try:
        said = _until(master, "done 2")
        [script] = trap.folder.glob("tm-demo-*/curl.sh")
        commands = [x for x in script.read_text().splitlines() if x.startswith("curl ")]
        answers = [subprocess.check_output(["sh", "-c", line], text=True) for line in commands]
        os.write(master, b"q")
        rest = _until(master, LAST_WORDS)
        code = process.wait(20)
    finally:
        process.kill()
        process.wait()
        os.close(master)

    assert (code, rest.strip().endswith(LAST_WORDS)) == (0, True)
    assert rest.count("our video (sha256)") == 2
    assert len(commands) == 14
    assert [c for c, a in zip(commands, answers, strict=True) if '"code":0' not in a] == []
    assert "Sanic" not in said
    assert trap.left() == []


def _until(terminal: int, words: str) -> str:
    said, end = "", time.monotonic() + 30
    while words not in said:
        assert time.monotonic() < end, said
        said += os.read(terminal, 65536).decode(errors="replace")
    return said

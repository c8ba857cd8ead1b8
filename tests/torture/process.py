"""An owner as a process, held from outside: killed, frozen, thawed."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


class Owner:
    """`python -m tests.torture.owner …`; ends with this object's close()."""

    def __init__(self, words: Sequence[str], log: Path) -> None:
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.torture.owner", *words],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
            )  # fmt: skip
        self._heard = b""

    def __repr__(self) -> str:
        return f"<Owner {self._process.pid}>"

    def hears(self, within_s: float, *words: str) -> bool:
        """Wait until it has said one of these; False when it is late or has ended."""
        end = time.monotonic() + within_s
        while not any(word.encode() in self._heard for word in words):
            left = end - time.monotonic()
            out = self._process.stdout
            assert out
            if left <= 0 or not select.select([out], [], [], left)[0]:
                return False
            if not (more := os.read(out.fileno(), 65536)):
                return False
            self._heard += more
        return True

    @property
    def said(self) -> str:
        return self._heard.decode()

    def ends(self, within_s: float) -> int:
        """Wait for its own end; return its exit code."""
        self.hears(within_s)
        return self._process.wait(within_s)

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on, from the moment where it was held too."""
        assert self._process.stdin
        with suppress(BrokenPipeError):  # it has ended by itself
            os.write(self._process.stdin.fileno(), b"\n")
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Kill -9; also where it is frozen."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            pipe.close()

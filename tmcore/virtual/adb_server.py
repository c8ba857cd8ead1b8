"""A private adb server: the binary of the adbutils wheel, a port and a HOME of its own."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from importlib import resources
from pathlib import Path
from typing import Self

_START_S = 10.0
_TRIES = 5


class AdbServerFailed(Exception):
    """The private adb server did not start; the adbutils wheel may be incomplete."""


class PrivateAdb:
    """Runs until closed; killed by its own process id, never by name. Never on 5037."""

    def __init__(self, port: int | None = None) -> None:
        self.binary = bundled_adb()
        self._home = tempfile.mkdtemp(prefix="tm-adb-")
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        try:
            self._start(port)
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"<PrivateAdb on {self.port}, pid {self.pid}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid if self._process else 0

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs to find this server, and no stray one on 5037."""
        return {
            "HOME": self._home,
            "ADB_USB": "0",
            "ADB_MDNS": "0",
            "ADB_EMU": "0",
            "TMPDIR": self._home,
            "ANDROID_ADB_SERVER_PORT": str(self.port),
            "ADBUTILS_ADB_PATH": str(self.binary),
        }

    def run(self, *args: str, timeout_s: float = 30) -> subprocess.CompletedProcess[bytes]:
        """The real command line client, on this server."""
        command = [str(self.binary), "-P", str(self.port), *args]
        environment = os.environ | self.environment
        return subprocess.run(
            command, capture_output=True, timeout=timeout_s, env=environment, check=False
        )

    def kill(self) -> None:
        """Kill the server as a crash would; `restart` brings it back on the same port."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Kill it and start again on the same port."""
        self.kill()
        self._start(self.port)

    def close(self) -> None:
        """Stop the server and remove its HOME."""
        if self._process:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(3)
            self.kill()
        shutil.rmtree(self._home, ignore_errors=True)

    def _start(self, port: int | None) -> None:
        for _ in range(_TRIES):
            self.port = port or free_port()
            with (Path(self._home) / "adb.log").open("ab") as log:
                self._process = subprocess.Popen(
                    [
                        *_dying_with_us(),
                        str(self.binary),
                        "-P",
                        str(self.port),
                        "nodaemon",
                        "server",
                    ],
                    env=os.environ | self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C in the terminal is for its owner to handle
                )
            if self._answers():
                return
            self.kill()
        raise AdbServerFailed((Path(self._home) / "adb.log").read_text(errors="replace")[-400:])

    def _answers(self) -> bool:
        until = time.monotonic() + _START_S
        while time.monotonic() < until and self._process and self._process.poll() is None:
            with contextlib.suppress(OSError):
                if _version_asked(self.port) == b"OKAY":
                    return True
            time.sleep(0.02)
        return False


def _version_asked(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 1) as connection:
        connection.sendall(b"000chost:version")
        return connection.recv(4)


def _dying_with_us() -> list[str]:
    """A prefix by which the kernel ends the server when even `kill -9` ended its owner.

    The kernel means the thread that started it: start it in one that lives as long as its use.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def bundled_adb() -> Path:
    """The binary in the adbutils wheel, whatever stands on the PATH."""
    return Path(str(resources.files("adbutils"))) / "binaries" / "adb"


def free_port() -> int:
    """A port that was free a moment ago, away from those that adb scans."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port > 10000:
            return port

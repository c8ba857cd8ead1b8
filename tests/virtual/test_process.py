"""The rack as a process: how it speaks, and how it ends."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tmcore.virtual.adb_server import PrivateAdb

ROOT = Path(__file__).parents[2]


def start(*options: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tmcore.virtual", "--count=1", "--prefix=PRC", *options]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )


def hello(process: "subprocess.Popen[bytes]") -> dict[str, object]:
    assert process.stdout
    found: dict[str, object] = json.loads(process.stdout.readline())
    return found


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_it_cleanly(adb: PrivateAdb, how: signal.Signals) -> None:
    """Exit code 0, nothing said, and adb has forgotten its phones."""
    with start(f"--adb-port={adb.port}") as process:
        assert len(hello(process)["phones"]) == 1  # type: ignore[arg-type]  # a list
        process.send_signal(how)

        out, err = process.communicate(timeout=5)

    assert (process.returncode, out, err) == (0, b"", b"")
    assert b"PRC" not in adb.run("devices").stdout


def test_it_ends_with_stdin_when_asked() -> None:
    """So a parent that dies leaves nothing behind."""
    with start("--until-eof") as process:
        hello(process)

        _, err = process.communicate(timeout=5)

    assert (process.returncode, err) == (0, b"")


def test_it_runs_without_adb_and_listens_on_a_path(tmp_path: Path) -> None:
    """The control socket may be a file; nonsense on it is answered, not fatal."""
    path = tmp_path / "control"
    with start(f"--control={path}") as process:
        assert hello(process)["control"] == str(path)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            answers = client.makefile("rb")
            client.sendall(b'nonsense\n[]\n{"cmd": "help"}\n')
            said = [json.loads(answers.readline()) for _ in range(3)]
            answers.close()
        process.terminate()
        process.communicate(timeout=5)

    assert [s["ok"] for s in said] == [False, False, True]
    assert "freeze" in said[2]["faults"]
    assert not path.exists()


def test_adb_server_ends_with_a_killed_owner(tmp_path: Path) -> None:
    """Even kill -9 of its owner leaves no adb server behind."""
    if not shutil.which("setpriv"):
        pytest.skip("no setpriv here: a killed owner leaves its adb server")
    script = (
        "import time; from tmcore.virtual.adb_server import PrivateAdb\n"
        "adb = PrivateAdb(); print(adb.pid, flush=True); time.sleep(60)"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}  # its HOME stays behind: not in /tmp
    owner = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT, env=environment
    )
    with owner:
        assert owner.stdout
        pid = int(owner.stdout.readline())
        assert Path(f"/proc/{pid}").exists()

        owner.kill()

    until = time.monotonic() + 5
    while _lives(pid):
        assert time.monotonic() < until
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    """A zombie in a container without an init has ended too."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False

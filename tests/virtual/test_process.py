"""The rack as a process: how it speaks, and how it ends."""

import json
import signal
import socket
import subprocess
import sys
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

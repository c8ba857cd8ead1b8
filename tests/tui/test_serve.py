"""`tm serve` and `tm rack` as processes: what they start, say, refuse and leave behind."""

import os
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from tests.contract.conftest import no_adb
from tests.tui.conftest import hear, running, tm
from tmcore.virtual.adb_server import PrivateAdb, bundled_adb


def shell(home: Path, port: int) -> dict[str, str]:
    """What a new user's shell holds: a home of its own, no XDG_DATA_HOME."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
    return kept | {"HOME": str(home), "ANDROID_ADB_SERVER_PORT": str(port)}


def test_serve_ends_with_0(tmp_path: Path, adb: PrivateAdb) -> None:
    """It makes its database where only this user can look, says where, and ends when told."""
    with running("serve", "--port", "0", env=shell(tmp_path, adb.port)) as process:
        db = Path(hear(process, r"database: (\S+)")[1])
        process.send_signal(signal.SIGINT)
        code = process.wait(20)

    assert (code, db) == (0, tmp_path / ".local/share/tmrack/rack.db")
    assert stat.S_IMODE(db.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in db.parent.iterdir()} == {0o600}


def test_serve_starts_an_adb_server(tmp_path: Path) -> None:
    """Where no adb server answers it starts one, says so, and leaves it there at SIGTERM."""
    port = no_adb().port
    try:
        with running("serve", "--port", "0", env=shell(tmp_path, port)) as process:
            hear(process, f"no adb server answered at 127.0.0.1:{port}; started one")
            hear(process, "serving at")
            process.terminate()
            code = process.wait(20)
        with socket.create_connection(("127.0.0.1", port), 1):
            pass
    finally:
        subprocess.run([bundled_adb(), "-P", str(port), "kill-server"], check=False)

    assert code == 0


def test_taken_port(tmp_path: Path, adb: PrivateAdb) -> None:
    """A taken port is exit code 6 and a sentence that names --port; no database is made."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = tm("serve", "--port", str(port), env=shell(tmp_path, adb.port))

    assert (run.code, f"Port {port} is used" in run.err, "--port" in run.err) == (6, True, True)
    assert not list(tmp_path.iterdir())


def test_a_taken_port_starts_no_adb_server(tmp_path: Path) -> None:
    """What cannot start leaves no adb server behind."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = tm("serve", "--port", str(taken.getsockname()[1]), env=shell(tmp_path, no_adb().port))

    assert (run.code, "adb" in run.err) == (6, False)


def test_database_of_another(tmp_path: Path, adb: PrivateAdb) -> None:
    """A file that is no database is exit code 6 and a sentence; an open address is bad input."""
    (tmp_path / "rack.db").write_bytes(b"not a database, but as long as the head of one" * 10)
    env = shell(tmp_path, adb.port)

    run = tm("serve", "--port", "0", "--db", str(tmp_path / "rack.db"), env=env)
    open_ = tm("serve", "--host", "0.0.0.0", env=env)

    assert (run.code, open_.code) == (6, 2)
    assert "rack.db cannot be read: file is not a database" in run.err
    assert "Traceback" not in run.err + open_.err


def test_rack_joins_the_running_adb_server(tmp_path: Path, adb: PrivateAdb) -> None:
    """Its phones appear at the adb server of the environment, and are gone when it ends."""
    env = shell(tmp_path, adb.port)
    words = ("rack", "--count", "2", "--profile", "instant", "--seed", "7")
    with running(*words, env=env) as process:
        hear(process, f"joined the adb server at 127.0.0.1:{adb.port}")
        hear(process, "2 virtual phones are plugged in")
        before = len(adb.run("devices").stdout.split(b"\tdevice"))
        process.send_signal(signal.SIGINT)
        assert process.stdout
        serials = process.stdout.read().split()
        code = process.wait(20)
    after = len(adb.run("devices").stdout.split(b"\tdevice"))

    assert (code, len(serials), before - after) == (0, 2, 2)
    assert not list(tmp_path.iterdir())


def test_rack_starts_a_private_adb_server(tmp_path: Path) -> None:
    """Where none answers it starts one and prints the line that leads others to it."""
    env = shell(tmp_path, no_adb().port) | {"TMPDIR": str(tmp_path)}
    with running("rack", "--count", "1", "--profile", "instant", env=env) as process:
        port = int(hear(process, r"export ANDROID_ADB_SERVER_PORT=(\d+)")[1])
        hear(process, "1 virtual phones are plugged in")
        process.terminate()
        code = process.wait(20)

    assert code == 0
    assert not list(tmp_path.iterdir())
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 1)

"""`tm doctor` on real parts: what is sound is ok, what is wrong is named with what to do."""

import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import no_adb
from tests.tui.conftest import Run, Served, tm_here
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack
from tmtui.checks import machine


@pytest.fixture
def url() -> str:
    """An address at which no server answers."""
    return f"http://127.0.0.1:{no_adb().port}"


@pytest.fixture
def new_phones(phones: VirtualRack) -> Iterator[VirtualRack]:
    phones.reset()
    yield phones
    phones.reset()


def hang_up(server: socket.socket) -> None:
    """Be a program that is not ours: whoever calls is cut off."""
    server.accept()[0].close()


def checks(run: Run) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in run.json["checks"]}


def test_a_sound_machine(environment: dict[str, str], new_phones: VirtualRack, url: str) -> None:
    """Without a server the phones are asked over adb; nothing fails, and each is named."""
    run = tm_here("doctor", "--json", "--url", url, env=environment)

    found = checks(run)
    assert run.code == 0, run.out
    assert {found[serial]["verdict"] for serial in new_phones.serials} == {"ok"}
    assert "(virtual)" in found[new_phones.serials[0]]["found"]
    assert {"python", "adb", "adb server", "usb", "disk space", "time zone"} <= set(found)
    assert found["server"]["found"].startswith("none runs; port")


def test_a_phone_that_needs_a_person(
    environment: dict[str, str], new_phones: VirtualRack, url: str
) -> None:
    """A phone that has not allowed this computer is a failure, with what to do on its line."""
    serial = new_phones.serials[0]
    address = new_phones.addresses[serial]
    new_phones.fault(serial, "unauthorized")

    run = tm_here("doctor", "--url", url, env=environment)

    assert run.code == 1, run.out
    lines = [line for line in run.out.splitlines() if serial in line or address in line]
    assert any("✘ fail" in line and "Accept the USB debugging" in line for line in lines), run.out
    assert "must be put right" in run.err


def test_a_running_server_is_asked(served: Served) -> None:
    """With a server its word is shown: phones, folders, and whose database it is."""
    run = served.tm("doctor", "--json", "--db", str(served.home / "rack.db"))

    found = checks(run)
    assert run.code == 0, run.out
    assert found["server"]["found"].startswith(f"answers at {served.url}")
    assert "by the server that answers" in found["database"]["found"]
    assert set(served.phones.serials) <= set(found)


def test_what_is_missing_or_foreign(tmp_path: Path) -> None:
    """No adb server is a warning; a foreign program on our port and a newer database are faults."""
    db = tmp_path / "rack.db"
    with sqlite3.connect(db) as newer:
        newer.execute("CREATE TABLE tortoise_migrations (app, name)")
        newer.execute("INSERT INTO tortoise_migrations VALUES ('tm', 'm9999_future')")
    newer.close()
    env = os.environ | {"ANDROID_ADB_SERVER_PORT": str(no_adb().port)}
    with socket.create_server(("127.0.0.1", 0)) as other:
        threading.Thread(target=hang_up, args=(other,), daemon=True).start()
        url = f"http://127.0.0.1:{other.getsockname()[1]}"
        run = tm_here("doctor", "--json", "--url", url, "--db", str(db), env=env)

    found = checks(run)
    assert run.code == 1
    assert found["adb server"]["verdict"] == "warn"
    assert (found["server"]["verdict"], "--port N" in found["server"]["advice"]) == ("fail", True)
    assert found["database"]["verdict"] == "fail"
    assert "m9999_future" in found["database"]["found"]


def test_a_foreign_program_on_the_port_of_adb(tmp_path: Path, url: str) -> None:
    """It is a fault: `tm serve` could start no adb server there."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        for _ in range(4):
            threading.Thread(target=hang_up, args=(other,), daemon=True).start()
        env = os.environ | {"ANDROID_ADB_SERVER_PORT": str(other.getsockname()[1])}
        db = str(tmp_path / "rack.db")
        run = tm_here("doctor", "--json", "--url", url, "--db", db, env=env)

    found = checks(run)["adb server"]
    assert (found["verdict"], "not an adb server" in found["found"]) == ("fail", True)


def test_two_versions_of_adb(adb: PrivateAdb, tmp_path: Path, url: str) -> None:
    """Another adb on the PATH that would kill the server is named."""
    other = tmp_path / "adb"
    other.write_text("#!/bin/sh\necho Android Debug Bridge version 1.0.39\n")
    other.chmod(0o755)
    env = os.environ | {
        "ANDROID_ADB_SERVER_PORT": str(adb.port),
        "ADBUTILS_ADB_PATH": str(adb.binary),
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
    }

    found = checks(tm_here("doctor", "--json", "--url", url, env=env))["adb server"]

    assert (found["verdict"], str(other) in found["found"]) == ("warn", True)


def test_limits_of_disk_and_media(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A full disk fails, a filling one warns; a media folder that is gone fails."""
    verdicts = []
    for free in (100_000_000, 1_000_000_000, 9_000_000_000):
        usage = type("Usage", (), {"free": free})
        monkeypatch.setattr("shutil.disk_usage", lambda _, usage=usage: usage)
        verdicts.append(machine.disk(tmp_path / "not" / "yet").verdict.value)

    assert verdicts == ["fail", "warn", "ok"]
    assert machine.media([str(tmp_path), str(tmp_path / "gone")]).verdict == "fail"
    assert machine.media([str(tmp_path)]).verdict == "ok"

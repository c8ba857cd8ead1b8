import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tmcore.errors import AdbUnreachable
from tmcore.phone import server as server_module
from tmcore.phone.server import AdbServer
from tmcore.virtual.adb_server import PrivateAdb, bundled_adb, free_port


@pytest.fixture
def lonely(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AdbServer]:
    """An address where nothing listens yet; what was started there is ended by its own protocol."""
    for name in ("ADB_USB", "ADB_MDNS", "ADB_EMU"):
        monkeypatch.setenv(name, "0")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("ADBUTILS_ADB_PATH", str(bundled_adb()))
    server = AdbServer("127.0.0.1", free_port())
    yield server
    try:
        with socket.create_connection((server.host, server.port), 2) as line:
            line.sendall(b"0009host:kill")
            line.recv(4)
    except ConnectionRefusedError:
        pass


async def test_server_is_started_when_asked(lonely: AdbServer) -> None:
    """A server is there after start() and not before; a second start() leaves it alone."""
    assert not await lonely.reachable()

    await lonely.start()
    await lonely.start()

    assert await lonely.reachable()


async def test_server_is_replaced_by_another(lonely: AdbServer) -> None:
    """After restart() the old one is gone with its connections, and a new one answers."""
    await lonely.start()
    old, writer = await asyncio.open_connection(lonely.host, lonely.port)
    writer.write(b"0012host:track-devices")
    assert await old.readexactly(8) == b"OKAY0000"

    await lonely.restart()

    assert await old.read() == b""
    assert await lonely.reachable()
    writer.close()


async def test_server_of_another_machine_is_not_started() -> None:
    """A server on another machine is not replaced by one here."""
    with pytest.raises(AdbUnreachable, match="another machine"):
        await AdbServer("192.0.2.1", free_port()).start()


async def test_real_server_answers(adb: PrivateAdb) -> None:
    """A real server is reachable."""
    await AdbServer("127.0.0.1", adb.port).check()


async def test_mute_server_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """What listens there and says nothing is no adb server."""
    monkeypatch.setattr(server_module, "_ANSWER_S", 0.2)

    with socket.create_server(("127.0.0.1", 0)) as mute:
        assert not await AdbServer("127.0.0.1", mute.getsockname()[1]).reachable()


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that adb itself reads say where its server is."""
    monkeypatch.delenv("ANDROID_ADB_SERVER_HOST", raising=False)
    monkeypatch.delenv("ANDROID_ADB_SERVER_PORT", raising=False)
    assert str(AdbServer.from_environment()) == "127.0.0.1:5037"
    monkeypatch.setenv("ANDROID_ADB_SERVER_HOST", "10.0.0.2")
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", "5038")
    assert AdbServer.from_environment() == AdbServer("10.0.0.2", 5038)
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", "x")
    with pytest.raises(AdbUnreachable, match="no port"):
        AdbServer.from_environment()

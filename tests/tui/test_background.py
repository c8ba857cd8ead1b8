"""The server that `tm` starts behind itself."""

from pathlib import Path

import pytest

from tmcore.errors import ServerUnreachable
from tmcore.virtual.adb_server import PrivateAdb, free_port
from tmserve.client import RemoteRack
from tmtui import background


async def test_a_server_is_started_once_and_ended_by_name(
    adb: PrivateAdb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers, a second call finds it, stop ends it, and a second stop finds none."""
    for name, value in {**adb.environment, "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    url = f"http://127.0.0.1:{free_port()}"

    said = await background.ensure(url, tmp_path)
    again = await background.ensure(url, tmp_path)
    async with RemoteRack(url) as rack:
        assert (await rack.stats()).total == 0
    first, second = await background.stop(tmp_path), await background.stop(tmp_path)

    assert "tm serve --stop" in said
    assert again == ""
    assert (first, second) == (True, False)
    assert (tmp_path / "server.log").stat().st_mode & 0o777 == 0o600


async def test_no_server_is_started_on_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where we are."""

    async def silent(_url: str, _token: str | None) -> bool:
        return False

    monkeypatch.setattr(background, "_answers", silent)
    with pytest.raises(ServerUnreachable, match="start one there"):
        await background.ensure("http://192.0.2.1:50809", tmp_path)


async def test_a_pid_of_somebody_else_is_not_ended(tmp_path: Path) -> None:
    """A pid file from before a restart may name any process."""
    (tmp_path / "server.pid").write_text("1")

    assert await background.stop(tmp_path) is False

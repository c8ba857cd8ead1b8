"""Settings in a file and in the environment: what holds when several say something."""

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import no_adb
from tmcore.api import RackApi
from tmcore.configuration import configured
from tmcore.errors import BadInput, NotFound
from tmcore.rack import Rack


def in_file(tmp_path: Path, text: str, **environ: str) -> dict[str, Any]:
    file = tmp_path / "tmrack.toml"
    file.write_text(text)
    return configured(file, environ)


def test_environment_goes_before_the_file(tmp_path: Path) -> None:
    """What is not TMRACK_… is somebody else's."""
    said = in_file(
        tmp_path,
        'auto_retry = true\nmax_retry_count = 2\nmedia_folders = ["/srv"]',
        TMRACK_MAX_RETRY_COUNT="5", TMRACK_TIME_ZONE="Europe/Berlin", HOME="/root",
    )  # fmt: skip

    assert said == {
        "auto_retry": True, "max_retry_count": 5, "media_folders": ["/srv"],
        "time_zone": "Europe/Berlin",
    }  # fmt: skip


def test_no_file_is_no_fault(tmp_path: Path) -> None:
    """Nobody needs one."""
    assert configured(tmp_path / "tmrack.toml", {}) == {}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("\n\nauto_retri = true", "tmrack.toml:3 auto_retri: unknown; did you mean auto_retry?"),
        ("# one\nmax_retry_count = 11", "tmrack.toml:2 max_retry_count"),
        ("max_retry_count = 2\nmax_retry_count = 3", "tmrack.toml:2: is no TOML"),
        ("auto_retry = yes", "tmrack.toml:1"),
        ("[auto_retry]\nx = 1", "tmrack.toml:1 auto_retry"),
        ("time_zone = 'Mars/Olympus'", "tmrack.toml:1 time_zone"),
        ("media_folders = ['/srv', 'videos']", "tmrack.toml:1 media_folders"),
    ],
)
def test_a_slip_in_the_file_names_its_line(tmp_path: Path, text: str, named: str) -> None:
    """File, line and key; nothing is started."""
    with pytest.raises(BadInput) as raised:
        in_file(tmp_path, text)
    assert named in str(raised.value)


def test_a_slip_in_the_environment_names_its_variable(tmp_path: Path) -> None:
    """Nobody looks for it in the file."""
    for name, value in (("TMRACK_MAX_RETRY_COUNT", "eleven"), ("TMRACK_AUTORETRY", "true")):
        with pytest.raises(BadInput, match=name):
            in_file(tmp_path, "", **{name: value})


async def test_what_was_changed_goes_before_both(
    seeded: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It stays so over a restart, which says it; put back, the configured value holds."""
    said = {"max_retry_count": 2, "retry_delay_min_s": 30}
    async with Rack(seeded, adb=no_adb(), configured=said) as rack:
        assert (await rack.settings()).max_retry_count == 2
        await rack.change_settings({"max_retry_count": 7})

    caplog.set_level(logging.WARNING)
    async with Rack(seeded, adb=no_adb(), configured=said) as rack:
        assert (await rack.settings()).max_retry_count == 7
        assert "tm settings --reset max_retry_count" in caplog.text
        settings = await rack.reset_setting("max_retry_count")
        assert (settings.max_retry_count, settings.retry_delay_min_s) == (2, 30)


async def test_put_back_to_the_default(rack: RackApi) -> None:
    """Near and far; what is no setting is NotFound."""
    await rack.change_settings({"auto_retry": True, "max_retry_count": 9})

    settings = await rack.reset_setting("max_retry_count")

    assert (settings.auto_retry, settings.max_retry_count) == (True, 3)
    for name in ("nothing", "", "../task"):
        with pytest.raises(NotFound):
            await rack.reset_setting(name)

"""An operator's own profile files, in `apps` beside the database."""

from pathlib import Path

import pytest

from tests.engine.conftest import OpenRack, device_is, post
from tmcore import BadInput, DeviceState, Reason
from tmcore.virtual.client import VirtualRack

ELSEWHERE = """
app = "tiktok"
since = "1.0"

[targets.post_button]
screens = ["composer"]
candidates = [{ label = ["A word that no app shows"], tappable = true }]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder beside this test's database."""
    folder = tmp_path / "apps"
    folder.mkdir()
    return folder


async def test_a_task_goes_by_the_operators_file(
    own: Path, open_rack: OpenRack, phones: VirtualRack, video: Path
) -> None:
    """What it replaces is what the task looks for; nothing is pressed instead."""
    (own / "mine.toml").write_text(ELSEWHERE)
    serial = phones.serials[0]
    async with open_rack() as rack:
        await device_is(rack, serial, DeviceState.READY)
        task = await post(rack, video, serial)

    assert task.reason is Reason.TARGET_MISSING
    assert phones.truth(serial)["presses"] == 0


async def test_a_slip_in_it_is_named_at_the_start(own: Path, open_rack: OpenRack) -> None:
    """By file and line; no phone is touched before."""
    (own / "mine.toml").write_text(ELSEWHERE.replace("candidates", "candidate"))

    with pytest.raises(BadInput, match=r"mine\.toml.*candidate"):
        async with open_rack():
            raise AssertionError

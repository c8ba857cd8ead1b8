"""The whole script over dumps of the real app: each right tap leads to the next one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import screens
from tests.engine.conftest import OpenRack, device_is, post
from tmcore import DeviceState, Reason, TaskStatus
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

TAPE = Path(__file__).parents[1] / "virtual" / "real_tiktok.toml"


@pytest.fixture
def replay(adb: PrivateAdb) -> Iterator[VirtualRack]:
    dumps = screens.folder()
    if dumps is None:
        pytest.skip("REAL DUMPS ARE MISSING, the flow over them was not tested: set TM_SCREENS")
    with VirtualRack(adb.port, 1, prefix="REAL", screens=TAPE, screens_folder=dumps) as rack:
        yield rack


async def test_a_post_over_the_real_screens(
    replay: VirtualRack, open_rack: OpenRack, video: Path
) -> None:
    """TikTok 43.1.4 as it was dumped: the post is made once, by right taps only."""
    serial = replay.serials[0]
    async with open_rack() as rack:
        await device_is(rack, serial, DeviceState.READY)

        task = await post(rack, video, serial, captions="Read off the real screens #one")

    truth = replay.truth(serial)
    assert (task.status, task.reason) == (TaskStatus.COMPLETED, Reason.CONFIRMED), task.remark
    assert (task.username, truth["presses"], truth["misses"]) == ("acct_a", 1, 0)
    assert truth["posts"][0]["caption"].strip() == "Read off the real screens #one"

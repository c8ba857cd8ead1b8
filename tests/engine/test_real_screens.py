"""The whole script over dumps of the real app: each right tap leads to the next one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import screens
from tests.engine.conftest import OpenRack, device_is, post
from tmcore import DeviceState, Reason, TaskStatus
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

TAPES = Path(__file__).parents[1] / "virtual"


@contextmanager
def replaying(adb: PrivateAdb, tape: str) -> Iterator[VirtualRack]:
    dumps = screens.folder()
    if dumps is None:
        pytest.skip("REAL DUMPS ARE MISSING, the flow over them was not tested: set TM_SCREENS")
    with VirtualRack(
        adb.port, 1, prefix="REAL", screens=TAPES / tape, screens_folder=dumps
    ) as rack:
        yield rack


@pytest.fixture
def replay(adb: PrivateAdb) -> Iterator[VirtualRack]:
    with replaying(adb, "real_tiktok.toml") as rack:
        yield rack


@pytest.fixture
def instagram(adb: PrivateAdb) -> Iterator[VirtualRack]:
    with replaying(adb, "real_instagram.toml") as rack:
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


async def test_a_reel_over_the_real_screens(
    instagram: VirtualRack, open_rack: OpenRack, video: Path
) -> None:
    """Instagram of 2025-12 as it was dumped; the failure row of its feed is not ours."""
    serial = instagram.serials[0]
    async with open_rack() as rack:
        await device_is(rack, serial, DeviceState.READY)

        task = await post(rack, video, serial, app="instagram", captions="Read off #one")

    truth = instagram.truth(serial)
    assert (task.status, task.reason) == (TaskStatus.COMPLETED, Reason.CONFIRMED), task.remark
    assert (task.username, truth["presses"]) == ("acct_user", 1)
    assert truth["misses"] <= 1  # Create New leads to a sheet of which there is no dump
    assert truth["posts"][0]["caption"].strip() == "Read off #one"


async def test_a_rehearsed_reel_over_the_real_screens(
    instagram: VirtualRack, open_rack: OpenRack, video: Path
) -> None:
    """Nothing is pressed, and the way back leads home."""
    serial = instagram.serials[0]
    async with open_rack() as rack:
        await device_is(rack, serial, DeviceState.READY)

        task = await post(rack, video, serial, app="instagram", rehearse=True)

    assert (task.status, task.reason) == (TaskStatus.COMPLETED, Reason.REHEARSED), task.remark
    assert "discarded" in task.remark
    assert instagram.truth(serial)["presses"] == 0

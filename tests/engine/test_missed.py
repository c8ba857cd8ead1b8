"""A phone that is away at a task's hour, from one end to the other."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.engine.conftest import a_post, device_is
from tmcore import AdbServer, DeviceState, Rack, Reason, TaskStatus
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack


class Ahead:
    """The wall clock, set forward by the test."""

    by = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


@pytest.fixture
def clock() -> Ahead:
    return Ahead()


@pytest.fixture
async def rack(
    adb: PrivateAdb, phones: VirtualRack, video: Path, tmp_path: Path, clock: Ahead
) -> AsyncIterator[Rack]:
    server = AdbServer("127.0.0.1", adb.port)
    async with Rack(tmp_path / "rack.db", adb=server, clock=clock) as rack:
        await rack.change_settings({"media_folders": [str(video.parent)]})
        await device_is(rack, phones.serials[0], DeviceState.READY)
        yield rack


async def test_a_phone_that_was_away_at_the_hour_posts_only_when_asked(
    rack: Rack, phones: VirtualRack, video: Path, clock: Ahead
) -> None:
    """It fails as missed, with the phone back or not; a person's retry posts it."""
    serial = phones.serials[0]
    phones.fault(serial, "unplugged")
    await device_is(rack, serial, DeviceState.AWAY)
    new = a_post(video, serial).model_copy(update={"start_at": clock() + timedelta(hours=1)})
    created = await rack.create(new)

    clock.by = timedelta(hours=4)
    phones.heal(serial)
    missed = await rack.wait(created.task_ids[0])
    assert (missed.status, missed.reason) == (TaskStatus.FAILED, Reason.MISSED)
    assert phones.truth(serial)["presses"] == 0

    await rack.retry(missed.id)
    assert (await rack.wait(missed.id)).status is TaskStatus.COMPLETED
    assert phones.truth(serial)["presses"] == 1

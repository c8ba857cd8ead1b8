"""A schedule on a whole rack: from the clock to the post on a phone."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.engine.conftest import a_post, device_is, until
from tmcore import AdbServer, DeviceState, Rack
from tmcore.model import COMPLETED, Task, TaskQuery
from tmcore.schedules import NewSchedule, RunOutcome
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack


async def test_a_due_schedule_posts_once(
    adb: PrivateAdb, phones: VirtualRack, tmp_path: Path, video: Path
) -> None:
    """Nobody asks for it: the clock does; a restart within the catch-up time posts nothing more."""
    serial = phones.serials[0]
    ahead = timedelta()  # of the real clock

    def clock() -> datetime:
        return datetime.now(UTC) + ahead

    def opened() -> Rack:
        return Rack(tmp_path / "rack.db", adb=AdbServer("127.0.0.1", adb.port), clock=clock)

    async with opened() as rack:
        await rack.change_settings({"media_folders": [str(video.parent)]})
        await device_is(rack, serial, DeviceState.READY)
        soon = clock().replace(second=0, microsecond=0) + timedelta(minutes=5)
        new = NewSchedule(
            name="n", cron=f"{soon:%-M %-H} * * *", zone="UTC", template=a_post(video, serial)
        )
        saved = await rack.schedules.add(new)
        await asyncio.sleep(0)  # it sleeps until then
        assert (await rack.tasks()).total == 0

        ahead = soon - datetime.now(UTC)
        await rack.schedules.resume(saved.id)  # any change lets it look at the clock

        async def look() -> Task | None:
            found = (await rack.tasks(TaskQuery(status=COMPLETED))).tasks
            return found[0] if found else None

        task: Task = await until(look)

    async with opened() as rack:
        [run] = (await rack.schedules.one(saved.id)).runs
        total = (await rack.tasks()).total

    assert (run.outcome, run.due_at, run.task_ids) == (RunOutcome.FIRED, soon, (task.id,))
    assert (task.source, task.serial, total) == ("schedule", serial, 1)
    assert len(phones.posts(serial)) == 1

"""The clockwork on a real database and a clock that the test turns; nothing waits for real time."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import pytest

from tests.store.conftest import FakeClock, a_draft
from tmcore.engine.calendar import Calendar
from tmcore.engine.clockwork import Clockwork
from tmcore.engine.prepared import Prepared
from tmcore.errors import BadInput, StoreFailed
from tmcore.model import Change, NewTask, TaskQuery
from tmcore.rules.schedule import next_times
from tmcore.schedules import NewSchedule, Overlap, RunOutcome, ScheduleRun
from tmcore.settings import Settings
from tmcore.store.schedules import Turn, Wish
from tmcore.store.store import Store

START = datetime(2026, 11, 24, 8, 59, 30, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
TEMPLATE = {"serials": ["R58M1"], "script_name": "post", "script_config": {}}


class Desk:
    """A store, a clock, and what is prepared for a template; opened and closed as a server is."""

    def __init__(self, path: Path) -> None:
        self.path, self.clock = path, FakeClock(START)
        self.wrong: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.prepared = 0

    async def prepare(self, new: NewTask) -> Prepared:
        self.prepared += 1
        await self.gate.wait()
        if self.wrong:
            raise self.wrong
        drafts = [
            a_draft(serial, self.clock.now, source=new.source) for serial in new.serials or ()
        ]
        return Prepared(drafts, "UTC", ())

    async def __aenter__(self) -> Self:
        self.store = await Store.open(self.path, self.clock)
        self.clockwork = Clockwork(self.store.schedules, self.prepare, self.clock, lambda: None)
        self.calendar = Calendar(
            self.store.schedules, self.prepare, Settings, self.clock, self.clockwork.wake
        )
        self.running = asyncio.create_task(self.clockwork.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.running.cancel()
        await asyncio.wait({self.running})
        await self.store.close()

    async def add(self, cron: str = "0 9 * * *", **fields: Any) -> int:
        new = NewSchedule(name="n", cron=cron, zone="UTC", template=TEMPLATE)
        return (await self.calendar.add(new.model_copy(update=fields))).id

    async def go_on(self, **delta: float) -> None:
        """Let time pass, and the clockwork notice."""
        self.clock.now += timedelta(**delta)
        await self.settled()

    async def settled(self) -> None:
        """Wake it, as its own sleep would in time, until it has nothing more to do."""
        async with asyncio.timeout(10):
            while await self._is_due():
                self.clockwork.wake()
                await asyncio.sleep(0.005)

    async def _is_due(self) -> bool:
        saved = [one for one in await self.store.schedules.every() if not one.paused]
        ahead = [next_times(one.cron, UTC_ZONE, one.cursor, 1)[0] for one in saved]
        return bool(self.clockwork._turning) or any(at <= self.clock.now for at in ahead)

    async def runs(self, schedule_id: int) -> list[ScheduleRun]:
        """Oldest first."""
        return list(await self.store.schedules.runs(schedule_id))[::-1]

    async def outcomes(self, schedule_id: int) -> list[tuple[str, str]]:
        runs = await self.runs(schedule_id)
        return [(f"{run.due_at:%H:%M}" if run.due_at else "", run.outcome) for run in runs]

    async def tasks(self) -> int:
        return (await self.store.page(TaskQuery())).total


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with Desk(tmp_path / "rack.db") as desk:
        yield desk


async def test_it_runs_at_its_time_and_not_before(desk: Desk) -> None:
    """Once; the run knows its tasks, and they know that a schedule made them."""
    schedule_id = await desk.add()

    await desk.go_on(seconds=29)
    assert await desk.tasks() == 0
    await desk.go_on(seconds=1)
    await desk.go_on(seconds=1)
    await desk.go_on(minutes=5)

    [run] = await desk.runs(schedule_id)
    [task] = (await desk.store.page(TaskQuery())).tasks
    assert (run.outcome, run.due_at) == (
        RunOutcome.FIRED,
        START.replace(hour=9, minute=0, second=0),
    )
    assert (run.task_ids, task.source) == ((task.id,), "schedule")


async def test_a_short_absence_is_made_up_for_once(tmp_path: Path) -> None:
    """Three times passed while nothing ran: the newest is run late, the others are misses."""
    async with Desk(tmp_path / "rack.db") as desk:
        schedule_id = await desk.add("0,5,8 9 * * *")
    desk.clock.now += timedelta(minutes=12)

    async with desk:
        await desk.settled()

        assert await desk.outcomes(schedule_id) == [
            ("09:00", "missed"), ("09:05", "missed"), ("09:08", "fired"),
        ]  # fmt: skip
        assert "09:08 UTC stands for it" in (await desk.runs(schedule_id))[0].remark
        assert await desk.tasks() == 1


async def test_a_long_absence_is_recorded_and_not_made_up_for(tmp_path: Path) -> None:
    """Nobody wants last night's post at noon; the record says what did not happen."""
    async with Desk(tmp_path / "rack.db") as desk:
        schedule_id = await desk.add("0 9 * * *")
    desk.clock.now += timedelta(days=2, hours=3)

    async with desk:
        await desk.settled()

        runs = await desk.runs(schedule_id)
        assert [run.outcome for run in runs] == ["missed"] * 3
        assert {run.remark for run in runs} == {"nothing ran at that time"}
        assert await desk.tasks() == 0


async def test_a_month_of_minutes_is_told_in_part(tmp_path: Path) -> None:
    """500 misses a record each; the last one says that all after it were missed, too."""
    async with Desk(tmp_path / "rack.db") as desk:
        schedule_id = await desk.add("* * * * *")
    desk.clock.now += timedelta(days=30)

    async with desk:
        await desk.settled()
        rows = await desk.store._read("SELECT * FROM schedule_run WHERE outcome = 'missed'")

        assert len(rows) == 500
        assert "so were all after it until 2026-12-24" in rows[-1]["remark"]
        assert (await desk.runs(schedule_id))[-1].outcome == RunOutcome.FIRED
        assert await desk.tasks() == 1


async def test_overlap_skip_waits_for_the_run_before(desk: Desk) -> None:
    """It is recorded as skipped while a task of the run before has not ended, then it goes on."""
    schedule_id = await desk.add("* * * * *")

    await desk.go_on(seconds=30)
    await desk.go_on(minutes=1)
    [task] = (await desk.store.page(TaskQuery())).tasks
    await desk.store.apply(task.id, Change.stop())
    await desk.go_on(minutes=1)

    assert await desk.outcomes(schedule_id) == [
        ("09:00", "fired"), ("09:01", "skipped"), ("09:02", "fired"),
    ]  # fmt: skip
    assert "of the run before it, 1 task had" in (await desk.runs(schedule_id))[1].remark


async def test_overlap_queue_does_not_wait(desk: Desk) -> None:
    """The tasks queue up on their phone."""
    schedule_id = await desk.add("* * * * *", overlap=Overlap.QUEUE)

    for _ in range(3):
        await desk.go_on(minutes=1)

    assert [outcome for _, outcome in await desk.outcomes(schedule_id)] == ["fired"] * 3
    assert await desk.tasks() == 3


async def test_a_template_that_is_not_right_any_more_says_why(desk: Desk) -> None:
    """Its account or file has vanished: recorded, shown, and tried again at the next time."""
    schedule_id = await desk.add("* * * * *")
    desk.wrong = BadInput.of("script_config.material_list", "'/a.mp4' does not exist")

    await desk.go_on(minutes=1)
    shown = await desk.calendar.one(schedule_id)
    desk.wrong = None
    await desk.go_on(minutes=1)

    assert shown.last_run
    assert shown.last_run.outcome == RunOutcome.REFUSED
    assert "'/a.mp4' does not exist" in shown.last_run.remark
    assert [outcome for _, outcome in await desk.outcomes(schedule_id)] == ["refused", "fired"]


async def test_a_paused_schedule_misses_nothing(desk: Desk) -> None:
    """It goes on with the next time after it was resumed."""
    schedule_id = await desk.add("* * * * *")
    await desk.calendar.pause(schedule_id)
    await desk.go_on(minutes=10)
    await desk.calendar.resume(schedule_id)
    await desk.settled()
    assert await desk.runs(schedule_id) == []

    await desk.go_on(minutes=1)

    assert await desk.outcomes(schedule_id) == [("09:10", "fired")]


async def test_who_pauses_while_files_are_looked_at_wins(desk: Desk) -> None:
    """The decision is void then: nothing is made, and nothing is written down."""
    schedule_id = await desk.add()
    desk.gate.clear()
    prepared = desk.prepared
    desk.clock.now += timedelta(minutes=1)
    desk.clockwork.wake()
    while desk.prepared == prepared:
        await asyncio.sleep(0)

    await desk.calendar.pause(schedule_id)
    desk.gate.set()
    await desk.settled()

    assert await desk.tasks() == 0
    assert await desk.runs(schedule_id) == []


async def test_a_slow_schedule_holds_up_no_other(desk: Desk) -> None:
    """Its files are looked at beside the others."""
    slow = await desk.add()
    desk.gate.clear()
    prepared = desk.prepared
    desk_wakes(desk, seconds=30)
    while desk.prepared == prepared:
        await asyncio.sleep(0)
    fast = await desk.store.schedules.add(a_wish(desk, "1 9 * * *"))
    quick = Prepared([a_draft("R58M2", desk.clock.now, source="schedule")], "UTC", ())
    desk.clockwork._prepare = lambda _: asyncio.sleep(0, quick)

    desk_wakes(desk, minutes=1)
    async with asyncio.timeout(10):
        while not await desk.runs(fast):
            await asyncio.sleep(0.01)

    assert await desk.runs(slow) == []
    desk.gate.set()


def a_wish(desk: Desk, cron: str) -> Wish:
    return desk.calendar._wish(NewSchedule(name="n", cron=cron, zone="UTC", template=TEMPLATE))


def desk_wakes(desk: Desk, **delta: float) -> None:
    desk.clock.now += timedelta(**delta)
    desk.clockwork.wake()


async def test_a_clock_that_goes_back_repeats_nothing(desk: Desk) -> None:
    """Not even when the schedule is changed in between; the pair of schedule and time is unique."""
    schedule_id = await desk.add()
    await desk.go_on(minutes=1)

    desk.clock.now = START
    await desk.calendar.change(
        schedule_id, NewSchedule(name="n", cron="0 9 * * *", zone="UTC", template=TEMPLATE)
    )
    await desk.go_on(minutes=1)

    assert await desk.outcomes(schedule_id) == [("09:00", "fired")]
    assert await desk.tasks() == 1


async def test_two_turns_of_one_time_make_it_once(desk: Desk) -> None:
    """Whoever comes second finds the time settled, in the transaction."""
    schedule_id = await desk.add()
    desk.running.cancel()
    [saved] = await desk.store.schedules.every()
    desk.clock.now += timedelta(minutes=1)
    at = START.replace(hour=9, minute=0, second=0)
    turn = Turn(saved, desk.clock.now, [], at, [a_draft()])

    await asyncio.gather(*(desk.store.schedules.turn(turn) for _ in range(5)))

    assert await desk.outcomes(schedule_id) == [("09:00", "fired")]
    assert await desk.tasks() == 1
    with closing(sqlite3.connect(desk.path)) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute(
            "INSERT INTO schedule_run (schedule_id, due_at, at, outcome) "
            "SELECT schedule_id, due_at, at, 'fired' FROM schedule_run"
        )


async def test_a_database_that_fails_costs_no_run(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again until it is written, or recorded as missed."""
    schedule_id = await desk.add()
    monkeypatch.setattr("tmcore.engine.clockwork.PAUSE_S", 0.01)
    works = desk.store.schedules.turn
    failures = iter([StoreFailed("disk full"), StoreFailed("disk full")])

    async def turn(turn: Turn) -> None:
        for failure in failures:
            raise failure
        await works(turn)

    monkeypatch.setattr(desk.store.schedules, "turn", turn)
    await desk.go_on(minutes=1)

    assert await desk.outcomes(schedule_id) == [("09:00", "fired")]


async def test_it_wakes_by_itself(desk: Desk) -> None:
    """Nobody needs to tell it: it sleeps until the next time."""
    await desk.add()
    started = desk.clock.now

    def real_time() -> datetime:
        return started.replace(minute=59, second=59, microsecond=900_000) + timedelta(
            seconds=asyncio.get_running_loop().time() - began
        )

    began = asyncio.get_running_loop().time()
    desk.clockwork._now = real_time
    desk.clockwork.wake()

    async with asyncio.timeout(10):
        while not await desk.tasks():
            await asyncio.sleep(0.01)

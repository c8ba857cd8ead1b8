"""The schedules as a person sees them: when next, what became of the last time, and the keys."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.serve.fake import NOW
from tests.tui.console.pilots import Where, opened
from tests.tui.console.racks import Rack
from tmcore.events import Event, EventKind
from tmcore.schedules import Overlap, RunOutcome, Schedule, ScheduleRun

TEMPLATE = {"serials": ["R58M1"], "script_name": "post", "script_config": {"captions": "hello"}}
REFUSED = ScheduleRun(
    due_at=NOW, at=NOW, outcome=RunOutcome.REFUSED, remark="'/media/a.mp4' does not exist"
)


def a_schedule(number: int, name: str, last_run: ScheduleRun | None = None) -> Schedule:
    times = tuple(NOW + timedelta(days=n + 1) for n in range(5))
    return Schedule(
        id=number, name=name, cron="5 14 * * *", zone="Asia/Tokyo", overlap=Overlap.SKIP,
        catch_up_minutes=10, template=TEMPLATE, paused=False, created_at=NOW, words="At 14:05",
        next_times=times, last_run=last_run,
    )  # fmt: skip


@pytest.fixture(params=["near", "far"])
def where(request: pytest.FixtureRequest) -> Where:
    found: Where = request.param
    return found


@pytest.fixture
def rack() -> Rack:
    rack = Rack()
    rack.schedules.rows = {1: a_schedule(1, "morning"), 2: a_schedule(2, "evening", REFUSED)}
    return rack


async def test_when_next_and_why_nothing_came(rack: Rack, where: Where, tmp_path: Path) -> None:
    """On its own zone's clock, in words; the detail has all five times and what it posts."""
    async with opened(rack, tmp_path, (140, 40), where=where) as person:
        await person.press("6")
        await person.sees("morning", "Sun 2026-02-01 23:05 JST", "✗ refused", "2 of 2")
        await person.press("exclamation_mark")
        await person.sees("1 of 2")
        await person.press("enter")
        await person.sees(
            "does not exist", "At 14:05", "5 14 * * *", "Thu 2026-02-05 23:05 JST", "hello"
        )


async def test_it_is_held_and_goes_on(rack: Rack, where: Where, tmp_path: Path) -> None:
    """z and Z; what cannot be done says why."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("6", "a", "z")
        await person.sees("hold: 2 done", "‖ paused")
        await person.press("z")
        await person.sees("it is paused (Z lets it go on)")
        await person.press("Z")
        await person.sees("go on: 2 done")

    assert not any(one.paused for one in rack.schedules.rows.values())


async def test_it_is_run_and_removed_after_a_question(
    rack: Rack, where: Where, tmp_path: Path
) -> None:
    """Both make something that a slip of the finger should not."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("6", "x")
        await person.sees("Run 1 schedule now?")
        await person.press("y")
        await person.sees("run now: 1 done")
        await person.press("D")
        await person.sees("Delete 1 schedule?")
        await person.press("y")
        await person.sees("remove: 1 done")

    assert len(rack.schedules.rows) == 1


async def test_what_others_change_is_seen(rack: Rack, where: Where, tmp_path: Path) -> None:
    """An event of a schedule brings the list up to date."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("6")
        await person.sees("2 of 2")
        rack.schedules.rows[3] = a_schedule(3, "noon")
        rack._tell(Event(id=9, kind=EventKind.SCHEDULE, at=NOW, change="create", schedule_id=3))
        await person.sees("noon", "3 of 3")


async def test_without_schedules_it_says_how_to_make_one(tmp_path: Path) -> None:
    """An empty list names the command."""
    async with opened(Rack(), tmp_path) as person:
        await person.press("6")
        await person.sees("tm schedule add")

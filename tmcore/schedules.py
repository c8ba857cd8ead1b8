"""Schedules: a create request that the calendar makes by itself, in the words of the project."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Protocol

from pydantic import BeforeValidator, Field

from tmcore.columns import SCHEDULES
from tmcore.faces import Listed
from tmcore.format import safe, when
from tmcore.model import Created, Json, Model, NewTask
from tmcore.needs import need
from tmcore.settings import Zone

MOST_CATCH_UP = 24 * 60


class Overlap(StrEnum):
    """What a run does while tasks of the run before it have not ended."""

    SKIP = "skip"
    QUEUE = "queue"


class RunOutcome(StrEnum):
    """What became of one of a schedule's times."""

    FIRED = "fired"
    MISSED = "missed"  # nothing was made: the rack did not run then
    SKIPPED = "skipped"  # nothing was made: the run before it had not ended
    REFUSED = "refused"  # nothing was made: the template is not right any more


def _as_sent(value: Any) -> Any:
    return value.model_dump(exclude_unset=True) if isinstance(value, NewTask) else value


Name = Annotated[str, Field(min_length=1, max_length=100)]
Template = Annotated[Json, BeforeValidator(_as_sent)]


class NewSchedule(Model):
    """When to post what; the template is what a create request holds, without a start."""

    name: Name
    cron: str
    zone: Zone | None = None  # an IANA name; the setting time_zone where none is given
    overlap: Overlap = Overlap.SKIP
    catch_up_minutes: Annotated[int, Field(ge=0, le=MOST_CATCH_UP)] | None = None  # the setting
    template: Template


class ScheduleRun(Model):
    """One of a schedule's times, and what became of it; due_at is empty where a person ran it."""

    due_at: datetime | None
    at: datetime
    outcome: RunOutcome
    task_ids: tuple[int, ...] = ()
    remark: str = ""


class SchedulePreview(Model):
    """What a schedule would do, before it is saved."""

    cron: str
    zone: str
    words: str
    next_times: tuple[datetime, ...]
    tasks: int  # how many a run makes
    warnings: tuple[str, ...] = ()


class Schedule(Model):
    """A saved schedule; `last_run` says whether, and why not, its last time made tasks."""

    id: int
    name: str
    cron: str
    zone: str
    overlap: Overlap
    catch_up_minutes: int
    template: Json
    paused: bool
    created_at: datetime
    words: str
    next_times: tuple[datetime, ...]  # none while it is paused
    last_run: ScheduleRun | None = None

    def __repr__(self) -> str:
        ahead = when(self.next_times[0]) if self.next_times else "paused"
        return safe(f"<Schedule {self.id} {self.name}: {self.cron} {self.zone}, next {ahead}>")


@need.register
def _(row: Schedule) -> str:
    last = row.last_run
    if row.paused or last is None or last.outcome not in {RunOutcome.MISSED, RunOutcome.REFUSED}:
        return ""
    return f"{last.outcome}: see why, then run it or mend it"


class ScheduleDetail(Schedule):
    """A schedule with its last runs, newest first."""

    runs: tuple[ScheduleRun, ...] = ()


class Schedules(Listed, tuple[Schedule, ...]):
    """A tuple of schedules."""

    __slots__ = ()
    noun, columns = "schedule", SCHEDULES


class SchedulesApi(Protocol):
    """The calendar's verbs, near and far; reached as `rack.schedules`."""

    async def preview(self, new: NewSchedule) -> SchedulePreview:
        """Say when it would run and what it would make. Raises what add() raises."""
        ...

    async def add(self, new: NewSchedule) -> Schedule:
        """Save a schedule; its template is checked as a request is. Raises BadInput, NotFound."""
        ...

    async def every(self) -> Schedules: ...

    async def one(self, schedule_id: int) -> ScheduleDetail:
        """Return a schedule with its last runs. Raises NotFound."""
        ...

    async def change(self, schedule_id: int, new: NewSchedule) -> Schedule:
        """Put another in its place, from now on. Raises BadInput, NotFound."""
        ...

    async def delete(self, schedule_id: int) -> None:
        """Delete a schedule; tasks that it has made stay. Raises NotFound."""
        ...

    async def pause(self, schedule_id: int) -> Schedule:
        """Let it make nothing; its times then are no misses. Raises NotFound."""
        ...

    async def resume(self, schedule_id: int) -> Schedule:
        """Let a paused schedule go on, with the next time from now. Raises NotFound."""
        ...

    async def run(self, schedule_id: int) -> Created:
        """Make its tasks now, whatever the clock says. Raises BadInput, NotFound."""
        ...

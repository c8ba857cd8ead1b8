"""Schedules and plans in memory, for the rack that the server's tests serve."""

from datetime import UTC, datetime

from tmcore.errors import NotFound
from tmcore.model import Created
from tmcore.plans import NewPlan, Plan, PlanDetail, PlanMade, PlanPreview, Plans, Shift
from tmcore.schedules import (
    NewSchedule,
    Overlap,
    Schedule,
    ScheduleDetail,
    SchedulePreview,
    Schedules,
)

NOW = datetime(2026, 1, 31, 14, 5, tzinfo=UTC)


class FakeSchedules:
    """Satisfies SchedulesApi; what it keeps is neither checked nor ever run."""

    def __init__(self) -> None:
        self.rows: dict[int, Schedule] = {}

    async def preview(self, new: NewSchedule) -> SchedulePreview:
        return SchedulePreview(cron=new.cron, zone="UTC", words="", next_times=(NOW,), tasks=1)

    async def add(self, new: NewSchedule) -> Schedule:
        return self._put(len(self.rows) + 1, new)

    def _put(self, schedule_id: int, new: NewSchedule) -> Schedule:
        self.rows[schedule_id] = Schedule(
            id=schedule_id,
            name=new.name,
            cron=new.cron,
            zone=new.zone or "UTC",
            overlap=Overlap(new.overlap),
            catch_up_minutes=10,
            template=new.template,
            paused=False,
            created_at=NOW,
            words="At 09:00",
            next_times=(NOW,),
        )
        return self.rows[schedule_id]

    async def every(self) -> Schedules:
        return Schedules(self.rows.values())

    async def one(self, schedule_id: int) -> ScheduleDetail:
        return ScheduleDetail(**dict(self._row(schedule_id)))

    def _row(self, schedule_id: int) -> Schedule:
        if schedule_id not in self.rows:
            raise NotFound(f"schedule {schedule_id} does not exist")
        return self.rows[schedule_id]

    async def change(self, schedule_id: int, new: NewSchedule) -> Schedule:
        self._row(schedule_id)
        return self._put(schedule_id, new)

    async def delete(self, schedule_id: int) -> None:
        self._row(schedule_id)
        del self.rows[schedule_id]

    async def pause(self, schedule_id: int) -> Schedule:
        paused = {"paused": True, "next_times": ()}
        self.rows[schedule_id] = self._row(schedule_id).model_copy(update=paused)
        return self.rows[schedule_id]

    async def resume(self, schedule_id: int) -> Schedule:
        going = {"paused": False, "next_times": (NOW,)}
        self.rows[schedule_id] = self._row(schedule_id).model_copy(update=going)
        return self.rows[schedule_id]

    async def run(self, schedule_id: int) -> Created:
        self._row(schedule_id)
        return Created(task_ids=(), created_count=0, tasks=(), zone="UTC")


class FakePlans:
    """Satisfies PlansApi; a plan has as many posts as rows were sent."""

    def __init__(self) -> None:
        self.rows: dict[int, Plan] = {}

    async def preview(self, new: NewPlan) -> PlanPreview:
        count = len(new.rows or ())
        return PlanPreview(
            name=new.name, zone="UTC", will_post=count, planned_already=0, refused_rows=0
        )

    async def add(self, new: NewPlan) -> PlanMade:
        count = len(new.rows or ())
        plan = Plan(id=len(self.rows) + 1, name=new.name, zone="UTC", created_at=NOW, posts=count)
        self.rows[plan.id] = plan
        return PlanMade(plan=plan, created_count=count, planned_already=0)

    async def every(self) -> Plans:
        return Plans(self.rows.values())

    async def one(self, plan_id: int) -> PlanDetail:
        return PlanDetail(**dict(self._row(plan_id)))

    def _row(self, plan_id: int) -> Plan:
        if plan_id not in self.rows:
            raise NotFound(f"plan {plan_id} does not exist")
        return self.rows[plan_id]

    async def rehearse(self, new: NewPlan) -> Created:
        del new
        return Created(task_ids=(), created_count=0, tasks=(), zone="UTC")

    async def rehearse_saved(self, plan_id: int) -> Created:
        self._row(plan_id)
        return Created(task_ids=(), created_count=0, tasks=(), zone="UTC")

    async def move(self, plan_id: int, shift: Shift) -> Plan:
        return self._row(plan_id)

    async def withdraw(self, plan_id: int) -> Plan:
        self.rows[plan_id] = self._row(plan_id).model_copy(update={"withdrawn_at": NOW})
        return self.rows[plan_id]

"""The far ends of `rack.schedules` and `rack.plans`."""

from tmcore.model import Created, Model
from tmcore.plans import NewPlan, Plan, PlanDetail, PlanMade, PlanPreview, Plans, Shift
from tmcore.schedules import (
    NewSchedule,
    Schedule,
    ScheduleDetail,
    SchedulePreview,
    Schedules,
)
from tmserve.far.desk import PATIENCE_S, Desk, dump


class _Schedules(Model):
    schedules: tuple[Schedule, ...]


class _Plans(Model):
    plans: tuple[Plan, ...]


class RemoteSchedules(Desk):
    """Satisfies SchedulesApi over HTTP."""

    async def preview(self, new: NewSchedule) -> SchedulePreview:
        return await self._ask(SchedulePreview, "POST", "/schedule/preview", dump(new))

    async def add(self, new: NewSchedule) -> Schedule:
        return await self._ask(Schedule, "POST", "/schedule", dump(new))

    async def every(self) -> Schedules:
        return Schedules((await self._ask(_Schedules, "GET", "/schedule")).schedules)

    async def one(self, schedule_id: int) -> ScheduleDetail:
        return await self._ask(ScheduleDetail, "GET", f"/schedule/{schedule_id}")

    async def change(self, schedule_id: int, new: NewSchedule) -> Schedule:
        return await self._ask(Schedule, "PUT", f"/schedule/{schedule_id}", dump(new))

    async def delete(self, schedule_id: int) -> None:
        await self._ask(dict[str, int], "DELETE", f"/schedule/{schedule_id}")

    async def pause(self, schedule_id: int) -> Schedule:
        return await self._ask(Schedule, "POST", f"/schedule/{schedule_id}/pause")

    async def resume(self, schedule_id: int) -> Schedule:
        return await self._ask(Schedule, "POST", f"/schedule/{schedule_id}/resume")

    async def run(self, schedule_id: int) -> Created:
        return await self._ask(Created, "POST", f"/schedule/{schedule_id}/run")


class RemotePlans(Desk):
    """Satisfies PlansApi over HTTP."""

    async def preview(self, new: NewPlan) -> PlanPreview:
        return await self._ask(PlanPreview, "POST", "/plan/preview", dump(new), read_s=PATIENCE_S)

    async def add(self, new: NewPlan) -> PlanMade:
        return await self._ask(PlanMade, "POST", "/plan", dump(new), read_s=PATIENCE_S)

    async def rehearse(self, new: NewPlan) -> Created:
        return await self._ask(Created, "POST", "/plan/rehearse", dump(new), read_s=PATIENCE_S)

    async def rehearse_saved(self, plan_id: int) -> Created:
        return await self._ask(Created, "POST", f"/plan/{plan_id}/rehearse", read_s=PATIENCE_S)

    async def every(self) -> Plans:
        return Plans((await self._ask(_Plans, "GET", "/plan")).plans)

    async def one(self, plan_id: int) -> PlanDetail:
        return await self._ask(PlanDetail, "GET", f"/plan/{plan_id}")

    async def move(self, plan_id: int, shift: Shift) -> Plan:
        return await self._ask(Plan, "POST", f"/plan/{plan_id}/move", dump(shift))

    async def withdraw(self, plan_id: int) -> Plan:
        return await self._ask(Plan, "POST", f"/plan/{plan_id}/withdraw")

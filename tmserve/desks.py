"""The far ends of `rack.schedules` and `rack.plans`; they load no Sanic either."""

from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from tmcore.model import Created, Model
from tmcore.plans import NewPlan, Plan, PlanDetail, PlanMade, PlanPreview, Plans, Shift
from tmcore.schedules import (
    NewSchedule,
    Schedule,
    ScheduleDetail,
    SchedulePreview,
    Schedules,
)

T = TypeVar("T")
PATIENCE_S = 300.0  # thousands of new files are looked at and hashed


class Ask(Protocol):
    """Sends a request and reads its answer; raises what a Rack raises."""

    async def __call__(
        self, kind: type[T], method: str, path: str, body: Any = None, *, read_s: float = ...
    ) -> T: ...


class _Schedules(Model):
    schedules: tuple[Schedule, ...]


class _Plans(Model):
    plans: tuple[Plan, ...]


class RemoteSchedules:
    """Satisfies SchedulesApi over HTTP."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def preview(self, new: NewSchedule) -> SchedulePreview:
        return await self._ask(SchedulePreview, "POST", "/schedule/preview", _dump(new))

    async def add(self, new: NewSchedule) -> Schedule:
        return await self._ask(Schedule, "POST", "/schedule", _dump(new))

    async def every(self) -> Schedules:
        return Schedules((await self._ask(_Schedules, "GET", "/schedule")).schedules)

    async def one(self, schedule_id: int) -> ScheduleDetail:
        return await self._ask(ScheduleDetail, "GET", f"/schedule/{schedule_id}")

    async def change(self, schedule_id: int, new: NewSchedule) -> Schedule:
        return await self._ask(Schedule, "PUT", f"/schedule/{schedule_id}", _dump(new))

    async def delete(self, schedule_id: int) -> None:
        await self._ask(dict[str, int], "DELETE", f"/schedule/{schedule_id}")

    async def pause(self, schedule_id: int) -> Schedule:
        return await self._ask(Schedule, "POST", f"/schedule/{schedule_id}/pause")

    async def resume(self, schedule_id: int) -> Schedule:
        return await self._ask(Schedule, "POST", f"/schedule/{schedule_id}/resume")

    async def run(self, schedule_id: int) -> Created:
        return await self._ask(Created, "POST", f"/schedule/{schedule_id}/run")


class RemotePlans:
    """Satisfies PlansApi over HTTP."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def preview(self, new: NewPlan) -> PlanPreview:
        return await self._ask(PlanPreview, "POST", "/plan/preview", _dump(new), read_s=PATIENCE_S)

    async def add(self, new: NewPlan) -> PlanMade:
        return await self._ask(PlanMade, "POST", "/plan", _dump(new), read_s=PATIENCE_S)

    async def rehearse(self, new: NewPlan) -> Created:
        return await self._ask(Created, "POST", "/plan/rehearse", _dump(new), read_s=PATIENCE_S)

    async def rehearse_saved(self, plan_id: int) -> Created:
        return await self._ask(Created, "POST", f"/plan/{plan_id}/rehearse", read_s=PATIENCE_S)

    async def every(self) -> Plans:
        return Plans((await self._ask(_Plans, "GET", "/plan")).plans)

    async def one(self, plan_id: int) -> PlanDetail:
        return await self._ask(PlanDetail, "GET", f"/plan/{plan_id}")

    async def move(self, plan_id: int, shift: Shift) -> Plan:
        return await self._ask(Plan, "POST", f"/plan/{plan_id}/move", _dump(shift))

    async def withdraw(self, plan_id: int) -> Plan:
        return await self._ask(Plan, "POST", f"/plan/{plan_id}/withdraw")


def _dump(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(exclude_unset=True)

"""Schedules: what the calendar creates by itself."""

from tmcore.api import RackApi
from tmcore.keys import Scope
from tmcore.model import Created, Model
from tmcore.schedules import NewSchedule, Schedule, ScheduleDetail, SchedulePreview
from tmserve.routes.route import Call, Gone, Route


class ScheduleList(Model):
    """The schedules."""

    schedules: tuple[Schedule, ...]
    total: int


async def every(rack: RackApi, _call: Call) -> ScheduleList:
    schedules = await rack.schedules.every()
    return ScheduleList(schedules=schedules, total=len(schedules))


async def add(rack: RackApi, call: Call) -> Schedule:
    return await rack.schedules.add(call.json(NewSchedule))


async def preview(rack: RackApi, call: Call) -> SchedulePreview:
    return await rack.schedules.preview(call.json(NewSchedule))


async def one(rack: RackApi, call: Call) -> ScheduleDetail:
    return await rack.schedules.one(call.id("schedule"))


async def change(rack: RackApi, call: Call) -> Schedule:
    return await rack.schedules.change(call.id("schedule"), call.json(NewSchedule))


async def delete(rack: RackApi, call: Call) -> Gone:
    await rack.schedules.delete(call.id("schedule"))
    return Gone()


async def pause(rack: RackApi, call: Call) -> Schedule:
    return await rack.schedules.pause(call.id("schedule"))


async def resume(rack: RackApi, call: Call) -> Schedule:
    return await rack.schedules.resume(call.id("schedule"))


async def run(rack: RackApi, call: Call) -> Created:
    return await rack.schedules.run(call.id("schedule"))


ROUTES = (
    Route("GET", "/schedule", every, "List the schedules.", scope=Scope.READ),
    Route(
        "POST", "/schedule", add, "Save a schedule; its template is checked as a request is.",
        scope=Scope.POST, body=NewSchedule, codes=(40002, 40003, 40401),
    ),
    Route(
        "POST", "/schedule/preview", preview,
        "Say when a schedule would run and what it would make.",
        scope=Scope.READ, body=NewSchedule, codes=(40002, 40003, 40401),
    ),
    Route("GET", "/schedule/<id>", one, "Show a schedule with its last runs.", scope=Scope.READ),
    Route(
        "PUT", "/schedule/<id>", change, "Put another schedule in its place, from now on.",
        scope=Scope.POST, body=NewSchedule, codes=(40002, 40003),
    ),
    Route(
        "DELETE", "/schedule/<id>", delete, "Delete a schedule; tasks that it has made stay.",
        scope=Scope.POST,
    ),
    Route(
        "POST", "/schedule/<id>/pause", pause, "Let a schedule make nothing.", scope=Scope.POST,
    ),
    Route(
        "POST", "/schedule/<id>/resume", resume, "Let a paused schedule go on.", scope=Scope.POST,
    ),
    Route(
        "POST", "/schedule/<id>/run", run, "Make its tasks now, whatever the clock says.",
        scope=Scope.POST, codes=(40002, 40003),
    ),
)  # fmt: skip

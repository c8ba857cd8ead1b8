"""Plans: a spreadsheet of posts, made, moved and withdrawn as one."""

from tmcore.api import RackApi
from tmcore.keys import Scope
from tmcore.model import Created, Model
from tmcore.plans import NewPlan, Plan, PlanDetail, PlanMade, PlanPreview, Shift
from tmserve.routes.route import Call, Route

MOST_BYTES = 4 * 1024 * 1024  # 5,000 rows with captions


class PlanList(Model):
    """The plans."""

    plans: tuple[Plan, ...]
    total: int


async def every(rack: RackApi, _call: Call) -> PlanList:
    plans = await rack.plans.every()
    return PlanList(plans=plans, total=len(plans))


async def add(rack: RackApi, call: Call) -> PlanMade:
    return await rack.plans.add(call.json(NewPlan))


async def preview(rack: RackApi, call: Call) -> PlanPreview:
    return await rack.plans.preview(call.json(NewPlan))


async def rehearse(rack: RackApi, call: Call) -> Created:
    return await rack.plans.rehearse(call.json(NewPlan))


async def rehearse_saved(rack: RackApi, call: Call) -> Created:
    return await rack.plans.rehearse_saved(call.id("plan"))


async def one(rack: RackApi, call: Call) -> PlanDetail:
    return await rack.plans.one(call.id("plan"))


async def move(rack: RackApi, call: Call) -> Plan:
    return await rack.plans.move(call.id("plan"), call.json(Shift))


async def withdraw(rack: RackApi, call: Call) -> Plan:
    return await rack.plans.withdraw(call.id("plan"))


ROUTES = (
    Route("GET", "/plan", every, "List the plans.", scope=Scope.READ),
    Route(
        "POST", "/plan", add, "Make the tasks of a spreadsheet, all or none.",
        scope=Scope.POST, body=NewPlan, most_bytes=MOST_BYTES, codes=(40401,),
    ),
    Route(
        "POST", "/plan/preview", preview, "Say what a spreadsheet would make, and what is wrong.",
        scope=Scope.READ, body=NewPlan, most_bytes=MOST_BYTES, codes=(40401,),
    ),
    Route(
        "POST", "/plan/rehearse", rehearse,
        "Rehearse the first post of each account of a spreadsheet, now; nothing is posted.",
        scope=Scope.POST, body=NewPlan, most_bytes=MOST_BYTES, codes=(40401,),
    ),
    Route("GET", "/plan/<id>", one, "Show a plan with its lines.", scope=Scope.READ),
    Route(
        "POST", "/plan/<id>/move", move, "Move what of a plan is still ahead.",
        scope=Scope.POST, body=Shift,
    ),
    Route(
        "POST", "/plan/<id>/rehearse", rehearse_saved,
        "Rehearse the first post of each account of a plan, now; nothing is posted.",
        scope=Scope.POST,
    ),
    Route(
        "POST", "/plan/<id>/withdraw", withdraw, "Withdraw what of a plan is still ahead.",
        scope=Scope.POST,
    ),
)  # fmt: skip

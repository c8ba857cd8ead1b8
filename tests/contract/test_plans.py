"""What RackApi promises of plans, on both racks: a spreadsheet from preview to withdrawal."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.contract.conftest import SERIALS
from tmcore.accounts import NewAccount
from tmcore.api import RackApi
from tmcore.errors import BadInput, NotFound
from tmcore.model import TaskQuery
from tmcore.plans import NewPlan, Shift
from tmcore.upkeep import DeviceChanges

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date()
HEADER = "account;device;file;caption;date;time;upload_wait_time"


@pytest.fixture(autouse=True)
async def accounts(rack: RackApi) -> None:
    for name, serial in (("ann", SERIALS[0]), ("bob", SERIALS[1])):
        await rack.add_account(NewAccount(app="tiktok", username=name, serial=serial))


def row(
    who: str = "@Ann;", file: str = "a.mp4", caption: str = "hello", time: str = "09:00"
) -> str:
    return f"{who};{file};{caption};{TOMORROW};{time};"


def plan(video: Path, *rows: str, header: str = HEADER) -> NewPlan:
    return NewPlan(name="week", folder=str(video.parent), csv="\r\n".join((header, *rows)))


async def test_a_preview_counts_and_creates_nothing(rack: RackApi, video: Path) -> None:
    """How many will post, which are refused and why, by row and column."""
    shown = await rack.plans.preview(
        plan(
            video,
            row(),
            row(caption="x" * 5000, time="10:00"),
            row(who="@zoe;"),
            row(who=f";{SERIALS[1]}"),
        )
    )

    assert (shown.will_post, shown.refused_rows, shown.planned_already) == (2, 2, 0)
    told = [(refusal.row, refusal.column, refusal.message) for refusal in shown.refused]
    assert [(number, column) for number, column, _ in told] == [(3, "caption"), (4, "account")]
    assert "5000" in told[0][2]
    assert "zoe" in told[1][2]
    assert (shown.phones, shown.zone) == (2, "UTC")
    assert shown.first_at == shown.last_at
    assert (await rack.stats()).pending == 0
    assert await rack.plans.every() == ()


async def test_one_refused_row_and_nothing_is_created(rack: RackApi, video: Path) -> None:
    """The refusal names row and column, for all of them."""
    bad = plan(video, row(), row(file="gone.mp4"), row(time="25:00"))

    with pytest.raises(BadInput) as caught:
        await rack.plans.add(bad)

    assert [e.field for e in caught.value.errors] == ["row 3, file", "row 4, date"]
    assert (await rack.stats()).pending == 0
    assert await rack.plans.every() == ()


async def test_a_row_twice_in_one_file_is_refused(rack: RackApi, video: Path) -> None:
    """With another caption, too: it would post one file twice at one time."""
    shown = await rack.plans.preview(plan(video, row(), row(caption="other"), row(time="9:00")))

    assert [(refusal.row, refusal.message[:11]) for refusal in shown.refused] == [
        (3, "is row 2 ag"), (4, "is row 2 ag"),
    ]  # fmt: skip


async def test_a_tag_posts_on_each_of_its_phones(rack: RackApi, video: Path) -> None:
    """It is one row: known again as one, and withdrawn as one."""
    for serial in SERIALS:
        await rack.upkeep.change(serial, DeviceChanges(tags=("EU",)))
    new = NewPlan(rows=({"tag": "EU", "file": str(video), "at": f"{TOMORROW} 09:00"},))

    made = await rack.plans.add(new)
    again = await rack.plans.add(new)
    assert made.plan
    await rack.plans.withdraw(made.plan.id)
    anew = await rack.plans.add(new)

    assert [line.serial for line in (await rack.plans.one(made.plan.id)).rows] == list(SERIALS)
    assert (made.created_count, again.planned_already, anew.created_count) == (2, 1, 2)


async def test_each_row_becomes_a_task(rack: RackApi, video: Path) -> None:
    """For its account, at its time, with its caption and options."""
    made = await rack.plans.add(plan(video, row(), row(who="bob;", time="18:30") + "60"))

    assert (made.created_count, made.planned_already) == (2, 0)
    assert made.plan
    shown = await rack.plans.one(made.plan.id)
    assert [(line.row, line.serial, line.username) for line in shown.rows] == [
        (2, SERIALS[0], "ann"), (3, SERIALS[1], "bob"),
    ]  # fmt: skip
    assert [line.start_at for line in shown.rows] == [at("09:00"), at("18:30")]
    assert {line.caption for line in shown.rows} == {"hello"}
    assert (await rack.task(shown.rows[1].task_id)).script_config["upload_wait_time"] == "60"
    assert (shown.posts, shown.pending, shown.first_at) == (2, 2, at("09:00"))


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"{TOMORROW}T{clock}:00+00:00")


async def test_the_same_file_twice_adds_nothing(rack: RackApi, video: Path) -> None:
    """Nor does it with its rows in another order, another separator, or one row more."""
    rows = [row(), row(time="10:00"), row(who="bob;")]
    await rack.plans.add(plan(video, *rows))

    again = await rack.plans.add(plan(video, *rows))
    turned = await rack.plans.add(plan(video, *rows[::-1], header=HEADER.upper()))
    commas = await rack.plans.add(
        plan(video, *(r.replace(";", ",") for r in rows), header=HEADER.replace(";", ","))
    )
    more = await rack.plans.add(plan(video, *rows, row(time="11:00")))

    assert [made.created_count for made in (again, turned, commas, more)] == [0, 0, 0, 1]
    assert [made.planned_already for made in (again, turned, commas, more)] == [3, 3, 3, 3]
    assert again.plan is None
    assert (await rack.tasks(TaskQuery(status=0))).total == 4


async def test_two_at_once_make_it_once(rack: RackApi, video: Path) -> None:
    """A double click: the unique line decides, in the transaction."""
    new = plan(video, *(row(time=f"{hour:02}:00") for hour in range(20)))

    made = await asyncio.gather(*(rack.plans.add(new) for _ in range(4)))

    assert sorted(one.created_count for one in made) == [0, 0, 0, 20]
    assert (await rack.tasks(TaskQuery(status=0))).total == 20


async def test_a_planned_row_with_another_caption_is_refused(rack: RackApi, video: Path) -> None:
    """It would post the same file twice at one time; the plan to withdraw is named."""
    made = await rack.plans.add(plan(video, row()))

    with pytest.raises(BadInput, match=r"row 2: is in plan \d+, row 2 with another caption"):
        await rack.plans.add(plan(video, row(caption="corrected")))

    assert made.plan
    await rack.plans.withdraw(made.plan.id)
    assert (await rack.plans.add(plan(video, row(caption="corrected")))).created_count == 1


async def test_a_plan_moves_as_one(rack: RackApi, video: Path) -> None:
    """By days and minutes; the same file still adds nothing."""
    new = plan(video, row(), row(who="bob;", time="10:00"))
    made = await rack.plans.add(new)
    assert made.plan

    moved = await rack.plans.move(made.plan.id, Shift(days=2, minutes=30))

    assert moved.first_at == at("09:30") + timedelta(days=2)
    assert moved.last_at == at("10:30") + timedelta(days=2)
    assert (await rack.plans.add(new)).created_count == 0


async def test_a_plan_does_not_move_into_the_past(rack: RackApi, video: Path) -> None:
    """All or nothing, with the rows that would."""
    made = await rack.plans.add(plan(video, row(), row(time="10:00")))
    assert made.plan

    for shift, why in ((Shift(days=-3), "past"), (Shift(days=366), "year")):
        with pytest.raises(BadInput, match=f"row 2: would be .*{why}"):
            await rack.plans.move(made.plan.id, shift)

    assert (await rack.plans.one(made.plan.id)).first_at == at("09:00")


async def test_a_withdrawn_plan_posts_nothing_and_may_be_planned_anew(
    rack: RackApi, video: Path
) -> None:
    """What waits is stopped; what has ended stays as it was, and is not planned a second time."""
    new = plan(video, row(), row(who="bob;"))
    made = await rack.plans.add(new)
    assert made.plan
    [first, _] = (await rack.plans.one(made.plan.id)).rows
    await rack.stop(first.task_id)

    gone = await rack.plans.withdraw(made.plan.id)
    again = await rack.plans.add(new)

    assert gone.withdrawn_at
    assert (gone.pending, gone.failed) == (0, 2)
    assert (again.created_count, again.planned_already) == (1, 1)
    remarks = {task.remark for task in (await rack.tasks()).tasks}
    assert f"withdrawn with plan {made.plan.id}" in remarks


async def test_a_deleted_task_leaves_its_line(rack: RackApi, video: Path) -> None:
    """The plan still counts it as one of its posts, and the file does not bring it back."""
    new = plan(video, row(), row(who="bob;"))
    made = await rack.plans.add(new)
    assert made.plan
    ids = [line.task_id for line in (await rack.plans.one(made.plan.id)).rows]

    await rack.delete(ids)

    shown = await rack.plans.one(made.plan.id)
    assert (shown.posts, shown.pending, shown.first_at) == (2, 0, None)
    assert [line.status_text for line in shown.rows] == [None, None]
    assert (await rack.plans.add(new)).created_count == 0


async def test_rows_that_a_program_sends(rack: RackApi, video: Path) -> None:
    """As objects, counted from 1; the time may be whole, with an offset."""
    moment = f"{TOMORROW}T09:00:00+02:00"
    good = {"username": "ann", "file": str(video), "at": moment}

    made = await rack.plans.add(NewPlan(rows=(good,)))
    bad = await rack.plans.preview(NewPlan(rows=(good, {**good, "file": "nothing.mp4"})))

    assert made.plan
    assert made.plan.first_at == datetime.fromisoformat(moment)
    assert (bad.planned_already, [r.row for r in bad.refused]) == (1, [2])


@pytest.mark.parametrize(
    ("new", "named"),
    [
        (NewPlan(csv=""), "file"),
        (NewPlan(csv=HEADER), "has no rows"),
        (NewPlan(csv="account,file,dat\n"), "did you mean date"),
        (NewPlan(csv="account,caption,date,time\n"), "file"),
        (NewPlan(csv=HEADER + "\n" + row(caption='"open')), "line"),
        (NewPlan(rows=()), "rows"),
        (NewPlan(csv=HEADER + ("\n" + row()) * 5001), "5000"),
        (NewPlan(csv="a\0b"), "NUL"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_file_that_cannot_be_read(rack: RackApi, new: NewPlan, named: str) -> None:
    """The preview says so as well."""
    for work in (rack.plans.preview(new), rack.plans.add(new)):
        with pytest.raises(BadInput, match=named):
            await work


async def test_what_does_not_exist(rack: RackApi) -> None:
    """Each verb names the plan."""
    for plan_id in (7, 10**20):
        for work in (
            rack.plans.one(plan_id),
            rack.plans.move(plan_id, Shift(days=1)),
            rack.plans.withdraw(plan_id),
        ):
            with pytest.raises(NotFound, match="plan"):
                await work


async def test_plans_are_listed_newest_first(rack: RackApi, video: Path) -> None:
    """Also in a notebook, as a table."""
    await rack.plans.add(plan(video, row()))
    await rack.plans.add(plan(video, row(time="10:00")))

    plans = await rack.plans.every()

    assert [one.id for one in plans] == [2, 1]
    assert "week" in plans._repr_mimebundle_()["text/plain"]


async def test_one_rehearsal_an_account(rack: RackApi, video: Path) -> None:
    """Of each account's first post, now; nothing is made, and the plan can be made afterwards."""
    new = plan(video, row(time="10:00"), row(caption="first"), row(who=f";{SERIALS[1]}"))

    created = await rack.plans.rehearse(new)

    tasks = [await rack.task(task_id) for task_id in created.task_ids]
    assert [(task.username, task.caption) for task in tasks] == [("ann", "first"), ("bob", "hello")]
    assert all(task.script_config["rehearse"] is True for task in tasks)
    assert all(task.start_at < at("00:00") for task in tasks)
    assert await rack.plans.every() == ()
    assert (await rack.plans.add(new)).created_count == 3


async def test_a_plan_that_was_made_is_rehearsed(rack: RackApi, video: Path) -> None:
    """What is still ahead of it, once an account; its own posts stay as they are."""
    made = await rack.plans.add(plan(video, row(), row(time="10:00"), row(who="bob;") + "60"))
    assert made.plan

    created = await rack.plans.rehearse_saved(made.plan.id)

    tasks = [await rack.task(task_id) for task_id in created.task_ids]
    assert sorted(task.username or "" for task in tasks) == ["ann", "bob"]
    assert {task.media for task in tasks} == {str(video)}
    assert (await rack.plans.one(made.plan.id)).pending == 3
    await rack.plans.withdraw(made.plan.id)
    with pytest.raises(BadInput, match="still ahead"):
        await rack.plans.rehearse_saved(made.plan.id)


async def test_a_plan_with_a_refused_row_is_not_rehearsed(rack: RackApi, video: Path) -> None:
    """The rows are named, as when it is made, and nothing is created."""
    with pytest.raises(BadInput) as caught:
        await rack.plans.rehearse(plan(video, row(), row(file="gone.mp4", time="10:00")))

    assert [error.field for error in caught.value.errors] == ["row 3, file"]
    assert (await rack.stats()).pending == 0
    with pytest.raises(NotFound):
        await rack.plans.rehearse_saved(999)

"""tm schedule: posts that the calendar makes by itself."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from tmcore.columns import SCHEDULES
from tmcore.format import in_zone, when
from tmtui import tables
from tmtui.commands.common import COMMON, Common, Id
from tmtui.commands.creating import warned
from tmtui.commands.request import post_request
from tmtui.exits import Exit
from tmtui.output import confirmed, say, show

if TYPE_CHECKING:
    from tmcore.schedules import NewSchedule, ScheduleDetail, SchedulePreview
    from tmserve.client import RemoteRack

schedule = App(name="schedule", help="Let the calendar make posts by itself, by cron expressions.")

Overlap = Literal["skip", "queue"]


@schedule.command(name="list")
async def list_(*, common: Common = COMMON) -> Exit:
    """List the schedules, each with its next time and what became of its last."""
    async with common.rack() as rack:
        found = await rack.schedules.every()
    none = 'no schedules; for example: tm schedule add daily "0 9 * * *" clip.mp4 --serial R58M1'
    return common.listed("schedules", found, tables.listed(SCHEDULES, found), none)


@schedule.command(name="show")
async def show_(schedule_id: Id, /, *, common: Common = COMMON) -> Exit:
    """Show one schedule: its next five times, what it posts, and its last runs."""
    async with common.rack() as rack:
        found = await rack.schedules.one(schedule_id)
    return common.shown(found, facts(found), runs(found))


@schedule.command
async def add(
    name: str,
    cron: str,
    /,
    *files: Annotated[Path, Parameter(name="FILE")],
    zone: str | None = None,
    serial: tuple[str, ...] = (),
    username: tuple[str, ...] = (),
    caption: str | None = None,
    min_interval: int = 0,
    max_interval: int = 0,
    set_: Annotated[tuple[str, ...], Parameter(name="--set", metavar="KEY=VALUE")] = (),
    multi_account: bool = False,
    overlap: Overlap = "skip",
    catch_up: int | None = None,
    preview: bool = False,
    yes: bool = False,
    common: Common = COMMON,
) -> Exit:
    """Save a schedule, after showing in words and dates when it would run.

    The cron expression has five fields: minute, hour, day, month, weekday. At a change of the
    clock a fixed time runs once, whether it is skipped or comes twice. For example, on weekdays:

    `tm schedule add morning "0 9 * * 1-5" clip.mp4 --username @ann --zone Europe/Berlin`

    Parameters
    ----------
    name
        What it is called.
    cron
        When, in quotes.
    files
        The videos, as the server's computer has them.
    zone
        The time zone of the hours. Default: the one in the settings.
    serial
        A phone to post from; may be repeated.
    username
        An account to post on; may be repeated.
    caption
        The text below the post. Several lines are dealt out in turn; {a|b} draws one each time.
    min_interval
        The least minutes between two tasks of a run.
    max_interval
        The most minutes between two tasks of a run.
    set_
        Any other key of the script's configuration, such as upload_wait_time=60.
    multi_account
        With --serial: one task for each account of the phone.
    overlap
        While the run before has not ended: skip this one, or queue it behind.
    catch_up
        How many minutes late a missed time is still made up for. Default: the setting.
    preview
        Only show when it would run.
    yes
        Do not ask.
    """
    template = post_request(files, serial, username, caption, set_) | {
        "enable_multi_account": multi_account,
        "min_interval": min_interval,
        "max_interval": max_interval,
    }
    new = _checked(
        {
            "name": name,
            "cron": cron,
            "zone": zone,
            "overlap": overlap,
            "catch_up_minutes": catch_up,
            "template": template,
        }
    )
    async with common.rack() as rack:
        return await _save(rack, new, None, preview=preview, yes=yes, common=common)


@schedule.command
async def change(
    schedule_id: Id,
    /,
    *,
    name: str | None = None,
    cron: str | None = None,
    zone: str | None = None,
    overlap: Overlap | None = None,
    catch_up: int | None = None,
    preview: bool = False,
    yes: bool = False,
    common: Common = COMMON,
) -> Exit:
    """Change when a schedule runs; what it posts, and what is not named, stays.

    For example: `tm schedule change 3 --cron "0 18 * * *"`.

    Parameters
    ----------
    schedule_id
        Its number, as `tm schedule list` shows it.
    name
        What it is called.
    cron
        When, in quotes.
    zone
        The time zone of the hours.
    overlap
        While the run before has not ended: skip this one, or queue it behind.
    catch_up
        How many minutes late a missed time is still made up for.
    preview
        Only show when it would run.
    yes
        Do not ask.
    """
    said = {
        "name": name,
        "cron": cron,
        "zone": zone,
        "overlap": overlap,
        "catch_up_minutes": catch_up,
    }
    async with common.rack() as rack:
        old = await rack.schedules.one(schedule_id)
        kept = {field: getattr(old, field) for field in (*said, "template")}
        new = _checked(kept | {field: value for field, value in said.items() if value is not None})
        return await _save(rack, new, schedule_id, preview=preview, yes=yes, common=common)


@schedule.command
async def pause(schedule_id: Id, /, *, common: Common = COMMON) -> Exit:
    """Let a schedule make nothing; its times then are no misses."""
    async with common.rack() as rack:
        one = await rack.schedules.pause(schedule_id)
    return common.shown(one, tables.listed(SCHEDULES, [one]))


@schedule.command
async def resume(schedule_id: Id, /, *, common: Common = COMMON) -> Exit:
    """Let a paused schedule go on, with its next time from now."""
    async with common.rack() as rack:
        one = await rack.schedules.resume(schedule_id)
    return common.shown(one, tables.listed(SCHEDULES, [one]))


@schedule.command
async def run(schedule_id: Id, /, *, common: Common = COMMON) -> Exit:
    """Make a schedule's tasks now, whatever the clock says."""
    async with common.rack() as rack:
        created = await rack.schedules.run(schedule_id)
    return common.shown(warned(created), tables.created(created))


@schedule.command
async def delete(schedule_id: Id, /, *, common: Common = COMMON) -> Exit:
    """Delete a schedule. Tasks that it has made stay."""
    async with common.rack() as rack:
        await rack.schedules.delete(schedule_id)
    return common.said({"deleted_count": 1}, "1 deleted")


def _checked(said: dict[str, Any]) -> "NewSchedule":
    from tmcore.schedules import NewSchedule
    from tmcore.validation import checked

    return checked(NewSchedule, {name: value for name, value in said.items() if value is not None})


async def _save(
    rack: "RemoteRack",
    new: "NewSchedule",
    schedule_id: int | None,
    *,
    preview: bool,
    yes: bool,
    common: Common,
) -> Exit:
    """Show when it would run, and save it unless a person at a terminal says no."""
    ahead = await rack.schedules.preview(new)
    if preview:
        return common.shown(ahead, previewed(ahead))
    if not common.json:
        show(previewed(ahead))
    for warning in ahead.warnings:
        say(f"note: {warning}")
    if not (yes or common.json or confirmed("Save it?")):
        say("nothing was saved")
        return Exit.FAILED
    if schedule_id is None:
        saved = await rack.schedules.add(new)
    else:
        saved = await rack.schedules.change(schedule_id, new)
    return common.said(saved, f"schedule {saved.id} is saved")


def previewed(ahead: "SchedulePreview") -> tables.Grid:
    times = (("", in_zone(at, ahead.zone)) for at in ahead.next_times[1:])
    return tables.grid(
        "|",
        (
            ("when", ahead.words),
            ("zone", ahead.zone),
            ("next", in_zone(ahead.next_times[0], ahead.zone)),
            *times,
            ("each run", f"{ahead.tasks} task{'' if ahead.tasks == 1 else 's'}"),
        ),
    )


def facts(one: "ScheduleDetail") -> tables.Grid:
    times = [in_zone(at, one.zone) for at in one.next_times] or ["paused"]
    return tables.grid(
        "|",
        (
            ("schedule", one.id),
            ("name", one.name),
            ("cron", one.cron),
            ("when", one.words),
            ("zone", one.zone),
            ("next", times[0]),
            *(("", at) for at in times[1:]),
            ("overlap", one.overlap.value),
            ("catch up", f"{one.catch_up_minutes} min"),
            *((f"  {key}", str(value)) for key, value in one.template.items()),
        ),
    )


def runs(one: "ScheduleDetail") -> tables.Grid:
    return tables.grid(
        "due|outcome|>tasks|at|remark",
        (
            (
                in_zone(run.due_at, one.zone) if run.due_at else "by a person",
                run.outcome.value,
                len(run.task_ids) or "",
                when(run.at),
                run.remark,
            )
            for run in one.runs
        ),
    )

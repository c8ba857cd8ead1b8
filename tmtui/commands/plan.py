"""tm plan: a spreadsheet of posts."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from tmcore.columns import PLANS
from tmcore.errors import BadInput
from tmcore.format import counted, in_zone
from tmtui import tables
from tmtui.commands.common import COMMON, Common, Id
from tmtui.commands.reading import spreadsheet
from tmtui.commands.rehearsal import rehearsed
from tmtui.exits import Exit
from tmtui.output import confirmed, say, show_json

if TYPE_CHECKING:
    from tmcore.plans import NewPlan, PlanDetail, PlanPreview
    from tmserve.client import RemoteRack

plan = App(name="plan", help="Make the posts of a spreadsheet, and move or withdraw them as one.")


@plan.default
async def make(
    file: Annotated[Path, Parameter(name="FILE")],
    /,
    *,
    name: str | None = None,
    zone: str | None = None,
    folder: Path | None = None,
    yes: bool = False,
    rehearse: bool = False,
    save: Path | None = None,
    common: Common = COMMON,
) -> Exit:
    """Make the posts of a CSV file: first a preview, then all of them or none.

    Columns: account or device, file, caption, date (2026-01-31) and time (18:30), or at (both in
    one); any other column is a key of the script's configuration. What an earlier plan has made is
    not made again, so the same file can be run twice. For example: `tm plan week.csv`

    Parameters
    ----------
    file
        The spreadsheet, saved as CSV.
    name
        What the plan is called. Default: the file's name.
    zone
        The time zone of its dates and times. Default: the one in the settings.
    folder
        Where files lie that are named without a folder. Default: beside the spreadsheet.
    yes
        Make them without asking; without a terminal, nothing is made otherwise.
    rehearse
        Make nothing: rehearse the first post of each account, now. For a plan that was made:
        `tm rehearse --plan ID`.
    save
        The folder for the pictures of a rehearsal.
    """
    if save and not rehearse:
        raise BadInput.of("--save", "is for the pictures of --rehearse")
    new = _read(file, name, zone, folder)
    async with common.rack() as rack:
        if rehearse:
            return await rehearsed(rack, await rack.plans.rehearse(new), save, common)
        ahead = await rack.plans.preview(new)
        if not common.json:
            _tell(ahead)
        if ahead.refused_rows or not ahead.will_post:
            if common.json:
                show_json(ahead)
            return Exit.USAGE if ahead.refused_rows else Exit.OK
        if not (yes or confirmed(f"Make {counted(ahead.will_post, 'post')}?", unasked=False)):
            if common.json:
                show_json(ahead)
            say("nothing was made; --yes makes them")
            return Exit.OK
        return await _make(rack, new, common)


@plan.command(name="list")
async def list_(*, common: Common = COMMON) -> Exit:
    """List the plans, the newest first, each with how far it is."""
    async with common.rack() as rack:
        found = await rack.plans.every()
    none = "no plans; for example: tm plan week.csv"
    return common.listed("plans", found, tables.listed(PLANS, found), none)


@plan.command(name="show")
async def show_(plan_id: Id, /, *, common: Common = COMMON) -> Exit:
    """Show a plan with its rows and what became of each."""
    async with common.rack() as rack:
        found = await rack.plans.one(plan_id)
    return common.shown(found, tables.listed(PLANS, [found]), rows(found))


@plan.command
async def move(plan_id: Id, /, *, days: int = 0, minutes: int = 0, common: Common = COMMON) -> Exit:
    """Move what of a plan is still pending.

    For example, to the next day at the same hours: `tm plan move 3 --days 1`.

    Parameters
    ----------
    plan_id
        Its number, as `tm plan list` shows it.
    days
        How many days later; the hours on the clock stay. Negative: earlier.
    minutes
        How many minutes later. Negative: earlier.
    """
    from tmcore.plans import Shift
    from tmcore.validation import checked

    shift = checked(Shift, {"days": days, "minutes": minutes})
    async with common.rack() as rack:
        moved = await rack.plans.move(plan_id, shift)
    return common.shown(moved, tables.listed(PLANS, [moved]))


@plan.command
async def withdraw(plan_id: Id, /, *, yes: bool = False, common: Common = COMMON) -> Exit:
    """Stop what of a plan is still pending; its rows may then be planned anew.

    Parameters
    ----------
    plan_id
        Its number, as `tm plan list` shows it.
    yes
        Do not ask; without it a terminal is asked.
    """
    async with common.rack() as rack:
        if not yes and sys.stdin.isatty():
            found = await rack.plans.one(plan_id)
            if not confirmed(f"Stop {counted(found.pending, 'post')} of plan {plan_id}?"):
                say("nothing was stopped")
                return Exit.FAILED
        gone = await rack.plans.withdraw(plan_id)
    return common.shown(gone, tables.listed(PLANS, [gone]))


def _read(file: Path, name: str | None, zone: str | None, folder: Path | None) -> "NewPlan":
    from tmcore.plans import NewPlan
    from tmcore.validation import checked

    said = {
        "name": (name or file.stem)[:100],
        "zone": zone,
        "folder": str((folder or file.parent).expanduser().absolute()),
        "csv": spreadsheet(file),
    }
    return checked(NewPlan, {field: value for field, value in said.items() if value is not None})


async def _make(rack: "RemoteRack", new: "NewPlan", common: Common) -> Exit:
    made = await rack.plans.add(new)
    posts = made.plan and f"plan {made.plan.id}: made, with {counted(made.created_count, 'post')}"
    return common.said(made, posts or "nothing was left to make")


def _tell(ahead: "PlanPreview") -> None:
    for warning in ahead.warnings:
        say(f"note: {warning}")
    for refusal in ahead.refused:
        column = f", {refusal.column}" if refusal.column else ""
        say(f"row {refusal.row}{column}: {refusal.message}")
    if len(ahead.refused) < ahead.refused_rows:
        say(f"… and more, in {ahead.refused_rows} rows in all")
    print(summary(ahead))


def summary(ahead: "PlanPreview") -> str:
    """Say in a line what a plan would do."""
    parts = [f"{ahead.will_post} will post"]
    if ahead.planned_already:
        parts.append(f"{ahead.planned_already} are planned already")
    if ahead.refused_rows:
        parts.append(f"{ahead.refused_rows} are refused")
    said = ", ".join(parts)
    if ahead.first_at and ahead.last_at:
        first, last = (in_zone(at, ahead.zone) for at in (ahead.first_at, ahead.last_at))
        said += f"; from {first} to {last}, on {counted(ahead.phones, 'phone')}"
    return said if not ahead.refused_rows else f"{said}; nothing is made while a row is refused"


def rows(found: "PlanDetail") -> tables.Grid:
    return tables.grid(
        ">row|>task|serial|account|due|status|reason|file|caption",
        (
            (
                line.row,
                line.task_id,
                line.serial,
                line.username,
                in_zone(line.start_at, found.zone),
                line.status_text or "deleted",
                line.reason,
                line.media,
                line.caption,
            )
            for line in found.rows
        ),
    )

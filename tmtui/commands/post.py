"""tm post: creating tasks."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tmtui import tables
from tmtui.commands.common import COMMON, Common
from tmtui.commands.request import post_request
from tmtui.exits import Exit
from tmtui.follow import follow, verdict
from tmtui.output import say, show, show_json

if TYPE_CHECKING:
    from tmcore.model import Created
    from tmserve.client import RemoteRack


async def post(
    *files: Annotated[Path, Parameter(name="FILE")],
    serial: tuple[str, ...] = (),
    username: tuple[str, ...] = (),
    caption: str | None = None,
    start: str | None = None,
    start_at: datetime | None = None,
    min_interval: int = 0,
    max_interval: int = 0,
    set_: Annotated[tuple[str, ...], Parameter(name="--set", metavar="KEY=VALUE")] = (),
    multi_account: bool = False,
    wait: bool = False,
    common: Common = COMMON,
) -> Exit:
    """Post video files: one task for each phone, or for each account.

    All or nothing: if any part is refused, no task is created. Several files are dealt to the
    tasks in turn. For example:

    `tm post clip.mp4 --serial R58M34FGHIJ --caption "Hello #one" --wait`

    Parameters
    ----------
    files
        The videos, as the server's computer has them.
    serial
        A phone to post from; may be repeated.
    username
        An account to post on; it goes to the phone on which it lives. May be repeated.
    caption
        The text below the post. Several lines are dealt out in turn; {a|b} draws one.
    start
        When, as HH:MM in the server's zone: today, or tomorrow if that has passed.
    start_at
        When, as a date with a time, such as 2026-01-31T18:30.
    min_interval
        The least minutes between two tasks of this command.
    max_interval
        The most minutes between two tasks of this command.
    set_
        Any other key of the script's configuration, such as upload_wait_time=60.
    multi_account
        With --serial: one task for each account of the phone.
    wait
        Wait until all have ended. The exit code is then 1 if any failed, 3 if an outcome is
        unknown.
    """
    request = post_request(files, serial, username, caption, set_) | {
        "enable_multi_account": multi_account,
        "min_interval": min_interval,
        "max_interval": max_interval,
        "start_time": start,
        "start_at": start_at and start_at.astimezone(),
        "source": "ui",
    }
    return await create(request, common, wait=wait)


async def create(request: dict[str, Any], common: Common, *, wait: bool) -> Exit:
    """Create what a command asks for; show it, or wait for it and show how it ended."""
    async with common.rack() as rack:
        created = await _create(rack, request)
        if wait:
            return await _wait(rack, created, common)
    show_json(created) if common.json else show(tables.created(created))
    return Exit.OK


async def _create(rack: "RemoteRack", request: dict[str, Any]) -> "Created":
    from tmcore.model import NewTask
    from tmcore.validation import checked

    said = {key: value for key, value in request.items() if value is not None}
    created = await rack.create(checked(NewTask, said))
    for warning in created.warnings:
        say(f"note: {warning}")
    return created


async def _wait(rack: "RemoteRack", created: "Created", common: Common) -> Exit:
    try:
        ended = await follow(rack, created.task_ids)
    except asyncio.CancelledError:
        say("not waiting any longer; the tasks go on (tm tasks shows them, tm stop ends them)")
        raise
    show_json({"tasks": ended, "total": len(ended)}) if common.json else show(tables.tasks(ended))
    for task in ended:
        if advice := tables.advice(task):
            say(f"task {task.id}: {advice}")
    return verdict(ended)

"""How a command creates tasks: it shows them, or waits and shows how they ended."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tmtui import tables
from tmtui.commands.common import Common
from tmtui.exits import Exit
from tmtui.follow import follow, verdict
from tmtui.output import say

if TYPE_CHECKING:
    from tmcore.model import Created, Task
    from tmserve.client import RemoteRack


async def create(request: dict[str, Any], common: Common, *, wait: bool) -> Exit:
    """Create what a command asks for; show it, or wait for it and show how it ended."""
    async with common.rack() as rack:
        created = warned(await create_in(rack, request))
        if wait:
            return await _wait(rack, created, common)
    return common.shown(created, tables.created(created))


async def create_in(rack: "RemoteRack", request: dict[str, Any]) -> "Created":
    """Create tasks. Raises BadInput, NotFound."""
    from tmcore.model import NewTask
    from tmcore.validation import checked

    said = {key: value for key, value in request.items() if value is not None}
    return await rack.create(checked(NewTask, said))


def warned(created: "Created") -> "Created":
    """Say what a person should know of what was created, and hand it on."""
    for warning in created.warnings:
        say(f"note: {warning}")
    return created


async def ended(rack: "RemoteRack", created: "Created") -> "Sequence[Task]":
    """Wait until all have ended."""
    try:
        return await follow(rack, created.task_ids)
    except asyncio.CancelledError:
        say("not waiting any longer; the tasks go on (tm tasks shows them, tm stop ends them)")
        raise


async def _wait(rack: "RemoteRack", created: "Created", common: Common) -> Exit:
    return told(await ended(rack, created), common, tables.tasks)


def told(
    found: "Sequence[Task]", common: Common, drawn: Callable[["Sequence[Task]"], tables.Grid]
) -> Exit:
    """Show how tasks ended and what to do about it; return what a program should know."""
    common.listed("tasks", found, drawn(found))
    for task in found:
        if advice := tables.advice(task):
            say(f"task {task.id}: {advice}")
    return verdict(found)

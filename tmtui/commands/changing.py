"""tm stop, retry, delete, resolve: acting on tasks that exist."""

from typing import Annotated

from cyclopts import Parameter

from tmcore.format import counted
from tmtui import tables
from tmtui.commands.common import COMMON, Common, Id
from tmtui.exits import Exit
from tmtui.output import confirmed, say, show_json

NOTHING = "name at least one task; `tm tasks` lists them"


async def stop(*task_ids: Id, common: Common = COMMON) -> Exit:
    """Stop tasks: a pending one is cancelled, a running one ends within two seconds.

    One whose post was just being pressed ends when it is known what became of it.
    """
    async with common.rack() as rack:
        return await common.each("tasks", task_ids, rack.stop, tables.tasks, NOTHING)


async def retry(
    *task_ids: Id, all_: Annotated[bool, Parameter(name="--all")] = False,
    stopped: Annotated[bool, Parameter(negative="--no-stopped")] = True, common: Common = COMMON,
) -> Exit:  # fmt: skip
    """Queue failed tasks again.

    One whose outcome is unknown may have been posted: look at the account and use `tm resolve`.

    Parameters
    ----------
    all_
        Every failed task but those whose outcome is unknown.
    stopped
        With --all: also what a person stopped.
    """
    if all_ == bool(task_ids):
        say("name tasks to retry, or --all; for example: tm retry 12 13")
        return Exit.USAGE
    async with common.rack() as rack:
        if not all_:
            return await common.each("tasks", task_ids, rack.retry, tables.tasks, NOTHING)
        retried = await rack.retry_all(stopped=stopped)
    if common.json:
        show_json(retried)
        return Exit.OK
    for left in retried.skipped:
        say(f"task {left.task_id} was left alone: {left.reason}")
    print(f"{counted(retried.retried_count, 'task')} queued again")
    return Exit.OK


async def delete(*task_ids: Id, yes: bool = False, common: Common = COMMON) -> Exit:
    """Delete tasks, stopping those that run. What was posted stays remembered.

    Parameters
    ----------
    yes
        Do not ask; without it a terminal is asked when there is more than one.
    """
    if not task_ids:
        say("name the tasks to delete; for example: tm delete 12 13")
        return Exit.USAGE
    if not yes and len(task_ids) > 1 and not confirmed(f"Delete {len(task_ids)} tasks?"):
        say("nothing was deleted")
        return Exit.FAILED
    async with common.rack() as rack:
        deleted = await rack.delete(task_ids)
    if common.json:
        show_json(deleted)
    elif deleted.deleted_count:
        print(f"{deleted.deleted_count} deleted")
    for task_id in deleted.not_found:
        say(f"task {task_id} does not exist")
    return Exit.NOT_FOUND if deleted.not_found else Exit.OK


async def resolve(
    task_id: Id,
    /,
    *,
    posted: Annotated[bool, Parameter(negative="--not-posted")],
    common: Common = COMMON,
) -> Exit:
    """Settle a task whose outcome is unknown, after looking at the account.

    The phone must be connected for --not-posted: it is first made sure there that nothing comes
    late.

    Parameters
    ----------
    posted
        Whether the post is there.
    """
    async with common.rack() as rack:
        settled = await rack.resolve(task_id, posted=posted)
    return common.shown(settled, tables.tasks([settled]))

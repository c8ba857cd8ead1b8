"""tm tasks, tm task, tm stats: looking at the queue."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from tmcore.format import safe, when
from tmtui import tables
from tmtui.commands.common import COMMON, Common, Id
from tmtui.exits import Exit
from tmtui.output import say, show, show_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmcore.model import Task, TaskDetail, TaskQuery
    from tmserve.client import RemoteRack

Status = Literal["pending", "running", "completed", "failed"]


async def tasks(
    *,
    status: Status | None = None,
    serial: str | None = None,
    source: Literal["api", "ui", "schedule"] | None = None,
    script: str | None = None,
    reason: str | None = None,
    page: int = 1,
    page_size: int = 20,
    common: Common = COMMON,
) -> Exit:
    """List tasks, newest first, but those that need you before all others. The filters combine.

    For example, what failed on one phone: `tm tasks --status failed --serial R58M34FGHIJ`.

    Parameters
    ----------
    status
        Only tasks that stand here.
    serial
        Only tasks of this phone.
    source
        Only tasks that came this way.
    script
        Only tasks of this script, such as post.
    reason
        Only tasks that stand there for this reason, such as timeout.
    page
        Which page, from 1.
    page_size
        How many a page, at most 100.
    """
    from tmcore.model import TaskQuery, TaskStatus
    from tmcore.validation import checked

    chosen = {
        "status": TaskStatus[status.upper()] if status else None,
        "serial": serial,
        "source": source,
        "script_name": script,
        "reason": reason,
        "page": page,
        "page_size": page_size,
    }
    async with common.rack() as rack:
        found = await rack.tasks(query := checked(TaskQuery, chosen))
        needing = () if common.json else await _needing(rack, query)
    if common.json:
        show_json(found)
        return Exit.OK
    if rows := {one.id: one for one in (*needing, *found.tasks)}:
        show(tables.tasks(rows.values()))
    say(f"{len(found.tasks)} of {found.total} tasks, page {found.page}")
    return Exit.OK


async def _needing(rack: "RemoteRack", query: "TaskQuery") -> "Sequence[Task]":
    """Return what waits for a person, from whatever page, to stand above the first page."""
    from tmcore.model import TaskStatus
    from tmcore.reasons import Reason

    failed = query.status in {None, TaskStatus.FAILED}
    if query.page > 1 or not failed or query.reason is not None:
        return ()
    unknown = {"status": TaskStatus.FAILED, "reason": Reason.OUTCOME_UNKNOWN, "page_size": 100}
    return (await rack.tasks(query.model_copy(update=unknown))).tasks


async def task(
    task_id: Id,
    /,
    *,
    evidence: Annotated[list[str] | None, Parameter(consume_multiple=True, metavar="NAME")] = None,
    out: Path | None = None,
    common: Common = COMMON,
) -> Exit:
    """Show one task: its facts, what to do about it, and each attempt with its steps and log.

    A failed attempt keeps a screenshot and the screen's text. `tm task 12 --evidence` lists them,
    `tm task 12 --evidence 3-end.png --out shot.png` fetches one.

    Parameters
    ----------
    task_id
        The task's number, as `tm tasks` shows it.
    evidence
        List the kept files; with a name, write that file.
    out
        Where to write the file; without it, to stdout.
    """
    async with common.rack() as rack:
        found = await rack.task(task_id)
        if evidence is None:
            show_json(found) if common.json else _show(found)
            return Exit.OK
        if not evidence:
            return _list(found, common)
        return await _fetch(rack, task_id, evidence[0], out)


async def stats(*, common: Common = COMMON) -> Exit:
    """Count the tasks: pending, running, completed, failed.

    Those that a person stopped, and those that need you, are counted among the failed.
    """
    async with common.rack() as rack:
        counts = await rack.stats()
    return common.shown(counts, tables.stats(counts))


def _show(found: "TaskDetail") -> None:
    show(tables.task(found))
    for number, attempt in enumerate(found.attempts, 1):
        outcome = f": {attempt.outcome}" if attempt.outcome else ""
        print(f"\nAttempt {number}, {when(attempt.started_at)}{safe(outcome)}")
        show(tables.steps(attempt))
        for line in attempt.log:
            print(f"{when(line.at)}  {safe(line.text)}")
        for name in attempt.evidence:
            print(f"kept: {safe(name)}")


def _list(found: "TaskDetail", common: Common) -> Exit:
    names = [name for attempt in found.attempts for name in attempt.evidence]
    if not (names or common.json):
        say("nothing was kept")
        return Exit.OK
    return common.said({"evidence": names}, "\n".join(map(safe, names)))


async def _fetch(rack: "RemoteRack", task_id: int, name: str, out: Path | None) -> Exit:
    content = await rack.evidence(task_id, name)
    if out is not None:
        out.write_bytes(content)
        say(f"{out}: {len(content)} bytes")
    elif not sys.stdout.isatty():
        sys.stdout.buffer.write(content)
    elif name.endswith(".png"):
        say("a picture is no text; add --out FILE")
        return Exit.USAGE
    else:
        print("\n".join(map(safe, content.decode(errors="replace").splitlines())))
    return Exit.OK

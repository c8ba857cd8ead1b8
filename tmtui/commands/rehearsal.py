"""What a rehearsal shows at its end: how far each phone came, and a picture of what it filled in.

A rehearsal is all of a post up to the press; then the draft is discarded. It uses up no file and no
line of a text, and leaves nothing in the ledger.
"""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tmtui import tables
from tmtui.commands.common import Common
from tmtui.commands.creating import ended, told, warned
from tmtui.exits import Exit
from tmtui.output import say

if TYPE_CHECKING:
    from tmcore.model import Created, TaskDetail
    from tmserve.client import RemoteRack

PICTURE = "composer.png"


async def rehearsed(
    rack: "RemoteRack", created: "Created", save: Path | None, common: Common
) -> Exit:
    """Wait for rehearsals; show a line a phone, and keep the pictures where that was asked."""
    warned(created)
    await ended(rack, created)
    found = [await rack.task(task_id) for task_id in created.task_ids]
    pictures = {one.id: name for one in found if (name := picture_of(one))}
    where = await _saved(rack, pictures, save) if save else _commands(pictures)
    return told(found, common, lambda _: table(found, where))


def picture_of(task: "TaskDetail") -> str | None:
    """Return the newest picture of the filled composer, where a run came so far."""
    names = (name for attempt in reversed(task.attempts) for name in attempt.evidence)
    return next((name for name in names if name.endswith(f"-{PICTURE}")), None)


def table(found: Sequence["TaskDetail"], where: Mapping[int, str]) -> tables.Grid:
    return tables.grid(
        ">task|serial|account|ended|step|>looks|file|remark|picture",
        (
            (
                task.id,
                task.serial,
                task.username,
                task.reason.value if task.reason else task.status_text,
                _last_step(task),
                task.attempts[-1].looks if task.attempts else "",
                Path(task.media).name if task.media else "",
                task.remark,
                where.get(task.id, "none: it did not come so far"),
            )
            for task in found
        ),
    )


def _last_step(task: "TaskDetail") -> str:
    steps = task.attempts[-1].steps if task.attempts else ()
    return steps[-1].name if steps else ""


def _commands(pictures: Mapping[int, str]) -> dict[int, str]:
    return {
        task_id: f"tm task {task_id} --evidence {name} --out {task_id}.png"
        for task_id, name in pictures.items()
    }


async def _saved(rack: "RemoteRack", pictures: Mapping[int, str], folder: Path) -> dict[int, str]:
    from tmcore.errors import BadInput

    saved = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for task_id, name in pictures.items():
            file = folder / f"task-{task_id}.png"
            await asyncio.to_thread(file.write_bytes, await rack.evidence(task_id, name))
            saved[task_id] = str(file)
    except OSError as error:
        raise BadInput.of("--save", f"{folder}: {error.strerror}") from None
    say(f"{len(saved)} pictures are in {folder}")
    return saved

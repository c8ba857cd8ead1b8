"""What asks a person or the rack: done to what was chosen at the key, one line says how it went."""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tmcore.errors import TmError
from tmcore.format import counted, safe
from tmcore.materials import Known, Material, NewMaterial
from tmcore.model import NewTask
from tmcore.settings import Settings, listed, read_setting
from tmcore.validation import checked
from tmtui import terminal
from tmtui.actions import BY_ID, NOT_POSTED, POSTED, Action, Situation, unknown
from tmtui.panes import LogsPane
from tmtui.screens.ask import Sent, Typed, agreed, sure
from tmtui.screens.completion import Paths
from tmtui.store import Key, paused

if TYPE_CHECKING:
    from tmtui.app import Console

ASKED = 8  # requests of one bulk act at a time
NAMED = 3


@dataclass(frozen=True)
class Outcome:
    """How a bulk act went: one line, and what is needed to do it again for the refused ones."""

    action: Action
    total: int
    done: int = 0
    refused: tuple[tuple[Key, str], ...] = ()

    @property
    def line(self) -> str:
        waiting = self.total - self.done - len(self.refused)
        parts = [f"{self.action.label}: {self.done} done"]
        if self.refused:
            key, why = self.refused[0]
            parts.append(f"{len(self.refused)} refused ({safe(key)}: {safe(why)})")
        if waiting:
            parts.append(f"{waiting} waiting")
        return " · ".join(parts) + (
            " · . repeats the refused" if self.refused and not waiting else ""
        )


async def act_on(console: "Console", action: Action, at: Situation) -> None:
    """Do an act to each target, after asking where it cannot be taken back."""
    keys = at.keys(action.group)
    if action.asks and not await confirmed(console, action, keys):
        console.say(f"{action.label}: left alone")
        return
    await each(console, action, keys)


async def confirmed(console: "Console", action: Action, keys: Sequence[Key]) -> bool:
    names = ", ".join(safe(key) for key in keys[:NAMED])
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    question = action.asks.format(n=len(keys), names=f"({names}{more})")
    return agreed(await console.push_screen_wait(sure(_singular(question), len(keys))))


def _singular(question: str) -> str:
    question = question.replace(" all 1 failed tasks", " the failed task")
    return re.sub(r"\b1 (task|schedule|file)s", r"1 \1", question)


async def each(console: "Console", action: Action, keys: Sequence[Key]) -> None:
    """Do it to all, a few at a time; one line says how it goes."""
    assert action.act
    act, gate = action.act, asyncio.Semaphore(ASKED)
    outcome = Outcome(action, len(keys))

    async def one(key: Key) -> None:
        nonlocal outcome
        async with gate:
            try:
                console.store.put(await act(console.rack, key))  # the event comes a moment later
                outcome = replace(outcome, done=outcome.done + 1)
            except (TmError, OSError, AttributeError, NotImplementedError) as error:
                outcome = replace(outcome, refused=(*outcome.refused, (key, str(error))))
        console.say(outcome.line, "", outcome)

    await asyncio.gather(*map(one, keys))


async def _copy(c: "Console", at: Situation) -> None:
    text = "\n".join(
        "\t".join(f"{name}={safe(value)}" for name, value in row.model_dump(mode="json").items())
        for row in at.rows
    )
    if terminal.copies(os.environ) and len(text.encode()) * 4 // 3 < terminal.OSC52_MOST:
        c.copy_to_clipboard(text)
        c.say(f"copied {len(text)} characters (OSC 52)")
    else:
        c.say(f"written to {_write('copied.txt', text.encode())}")


# tasks


async def _retry_all(c: "Console", at: Situation) -> None:
    action, count = BY_ID["retry_all"], at.failed
    if not await confirmed(c, action, range(count)):
        c.say("retry all: left alone")
        return
    answer = await c.rack.retry_all(stopped=False)
    left = f" · {len(answer.skipped)} left alone" if answer.skipped else ""
    why = f" ({answer.skipped[0].task_id}: {answer.skipped[0].reason})" if answer.skipped else ""
    c.say(f"retry all: {answer.retried_count} queued again{left}{safe(why)}")


async def _delete(c: "Console", at: Situation) -> None:
    action, keys = BY_ID["delete"], [task.id for task in at.tasks]
    if not await confirmed(c, action, keys):
        c.say("delete: left alone")
        return
    deleted = await c.rack.delete(keys)
    for key in set(keys) - set(deleted.not_found):
        c.store.drop("tasks", key)
    gone = f" · {len(deleted.not_found)} were gone already" if deleted.not_found else ""
    c.say(f"delete: {deleted.deleted_count} done{gone}")


async def _resolve(c: "Console", at: Situation) -> None:
    """Ask of one task after the other, each with its own screens in view."""
    from tmtui.screens.settle import Settle  # noqa: PLC0415  # the first picture, not the start

    tasks = [task for task in at.tasks if unknown(task)]
    for n, task in enumerate(tasks, 1):
        place = f"{n} of {len(tasks)}" if len(tasks) > 1 else ""
        posted = await c.push_screen_wait(Settle(c.rack, task, place))
        if posted is None:
            c.say(f"settle: left alone{f', {len(tasks) - n + 1} still to do' * (n > 1)}")
            return
        await each(c, replace(BY_ID["resolve"], act=POSTED if posted else NOT_POSTED), [task.id])


async def _evidence(c: "Console", at: Situation) -> None:
    from tmtui.screens.evidence import Evidence  # noqa: PLC0415  # the first picture, not the start

    task = await c.rack.task(at.tasks[0].id)
    if not any(attempt.evidence for attempt in task.attempts):
        c.say("evidence: nothing was kept of this task")
        return
    await c.push_screen_wait(Evidence(c.rack, task))


async def _save(c: "Console", at: Situation) -> None:
    log = c.panes["logs"]
    if at.pane == "logs" and isinstance(log, LogsPane):
        c.say(f"written to {_write('log.txt', log.text.encode())}")
        return
    if not at.tasks:
        serial = at.devices[0].serial
        c.say(f"looking at {safe(serial)} …")
        seen = await c.rack.screen(serial)
        files = _write("screen.png", seen.png), _write("screen.xml", seen.xml.encode())
        c.say(f"written to {', '.join(map(str, files))}")
        return
    task = await c.rack.task(at.tasks[0].id)
    names = [name for attempt in task.attempts for name in attempt.evidence]
    if not names:
        c.say("save: nothing was kept of this task")
        return
    written = [_write(name, await c.rack.evidence(task.id, name)) for name in names[-3:]]
    c.say(f"written to {', '.join(map(str, written))}")


def _write(name: str, content: bytes) -> Path:
    stamp = datetime.now().astimezone().strftime("%H%M%S")
    path = Path.cwd() / f"tm-{stamp}-{Path(name).name}"
    path.write_bytes(content)
    return path


async def _again(c: "Console", _: Situation) -> None:
    outcome = c.said.outcome
    if outcome:
        await each(c, outcome.action, [key for key, _ in outcome.refused])


# phones


async def _pause(c: "Console", at: Situation) -> None:
    serials = [d.serial for d in at.devices if paused(d) is None]
    names = ", ".join(map(safe, serials[:NAMED])) + (" …" if len(serials) > NAMED else "")
    question = f"Pause {counted(len(serials), 'phone')} ({names})? Why, for others to read:"
    reason = await c.push_screen_wait(Typed(question))
    if not reason or not reason.strip():
        c.say("pause: left alone, no reason was given")
        return
    act = lambda rack, key: rack.pause(key, reason.strip())  # noqa: E731
    await each(c, replace(BY_ID["pause"], act=act), serials)


async def _shell(c: "Console", at: Situation) -> None:
    device = at.devices[0]
    adb = shutil.which("adb")
    if adb is None:
        from adbutils import adb_path  # noqa: PLC0415  # loads Pillow and requests

        adb = str(adb_path())
    with c.suspend():
        subprocess.run([adb, "-s", device.address or device.serial, "shell"], check=False)  # noqa: ASYNC221
    c.say(f"the shell on {safe(device.serial)} has ended")


async def _post(c: "Console", at: Situation) -> None:
    from tmtui.screens.post import PostForm  # noqa: PLC0415  # loads the script's own model

    serials = tuple(device.serial for device in at.devices)
    new: NewTask | None = await c.push_screen_wait(PostForm(c.rack, serials))
    c.say("new post: left alone" if new is None else f"new post: queued for {len(serials)}")


# materials and settings


async def _add(c: "Console", _: Situation) -> None:
    async def add(path: str) -> object:
        return await c.rack.materials.add(checked(NewMaterial, {"path": path.strip()}))

    question = "A video or an image, by its path on the server's computer:"
    added = await c.push_screen_wait(Sent(question, add, suggester=Paths()))
    if isinstance(added, Material):
        c.store.put(added)
        view = c.table("materials").view
        view.cursor = added.id  # what is done next is done to it
        view.arrange()
        c.rearranged()
        c.say(f"add: {safe(added.path)} is file {added.id}")
    else:
        c.say("add: left alone")


async def _tags(c: "Console", at: Situation) -> None:
    files = at.materials
    question = (
        f"Tags of {counted(len(files), 'file')} from now on, commas between them; empty: none."
    )

    async def put(text: str) -> Known:
        return checked(Known, {"tags": text})

    start = ", ".join(files[0].tags)
    known = await c.push_screen_wait(Sent(_singular(question), put, start=safe(start)))
    if not isinstance(known, Known):
        c.say("tags: left alone")
        return
    act = lambda rack, key: rack.materials.change(key, known)  # noqa: E731
    await each(c, replace(BY_ID["tags"], act=act), [one.id for one in files])


async def _take_out(c: "Console", at: Situation) -> None:
    await act_on(c, BY_ID["take_out"], at)
    await c.feed.read_untold()


async def _edit(c: "Console", at: Situation) -> None:
    one = at.settings[0]

    async def change(text: str) -> object:
        return await c.rack.change_settings({one.name: read_setting(one.name, text)})

    allowed = f" Allowed: {one.allowed}." if one.allowed else ""
    question = f"{one.name}: {one.sentence}{allowed} Default: {one.default}."
    now = await c.push_screen_wait(Sent(safe(question), change, start=safe(one.value)))
    if isinstance(now, Settings):
        c.store.put_all("settings", listed(now))
        c.say(f"edit: {safe(one.name)} is {safe(c.store.settings[one.name].value)}, in force now")
    else:
        c.say("edit: left alone")


Asking = Callable[["Console", Situation], Awaitable[None]]  # with what was chosen at the key
DEEDS: dict[str, Asking] = {  # these ask a person or the rack
    "copy": _copy,
    "retry_all": _retry_all,
    "delete": _delete,
    "resolve": _resolve,
    "evidence": _evidence,
    "add": _add,
    "tags": _tags,
    "take_out": _take_out,
    "edit": _edit,
    "save": _save,
    "again": _again,
    "post": _post,
    "pause": _pause,
    "shell": _shell,
}

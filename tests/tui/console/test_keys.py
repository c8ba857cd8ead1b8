"""Every registered action, pressed by its key in a real terminal against a running `tm serve`."""

import asyncio
import base64
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tui.conftest import Served
from tests.tui.console.terminal import PATIENCE_S, Terminal, terminal
from tmcore.model import NewTask, Source, Task, TaskStatus
from tmcore.reasons import Reason
from tmcore.schedules import NewSchedule
from tmserve.client import RemoteRack
from tmtui.actions import ACTIONS, BY_ID, SHOWN
from tmtui.store import is_fault

OK = 0


@dataclass
class Desk:
    """A person at a terminal, and a second view of the same rack over the API."""

    terminal: Terminal
    rack: RemoteRack
    served: Served
    folder: Path
    clip: Path

    async def do(self, action: str, *sees: str) -> str:
        """Press the key of an action and wait for what it shows."""
        key = BY_ID[action].keys.split(",")[0]
        self.terminal.press("esc" if key == "escape" else SHOWN.get(key, key) if key not in
                            {"ctrl+p", "ctrl+r", "space"} else key)  # fmt: skip
        return await self.terminal.sees(*sees)

    async def goes(self, pane: str, on: object = "") -> None:
        """Go to a list and put its cursor on the row of that key."""
        await self.do(pane)
        await self.terminal.sees("STATUS" if pane == "tasks" else "SERIAL")
        if on:
            words = f"id={on}" if pane == "tasks" else str(on)
            self.terminal.press("/", words, "enter")
            await self.terminal.sees(f"/{words}", "1 of")
            self.terminal.press("esc")
            await self.terminal.misses(f"/{words}")

    async def types(self, text: str, *, over: str) -> None:
        """Type another text over one, and send it; what is erased is seen to go first."""
        self.terminal.press(*["backspace"] * len(over))
        await self.terminal.quiet()
        self.terminal.press(text, "enter")

    async def task(self, task_id: int) -> Task:
        return await self.rack.task(task_id)

    async def ends(self, task_id: int, reason: Reason) -> None:
        task = await asyncio.wait_for(self.rack.wait(task_id), PATIENCE_S)
        assert task.reason is reason, task

    async def becomes(self, look: Callable[[], Awaitable[object]]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not await look():
                await asyncio.sleep(0.02)


Press = Callable[[Desk], Awaitable[None]]


@asynccontextmanager
async def at_desk(served: Served, folder: Path, video: Path) -> AsyncIterator[Desk]:
    clip = Path(shutil.copy(video, served.home / f"{folder.name}.mp4"))  # an allowed folder
    environment = served.environment | {"HOME": str(folder)}
    async with RemoteRack(served.url) as rack:
        await rack.delete([task.id for task in (await rack.tasks()).tasks])  # of other tests
        for material in await rack.materials.every():
            await rack.materials.delete(material.id)
        with terminal("--url", served.url, env=environment, cwd=folder) as shown:
            await shown.sees("SERIAL", *served.phones.serials)
            yield Desk(shown, rack, served, folder, clip)
        await rack.delete([task.id for task in (await rack.tasks()).tasks])
        await rack.resume(served.phones.serials[0])


@pytest.mark.timeout(240)  # fifty keys, each on its own; a loaded machine is slow at each
async def test_each_key_does_what_it_says(served: Served, tmp_path: Path, video: Path) -> None:
    """Its effect is on the screen and in the API, or it says why it has none."""
    assert set(PRESSES) == {action.id for action in ACTIONS}

    async with at_desk(served, tmp_path, video) as desk:
        for name, press in PRESSES.items():
            try:
                await press(desk)
            except Exception as error:
                raise AssertionError(f"{name}: {error}") from error


# moving about


async def _tasks(d: Desk) -> None:
    await d.do("tasks", "STATUS")


async def _devices(d: Desk) -> None:
    await d.do("devices", "SERIAL", "STATE")


async def _logs(d: Desk) -> None:
    await d.do("logs", "following")


async def _follow(d: Desk) -> None:
    await d.do("follow", "held still")
    await d.do("follow", "following")


async def _stats(d: Desk) -> None:
    await d.do("stats", "Why tasks failed")


async def _grid(d: Desk) -> None:
    await d.do("grid", *d.served.phones.serials)
    await d.terminal.misses("SERIAL")


async def _help(d: Desk) -> None:
    await d.do("help", "Every key and what it does", "esc leaves")
    d.terminal.press("esc")
    await d.terminal.misses("esc leaves")


async def _palette(d: Desk) -> None:
    await d.do("palette", "Search for commands")
    d.terminal.press("Stats")
    await d.terminal.sees("failures by reason")
    d.terminal.press("enter")
    await d.terminal.sees("Why tasks failed")


async def _filter(d: Desk) -> None:
    await d.goes("devices")
    await d.do("filter", "temp>40")
    d.terminal.press(d.served.phones.serials[1])
    await d.terminal.sees(f"1 of {len(await d.rack.devices())}")
    d.terminal.press("enter")


async def _back(d: Desk) -> None:
    every = len(await d.rack.devices())
    await d.do("back", f"{every} of {every}")


async def _faults(d: Desk) -> None:
    devices = await d.rack.devices()  # other tests leave some that are away
    every, faulty = len(devices), sum(map(is_fault, devices))
    await d.do("faults", "faults only", f"{faulty} of {every}")
    await d.do("faults", f"{every} of {every}")


async def _full(d: Desk) -> None:
    await d.terminal.sees("android")
    await d.do("full")
    await d.terminal.misses("android")


async def _split(d: Desk) -> None:
    await d.do("split", "android")


async def _reconnect(d: Desk) -> None:
    await d.do("reconnect", "reconnect: the server answers")


async def _mouse(d: Desk) -> None:
    await d.do("mouse", "the mouse is the terminal's")
    assert d.terminal.raw.rfind(b"\x1b[?1000l") > d.terminal.raw.rfind(b"\x1b[?1000h")
    await d.do("mouse", "the mouse is the console's again")
    assert d.terminal.raw.rfind(b"\x1b[?1000h") > d.terminal.raw.rfind(b"\x1b[?1000l")


async def _examples(d: Desk) -> None:
    await d.do("examples", "only `tm demo` has examples")


# lists


async def _right(d: Desk) -> None:
    await d.do("right", "column state")


async def _left(d: Desk) -> None:
    await d.do("left", "column serial")


async def _sort(d: Desk) -> None:
    await d.do("sort", "sorted by serial, reversed", "SERIAL▼")
    await d.do("sort", "SERIAL▲")


async def _columns(d: Desk) -> None:
    await d.do("right", "column state")
    await d.do("columns", "STATE is hidden")
    await d.terminal.misses("STATE   ")
    await d.do("columns", "BAT is hidden")


async def _all_columns(d: Desk) -> None:
    await d.do("all_columns", "all columns are shown again", "STATE   ", "BAT")
    await d.do("left", "column serial")


async def _mark(d: Desk) -> None:
    await d.do("mark", "1 marked")


async def _mark_all(d: Desk) -> None:
    await d.do("mark_all", f"{len(await d.rack.devices())} marked")


async def _invert(d: Desk) -> None:
    await d.do("invert")
    await d.terminal.misses("marked")


async def _copy(d: Desk) -> None:
    await d.goes("devices", d.served.phones.serials[0])
    await d.do("copy", "copied", "OSC 52")
    sent = re.findall(rb"\x1b]52;c;([A-Za-z0-9+/=]*)\x07", bytes(d.terminal.raw))
    assert d.served.phones.serials[0].encode() in base64.b64decode(sent[-1])


async def _open(d: Desk) -> None:
    await d.do("open", "address")
    await d.terminal.misses("SERIAL")
    await d.do("back", "SERIAL")


# phones


async def _look(d: Desk) -> None:
    await d.do("look", "To tap", "To read")
    d.terminal.press("esc")
    await d.terminal.misses("To tap")


async def _shell(d: Desk) -> None:
    await d.do("shell")
    await asyncio.sleep(1)
    print(d.terminal.text)
    d.terminal.press("exit\r")
    await d.terminal.sees("the shell on", "has ended")


async def _pause(d: Desk) -> None:
    serial = d.served.phones.serials[0]
    await d.do("pause", "Why, for others to read")
    d.terminal.press("the cable is loose", "enter")
    await d.terminal.sees("‖ paused", "paused: the cable")
    assert (await d.rack.device(serial)).paused == "the cable is loose"


async def _post(d: Desk) -> None:
    await d.do("post", "New post from", "F2")
    d.terminal.press(str(d.clip), "tab", "Hello from {here|there}")
    await d.terminal.sees("for example", f"{d.served.phones.serials[0]}: Hello from")
    d.terminal.press("f2")
    await d.terminal.sees("new post: queued")
    newest = (await d.rack.tasks()).tasks[0]
    assert newest.serial == d.served.phones.serials[0]
    assert newest.script_config["captions"] == "Hello from {here|there}"


# tasks; the one of the paused phone waits


async def _stop(d: Desk) -> None:
    waiting = (await d.rack.tasks()).tasks[0].id
    await d.goes("tasks", waiting)
    await d.do("stop", "Stop 1 task?")
    d.terminal.press("y")
    await d.terminal.sees("stop: 1 done", "■ stopped")
    assert (await d.task(waiting)).reason is Reason.STOPPED


async def _retry(d: Desk) -> None:
    await d.do("retry", "retry: 1 done", "○ pending")
    assert (await d.rack.tasks()).tasks[0].status is TaskStatus.PENDING


async def _again(d: Desk) -> None:
    """One of two marked is refused; the point repeats that one only."""
    waiting, serial = (await d.rack.tasks()).tasks[0], d.served.phones.serials[0]
    new = NewTask(serials=(serial,), script_name="post", script_config=waiting.script_config)
    other = (await d.rack.create(new)).task_ids[0]
    await d.rack.stop(other)
    await d.terminal.sees(f" {other}  ■ stopped")
    d.terminal.press("/", serial, "enter", "a")
    await d.terminal.sees("2 marked")
    await d.do("retry", "retry: 1 done", "1 refused", ". repeats the refused")
    await d.do("again", "retry: 0 done", "1 refused")
    d.terminal.press("a", "esc")
    await d.terminal.misses("marked")


async def _delete(d: Desk) -> None:
    gone = (await d.rack.tasks()).tasks[0].id
    await d.goes("tasks", gone)
    await d.do("delete", "Delete 1 task for good?", str(gone))
    d.terminal.press("y")
    await d.terminal.sees("delete: 1 done")
    assert gone not in [task.id for task in (await d.rack.tasks()).tasks]


async def _resume(d: Desk) -> None:
    serial = d.served.phones.serials[0]
    await d.goes("devices", serial)
    await d.do("resume", "resume: 1 done")
    assert (await d.rack.device(serial)).paused is None


async def _resolve(d: Desk) -> None:
    """The phone swallowed the press: only a person can say whether the post is there."""
    task_id = (await d.rack.tasks()).tasks[0].id
    await d.do("resolve", f"Is the post of task {task_id} there?", "before press", "y posted")
    d.terminal.press("y")
    await d.terminal.sees("settle: 1 done")
    assert (await d.task(task_id)).reason is Reason.RESOLVED_POSTED


async def _next(d: Desk) -> None:
    """The outcome nobody knows is the only thing that waits; it leads its list."""
    serial = d.served.phones.serials[1]
    d.served.phones.reset(serial, profile="instant")
    d.served.phones.fault(serial, "swallow_press")
    task_id = await _created(d, serial)
    await d.ends(task_id, Reason.OUTCOME_UNKNOWN)
    await d.do("devices", "needs you 1")
    await d.do("next", "1 of 1: look whether the post is there", "needs you", "STATUS")


async def _evidence(d: Desk) -> None:
    await d.do("evidence", "What was kept of task", "composer.xml", "screen.png", "press")
    d.terminal.press("j")
    await d.terminal.sees("> ")
    d.terminal.press("esc")
    await d.terminal.misses("What was kept of task")


async def _let_go(d: Desk) -> None:
    """None is quarantined here; tests/tui/console/test_needs.py lets one go."""
    await d.goes("devices", d.served.phones.serials[0])
    await d.do("let_go", "release: it is not quarantined")


# materials and settings


async def _materials(d: Desk) -> None:
    await d.do("materials", "no files; A adds one")


async def _add(d: Desk) -> None:
    """What cannot be posted is refused beside the path, which stays; then it is taken."""
    await d.do("add", "by its path on the server's computer")
    d.terminal.press("/gone.mp4", "enter")
    await d.terminal.sees("refused: path", "outside the allowed folders")
    await d.types(str(d.clip), over="/gone.mp4")
    await d.terminal.sees("is file 1", d.clip.name)
    assert [one.path for one in await d.rack.materials.every()] == [str(d.clip)]


async def _tags(d: Desk) -> None:
    await d.do("tags", "Tags of 1 file")
    d.terminal.press("Sea, sun", "enter")
    await d.terminal.sees("tags: 1 done", "sea, sun")
    assert [one.tags for one in await d.rack.materials.every()] == [("sea", "sun")]


async def _take_out(d: Desk) -> None:
    await d.do("take_out", "Take 1 file out of the library?")
    d.terminal.press("y")
    await d.terminal.sees("take out: 1 done", "no files")
    assert not await d.rack.materials.every()


async def _settings(d: Desk) -> None:
    await d.do("settings", "SETTING", "auto_retry", "WHAT IT DOES")


async def _edit(d: Desk) -> None:
    await d.do("filter", "temp>40")
    d.terminal.press("max_retry", "enter")
    await d.terminal.sees("1 of", "> max_retry_count")
    await d.do("edit", "Allowed: 1 to 10", "Default: 3")
    await d.types("99", over="3")
    await d.terminal.sees("refused: max_retry_count: 99 is too large; at most 10")
    await d.types("4", over="99")
    await d.terminal.sees("edit: max_retry_count is 4, in force now")
    assert (await d.rack.settings()).max_retry_count == 4
    await d.rack.change_settings({"max_retry_count": 3})
    await d.do("back")
    await d.terminal.misses("/max_retry")


async def _save(d: Desk) -> None:
    """A task that failed keeps its last screen; it is written where the console was started."""
    serial = d.served.phones.serials[2]
    d.served.phones.fault(serial, "storage_full", bytes=1000)
    failed = await _created(d, serial)
    await d.becomes(lambda: _has(d, failed, TaskStatus.FAILED))
    await d.goes("tasks", failed)
    await d.do("save", "written to")
    assert [path for path in d.folder.glob("tm-*.png") if path.read_bytes()[:4] == b"\x89PNG"]


async def _retry_all(d: Desk) -> None:
    serial = d.served.phones.serials[2]
    d.served.phones.heal(serial)
    failed = (await d.rack.tasks()).tasks[0].id
    await d.do("retry_all", "the failed task again?")
    d.terminal.press("y")
    await d.terminal.sees("retry all: 1 queued again")
    await d.becomes(lambda: _has(d, failed, TaskStatus.RUNNING, TaskStatus.COMPLETED))


async def _quit(d: Desk) -> None:
    await d.do("quit")
    assert await d.terminal.ended() == OK
    assert d.terminal.raw.rstrip().endswith(b"\x1b[?1049l") or b"\x1b[?1049l" in d.terminal.raw


# schedules


async def _schedules(d: Desk) -> None:
    """One that others have made comes in by itself."""
    await d.do("schedules", "no schedules")
    config = {"material_list": [str(d.clip)], "captions": "hi"}
    template = NewTask(
        serials=d.served.phones.serials[:1], script_name="post", script_config=config
    )
    await d.rack.schedules.add(NewSchedule(name="leap day", cron="0 0 29 2 *", template=template))
    await d.terminal.sees("leap day", "02-29 00:00")


async def _run(d: Desk) -> None:
    await d.do("run", "Run 1 schedule now?")
    d.terminal.press("y")
    await d.terminal.sees("run now: 1 done")
    assert (await d.rack.tasks()).tasks[0].source is Source.SCHEDULE


async def _hold(d: Desk) -> None:
    await d.do("hold", "hold: 1 done", "paused")


async def _go_on(d: Desk) -> None:
    await d.do("go_on", "go on: 1 done", "02-29 00:00")


async def _remove(d: Desk) -> None:
    await d.do("remove", "Delete 1 schedule?")
    d.terminal.press("y")
    await d.terminal.sees("remove: 1 done", "no schedules")


async def _created(d: Desk, serial: str) -> int:
    config = {"material_list": [str(d.clip)], "captions": "hi", "upload_wait_time": 1}
    new = NewTask(serials=(serial,), script_name="post", script_config=config)
    return (await d.rack.create(new)).task_ids[0]


async def _has(d: Desk, task_id: int, *statuses: TaskStatus) -> bool:
    return (await d.task(task_id)).status in statuses


async def _accounts(d: Desk) -> None:
    await d.do("accounts", "no accounts")


async def _match(d: Desk) -> None:
    """Behind a captcha, so that its account is held; only known accounts can be."""
    serial = d.served.phones.serials[2]
    d.served.phones.reset(serial, profile="instant")
    await d.goes("devices", serial)
    await d.do("match", "match: 1 done")
    await d.becomes(d.rack.accounts)
    d.served.phones.fault(serial, "dialog", kind="captcha", when={"screen": "profile"})
    await d.do("match", "match: 1 done")
    await d.becomes(lambda: _held(d))


async def _held(d: Desk) -> object:
    return [account for account in await d.rack.accounts() if account.held]


async def _release(d: Desk) -> None:
    await d.do("accounts", "security_check")
    await d.do("faults", "faults only")
    await d.do("release", "release: 1 done")
    assert not await _held(d)
    await d.do("faults")
    await d.terminal.misses("faults only")


async def _disable(d: Desk) -> None:
    await d.do("disable", "disable: 1 done", "disabled")
    assert [account.enabled for account in await d.rack.accounts()].count(False) == 1


async def _enable(d: Desk) -> None:
    await d.do("enable", "enable: 1 done")
    for account in await d.rack.accounts():
        assert account.enabled
        await d.rack.delete_account(account.id)


PRESSES: dict[str, Press] = {
    "tasks": _tasks, "devices": _devices, "logs": _logs, "follow": _follow, "stats": _stats,
    "grid": _grid, "help": _help, "palette": _palette, "filter": _filter, "back": _back,
    "faults": _faults, "full": _full, "split": _split, "reconnect": _reconnect, "mouse": _mouse,
    "examples": _examples, "right": _right, "left": _left, "sort": _sort, "columns": _columns,
    "all_columns": _all_columns,
    "mark": _mark, "mark_all": _mark_all, "invert": _invert, "copy": _copy, "open": _open,
    "look": _look, "shell": _shell, "pause": _pause, "post": _post, "stop": _stop,
    "retry": _retry, "again": _again, "delete": _delete, "resume": _resume, "let_go": _let_go,
    "next": _next, "evidence": _evidence, "resolve": _resolve,
    "save": _save, "retry_all": _retry_all,
    "accounts": _accounts, "match": _match, "release": _release, "disable": _disable,
    "enable": _enable,
    "schedules": _schedules, "run": _run, "hold": _hold, "go_on": _go_on, "remove": _remove,
    "materials": _materials, "add": _add, "tags": _tags, "take_out": _take_out,
    "settings": _settings, "edit": _edit,
    "quit": _quit,
}  # fmt: skip

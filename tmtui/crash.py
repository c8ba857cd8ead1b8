"""`tm demo --crash`: the server is killed in the middle of a press, beside a naive queue's.

Both get the same video, the same kill and the same wait; what they do then differs. `tm` asks the
phone, cannot prove anything, and leaves the decision to a person. The naive queue knows of its task
only that it was running, and runs it again: with a database that has no record of the press. How
often something was posted is asked of the phones.
"""

import asyncio
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tmcore.devices import DeviceState
from tmcore.errors import TmError
from tmcore.model import NewTask, Task
from tmcore.reasons import Reason
from tmserve.client import RemoteRack
from tmtui import tables
from tmtui.exits import Exit
from tmtui.output import say, show

START_S, POST_S = 20.0, 120.0
_LOOK_S = 0.05
TM, NAIVE = "tm", "naive queue"


class Phones(Protocol):
    """The virtual rack: what was really pressed and posted."""

    def truth(self, serial: str) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Scene:
    """Two phones, the environment in which a server finds them, and a video."""

    phones: Phones
    serials: tuple[str, str]
    environment: Mapping[str, str]
    folder: Path
    video: Path


@dataclass(frozen=True)
class Service:
    """One server process."""

    rack: RemoteRack
    pid: int


async def play(scene: Scene) -> Exit:
    """Kill both, start both again, and show how often each phone has posted."""
    ours, naive = scene.serials
    acts = (_ours(scene, ours), _naive(scene, naive))
    ended = await asyncio.gather(*acts)
    posts = [len(scene.phones.truth(serial)["posts"]) for serial in scene.serials]
    print("The same video, the same kill in the press; what the phones say was posted:")
    show(_report(scene, ended, posts))
    return Exit.OK if posts == [1, 2] else Exit.FAILED


async def _ours(scene: Scene, serial: str) -> str:
    database = scene.folder / "tm.db"
    task_id = await _killed(scene, TM, serial, database)
    async with _serving(scene, database) as server:
        say(f"{TM}: started again as {server.pid}; task {task_id} was being pressed when it died")
        task: Task = await server.rack.wait(task_id)
        say(f"{TM}: task {task_id}: {task.reason}: {task.remark}")
        if task.reason is not Reason.OUTCOME_UNKNOWN:
            return f"{task.status_text} ({task.reason})"
        say(f"{TM}: a person looks at the account, sees the post: tm resolve {task_id} --posted")
        task = await server.rack.resolve(task_id, posted=True)
        return f"asked a person, who saw it; {task.status_text}"


async def _naive(scene: Scene, serial: str) -> str:
    await _killed(scene, NAIVE, serial, scene.folder / "naive-1.db")
    async with _serving(scene, scene.folder / "naive-2.db") as server:
        say(f"{NAIVE}: started again as {server.pid}; its task was running, so it runs it again")
        task = await server.rack.wait(await _post(server.rack, scene.video, serial))
        return f"ran it again; {task.status_text}"


async def _killed(scene: Scene, who: str, serial: str, database: Path) -> int:
    """Post, kill the server as soon as the phone has been pressed, and wait for the upload."""
    async with _serving(scene, database) as server:
        say(f"{who}: serves as process {server.pid}, and posts on {serial}")
        task_id = await _post(server.rack, scene.video, serial)
        await _until_it_counts(scene, serial, "presses")
        os.kill(server.pid, 9)
        say(f"{who}: kill -9 {server.pid}: {serial} is pressed, and no record says so yet")
    await _until_it_counts(scene, serial, "posts")
    return task_id


async def _post(rack: RemoteRack, video: Path, serial: str) -> int:
    await _until_ready(rack, serial)
    await rack.change_settings({"media_folders": [str(video.parent)]})
    config = {"captions": "Hello once", "material_list": [str(video)]}
    new = NewTask(serials=(serial,), script_name="post", script_config=config)
    return (await rack.create(new)).task_ids[0]


async def _until_ready(rack: RemoteRack, serial: str) -> None:
    async with asyncio.timeout(START_S):
        ready = set[str]()
        while serial not in ready:
            await asyncio.sleep(_LOOK_S)
            ready = {device.serial for device in await rack.devices(DeviceState.READY)}


async def _until_it_counts(scene: Scene, serial: str, what: str) -> None:
    """Ask the phone itself; the server is not believed."""
    try:
        async with asyncio.timeout(POST_S):
            while not scene.phones.truth(serial)[what]:  # noqa: ASYNC110 - a phone tells nobody
                await asyncio.sleep(_LOOK_S)
    except TimeoutError:
        raise TmError(f"{serial} counts no {what} after {POST_S:.0f} s") from None


@asynccontextmanager
async def _serving(scene: Scene, database: Path) -> AsyncIterator[Service]:
    """Run `tm serve` as a process of its own; it is killed at the end, if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tmtui", "serve", "--db", str(database), "--port", "0",
        stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE,
        env={**os.environ, **scene.environment}, start_new_session=True,
    )  # fmt: skip
    assert process.stderr
    reading = None
    try:
        async with asyncio.timeout(START_S):
            url = await _address(process.stderr)
        reading = asyncio.create_task(process.stderr.read())  # a full pipe would stop it
        async with RemoteRack(url, "") as rack:
            yield Service(rack, process.pid)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        if reading:
            await reading


async def _address(said: asyncio.StreamReader) -> str:
    async for line in said:
        if found := re.search(rb"serving at (\S+)", line):
            return found[1].decode()
    raise TmError("the server did not start")


def _report(scene: Scene, ended: Sequence[str], posts: Sequence[int]) -> tables.Grid:
    rows = zip((TM, NAIVE), scene.serials, ended, posts, strict=True)
    return tables.grid(
        "queue|serial|after the kill|>posts|",
        (
            (who, serial, said, count, tables.Cell("✔ once", "green")
             if count == 1 else tables.Cell(f"✘ {count} times", "red"))
            for who, serial, said, count in rows
        ),
    )  # fmt: skip

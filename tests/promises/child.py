"""One rack that works through its queue, to be killed at a chosen moment.

`python -m tests.promises.child DATABASE ADB_PORT VIDEO REPORT [KIND SIDE NUMBER] SERIAL…` makes a
task for each phone where the database has none, and ends when every task has ended. With KIND
(commit or adb), SIDE (before or after) and NUMBER it kills itself around that commit or that call
to a phone. It writes the ids that it was told of, and how many of each there were, to REPORT.
"""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tmcore import AdbServer, DeviceState, NewTask, Rack
from tmcore.phone.link import Link
from tmcore.store.writer import Writer

Point = tuple[str, str, int]


class Killer:
    """Counts commits and calls to phones; dies at one of them, as a power cut would have it."""

    def __init__(self, point: Point | None) -> None:
        self.point = point
        self.seen: Counter[str] = Counter()

    def pass_by(self, kind: str, side: str) -> None:
        self.seen[kind] += side == "before"
        if (kind, side, self.seen[kind]) == self.point:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        commit = Writer._commit_all

        def counted(writer: Writer, units: list[Any]) -> list[Any] | None:
            self.pass_by("commit", "before")
            done = commit(writer, units)
            self.pass_by("commit", "after")
            return done

        setattr(Writer, "_commit_all", counted)  # noqa: B010 - mypy forbids the plain way
        for name in ("shell", "push", "http"):
            setattr(Link, name, self._around(getattr(Link, name)))

    def _around(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counted(link: Link, *args: Any, **more: Any) -> Any:
            if more.get("watch"):  # the watch looks when it likes
                return await call(link, *args, **more)
            self.pass_by("adb", "before")
            answer = await call(link, *args, **more)
            self.pass_by("adb", "after")
            return answer

        return counted


async def main(
    database: Path, port: int, video: Path, report: Path, killer: Killer, serials: list[str]
) -> None:
    async with Rack(database, adb=AdbServer("127.0.0.1", port)) as rack:
        await rack.change_settings({"media_folders": [str(video.parent)]})
        while set(serials) - {d.serial for d in await rack.devices(DeviceState.READY)}:
            await asyncio.sleep(0.02)
        killer.watch()
        if not (await rack.stats()).total:
            config = {"captions": "Hello", "material_list": [str(video)], "upload_wait_time": 5}
            new = NewTask(serials=tuple(serials), script_name="post", script_config=config)
            created = await rack.create(new)
            report.write_text(json.dumps({"told": created.task_ids}))
        told = [task.id for task in (await rack.tasks()).tasks]
        await asyncio.gather(*map(rack.wait, told))
    report.write_text(json.dumps({"told": told, "seen": killer.seen}))


if __name__ == "__main__":
    database, port, video, report, *rest = sys.argv[1:]
    point = (rest[0], rest[1], int(rest[2])) if rest[0] in ("commit", "adb") else None
    asyncio.run(
        main(
            Path(database), int(port), Path(video), Path(report), Killer(point),
            rest[3:] if point else rest,
        )
    )  # fmt: skip

"""Fifty phones and five hundred tasks for minutes, with faults and kills at random: what adds up.

The server is one process that is killed now and then; between two kills what it holds has to stay
where it was: threads, descriptors, tasks of its loop, and memory.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.promises.checker import broken
from tests.serve.process import Service, service
from tests.torture.clips import make_another
from tmcore.media.sample import make_video
from tmcore.model import NewTask
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack
from tmserve.client import RemoteRack

# each ends by itself or is healed a moment later
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("unplugged", {}), ("offline", {}), ("freeze", {}), ("slow", {"seconds": 0.3}),
    ("app_crash", {}), ("u2_dies", {}), ("u2_fails", {"text": "no"}), ("locked", {}),
    ("dump_error", {"text": "ERROR", "count": 2}), ("storage_full", {"bytes": 1000}),
    ("upload_slow", {"seconds": 3}), ("upload_fails", {}), ("swallow_press", {"count": 1}),
    ("reboot", {"down": 1, "boot": 1}), ("airplane_mode", {}),
)  # fmt: skip
FAULT_S, SICK_S = 0.5, (0.5, 3.0)  # between faults; how long one lasts
CALM_S = 130.0  # the first eye lets go of a phone two minutes after its last look
LONGEST_S = 600.0  # until the last task has ended
# a lane opens its thread at its first call, and not every phone has needed all of its lanes before
SPARE = {"threads": 15, "descriptors": 5, "tasks": 5, "megabytes": 30}


@dataclass(frozen=True)
class Soak:
    """How much of it."""

    phones: int = 50
    tasks: int = 500
    kills: int = 3
    between_s: float = 30.0  # kills

    async def run(self, folder: Path, seed: int) -> list[str]:
        """Return what does not hold; print what was seen."""
        folder.mkdir(parents=True)
        dice, database = Random(seed), folder / "rack.db"
        with PrivateAdb() as adb, VirtualRack(adb.port, self.phones, prefix=_PREFIX) as phones:
            for turn in range(self.kills):
                async with service(database, adb.port) as server, _falling_ill(phones, dice):
                    await self._order(server, phones, folder, part=turn)
                    await asyncio.sleep(self.between_s)
                    await server.kill()
            async with service(database, adb.port) as server:
                await self._order(server, phones, folder, part=self.kills)
                async with _falling_ill(phones, dice):
                    said = await _ends(server)
                before = await _holds(server)
                await self._order(server, phones, folder, part=self.kills + 1)
                async with _falling_ill(phones, dice):
                    said += await _ends(server)
                after = await _holds(server)
                counts = await _stats(server)
                code = await server.end()
            truths = phones.truth()
        posts = sum(len(truth["posts"]) for truth in truths.values())
        print(f"{self.phones} phones, {self.kills} kills: {counts}, {posts} posts")
        print(f"held when idle: {before}, and {self.tasks // self.parts} tasks later: {after}")
        said += [f"exit code {code}"] * (code != 0)
        return said + _leaks(before, after) + broken(database, truths)

    @property
    def parts(self) -> int:
        return self.kills + 2

    async def _order(
        self, server: Service, phones: VirtualRack, folder: Path, *, part: int
    ) -> None:
        """Create this part's tasks: on all phones one file after the other."""
        async with RemoteRack(server.url, "") as rack:
            await until_known(rack, set(phones.serials))
            await rack.change_settings({"media_folders": [str(folder)]})
            for number in range(self.tasks // self.parts // self.phones):
                video = make_video(folder / "sample.mp4")
                clip = make_another(video, folder / f"{part}-{number}.mp4")
                config: dict[str, Any] = {"captions": "Hello", "material_list": [str(clip)]}
                config["upload_wait_time"] = 5
                await rack.create(
                    NewTask(serials=tuple(phones.serials), script_name="post", script_config=config)
                )


_PREFIX = f"S{os.getpid()}X"


async def until_known(rack: RemoteRack, serials: set[str]) -> None:
    """Wait until the server knows these phones."""
    async with asyncio.timeout(LONGEST_S):
        while serials - {device.serial for device in await rack.devices()}:
            await asyncio.sleep(0.2)


@asynccontextmanager
async def _falling_ill(phones: VirtualRack, dice: Random) -> AsyncIterator[None]:
    """Give one phone after the other a fault for a while; all are well at the end."""

    async def fall_ill() -> None:
        while True:
            serial, (name, more) = dice.choice(phones.serials), dice.choice(FAULTS)
            await asyncio.to_thread(phones.fault, serial, name, **more)
            loop.call_later(dice.uniform(*SICK_S), healing.put_nowait, serial)
            await asyncio.sleep(FAULT_S)

    async def heal() -> None:
        while True:
            await asyncio.to_thread(phones.heal, await healing.get())

    healing, loop = asyncio.Queue[str](), asyncio.get_running_loop()
    works = [asyncio.create_task(fall_ill()), asyncio.create_task(heal())]
    try:
        yield
    finally:
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
        for serial in phones.serials:
            await asyncio.to_thread(phones.heal, serial)


async def _ends(server: Service) -> list[str]:
    """Wait until every task has ended, and the phones have settled."""
    try:
        async with asyncio.timeout(LONGEST_S):
            while await at_work(server):
                await asyncio.sleep(0.5)
    except TimeoutError:
        return [f"after {LONGEST_S:.0f} s there is still work: {await at_work(server)}"]
    await asyncio.sleep(CALM_S)
    return []


async def _stats(server: Service) -> dict[str, int]:
    counts: dict[str, int] = (await server.ask("GET", "/task/stats"))["data"]
    return counts


async def at_work(server: Service) -> dict[str, int]:
    """Count what has not ended; empty when all has."""
    counts = await _stats(server)
    return {what: counts[what] for what in ("pending", "running") if counts[what]}


async def _holds(server: Service) -> dict[str, int]:
    status = Path(f"/proc/{server.pid}/status").read_text()
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert resident
    return await server.holds() | {"megabytes": int(resident[1]) // 1024}


def _leaks(before: dict[str, int], after: dict[str, int]) -> list[str]:
    return [
        f"{what} grew from {before[what]} to {after[what]}"
        for what, spare in SPARE.items()
        if after[what] > before[what] + spare
    ]

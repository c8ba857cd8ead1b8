"""How posts end on healthy phones: confirmed, unknown or failed, on lifelike times and uploads.

Uploads take from two seconds to a minute, mostly some seconds, as on a phone's own line; whether a
post is out is asked of the phones. Any end that they contradict is counted apart: it must be none.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.bench.table import Row, percentile
from tests.engine.conftest import until
from tmcore import AdbServer, DeviceState, NewTask, Rack
from tmcore.accounts import App
from tmcore.media.sample import make_video
from tmcore.model import TaskDetail
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

PHONES, POSTS = 12, 204
UPLOAD_S = ((2, 8), (2, 8), (2, 8), (8, 25), (25, 60))  # drawn from one of these, each as often
KINDS: tuple[tuple[App, str], ...] = (("tiktok", "video"), ("instagram", "reel"))
AIM = "≤ 2 %"


@dataclass(frozen=True)
class Ended:
    """A task at its end, and how often its phone has posted more since it began."""

    kind: str
    task: TaskDetail
    posts: int

    @property
    def reason(self) -> str:
        return self.task.reason.value if self.task.reason else self.task.status_text

    @property
    def contradicted(self) -> bool:
        return self.reason == "confirmed" and self.posts != 1


async def measure(folder: Path, posts: int = POSTS) -> list[Row]:
    video = make_video(folder / "proof.mp4", 3)
    began = time.monotonic()
    with PrivateAdb() as adb, VirtualRack(adb.port, PHONES, profile="lifelike") as phones:
        async with Rack(folder / "proof.db", adb=AdbServer("127.0.0.1", adb.port)) as rack:
            await rack.change_settings({"media_folders": [str(folder)]})
            await until(lambda: _all_ready(rack))
            each = [
                _phone(rack, phones, serial, video, range(number, number + posts // PHONES))
                for number, serial in enumerate(phones.serials)
            ]
            ended = [one for found in await asyncio.gather(*each) for one in found]
    took = f"{PHONES} phones, {time.monotonic() - began:.0f} s"
    return [row for app, kind in KINDS for row in _rows(f"{app} {kind}", ended, took)]


async def _all_ready(rack: Rack) -> bool:
    return len(await rack.devices(DeviceState.READY)) == PHONES


async def _phone(
    rack: Rack, phones: VirtualRack, serial: str, video: Path, numbers: range
) -> list[Ended]:
    """Post one after the other; each upload takes another time."""
    ended, dice = [], Random(numbers.start)
    for number in numbers:
        app, kind = KINDS[number % len(KINDS)]
        seconds = dice.uniform(*dice.choice(UPLOAD_S))
        await asyncio.to_thread(phones.set, serial, app=app, upload_seconds=seconds)
        before = len(await asyncio.to_thread(phones.posts, serial))
        created = await rack.create(_request(app, video, serial, number, seconds))
        task = await rack.wait(created.task_ids[0])
        await asyncio.to_thread(phones.ask, "wait", serial=serial, posts=before + 1, timeout=5)
        after = len(await asyncio.to_thread(phones.posts, serial))
        ended.append(Ended(f"{app} {kind}", task, after - before))
    return ended


def _request(app: App, video: Path, serial: str, number: int, seconds: float) -> NewTask:
    config = {
        "app": app,
        "captions": f"Post {number}, {seconds:.0f} s #bench",
        "material_list": [str(video)],
        "post_way": ("share", "addButton")[number // len(KINDS) % 2],
        "allow_repeat": True,
    }
    return NewTask(serials=(serial,), script_name="post", script_config=config)


def _rows(kind: str, every: Sequence[Ended], took: str) -> list[Row]:
    ended = [one for one in every if one.kind == kind]
    looks = [float(one.task.attempts[-1].looks) for one in ended if one.task.attempts]
    counts = Counter(one.reason for one in ended)
    unknown = counts["outcome_unknown"]
    others = [
        f"{one.reason}: {one.task.remark}"
        for one in ended
        if one.reason not in ("confirmed", "outcome_unknown")
    ]
    for said in [*others, *(o.task.remark for o in ended if o.reason == "outcome_unknown")]:
        print(f"{kind}: {said}")
    lie = sum(one.contradicted for one in ended)
    return [
        Row(f"{kind}: confirmed", f"{counts['confirmed']} of {len(ended)}", took),
        Row(f"{kind}: unknown", f"{unknown / len(ended):.1%}", f"{unknown} posts", aim=AIM),
        Row(f"{kind}: failed", f"{len(others)}"),
        Row(f"{kind}: confirmed, and the phone says otherwise", f"{lie}", aim="0"),
        Row(
            f"{kind}: looks",
            f"median {percentile(looks, 0.5):.0f}, p95 {percentile(looks, 0.95):.0f}",
            "most " + f"{max(looks):.0f}",
        ),
    ]

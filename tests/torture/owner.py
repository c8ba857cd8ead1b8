"""One owner of the phones, which works until it is killed, frozen, or told to come to an end.

`python -m tests.torture.owner DATABASE ADB_PORT VIDEO POLICY POINT VISIT SERIAL…`. It keeps a
task a phone waiting, each with a file of its own, so that the phones' record tells them apart, and
writes every id that it was told of to DATABASE.told. `ready`, `held` (see moments) and
`passed {…}` come on stdout. POINT `drain` makes no task and ends when all have ended.
"""

import asyncio
import json
import sys
from pathlib import Path
from uuid import uuid4

from tests.torture import policies
from tests.torture.clips import make_another
from tests.torture.moments import Moments, Point
from tests.torture.verdict import told_file
from tmcore import AdbServer, DeviceState, NewTask, Rack

QUEUE = 1  # tasks a phone, beside the one that runs
DRAIN = "drain"
HERE = (DeviceState.READY, DeviceState.BUSY, DeviceState.SETTLING)


async def main(
    database: Path, port: int, video: Path, serials: list[str], *, draining: bool
) -> None:
    async with Rack(database, adb=AdbServer("127.0.0.1", port)) as rack:
        await rack.change_settings({"media_folders": [str(database.parent)]})
        while set(serials) - {one.serial for one in await rack.devices() if one.state in HERE}:
            await asyncio.sleep(0.02)
        print("ready", flush=True)
        while not draining:
            change = rack._store.next_change
            if (await rack.stats()).pending < QUEUE * len(serials):
                await _more(rack, database, video, serials)
            else:
                await change.wait()
        while (stats := await rack.stats()).pending + stats.running:
            await asyncio.sleep(0.05)


async def _more(rack: Rack, database: Path, video: Path, serials: list[str]) -> None:
    """Create one task a phone, with a file that nobody has posted, and write down their ids."""
    clip = make_another(video, database.with_name(f"{uuid4().hex}.mp4"))
    config = {"captions": "Hello", "material_list": [str(clip)], "upload_wait_time": 5}
    for serial in serials:
        new = NewTask(serials=(serial,), script_name="post", script_config=config)
        created = await rack.create(new)
        with told_file(database).open("a") as told:
            told.write(f"{created.task_ids[0]}\n")


if __name__ == "__main__":
    database, port, video, policy, point, visit, *serials = sys.argv[1:]
    policies.POLICIES[policy]()
    moments = Moments(Point(point, int(visit)))
    moments.watch()
    asyncio.run(main(Path(database), int(port), Path(video), serials, draining=point == DRAIN))
    print("passed", json.dumps(moments.passed), flush=True)

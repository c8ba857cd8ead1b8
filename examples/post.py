"""Post one video from the first phone that is ready: python examples/post.py VIDEO [DATABASE]."""

import asyncio
import sys

from tmcore import DeviceState, NewTask, Rack


async def main(video: str, database: str = "rack.db") -> None:
    async with Rack(database) as rack:
        ready = await rack.devices(DeviceState.READY)
        while not ready:
            await asyncio.sleep(0.1)
            ready = await rack.devices(DeviceState.READY)
        config = {"captions": "Hello from ten lines #tm", "material_list": [video]}
        new = NewTask(serials=(ready[0].serial,), script_name="post", script_config=config)
        [task_id] = (await rack.create(new)).task_ids
        print(repr(await rack.wait(task_id)))


asyncio.run(main(*sys.argv[1:]))

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A rack in a notebook
#
# The phones here are virtual: nothing reaches TikTok, and one of them shows a login form. With
# phones of your own, start `tm serve`, leave the next cell out and write
#
#     from tmserve.client import RemoteRack
#     rack = RemoteRack("http://127.0.0.1:50809")
#     video = "/home/ann/clip.mp4"

# %%
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tmcore import AdbServer, Rack
from tmcore.media.sample import make_video
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

parts = AsyncExitStack()
folder = Path(parts.enter_context(TemporaryDirectory()))
adb = parts.enter_context(PrivateAdb())
phones = parts.enter_context(VirtualRack(adb.port, count=3))
rack = await parts.enter_async_context(
    Rack(folder / "rack.db", adb=AdbServer("127.0.0.1", adb.port))
)
await rack.change_settings({"media_folders": [str(folder)]})
video = make_video(folder / "clip.mp4")
phones.fault(phones.serials[1], "dialog", kind="login")

# %% [markdown]
# The phones come up within a second or two; `live()` shows them as they do.

# %%
await rack.live(seconds=2)

# %%
await rack.devices()

# %% [markdown]
# One video for two of them.

# %%
from tmcore import DeviceState, NewTask

ready = await rack.devices(DeviceState.READY)
new = NewTask(
    serials=tuple(device.serial for device in ready[:2]),
    script_name="post",
    script_config={"material_list": [str(video)], "captions": "Hello from a notebook #tm"},
)
created = await rack.create(new)
created

# %% [markdown]
# Both, in one display that is updated in place until they have ended.

# %%
await rack.live(created.task_ids)

# %%
await rack.tasks()

# %%
await rack.stats()

# %% [markdown]
# Why one failed: its steps, its log, and the picture that was kept.

# %%
from tmcore import TaskQuery, TaskStatus

failures = await rack.tasks(TaskQuery(status=TaskStatus.FAILED))
failed = await rack.task(failures.tasks[0].id)
failed

# %%
from IPython.display import Image

picture = next(name for name in failed.attempts[-1].evidence if name.endswith(".png"))
Image(await rack.evidence(failed.id, picture), width=240)

# %%
await parts.aclose()

"""One rack without phones, near (Rack) and far (RemoteRack over a server): the suite judges both.

Its database is seeded before it opens: two known devices that are away, and one task whose
outcome is unknown, with a kept screenshot.
"""

import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tmcore.api import RackApi
from tmcore.devices import Device, DeviceState
from tmcore.media.sample import make_video
from tmcore.model import Change, NewTask
from tmcore.phone.server import AdbServer
from tmcore.rack import Rack
from tmcore.reasons import Reason
from tmcore.store.attempts import Intent
from tmcore.store.changes import Draft
from tmcore.store.store import Store
from tmserve.app import Server
from tmserve.client import RemoteRack

SERIALS = ("R58M1", "R58M2")
UNKNOWN = 1  # the seeded task
SHOT = "1-end.png"
STUCK, SINCE = "it stayed offline", datetime(2026, 1, 31, 14, 5, tzinfo=UTC)  # of SERIALS[1]


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("media") / "a.mp4")


@pytest.fixture
def post(video: Path) -> dict[str, Any]:
    """What a good create holds, to be changed by one thing."""
    config = {"material_list": [str(video)], "captions": "hello"}
    return {"serials": SERIALS, "script_name": "post", "script_config": config}


@pytest.fixture
def new(post: dict[str, Any]) -> NewTask:
    return NewTask(**post)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template(tmp_path_factory: pytest.TempPathFactory, video: Path) -> Path:
    """The seeded database, made once: its commits wait for the disk."""
    folder = tmp_path_factory.mktemp("seeded")
    await seed(folder / "rack.db", video)
    return folder


@pytest.fixture
def seeded(template: Path, tmp_path: Path) -> Path:
    """A database of one's own."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return tmp_path / "rack.db"


@pytest.fixture(params=["near", "far"])
async def rack(request: pytest.FixtureRequest, seeded: Path) -> AsyncIterator[RackApi]:
    async with AsyncExitStack() as stack:
        near = await stack.enter_async_context(Rack(seeded, adb=no_adb()))
        if request.param == "near":
            yield near
            return
        server = await stack.enter_async_context(Server(near, port=0))
        yield await stack.enter_async_context(RemoteRack(server.url))


def no_adb() -> AdbServer:
    """An address at which nothing answers."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return AdbServer("127.0.0.1", sock.getsockname()[1])


async def seed(db: Path, video: Path) -> None:
    store = await Store.open(db)
    await store.save_settings({"media_folders": [str(video.parent)], "time_zone": "UTC"})
    for serial in SERIALS:
        await store.save_device(Device(serial=serial, state=DeviceState.AWAY))
    await store.quarantine_device(
        Device(serial=SERIALS[1], state=DeviceState.AWAY, quarantined=STUCK, quarantined_at=SINCE)
    )
    [task_id] = await store.insert([lost_task(video)])
    [claimed] = await store.claim([task_id])
    await store.intend(claimed, Intent(app="tiktok", account="ann", media_sha256="0" * 64))
    await store.keep_evidence(claimed.attempt_id, SHOT)
    unknown = Change.fail(Reason.OUTCOME_UNKNOWN, "pressed; no proof was seen")
    await store.apply(task_id, unknown, attempt_id=claimed.attempt_id)
    await store.close()
    folder = db.with_suffix(".evidence") / str(task_id)
    folder.mkdir(parents=True)
    (folder / SHOT).write_bytes(b"a screenshot")


def lost_task(video: Path) -> Draft:
    return Draft(
        serial=SERIALS[0],
        username=None,
        app="tiktok",
        script_name="post",
        script_config="{}",
        source="api",
        start_at=datetime(2026, 1, 31, tzinfo=UTC),
        place=0,
        media=video,
        media_sha256="0" * 64,
        caption="",
    )

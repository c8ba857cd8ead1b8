"""Rehearsals: all of a post but the post."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.engine.conftest import device_is, post
from tmcore import DeviceState, Rack, Reason, TaskStatus
from tmcore.virtual.client import VirtualRack


@pytest.mark.parametrize("asks", [False, True])
@pytest.mark.parametrize("app", ["tiktok", "instagram"])
async def test_a_rehearsal_publishes_nothing_and_leaves_nothing(
    rack: Rack, phones: VirtualRack, video: Path, tmp_path: Path, app: str, asks: bool
) -> None:
    """Completed as rehearsed: no press, no ledger row, no draft, no file; a picture is kept."""
    serial = phones.serials[0]
    phones.set(serial, app=app, asks_discard=asks)

    task = await post(rack, video, serial, app=app, rehearse=True)

    assert (task.status, task.reason) == (TaskStatus.COMPLETED, Reason.REHEARSED), task.remark
    [attempt] = task.attempts
    assert (attempt.kind, attempt.press) == ("rehearse", None)
    assert {name.partition("-")[2] for name in attempt.evidence} >= {"composer.png", "composer.xml"}
    await device_is(rack, serial, DeviceState.READY)  # it has tidied up by then
    truth = phones.truth(serial)
    assert (truth["presses"], truth["posts"], truth["drafts"]) == (0, [], 0)
    assert truth["discarded"] == int(asks)
    assert not [file for file in truth["files"] if "/Rack/" in file["path"]]
    with closing(sqlite3.connect(tmp_path / "rack.db")) as db:
        assert db.execute("SELECT COUNT(*) FROM press").fetchone() == (0,)


async def test_a_rehearsed_file_can_be_posted(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """A rehearsal uses nothing up."""
    serial = phones.serials[0]
    await post(rack, video, serial, rehearse=True)

    task = await post(rack, video, serial)

    assert task.status is TaskStatus.COMPLETED, task.remark
    assert len(phones.posts(serial)) == 1


async def test_a_rehearsal_fails_where_the_post_would(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """That is what it is for."""
    serial = phones.serials[0]
    phones.fault(serial, "dialog", kind="captcha", when={"screen": "camera"})

    task = await post(rack, video, serial, rehearse=True, post_way="addButton")

    assert task.reason is Reason.SECURITY_CHECK

"""Posts on Instagram: what the phone says was posted is the truth, not our log."""

import hashlib
from pathlib import Path

import pytest

from tests.engine.conftest import a_post, post
from tmcore import NewAccount, Rack, Reason, TaskStatus
from tmcore.virtual.client import VirtualRack

APP = "instagram"
WAYS = pytest.mark.parametrize("way", ["addButton", "share"])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@WAYS
async def test_a_reel_reaches_the_phone_once(
    rack: Rack, phones: VirtualRack, video: Path, way: str
) -> None:
    """This very file, this caption, as a reel, once; with few looks."""
    serial = phones.serials[0]

    task = await post(rack, video, serial, app=APP, post_way=way, captions="Hello ünïcode 🙂 #one")

    assert (task.status, task.reason) == (TaskStatus.COMPLETED, Reason.CONFIRMED), task.remark
    [made] = phones.posts(serial)
    assert (made["kind"], made["sha256"]) == ("reel", sha256(video))
    assert made["caption"].strip() == "Hello ünïcode 🙂 #one"
    assert task.username == made["account"]
    assert 0 < task.attempts[0].looks <= 14


@WAYS
async def test_a_story_reaches_the_phone_once(
    rack: Rack, phones: VirtualRack, video: Path, way: str
) -> None:
    """The ring round the account's own picture proves it."""
    serial = phones.serials[0]

    task = await post(rack, video, serial, app=APP, post_way=way, placement="story", captions="")

    assert (task.status, task.reason) == (TaskStatus.COMPLETED, Reason.CONFIRMED), task.remark
    [made] = phones.posts(serial)
    assert (made["kind"], made["sha256"]) == ("story", sha256(video))


async def test_the_looks_of_a_task_are_its_own(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The phone counts on; the second task's count begins anew."""
    serial = phones.serials[0]

    first = await post(rack, video, serial, app=APP)
    second = await post(rack, video, serial, app=APP, allow_repeat=True)

    assert 0 < second.attempts[0].looks <= first.attempts[0].looks + 3


@pytest.mark.parametrize("made_first", ["post", "story", "reel"])
async def test_what_the_gallery_makes_is_changed_first(
    rack: Rack, phones: VirtualRack, video: Path, made_first: str
) -> None:
    """Older versions have no sheet that asks: the tabs below the gallery do it."""
    serial = phones.serials[0]
    phones.set(serial, app=APP, old_tabs=True, opens_with=made_first)

    task = await post(rack, video, serial, app=APP, post_way="addButton")

    assert task.status is TaskStatus.COMPLETED, task.remark
    assert [made["kind"] for made in phones.posts(serial)] == ["reel"]


@pytest.mark.parametrize("app", ["tiktok", "instagram"])
async def test_an_app_that_asks_once_more_is_answered_by_a_press(
    rack: Rack, phones: VirtualRack, video: Path, app: str
) -> None:
    """What publishes is pressed under a marker; the phone counts one press."""
    serial = phones.serials[0]
    phones.set(serial, app=app, confirms=True)

    task = await post(rack, video, serial, app=app)

    assert task.status is TaskStatus.COMPLETED, task.remark
    assert phones.truth(serial)["presses"] == 1


async def test_a_failure_from_before_is_none_of_ours(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The row of an earlier failure stands in the feed until somebody takes it away."""
    serial = phones.serials[0]
    phones.fault(serial, "failure_row")

    task = await post(rack, video, serial, app=APP)

    assert task.status is TaskStatus.COMPLETED, task.remark


async def test_an_upload_that_fails_is_never_completed(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """Pressed, and not out: a person decides."""
    serial = phones.serials[0]
    phones.fault(serial, "upload_fails")

    task = await post(rack, video, serial, app=APP, upload_wait_time=3)

    assert (task.status, task.reason) == (TaskStatus.FAILED, Reason.OUTCOME_UNKNOWN)
    assert phones.posts(serial) == []


async def test_an_upload_that_nobody_sees_is_proved_by_the_count(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The profile counts one post more than before the press."""
    serial = phones.serials[0]
    phones.fault(serial, "badge_hidden")

    task = await post(rack, video, serial, app=APP, upload_wait_time=3)

    assert task.status is TaskStatus.COMPLETED, task.remark
    assert "counted" in task.remark


async def test_the_account_decides_the_app(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """Nobody named Instagram but the account that the request names."""
    serial = phones.serials[0]
    account = phones.state(serial)["account"]
    await rack.add_account(NewAccount(app=APP, username=account, serial=serial))

    new = a_post(video).model_copy(update={"serials": None, "usernames": (account,)})
    task = await rack.wait((await rack.create(new)).task_ids[0])

    assert task.status is TaskStatus.COMPLETED, task.remark
    assert [made["kind"] for made in phones.posts(serial)] == ["reel"]

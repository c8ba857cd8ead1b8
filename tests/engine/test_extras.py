"""Sounds, volumes, links and labels, on virtual phones: what the phone says was posted decides."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import a_post, device_is, post
from tmcore import DeviceState, Rack, Reason, TaskStatus
from tmcore.accounts import NewAccount
from tmcore.model import TaskDetail
from tmcore.paths import AppPath, PathOf
from tmcore.virtual.client import VirtualRack

TIKTOK, INSTAGRAM = "com.zhiliaoapp.musically", "com.instagram.android"
VERSIONS = {TIKTOK: "43.1.4", INSTAGRAM: "410.0.0.53.71"}
PACKAGES = {"tiktok": TIKTOK, "instagram": INSTAGRAM}


async def confirm(rack: Rack, app: str, *paths: AppPath) -> None:
    package = PACKAGES[app]
    for path in paths:
        await rack.paths.confirm(PathOf(package=package, version=VERSIONS[package], path=path))


async def test_an_unproven_path_stops_before_the_press(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """Nothing is posted, the draft is gone, and the evidence of the path is there."""
    serial = phones.serials[0]
    phones.set(serial, asks_discard=True)

    task = await post(rack, video, serial, ai_label=True)

    assert (task.status, task.reason) == (TaskStatus.FAILED, Reason.UNPROVEN_PATH), task.remark
    assert f"tm profile confirm {TIKTOK} 43.1.4 ai_label" in task.remark
    [attempt] = task.attempts
    kept = {name.partition("-")[2] for name in attempt.evidence}
    assert kept >= {"ai_label.xml", "ai_label.png", "composer.xml", "composer.png"}
    await device_is(rack, serial, DeviceState.READY)
    truth = phones.truth(serial)
    assert (truth["presses"], truth["posts"], truth["discarded"]) == (0, [], 1)


CASES: list[tuple[str, dict[str, Any], tuple[AppPath, ...], dict[str, Any]]] = [
    (
        "tiktok",
        {"add_sound": "custom", "custom_sound_keyword": "drive", "add_sound_volume": 80,
         "add_product_link": 1, "ai_label": True},
        (AppPath.SOUND_SEARCH, AppPath.VOLUMES, AppPath.PRODUCT_LINK, AppPath.AI_LABEL),
        {"sound": "Night Drive", "added_volume": 80, "origin_volume": 100,
         "product": "Virtual Mug", "ai_label": True},
    ),
    (
        "instagram",
        {"post_way": "useSound", "sound_name": "Night Drive Slow", "origin_sound_volume": 10,
         "ai_label": True},
        (AppPath.SOUND_BY_NAME, AppPath.VOLUMES, AppPath.AI_LABEL),
        {"sound": "Night Drive Slow", "added_volume": 100, "origin_volume": 10, "ai_label": True},
    ),
    ("instagram", {"add_sound": 1}, (AppPath.SOUND_ON,), {"sound": "Morning Light"}),
    (
        "tiktok",
        {"post_way": "useSound", "sound_name": "https://www.tiktok.com/music/Night-Drive-71"},
        (AppPath.SOUND_BY_URL,),
        {"sound": "Night Drive"},
    ),
    (
        "instagram",
        {"post_way": "useSound", "sound_name": "https://www.instagram.com/reels/audio/1/"},
        (AppPath.SOUND_BY_URL,),
        {"sound": "Night Drive"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("app", "config", "paths", "said"), CASES)
async def test_what_a_key_asks_for_is_posted(
    rack: Rack, phones: VirtualRack, video: Path, app: str, config: dict[str, Any],
    paths: tuple[AppPath, ...], said: dict[str, Any],
) -> None:  # fmt: skip
    """Confirmed once, the phone says that the post has it."""
    serial = phones.serials[0]
    await confirm(rack, app, *paths)

    task: TaskDetail = await post(rack, video, serial, app=app, **config)

    assert task.status is TaskStatus.COMPLETED, (task.remark, task.attempts[-1].log)
    [published] = phones.posts(serial)
    assert published.items() >= said.items()


async def test_a_sound_that_the_app_put_on_is_taken_off(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """add_sound 0 posts without it; the default leaves it."""
    one, other = phones.serials[:2]
    phones.set(one, own_sound="Restless")
    phones.set(other, own_sound="Restless")
    await confirm(rack, "tiktok", AppPath.SOUND_OFF)

    await asyncio.gather(post(rack, video, one, add_sound=0), post(rack, video, other))

    assert [phones.posts(serial)[0]["sound"] for serial in (one, other)] == ["", "Restless"]


async def test_what_cannot_be_read_back_is_said(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """A dump that tells no numbers: the slider is set where it stands, and the remark says so."""
    serial = phones.serials[0]
    phones.set(serial, volume_reads=False)
    await confirm(rack, "tiktok", AppPath.VOLUMES)

    task = await post(rack, video, serial, origin_sound_volume=20)

    assert "volume of the own sound was set and could not be read back" in task.remark
    assert phones.posts(serial)[0]["origin_volume"] == 20


async def test_a_rehearsal_walks_an_unproven_path_to_its_end(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """That is how its evidence comes about; the list names the task then."""
    task = await post(rack, video, phones.serials[0], ai_label=True, rehearse=True)

    assert task.reason is Reason.REHEARSED, task.remark
    [walked] = [state for state in await rack.paths.every() if state.task_id]
    assert (walked.path, walked.task_id, walked.version) == (AppPath.AI_LABEL, task.id, "43.1.4")
    assert any(name.endswith("ai_label.png") for name in walked.evidence)
    assert walked.confirmed_at is None


async def test_another_version_is_not_confirmed(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """An update of the app makes its unproven paths unproven again."""
    await confirm(rack, "tiktok", AppPath.AI_LABEL)
    phones.set(phones.serials[0], version="43.2.0")

    task = await post(rack, video, phones.serials[0], ai_label=True)

    assert (task.reason, phones.posts(phones.serials[0])) == (Reason.UNPROVEN_PATH, [])


async def test_a_page_that_is_other_than_reported_holds_nobody(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """It ends this task; posts without that key go on."""
    serial = phones.serials[0]
    phones.set(serial, words={"AI-generated content": "Made by a machine"})
    await rack.add_account(NewAccount(app="tiktok", username="studio_01", serial=serial))

    task = await post(rack, video, serial, ai_label=True)

    assert task.reason is Reason.UNKNOWN_SCREEN
    assert "ai_label" in task.remark
    assert [account.held for account in await rack.accounts()] == [None]


async def test_the_create_answer_warns(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """It names the key, the app, what will happen and how to go on; a plain post has no such."""
    serial = phones.serials[0]
    far = datetime.now(UTC) + timedelta(days=30)
    later = a_post(video, serial, ai_label=True).model_copy(update={"start_at": far})
    plain = a_post(video, serial).model_copy(update={"start_at": far})

    [said] = [w for w in (await rack.create(later)).warnings if "unproven" in w]

    assert all(word in said for word in ("ai_label", "tiktok", "before the press", "tm profile"))
    assert not [w for w in (await rack.create(plain)).warnings if "unproven" in w]

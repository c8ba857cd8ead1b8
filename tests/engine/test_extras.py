"""Sounds, volumes, links and labels, on virtual phones: what the phone says was posted decides."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import device_is, post
from tmcore import DeviceState, Rack, Reason, TaskStatus
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
    ("tiktok", {"ai_label": True}, (AppPath.AI_LABEL,), {"ai_label": True}),
    ("instagram", {"ai_label": True}, (AppPath.AI_LABEL,), {"ai_label": True}),
    ("tiktok", {"add_sound": 1}, (AppPath.SOUND_ON,), {"sound": "Morning Light"}),
    ("instagram", {"add_sound": 1}, (AppPath.SOUND_ON,), {"sound": "Morning Light"}),
    (
        "tiktok",
        {"add_sound": "custom", "custom_sound_keyword": "drive", "add_sound_volume": 80},
        (AppPath.SOUND_SEARCH, AppPath.VOLUMES),
        {"sound": "Night Drive", "added_volume": 80, "origin_volume": 100},
    ),
    (
        "instagram",
        {"post_way": "useSound", "sound_name": "Night Drive Slow", "origin_sound_volume": 10},
        (AppPath.SOUND_BY_NAME, AppPath.VOLUMES),
        {"sound": "Night Drive Slow", "added_volume": 100, "origin_volume": 10},
    ),
    ("tiktok", {"add_product_link": 1}, (AppPath.PRODUCT_LINK,), {"product": "Virtual Mug"}),
    *(
        (app, {"post_way": "useSound", "sound_name": url}, (AppPath.SOUND_BY_URL,),
         {"sound": "Night Drive"})
        for app, url in (
            ("tiktok", "https://www.tiktok.com/music/Night-Drive-71"),
            ("instagram", "https://www.instagram.com/reels/audio/1/"),
        )
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

"""A phone that vanishes, freezes or fills up at every step: the right reason, never two posts."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import a_post, armed, at_step, device_is, post, until
from tmcore import DeviceState, Rack, Reason, TaskStatus
from tmcore.virtual.client import VirtualRack

# Each of a post's phases, by a command that belongs to it.
MOMENTS = {
    "check": "dumpsys battery",
    "push": "mkdir -p .*Movies/Rack",
    "scan": "scan_file",
    "open": "am start",
    "look": "dumpWindowHierarchy",
    "caption": "u2 setText",
    "press": "mkdir .*press-",
}
BEFORE_PRESS = [moment for moment in MOMENTS if moment != "press"]


@pytest.mark.parametrize("moment", BEFORE_PRESS)
async def test_an_unplugged_phone_ends_its_task_by_name_and_the_other_posts(
    rack: Rack, phones: VirtualRack, video: Path, moment: str
) -> None:
    """The cable is pulled: device_lost (or offline), not pressed, retry works when it is back."""
    serial, other = phones.serials[:2]
    phones.fault(serial, "unplugged", when={"command": MOMENTS[moment]})

    created = await rack.create(a_post(video, serial, other))
    lost, fine = [await rack.wait(task_id) for task_id in created.task_ids]

    assert lost.reason in (Reason.DEVICE_LOST, Reason.DEVICE_OFFLINE)
    assert fine.status is TaskStatus.COMPLETED
    assert phones.truth(serial)["presses"] == 0
    phones.heal(serial)
    await device_is(rack, serial, DeviceState.READY)
    await rack.retry(lost.id)
    assert (await rack.wait(lost.id)).status is TaskStatus.COMPLETED
    assert len(phones.posts(serial)) == 1


@pytest.mark.real_time
@pytest.mark.parametrize("moment", BEFORE_PRESS)
async def test_a_frozen_phone_is_stopped_within_two_seconds(
    rack: Rack, phones: VirtualRack, video: Path, moment: str
) -> None:
    """Stop ends the task at once; the device settles and takes nothing new before it has thawed."""
    serial = phones.serials[0]
    phones.fault(serial, "freeze", when={"command": MOMENTS[moment]})
    created = await rack.create(a_post(video, serial))
    task_id = created.task_ids[0]
    await until(lambda: armed(phones, serial, "freeze"))

    async with asyncio.timeout(2):
        stopped = await rack.stop(task_id)

    assert (stopped.status, stopped.reason) == (TaskStatus.FAILED, Reason.STOPPED)
    assert (await rack.device(serial)).state is DeviceState.SETTLING
    waiting = (await rack.create(a_post(video, serial))).task_ids[0]
    phones.heal(serial)
    assert (await rack.wait(waiting)).status is TaskStatus.COMPLETED
    assert len(phones.posts(serial)) == 1


async def test_a_full_phone_says_so_before_anything_is_pushed(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """storage_full, with how much is free and how much is needed."""
    serial = phones.serials[0]
    phones.fault(serial, "storage_full", bytes=1000)

    task = await post(rack, video, serial)

    assert task.reason is Reason.STORAGE_FULL
    assert "free" in task.remark


@pytest.mark.parametrize(
    ("fault", "args", "reason"),
    [
        ("app_missing", {}, Reason.APP_MISSING),
        ("no_permission", {}, Reason.PERMISSION_MISSING),
        ("locked", {"kind": "pin"}, Reason.DEVICE_LOCKED),
    ],
)
async def test_what_a_person_must_mend_has_its_own_name(
    rack: Rack,
    phones: VirtualRack,
    video: Path,
    fault: str,
    args: dict[str, Any],
    reason: Reason,
) -> None:
    """Each cause is its own reason; the phone is free afterwards."""
    serial = phones.serials[0]
    phones.fault(serial, fault, **args)

    task = await post(rack, video, serial)

    assert task.reason is reason
    await device_is(rack, serial, DeviceState.READY)


async def test_a_swipe_lock_is_opened(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """Only a PIN needs a person."""
    serial = phones.serials[0]
    phones.fault(serial, "locked", kind="swipe")

    assert (await post(rack, video, serial)).status is TaskStatus.COMPLETED


async def test_a_playing_video_that_never_idles_can_be_posted_over(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """A plain dump fails there; the compressed one is used."""
    serial = phones.serials[0]
    phones.fault(serial, "never_idles")

    assert (await post(rack, video, serial)).status is TaskStatus.COMPLETED


async def test_dump_errors_that_pass_are_waited_out(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """A null root or two is a hiccup, not a failure."""
    serial = phones.serials[0]
    text = "ERROR: null root node returned by UiTestAutomationBridge."
    phones.fault(serial, "dump_error", text=text, count=2)

    assert (await post(rack, video, serial)).status is TaskStatus.COMPLETED


@pytest.mark.parametrize("point", ["before", "after"])
async def test_a_line_lost_in_the_press_is_never_pressed_again(
    rack: Rack, phones: VirtualRack, video: Path, point: str
) -> None:
    """The press command is cut off around its tap: proved void, or unknown; never twice."""
    serial = phones.serials[0]
    phones.fault(serial, "drop_after", regex="mkdir .*press-", point=point)

    task = await post(rack, video, serial, upload_wait_time=4)

    posts = len(phones.posts(serial))
    assert (task.status, task.reason, posts) in [
        (TaskStatus.COMPLETED, Reason.CONFIRMED, 1),
        (TaskStatus.FAILED, Reason.OUTCOME_UNKNOWN, 0),
        (TaskStatus.FAILED, Reason.OUTCOME_UNKNOWN, 1),
        (TaskStatus.FAILED, Reason.DEVICE_LOST, 0),
    ]
    assert phones.truth(serial)["presses"] <= 1


async def test_a_press_that_reaches_a_frozen_phone_late_is_refused_or_unknown(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The phone freezes on the press and thaws later: one press at most, and no false failure."""
    serial = phones.serials[0]
    phones.fault(serial, "freeze", when={"command": MOMENTS["press"]})
    task_id = (await rack.create(a_post(video, serial, upload_wait_time=3))).task_ids[0]
    await until(lambda: armed(phones, serial, "freeze"))
    await at_step(rack, task_id, "press")

    await asyncio.sleep(5.5)  # the press command's own five seconds
    phones.heal(serial)
    task = await rack.wait(task_id)

    truth = phones.truth(serial)
    assert truth["presses"] <= 1
    if task.reason not in (Reason.OUTCOME_UNKNOWN, Reason.CONFIRMED):
        assert truth["presses"] == 0


@pytest.mark.real_time
async def test_a_stop_while_the_proof_is_watched_is_unknown(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """After the press a stop cannot say 'stopped': it may be out."""
    serial = phones.serials[0]
    phones.fault(serial, "upload_slow", seconds=60)
    task_id = (await rack.create(a_post(video, serial))).task_ids[0]
    await at_step(rack, task_id, "watch")

    async with asyncio.timeout(2):
        stopped = await rack.stop(task_id)

    assert stopped.reason is Reason.OUTCOME_UNKNOWN
    with pytest.raises(Exception, match="resolve"):
        await rack.retry(task_id)


async def test_not_posted_by_a_person_frees_the_task_for_another_press(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """A person saw nothing: the old generation is shut out on the phone, the next one posts."""
    serial = phones.serials[0]
    phones.fault(serial, "swallow_press")
    task = await post(rack, video, serial, upload_wait_time=1)
    phones.heal(serial)

    resolved = await rack.resolve(task.id, posted=False)
    await rack.retry(task.id)
    again = await rack.wait(task.id)

    assert resolved.reason is Reason.NOT_POSTED
    assert again.status is TaskStatus.COMPLETED
    assert len(phones.posts(serial)) == 1


async def test_posted_by_a_person_completes_the_task(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """It needs no phone: the person has looked at the account."""
    serial = phones.serials[0]
    phones.fault(serial, "badge_hidden")
    task = await post(rack, video, serial, upload_wait_time=1)

    resolved = await rack.resolve(task.id, posted=True)

    assert (resolved.status, resolved.reason) == (TaskStatus.COMPLETED, Reason.RESOLVED_POSTED)


async def test_auto_retry_tries_again_where_it_can_help(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """A cable that comes back: one failed attempt, one retry, one post."""
    serial = phones.serials[0]
    await rack.change_settings({"auto_retry": True, "retry_delay_min_s": 0, "retry_delay_max_s": 0})
    phones.fault(serial, "drop_after", regex="u2 setText", count=1)

    task_id = (await rack.create(a_post(video, serial))).task_ids[0]

    async def ended() -> bool:
        return (await rack.task(task_id)).status is TaskStatus.COMPLETED

    await until(ended)
    task = await rack.task(task_id)
    assert (task.retry_count, len(task.attempts)) == (1, 2)
    assert len(phones.posts(serial)) == 1


async def test_the_plans_device_limit_makes_the_rest_wait(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """With a limit of one, two phones post one after the other."""
    await rack.change_settings({"device_limit": 1})

    created = await rack.create(a_post(video, *phones.serials[:2]))
    first, second = [await rack.wait(task_id) for task_id in created.task_ids]

    assert first.ended_at
    assert second.started_at
    assert first.ended_at <= second.started_at

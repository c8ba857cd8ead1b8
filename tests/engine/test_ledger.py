"""What an account has posted is not posted on it again, and a file is the one that was queued."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.engine.conftest import a_post, post
from tmcore import NewTask, Rack
from tmcore.materials import NewMaterial
from tmcore.media.sample import make_video
from tmcore.model import COMPLETED, FAILED, TaskDetail
from tmcore.reasons import Reason
from tmcore.virtual.client import VirtualRack


def ended(task: TaskDetail) -> tuple[int, Reason | None]:
    return task.status, task.reason


async def test_a_file_is_posted_once_by_an_account(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The second task fails before anything is picked, and names the first, deleted or not."""
    serial = phones.serials[0]
    first = await post(rack, video, serial)
    await rack.delete([first.id])

    second = await post(rack, video, serial)

    assert ended(second) == (FAILED, Reason.ALREADY_POSTED)
    assert f"@{first.username} has posted this file before: task {first.id}" in second.remark
    assert second.attempts[0].press is None
    assert "pick" not in [step.name for step in second.attempts[0].steps]
    assert len(phones.posts(serial)) == 1
    assert ended(await post(rack, video, serial, allow_repeat=True)) == (
        COMPLETED, Reason.CONFIRMED,
    )  # fmt: skip
    assert len(phones.posts(serial)) == 2


async def test_a_retry_says_the_same(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """Trying again does not make it another file."""
    serial = phones.serials[0]
    await post(rack, video, serial)
    second = await post(rack, video, serial)

    await rack.retry(second.id)

    assert ended(await rack.wait(second.id)) == (FAILED, Reason.ALREADY_POSTED)


async def test_the_library_is_posted_once(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """What it gave is used once it is posted, and its material says by whom."""
    material = await rack.materials.add(NewMaterial(path=str(video), caption="From the library"))
    config = {"post_way": "addButton"}
    new = NewTask(serials=phones.serials[:1], script_name="post", script_config=config)

    [task_id] = (await rack.create(new)).task_ids
    task = await rack.wait(task_id)

    assert ended(task) == (COMPLETED, Reason.CONFIRMED)
    assert phones.posts(phones.serials[0])[0]["caption"].strip() == "From the library"
    [use] = (await rack.materials.one(material.id)).uses
    assert (use.task_id, use.account) == (task_id, task.username)
    assert (await rack.materials.one(material.id)).reserved_by == ()


async def test_a_file_that_changes_is_not_posted(
    rack: Rack, phones: VirtualRack, video: Path, tmp_path: Path
) -> None:
    """Neither one that is another by now, nor one that is gone; each has its own reason."""
    folder = video.parent / tmp_path.name
    folder.mkdir()
    soon = datetime.now(UTC) + timedelta(seconds=3)
    made = [make_video(folder / f"{name}.mp4", 1, seed) for seed, name in ((61, "a"), (62, "b"))]
    request = a_post(made[0], *phones.serials[:2], material_list=[str(path) for path in made])
    changed, gone = (await rack.create(request.model_copy(update={"start_at": soon}))).task_ids

    make_video(made[0], 1, 63)
    made[1].unlink()

    assert ended(await rack.wait(changed)) == (FAILED, Reason.FILE_CHANGED)
    assert ended(await rack.wait(gone)) == (FAILED, Reason.FILE_MISSING)


async def test_a_folder_that_empties(
    rack: Rack, phones: VirtualRack, video: Path, tmp_path: Path
) -> None:
    """Between creation and run: the task ends by its own reason, and nothing is pushed."""
    folder = video.parent / f"{tmp_path.name}_folder"
    folder.mkdir()
    clip = make_video(folder / "a.mp4", 1, 64)
    config = {"material_source": "localFolder", "material_path": str(folder)}
    soon = datetime.now(UTC) + timedelta(seconds=2)
    new = NewTask(
        serials=phones.serials[:1], script_name="post", script_config=config, start_at=soon
    )

    [task_id] = (await rack.create(new)).task_ids
    clip.unlink()
    task = await rack.wait(task_id)

    assert ended(task) == (FAILED, Reason.FILE_MISSING)
    assert "a.mp4 is gone" in task.remark
    assert "push" not in [step.name for step in task.attempts[0].steps]

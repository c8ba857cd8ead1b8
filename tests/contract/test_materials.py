"""What RackApi promises of the library, judged on Rack and on RemoteRack alike."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from tests.contract.conftest import SERIALS
from tmcore.accounts import NewAccount
from tmcore.api import RackApi
from tmcore.errors import BadInput, NotFound
from tmcore.materials import Known, Material, NewMaterial
from tmcore.media.sample import make_video
from tmcore.model import NewTask
from tmcore.validation import checked

GONE = 999


@pytest.fixture(scope="session")
def clips(video: Path) -> list[Path]:
    """Videos in the allowed folder."""
    return [make_video(video.parent / f"clip{n}.mp4", 1, 50 + n) for n in range(4)]


@pytest.fixture(scope="session")
def photo(video: Path) -> Path:
    path = video.parent / "sort_7_photo.jpg"
    Pillow.new("RGB", (800, 600), "teal").save(path)
    return path


async def kept(rack: RackApi, path: Path, **known: Any) -> Material:
    return await rack.materials.add(NewMaterial(path=str(path), **known))


def asked(*serials: str, **config: Any) -> NewTask:
    return NewTask(serials=serials or SERIALS, script_name="post", script_config=config)


async def test_a_file_is_kept_with_what_it_is(
    rack: RackApi, clips: list[Path], photo: Path
) -> None:
    """Kind, length and size are read from the file; the sort number from its name."""
    video = await kept(rack, clips[0], tags=["Sea", "sun"], username="@Ann", caption="{a|b}")
    image = await kept(rack, photo, tags="Food, sea")

    assert (video.kind, video.width, video.height) == ("video", 360, 640)
    assert video.duration_s == pytest.approx(1, abs=0.1)
    assert (video.tags, video.username, video.caption) == (("sea", "sun"), "ann", "{a|b}")
    assert (image.kind, image.sort, image.duration_s) == ("image", 7, None)
    assert await rack.materials.every() == (video, image)
    assert await rack.materials.every("SUN, food") == (video, image)
    assert await rack.materials.every("sun") == (video,)
    assert await rack.materials.one(image.id) == image


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"path": "/gone.mp4"}, "path"),
        ({"path": "/etc/passwd"}, "path"),
        ({"path": ""}, "path"),
        ({"caption": "{a"}, "caption"),
        ({"caption": "a\nb"}, "caption"),
    ],
    ids=str,
)
async def test_what_cannot_be_kept_is_named(
    rack: RackApi, clips: list[Path], wrong: dict[str, Any], field: str
) -> None:
    """By its field, and nothing is kept."""
    with pytest.raises(BadInput) as refused:
        await rack.materials.add(NewMaterial(**{"path": str(clips[0])} | wrong))

    assert [error.field for error in refused.value.errors] == [field]
    assert await rack.materials.every() == ()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"tags": ["x" * 61]}, "tags"),
        ({"tags": [1]}, "tags[0]"),
        ({"username": "no such name"}, "username"),
        ({"sort": -1}, "sort"),
        ({"pth": "/a.mp4"}, "pth"),
    ],
    ids=str,
)
def test_a_wrong_word_is_named(wrong: dict[str, Any], field: str) -> None:
    """Before anybody looks at the file."""
    with pytest.raises(BadInput) as refused:
        checked(NewMaterial, {"path": "/a.mp4"} | wrong)

    assert [error.field for error in refused.value.errors] == [field]


async def test_a_content_is_kept_once(rack: RackApi, clips: list[Path]) -> None:
    """Also under another name; the one that is there is named."""
    made = await kept(rack, clips[0])

    with pytest.raises(BadInput, match=f"material {made.id} is this file already"):
        await kept(rack, clips[0])


async def test_what_is_known_of_a_file_is_changed(rack: RackApi, clips: list[Path]) -> None:
    """Only what is named; a caption that is none and a file that is gone are refused."""
    made = await kept(rack, clips[0], tags=["sea"], caption="hello", username="ann")

    tagged = await rack.materials.change(made.id, Known(tags=("Sun", "sea")))
    freed = await rack.materials.change(made.id, Known(username=None))
    same = await rack.materials.change(made.id, Known())

    assert (tagged.tags, tagged.caption, tagged.username) == (("sun", "sea"), "hello", "ann")
    assert (freed.tags, freed.username) == (("sun", "sea"), None)
    assert same == freed == await rack.materials.one(made.id)
    with pytest.raises(BadInput, match="caption"):
        await rack.materials.change(made.id, Known(caption="{a"))
    for number in (GONE, 10**20):
        for known in (Known(), Known(tags=("sea",))):
            with pytest.raises(NotFound, match=str(number)):
                await rack.materials.change(number, known)


async def test_a_material_is_deleted(rack: RackApi, clips: list[Path]) -> None:
    """From the library, not from the disk; an id that does not exist is named."""
    made = await kept(rack, clips[0])

    await rack.materials.delete(made.id)

    assert clips[0].exists()
    for ask in (rack.materials.delete, rack.materials.one, rack.materials.thumbnail):
        for number in (made.id, GONE, 10**20):
            with pytest.raises(NotFound, match=str(number)):
                await ask(number)


async def test_a_material_shows_a_small_picture(
    rack: RackApi, clips: list[Path], photo: Path
) -> None:
    """A JPEG of the image, or of the video's first picture."""
    for path in (clips[0], photo):
        made = await kept(rack, path)
        picture = Pillow.open(io.BytesIO(await rack.materials.thumbnail(made.id)))
        assert (picture.format, max(picture.size)) == ("JPEG", 320)


async def test_tasks_take_from_the_library(rack: RackApi, clips: list[Path]) -> None:
    """Each its own file, reserved until it ends; without a free one nothing is created."""
    made = [await kept(rack, clip, tags=("sea",)) for clip in clips[:3]]

    created = await rack.create(asked(materials_tags="sea"))

    assert [task.media for task in created.tasks] == [str(clip) for clip in clips[:2]]
    assert [(await rack.materials.one(one.id)).reserved_by for one in made] == [
        *((task_id,) for task_id in created.task_ids), (),
    ]  # fmt: skip
    with pytest.raises(BadInput, match=r"script_config\.material_source: .* no video left"):
        await rack.create(asked(materials_tags="sea"))
    assert (await rack.stats()).pending == 2
    await rack.delete(created.task_ids[:1])
    again = await rack.create(asked(SERIALS[0]))
    assert again.tasks[0].media == str(clips[0])


async def test_creates_at_the_same_instant_take_different_files(
    rack: RackApi, clips: list[Path]
) -> None:
    """All of them come through, and none of two gets the same."""
    for clip in clips:
        await kept(rack, clip)

    created = await asyncio.gather(*(rack.create(asked(SERIALS[0])) for _ in clips))

    assert {one.tasks[0].media for one in created} == {str(clip) for clip in clips}
    with pytest.raises(BadInput, match="no video left"):
        await rack.create(asked(SERIALS[0]))


async def test_reuse_is_in_force_at_once(rack: RackApi, clips: list[Path]) -> None:
    """per_account gives a file to each account once; always to anybody again."""
    await kept(rack, clips[0])
    for serial, name in zip(SERIALS, ("ann", "bob"), strict=True):
        await rack.add_account(NewAccount(app="tiktok", username=name, serial=serial))

    with pytest.raises(BadInput, match="no video left for @bob"):
        await rack.create(asked())
    await rack.change_settings({"reuse": "per_account"})
    assert (await rack.create(asked())).created_count == 2
    with pytest.raises(BadInput, match="no video left for @ann"):
        await rack.create(asked())
    await rack.change_settings({"reuse": "always"})
    assert (await rack.create(asked())).created_count == 2


async def test_tasks_take_from_a_folder(rack: RackApi, video: Path, clips: list[Path]) -> None:
    """The account's subfolder first; its caption is resolved and told."""
    folder = video.parent / "folder"
    (folder / "@ann").mkdir(parents=True, exist_ok=True)
    (folder / "@ann" / "x.mp4").write_bytes(clips[0].read_bytes())
    (folder / "y.mp4").write_bytes(clips[1].read_bytes())
    (folder / "caption.txt").write_text("one\n{two|two}\n")
    await rack.add_account(NewAccount(app="tiktok", username="ann", serial=SERIALS[0]))
    config = {"material_source": "localFolder", "material_path": str(folder)}

    created = await rack.create(asked(**config))

    assert [task.media for task in created.tasks] == [str(folder / "@ann/x.mp4"),
                                                      str(folder / "y.mp4")]  # fmt: skip
    told = [await rack.task(task_id) for task_id in created.task_ids]
    assert [task.caption for task in told] == ["one", "two"]
    with pytest.raises(BadInput, match=r"material_path: .* no video left"):
        await rack.create(asked(SERIALS[0], **config))


async def test_a_post_of_images_tells_all_of_them(rack: RackApi, photo: Path) -> None:
    """In the operator's order, in the create's answer and in the task."""
    other = photo.with_name("other.png")
    Pillow.new("RGB", (80, 60), "red").save(other)
    files = [str(other), str(photo)]

    created = await rack.create(asked(SERIALS[0], content_type=1, material_list=files))

    task = await rack.task(created.task_ids[0])
    assert [created.tasks[0].media, *created.tasks[0].more] == files
    assert [task.media, *task.more] == files

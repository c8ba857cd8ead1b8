"""Posts of several images: in the operator's order, as the phone has them."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from tests.engine.conftest import post
from tests.pace import PACE
from tmcore import Rack, Reason, TaskStatus
from tmcore.phone.port import PICTURES
from tmcore.scripts.post import delivery
from tmcore.virtual.client import VirtualRack

Pictures = Callable[[int], list[Path]]


@pytest.fixture
def pictures(video: Path) -> Pictures:
    """Make so many images, each another one."""

    def make(count: int) -> list[Path]:
        files = [video.parent / f"picture-{n}.png" for n in range(count)]
        for n, file in enumerate(files):
            Image.new("RGB", (120 + n, 90), (n * 37 % 256, n * 91 % 256, 40)).save(file)
        return files

    return make


def hashes(files: list[Path]) -> list[str]:
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


@pytest.mark.timeout(180)  # 35 files go into the media store more than a second apart
@pytest.mark.parametrize(("app", "count"), [("tiktok", 5), ("instagram", 5), ("tiktok", 35)])
async def test_images_come_in_the_operators_order(
    rack: Rack, phones: VirtualRack, pictures: Pictures, app: str, count: int
) -> None:
    """The grid has the newest first, and longer lists are scrolled: the order stays."""
    files, serial = pictures(count), phones.serials[0]

    created = await post(
        rack, files[0], serial, app=app, content_type=1, post_way="share",
        material_list=[str(f) for f in files],
    )  # fmt: skip

    assert created.status is TaskStatus.COMPLETED, created.remark
    [made] = phones.posts(serial)
    assert (made["kind"], made["sha256s"]) == ("carousel", hashes(files))
    assert any("only one file can be shared" in line.text for line in created.attempts[0].log)


async def test_the_order_does_not_hang_on_the_ids_of_the_media_store(
    rack: Rack, phones: VirtualRack, pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a gallery knows seconds only, the files lie far enough apart for it."""
    monkeypatch.setattr(delivery, "APART_S", delivery.APART_S * PACE)  # the phone's time is real
    files, serial = pictures(3), phones.serials[0]
    phones.set(serial, gallery_by_second=True)

    task = await post(
        rack, files[0], serial, content_type=1, material_list=[str(file) for file in files]
    )

    assert task.status is TaskStatus.COMPLETED, task.remark
    assert [made["sha256s"] for made in phones.posts(serial)] == [hashes(files)]


async def test_one_image_is_a_photo(rack: Rack, phones: VirtualRack, pictures: Pictures) -> None:
    """A list of one needs no selecting of several."""
    [file], serial = pictures(1), phones.serials[0]

    task = await post(rack, file, serial, app="instagram", content_type=1)

    assert task.status is TaskStatus.COMPLETED, task.remark
    assert [made["kind"] for made in phones.posts(serial)] == ["photo"]


async def test_a_title_and_a_description_have_their_own_fields(
    rack: Rack, phones: VirtualRack, pictures: Pictures
) -> None:
    """`Title##Description`; the title's field stands above, so the first field is the wrong one."""
    file, serial = pictures(1)[0], phones.serials[0]
    phones.set(serial, title_box=True)

    task = await post(rack, file, serial, content_type=1, captions="A title##And a text #one")

    assert task.status is TaskStatus.COMPLETED, task.remark
    [made] = phones.posts(serial)
    assert (made["title"].strip(), made["caption"].strip()) == ("A title", "And a text #one")


async def test_nothing_of_it_is_left_on_the_phone(
    rack: Rack, phones: VirtualRack, pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files are taken away, also what an earlier run had to leave."""
    monkeypatch.setattr(delivery, "APART_S", 0.0)
    files, serial = pictures(3), phones.serials[0]
    phones.fault(serial, "swallow_press")
    paths = [str(f) for f in files]
    lost = await post(
        rack, files[0], serial, content_type=1, material_list=paths, upload_wait_time=1
    )
    left = [file for file in phones.truth(serial)["files"] if "/Rack/" in file["path"]]
    phones.heal(serial)
    monkeypatch.setattr("tmcore.scripts.post.script.Post.upload_limit", timedelta(-1))

    task = await post(
        rack, files[0], serial, content_type=1, material_list=paths, allow_repeat=True
    )

    assert lost.reason is Reason.OUTCOME_UNKNOWN, lost.remark
    assert [f["path"].rpartition("/")[0] for f in left] == [PICTURES] * 3  # the app may upload them
    assert task.status is TaskStatus.COMPLETED, task.remark
    assert not [file for file in phones.truth(serial)["files"] if "/Rack/" in file["path"]]

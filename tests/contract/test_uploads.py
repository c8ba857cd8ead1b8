"""What RackApi promises of a file that is sent, judged on Rack and on RemoteRack alike."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.contract.conftest import SERIALS
from tmcore.api import RackApi
from tmcore.errors import BadInput
from tmcore.materials import NewUpload, chunks_of
from tmcore.model import NewTask


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where what was sent is kept: beside the database."""
    return tmp_path / "rack.uploads"


def left(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []


async def chunks(*content: bytes) -> AsyncIterator[bytes]:
    for chunk in content:
        yield chunk


async def test_a_file_that_is_sent_is_kept_and_can_be_posted(
    rack: RackApi, video: Path, folder: Path
) -> None:
    """It lies beside the database, for its user alone, and is dealt like any other."""
    new = NewUpload(name="sort_3_a clip.mp4", tags=("Sea", "sun"), caption="hi", username="@Ann")

    made = await rack.materials.upload(new, chunks_of(video))

    [file] = left(folder)
    assert (made.path, made.sha256) == (str(file), hashlib.sha256(video.read_bytes()).hexdigest())
    assert (made.tags, made.caption, made.username, made.sort) == (("sea", "sun"), "hi", "ann", 3)
    assert file.read_bytes() == video.read_bytes()
    assert [oct(path.stat().st_mode & 0o777) for path in (file, folder)] == ["0o600", "0o700"]
    assert (await rack.materials.thumbnail(made.id))[:2] == b"\xff\xd8"
    config = {"material_source": "materialLibrary", "allow_repeat": True}
    anybody = NewUpload(name="b.mp4")
    with pytest.raises(BadInput, match="is this file already"):
        await rack.materials.upload(anybody, chunks_of(video))
    await rack.materials.delete(made.id)
    again = await rack.materials.upload(anybody, chunks_of(video))
    created = await rack.create(
        NewTask(serials=(SERIALS[0],), script_name="post", script_config=config)
    )
    assert created.tasks[0].media == again.path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ((b"no video at all" * 100,), "a.mp4"),
        ((), "is empty"),
        ((b"\x00\x00\x00 ftypisom", b"x"), "a.mp4"),
    ],
)
async def test_what_cannot_be_posted_leaves_nothing(
    rack: RackApi, folder: Path, content: Sequence[bytes], said: str
) -> None:
    """A text, nothing at all, half a video: refused by name, and no file is kept."""
    with pytest.raises(BadInput, match=said):
        await rack.materials.upload(NewUpload(name="a.mp4"), chunks(*content))

    assert left(folder) == []
    assert await rack.materials.every() == ()


async def test_a_sender_that_fails_leaves_nothing(rack: RackApi, video: Path, folder: Path) -> None:
    """Its own error comes through; the half file is taken away."""

    async def broken() -> AsyncIterator[bytes]:
        yield video.read_bytes()[:1000]
        raise ValueError("the disk of the sender broke")

    with pytest.raises(ValueError, match="the sender broke"):
        await rack.materials.upload(NewUpload(name="a.mp4"), broken())

    await rack.stats()  # a far server has seen the end of the line by then
    assert await rack.materials.every() == ()


@pytest.mark.parametrize("name", ["", "../a.mp4", "a/b.mp4", ".a.mp4", "a\n.mp4", "a" * 181])
def test_a_name_is_a_name(name: str) -> None:
    """No path, nothing hidden, no control character, and short enough for a disk."""
    with pytest.raises(ValueError, match="is no file name"):
        NewUpload(name=name)

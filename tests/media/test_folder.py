"""Folders that posts are taken from, and files that are remembered."""

import os
from pathlib import Path

import pytest
from PIL import Image as Pillow

from tmcore.errors import BadInput
from tmcore.media.folder import CAPTIONS, MAX_TEXT, MediaFolder
from tmcore.media.inspection import Inspector, NotQuick

FIELD = "script_config.material_path"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as an operator keeps it."""
    clips = tmp_path / "clips"
    for name in ("a.mp4", "B.MP4", "c.jpg", "d.png", "e.webp", "f.gif", "g.txt", ".h.mp4",
                 "@Ann/i.mp4", "@Ann/caption.txt"):  # fmt: skip
        file = clips / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return clips


def read(folder: Path, *allowed: Path) -> MediaFolder:
    return MediaFolder(str(folder), map(str, allowed or (folder,)), FIELD)


def refusal(folder: Path, *allowed: Path) -> str:
    with pytest.raises(BadInput) as refused:
        read(folder, *allowed)
    (error,) = refused.value.errors
    assert error.field == FIELD
    return error.message


def test_files_are_listed_by_kind(folder: Path) -> None:
    """By their endings in any letter case, as the app takes them; hidden ones are left out."""
    there = read(folder)

    assert there.files("video", "tiktok") == ["B.MP4", "a.mp4"]
    assert there.files("image", "tiktok") == ["c.jpg", "d.png", "e.webp"]
    assert there.files("image", "instagram") == ["c.jpg", "d.png", "f.gif"]


def test_an_account_has_a_subfolder_of_its_own(folder: Path) -> None:
    """Found in any letter case; an account without one has none."""
    own = read(folder).of("ann")

    assert own
    assert own.files("video", "tiktok") == ["i.mp4"]
    assert own.text(CAPTIONS) == "@Ann/caption.txt"
    assert read(folder).of("bob") is None


def test_lists_of_texts(folder: Path) -> None:
    """UTF-8 with or without a byte order mark; one that is not there, or empty, holds nothing."""
    (folder / "caption.txt").write_bytes(b"\xef\xbb\xbfh\xc3\xa9 \xf0\x9f\x8e\x89\r\nb")
    (folder / "sound_urls.txt").touch()

    assert read(folder).text("caption.txt") == "hé 🎉\r\nb"
    assert read(folder).text("sound_urls.txt") == read(folder).text("sound_names.txt") == ""


def test_a_list_that_cannot_be_read(folder: Path) -> None:
    """Another coding is refused with the byte, and a huge file without reading it all."""
    (folder / "caption.txt").write_bytes(b"caf\xe9")
    with pytest.raises(BadInput, match=r"caption.txt' is not UTF-8 text \(byte 4\)"):
        read(folder).text("caption.txt")
    (folder / "caption.txt").write_bytes(b"x" * (MAX_TEXT + 1))
    with pytest.raises(BadInput, match="is larger than 256 kB"):
        read(folder).text("caption.txt")


def test_a_folder_that_cannot_be_used(folder: Path, tmp_path: Path) -> None:
    """Outside the allowed ones, not there, or not a folder: said as of any file."""
    (tmp_path / "way").symlink_to(tmp_path.parent)

    assert "is outside the allowed folders" in refusal(tmp_path, folder)
    assert "is outside the allowed folders" in refusal(tmp_path / "way", tmp_path)
    assert "does not exist" in refusal(folder / "gone")
    assert "is not a folder" in refusal(folder / "a.mp4", folder)
    assert "is not a full path" in refusal(Path("clips"))


def test_a_file_is_read_once(tmp_path: Path) -> None:
    """Until it changes: then it is read again, and `quick` refuses to."""
    path = tmp_path / "a.jpg"
    Pillow.new("RGB", (40, 30), "red").save(path)
    inspector, folders = Inspector(), (str(tmp_path),)

    with pytest.raises(NotQuick):
        inspector.inspect(str(path), folders, quick=True)
    first = inspector.inspect(str(path), folders)
    assert inspector.inspect(str(path), folders, quick=True) is first

    Pillow.new("RGB", (40, 30), "blue").save(path)
    os.utime(path, ns=(1, 1))
    with pytest.raises(NotQuick):
        inspector.inspect(str(path), folders, quick=True)
    assert inspector.inspect(str(path), folders).sha256 != first.sha256


def test_a_kind_that_is_asked_for_is_kept_to(video: Path, tmp_path: Path) -> None:
    """A file is what it is whatever was seen of it before; without a kind it says so itself."""
    picture = tmp_path / "a.jpg"
    Pillow.new("RGB", (40, 30)).save(picture)
    inspector, folders = Inspector(), (str(tmp_path), str(video.parent))

    assert type(inspector.inspect(str(video), folders).what).__name__ == "Video"
    assert type(inspector.inspect(str(picture), folders).what).__name__ == "Image"
    with pytest.raises(BadInput, match="is an image, not a video"):
        inspector.inspect(str(picture), folders, "video")
    with pytest.raises(BadInput, match="is a video, not an image"):
        inspector.inspect(str(video), folders, "image")

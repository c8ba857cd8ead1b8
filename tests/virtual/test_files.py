"""Files and the media store."""

import struct

import pytest

from tests.virtual.test_shell import new_phone, run
from tmcore.virtual.files import Files, real

QUERY = "content query --uri content://media/external/video/media"
SCAN = "content call --uri content://media --method scan_file --arg"


def tiny_mp4(milliseconds: int, extra: bytes = b"") -> bytes:
    """Just the movie header that says how long it is."""
    header = struct.pack(
        ">4sI4s4sIIII", b"\0\0\0\x6c", 0, b"mvhd", bytes(4), 0, 0, 1000, milliseconds
    )
    return b"\0\0\0\x14ftypisom" + bytes(8) + header[8:] + bytes(80) + extra


@pytest.mark.parametrize(
    "path", ["/sdcard/a", "/storage/self/primary/a", "/sdcard//./a", "/storage/emulated/0/b/../a"]
)
def test_aliases_lead_to_one_file(path: str) -> None:
    assert real(path) == "/storage/emulated/0/a"


def test_same_bytes_are_kept_once() -> None:
    """Fifty phones with one video must cost one video."""
    first, second = Files(), Files()
    first.write("/sdcard/a", b"x" * 1000)
    second.write("/sdcard/b", b"x" * 1000)

    assert first.read("/sdcard/a") is second.read("/sdcard/b")


def test_full_storage_refuses_and_says_so() -> None:
    files = Files()
    files.room = 10

    with pytest.raises(OSError, match="No space left"):
        files.write("/sdcard/a", b"x" * 11)
    assert files.free == 10


async def test_row_appears_only_after_scan_and_duration_later() -> None:
    """A pushed file is unknown to pickers until it is scanned."""
    phone = new_phone()
    phone.files.write("/sdcard/Movies/a.mp4", tiny_mp4(8123))
    query = f"{QUERY} --projection _display_name:duration"
    assert (await run(phone, query))[0] == "No result found.\n"

    scan = f"{SCAN} /storage/emulated/0/Movies/a.mp4"
    out, _, _ = await run(phone, scan)

    assert out.startswith("Result: Bundle[{uri=content://media/external/video/media/")
    assert (await run(phone, query))[0] == "Row: 0 _display_name=a.mp4, duration=NULL\n"
    await run(phone, "sleep 0.2")
    where = f"{query} --where \"_display_name='a.mp4'\""
    assert (await run(phone, where))[0] == "Row: 0 _display_name=a.mp4, duration=8123\n"


async def test_scan_by_sdcard_path_finds_nothing() -> None:
    """scan_file wants the real path, as on real phones."""
    phone = new_phone()
    phone.files.write("/sdcard/Movies/a.mp4", b"x")

    out, _, _ = await run(
        phone, "content call --uri content://media --method scan_file --arg /sdcard/Movies/a.mp4"
    )

    assert out == "Result: Bundle[{uri=null}]\n"


async def test_scanner_broadcast_scans_too() -> None:
    phone = new_phone()
    phone.files.write("/sdcard/Movies/a.mp4", b"x")

    await run(
        phone,
        "am broadcast -a android.intent.action.MEDIA_SCANNER_SCAN_FILE -d file:///storage/emulated/0/Movies/a.mp4",
    )

    assert [r.path for r in phone.media.newest()] == ["/storage/emulated/0/Movies/a.mp4"]


async def test_removed_file_leaves_gallery() -> None:
    phone = new_phone()
    phone.files.write("/sdcard/Movies/a.mp4", b"x")
    phone.media.scan("/sdcard/Movies/a.mp4")

    await run(phone, "rm /sdcard/Movies/a.mp4")

    assert phone.media.newest() == []


async def test_commas_in_projection_fail() -> None:
    """A projection is separated by colons; commas are an SQL error with exit 0."""
    phone = new_phone()
    _, err, code = await run(
        phone, "content query --uri content://media/external/video/media --projection _id,_data"
    )

    assert ("Invalid column" in err, code) == (True, 0)

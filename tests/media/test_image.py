"""A whole image is told from everything else that a file can be."""

import resource
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image as Pillow

from tmcore.errors import BadInput
from tmcore.media.image import Image, probe_image
from tmcore.media.limits import count_error, limit_errors


def save(path: Path, kind: str, size: tuple[int, int] = (40, 30), **options: object) -> Path:
    Pillow.effect_noise(size, 90).convert("RGB").save(path, kind, **options)
    return path


def probe(path: Path) -> Image:
    with path.open("rb") as file:
        found = probe_image(file)
        assert file.tell() == 0
        return found


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        probe(path)
    (error,) = refused.value.errors
    assert error.field == "script_config.material_list"
    return error.message.removeprefix(repr(str(path)) + " ")


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
def test_an_image_is_what_its_bytes_say(tmp_path: Path, kind: str) -> None:
    """Whatever its name ends in."""
    path = save(tmp_path / "photo.bin", kind)

    found = probe(path)

    assert (found.format, found.width, found.height) == (kind, 40, 30)
    assert found.size_bytes == path.stat().st_size


def test_phones_with_two_lenses_write_a_jpeg_too(tmp_path: Path) -> None:
    """Several pictures in one JPEG file are read as its first."""
    second = Pillow.new("RGB", (40, 30), "red")
    path = save(tmp_path / "two.jpg", "MPO", save_all=True, append_images=[second])

    assert probe(path).format == "jpeg"


def test_a_progressive_jpeg_is_read(tmp_path: Path) -> None:
    """As most web pages have them."""
    assert probe(save(tmp_path / "a.jpg", "jpeg", progressive=True)).width == 40


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_an_image_that_is_cut_off(tmp_path: Path, kind: str, share: float) -> None:
    """A download that stopped is refused, however late it stopped."""
    path = save(tmp_path / "cut", kind, (300, 300))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    assert "is not a whole image" in refusal(path)


def test_a_png_with_a_wrong_byte(tmp_path: Path) -> None:
    """Its checksums tell."""
    path = save(tmp_path / "a.png", "png", (300, 300))
    content = bytearray(path.read_bytes())
    content[2000] ^= 1
    path.write_bytes(content)

    assert "is not a whole image" in refusal(path)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to width x height bytes of nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(width + 1)
    rows = b"".join(packer.compress(row) for _ in range(min(height, 2000))) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [8_500, 13_000, 20_000, 2**31 - 1])
def test_a_bomb_is_refused_by_its_header(tmp_path: Path, side: int) -> None:
    """Its size is known before it is unpacked; nothing of it comes into memory."""
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(side, side) if side < 30_000 else bomb(10, 10).replace(
        struct.pack(">II", 10, 10), struct.pack(">II", side, side)))  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    said = refusal(path)

    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert "claims to be" in said or "is not a whole image" in said
    assert grown_kb < 20_000


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0", "is HEIC, which is not read here; convert it to JPEG"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "is AVIF, which is not read here; convert it to JPEG"),
        (b"II*\0" + bytes(20), "is TIFF, which is not read here; convert it to JPEG"),
        (b"BM" + bytes(30), "is BMP, which is not read here; convert it to JPEG"),
        (b"%PDF-1.7 and so on....", "is not an image"),
        (b"<svg xmlns='http://www'/>", "is not an image"),
        (b"\x89PNG\r\n\x1a\n", "is not a whole image"),
        (b"\xff\xd8\xff", "is not a whole image"),
    ],
)
def test_what_is_no_image_that_can_be_posted(tmp_path: Path, head: bytes, what: str) -> None:
    """The kind is named where it is known, with what to do."""
    path = tmp_path / "x.jpg"
    path.write_bytes(head)

    assert what in refusal(path)


def test_a_video_among_images(video: Path) -> None:
    """It is called what it is."""
    assert refusal(video) == "is a video, not an image"


@pytest.mark.parametrize(
    ("change", "app", "what"),
    [
        ({"format": "gif"}, "tiktok", "is gif; tiktok takes jpeg, png, webp"),
        ({"format": "webp"}, "instagram", "is webp; instagram takes jpeg, png, gif"),
        ({"size_bytes": 21 * 10**6}, "tiktok", "has 21 MB; tiktok takes at most 20 MB"),
        (
            {"width": 9000, "height": 6000}, "tiktok",
            "is 9000x6000 pixels (54 Mpx); tiktok takes at most 50 Mpx",
        ),
    ],
)  # fmt: skip
def test_an_image_outside_the_limits(change: dict[str, object], app: str, what: str) -> None:
    """Each limit is named with the value, what the app takes, and the file."""
    image = Image(format="jpeg", width=1080, height=1920, size_bytes=10**6)

    (error,) = limit_errors(image.model_copy(update=change), app, "a.jpg")  # type: ignore[arg-type]

    assert error.message == f"'a.jpg' {what}"


def test_a_post_has_a_most_of_images() -> None:
    """35 on TikTok, 20 on Instagram; one more is refused with both numbers."""
    assert count_error(35, "tiktok", "f") is None
    assert count_error(20, "instagram", "f") is None
    assert str(count_error(36, "tiktok", "f").message) == (  # type: ignore[union-attr]
        "36 images are too many; tiktok takes 1 to 35"
    )
    assert count_error(21, "instagram", "f")

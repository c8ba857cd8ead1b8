"""A whole video is told from everything else that a file can be."""

import random
from pathlib import Path
from timeit import repeat
from typing import get_args

import av
import pytest
from av.stream import Disposition
from av.video.stream import VideoStream
from PIL import Image

from tmcore.accounts import App
from tmcore.errors import BadInput
from tmcore.media.boxes import missing_bytes
from tmcore.media.limits import limit_errors
from tmcore.media.probe import Video, probe_video
from tmcore.media.sample import make_video


def probe(path: Path) -> Video:
    with path.open("rb") as file:
        return probe_video(file)


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        probe(path)
    (error,) = refused.value.errors
    assert error.field == "script_config.material_list"
    assert error.message.startswith(repr(str(path)))
    return error.message


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def encode(path: Path, codec: str, *, container: str, options: dict[str, str]) -> Path:
    """Two seconds of grey in any container."""
    with av.open(str(path), "w", format=container, options=options) as out:
        stream = out.add_stream(codec, rate=24, options={"g": "12"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 360, 640, "yuv420p"
        for number in range(48):
            frame = av.VideoFrame(360, 640, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([60 + number]) * plane.buffer_size)
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def encode_sound(path: Path, *, cover: bool = False) -> Path:
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=48000, layout="mono")
        picture = out.add_stream("mjpeg", rate=1) if cover else None
        if picture:
            assert isinstance(picture, VideoStream)
            picture.width, picture.height, picture.pix_fmt = 64, 64, "yuvj420p"
            picture.disposition = Disposition.attached_pic
        for number in range(40):
            frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            frame.planes[0].update(bytes(frame.planes[0].buffer_size))
            frame.sample_rate, frame.pts = 48000, number * 1024
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if picture:
            out.mux([*picture.encode(av.VideoFrame(64, 64, "yuvj420p")), *picture.encode(None)])
    return path


def test_a_sample_is_a_video(video: Path) -> None:
    """The video made on the spot has a length, a size and a codec, and the file is rewound."""
    with video.open("rb") as file:
        probed = probe_video(file)

        assert file.tell() == 0
    assert probed == Video(
        container="mp4",
        codec="h264",
        duration_s=3.0,
        width=360,
        height=640,
        size_bytes=video.stat().st_size,
    )
    assert limit_errors(probed, "tiktok", "clip.mp4") == ()


@pytest.mark.parametrize(
    ("codec", "container", "options", "kind"),
    [
        ("libvpx", "webm", {}, "webm"),
        ("libvpx-vp9", "webm", {}, "webm"),
        ("libx264", "mov", {}, "mov"),
        ("libx264", "matroska", {}, "mkv"),
        ("libx264", "mp4", {"movflags": "frag_keyframe+empty_moov"}, "mp4"),
    ],
)
def test_other_containers(
    codec: str, container: str, options: dict[str, str], kind: str, tmp_path: Path
) -> None:
    """WebM, MOV, Matroska and a fragmented MP4 are read, and each of them cut is refused."""
    path = encode(tmp_path / "clip", codec, container=container, options=options)
    content = path.read_bytes()

    probed = probe(path)
    assert (probed.container, round(probed.duration_s)) == (kind, 2)
    for part in range(1, 20):
        cut = write(tmp_path / "cut", content[: len(content) * part // 20])
        assert "cut off" in refusal(cut) or "end cannot be read" in refusal(cut)


@pytest.mark.parametrize("name", ["video", "web_video"])
def test_a_cut_video_is_refused(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Wherever an MP4 ends early, by a byte or by nearly all, it is not whole."""
    content = request.getfixturevalue(name).read_bytes()
    for end in [*range(len(content) - 40, len(content)), *range(40, len(content), 5003)]:
        assert "cut off" in refusal(write(tmp_path / "cut.mp4", content[:end]))


@pytest.mark.parametrize("name", ["video", "web_video"])
def test_a_video_of_reserved_space_is_refused(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A download that reserved its size first and stopped ends in zeros; that is not whole."""
    content = request.getfixturevalue(name).read_bytes()
    half = len(content) // 2

    assert "not a whole video" in refusal(
        write(tmp_path / "zeros.mp4", content[:half] + bytes(len(content) - half))
    )


def test_a_recording_without_its_end_is_refused(tmp_path: Path) -> None:
    """Where the outline has no sizes, as in a live WebM, the declared duration tells of the cut."""
    path = encode(tmp_path / "clip.webm", "libvpx", container="webm", options={})
    content = bytearray(path.read_bytes())
    size_at = content.index(b"\x18\x53\x80\x67") + 4
    content[size_at : size_at + 8] = b"\x01" + b"\xff" * 7  # "unknown"

    assert probe(write(tmp_path / "whole.webm", bytes(content))).duration_s == 2.0
    cut = write(tmp_path / "cut.webm", bytes(content[: len(content) // 3]))
    assert "its end cannot be read" in refusal(cut)


def test_a_video_without_a_first_picture_is_refused(web_video: Path, tmp_path: Path) -> None:
    """Noise where the pictures should be is no video, however good its index."""
    content = web_video.read_bytes()
    start = content.index(b"mdat") + 4
    noise = random.Random(3).randbytes(len(content) - start)

    assert "not a whole video" in refusal(write(tmp_path / "noise.mp4", content[:start] + noise))


def test_a_picture_that_claims_to_be_huge_is_not_decoded(tmp_path: Path) -> None:
    """A few bytes cannot make the server reserve gigabytes."""
    path = encode(tmp_path / "clip.webm", "libvpx", container="webm", options={})
    width = b"\xb0\x82" + (360).to_bytes(2, "big")  # the element PixelWidth
    content = path.read_bytes().replace(width, width[:2] + b"\xff\xff")

    assert "claims to be 65535x640 pixels" in refusal(write(tmp_path / "huge.webm", content))


def test_the_cover_of_a_song_is_no_video(tmp_path: Path) -> None:
    """A song with a cover has a picture, but not a moving one."""
    assert refusal(encode_sound(tmp_path / "song.mp4", cover=True)).endswith(
        "is sound only, not a video"
    )


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        (b"\0\0\0\x08ftyp\0\0\0\x10mdat12345678", 0),
        (b"\0\0\0\x08ftyp\0\0\0\x10mdat1234567", 1),
        (b"\0\0\0\x08ftyp\0\0\0\x01mdat" + (20).to_bytes(8, "big") + b"1234", 0),
        (b"\0\0\0\x08ftyp\0\0\0\x01mdat" + (2**33).to_bytes(8, "big") + b"1234", 2**33 - 20),
        (b"\0\0\0\x08ftyp\0\0\0\0mdat12345678", 0),  # size 0: up to the end
        (b"\0\0\0\x08ftyp\0\0\0\x03mdat12345678", 0),  # no such size
        (b"\0\0\0\x08ftypjunk behind it", 0),
        (b"\0\0\0\x08ftyp\0\0", 0),
        (b"\x1a\x45\xdf\xa3\x81x\x18\x53\x80\x67\x85abc", 2),
        (b"\x1a\x45\xdf\xa3\x81x\x18\x53\x80\x67\xffabc", 0),  # unknown
        (b"\x1a\x45\xdf\xa3\0", 0),
        (b"\x1a\x45\xdf\xa3", 0),
    ],
)
def test_the_outline_of_a_file(content: bytes, missing: int, tmp_path: Path) -> None:
    """Sizes of four and eight bytes, up to the end, unknown, and nonsense are understood."""
    with write(tmp_path / "clip", content).open("rb") as file:
        assert missing_bytes(file) == missing


def test_junk_behind_a_video_is_harmless(video: Path, tmp_path: Path) -> None:
    """What stands behind the last box is ignored, as players do."""
    probed = probe(write(tmp_path / "junk.mp4", video.read_bytes() + b"TAG" + bytes(125)))

    assert probed.duration_s == 3.0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_an_image_is_called_an_image(kind: str, tmp_path: Path) -> None:
    """An image that is named clip.mp4 is recognised."""
    path = tmp_path / "clip.mp4"
    Image.new("RGB", (400, 400), "red").save(path, kind)

    assert refusal(path).endswith("is an image, not a video")


def test_sound_is_called_sound(tmp_path: Path) -> None:
    """An MP4 with a sound track alone, and the files of music players."""
    assert refusal(encode_sound(tmp_path / "song.mp4")).endswith("is sound only, not a video")
    for head in (b"ID3\4", b"RIFF\0\0\0\0WAVEfmt ", b"fLaC", b"OggS"):
        assert refusal(write(tmp_path / "a.mp4", head + bytes(100))).endswith(
            "is sound only, not a video"
        )


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"hello, this is a text\n" * 100,
        bytes(5000),
        b"SQLite format 3\0" + bytes(4080),
        b"\x7fELF" + bytes(100),
        random.Random(1).randbytes(20_000),
        b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n",  # libav would open that file
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
def test_what_is_no_video(content: bytes, tmp_path: Path) -> None:
    """Text, zeros, noise, databases and playlists are not videos, whatever they are called."""
    assert "is not a video" in refusal(write(tmp_path / "clip.mp4", content))


def test_a_title_in_another_alphabet_is_harmless(video: Path, tmp_path: Path) -> None:
    """Tags that are not UTF-8, as old cameras write them, do not matter."""
    content = video.read_bytes().replace(b"VideoHandler", b"Vid\xe9oHandler")

    assert probe(write(tmp_path / "clip.mp4", content)).duration_s == 3.0


def test_damaged_videos_are_read_or_refused(video: Path, tmp_path: Path) -> None:
    """Bytes changed at random bring out a video or a refusal, never another error."""
    content, rng = video.read_bytes(), random.Random(7)
    index = content.rindex(b"moov")
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(8):
            damaged[rng.choice((rng.randrange(200), rng.randrange(index, len(content))))] = (
                rng.randrange(256)
            )
        try:
            probe(write(tmp_path / "damaged.mp4", bytes(damaged)))
        except BadInput:
            continue


def test_a_hundred_megabytes_take_no_longer(web_video: Path, tmp_path: Path) -> None:
    """Only the ends are read: a box of 100 MB between them costs nothing."""
    content = web_video.read_bytes()
    path = tmp_path / "large.mp4"
    with path.open("wb") as file:
        file.write(content + (100_000_000).to_bytes(4, "big") + b"free")
        file.truncate(len(content) + 100_000_000)

    assert probe(path).size_bytes > 100_000_000
    assert min(repeat(lambda: probe(path), number=1, repeat=3)) < 0.3


def test_the_missing_bytes_are_counted(video: Path, tmp_path: Path) -> None:
    """The outline of a file says how much of it is not there."""
    content = video.read_bytes()
    for missing in (0, 1, 500):
        with write(tmp_path / "cut.mp4", content[: len(content) - missing]).open("rb") as file:
            assert missing_bytes(file) == missing


def test_each_seed_is_another_video(tmp_path: Path) -> None:
    """A seed names its bytes: the same again, another for another seed."""
    one, same, other = (
        make_video(tmp_path / f"{name}.mp4", seconds=1, seed=seed).read_bytes()
        for name, seed in (("one", 1), ("same", 1), ("other", 2))
    )

    assert one == same != other


def test_the_picture_moves(video: Path) -> None:
    """The first and the last picture differ."""
    with av.open(str(video)) as container:
        pictures = [bytes(frame.planes[0]) for frame in container.decode(video=0)]

    assert len(pictures) == 72
    assert pictures[0] != pictures[-1]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"container": "mkv"}, "is mkv; tiktok takes mp4, mov, webm"),
        ({"codec": "mpeg4"}, "is coded as mpeg4; tiktok takes h264, hevc, vp8, vp9"),
        ({"duration_s": 600.5}, "lasts 600.5 s; tiktok takes 0 to 600 s"),
        ({"size_bytes": 5 * 10**9}, "has 5,000 MB; tiktok takes at most 4,000 MB"),
        ({"height": 4320}, "is 360x4320 pixels; tiktok takes sides of 1 to 4096 pixels"),
    ],
)
def test_a_video_outside_the_limits(change: dict[str, object], what: str, video: Path) -> None:
    """Each limit is named with the value, what the app takes, and the file."""
    changed = probe(video).model_copy(update=change)
    (error,) = limit_errors(changed, "tiktok", "clip.mp4")

    assert error.message == f"'clip.mp4' {what}"


def test_every_app_has_limits(video: Path) -> None:
    """All limits that are exceeded are named at once, by each app."""
    far_out = Video(
        container="mkv", codec="theora", duration_s=9999, width=1, height=9999, size_bytes=10**12
    )

    assert [len(limit_errors(far_out, app, "clip.mp4")) for app in get_args(App)] == [5, 5]

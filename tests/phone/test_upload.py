import hashlib
from pathlib import Path

import pytest

from tmcore.phone.lane import Call, Lane
from tmcore.phone.upload import Upload

CONTENT = b"video" * 30_000
SIZE = len(CONTENT)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
async def sent(tmp_path: Path) -> Upload:
    """An upload whose bytes have all been sent."""
    source = tmp_path / "x.mp4"
    source.write_bytes(CONTENT)
    upload, lane = Upload(source, lambda _: None), Lane("test")

    def send(call: Call[bytes]) -> bytes:
        return b"".join(upload.chunks(call))

    assert await lane.run(send, deadline_s=5) == CONTENT
    lane.close()
    return upload


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (f"{SIZE}\n{SHA256}  /x", None),
        (f"{SIZE}\r\n{SHA256}  /x\r\n", None),
        (f"{SIZE}\n{MD5}  /x", None),  # an old toybox has no sha256sum
        (f"{SIZE}\n", None),  # … or no hash at all
        (f"{SHA256}  /x", None),
        (f"{SIZE - 1}\n{SHA256}  /x", f"{SIZE - 1} of {SIZE} bytes arrived"),
        (f"{SIZE}\n{'0' * 64}  /x", "the bytes that arrived are not those that were sent"),
        (f"{SIZE}\n{'0' * 32}  /x", "the bytes that arrived are not those that were sent"),
        ("sh: stat: not found", "the phone could not check it"),
        ("", "the phone could not check it"),
    ],
)
async def test_copy_is_judged_by_what_the_phone_says(
    sent: Upload, answer: str, complaint: str | None
) -> None:
    """A copy is whole when its size and the best hash at hand say so; silence is no proof."""
    assert sent.complaint(answer) == complaint

"""A file that is sent over HTTP: who may send it, how much, and what is left when it is cut."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from tests.contract.conftest import no_adb
from tests.serve.raw import request, send
from tmcore.errors import BodyTooLarge
from tmcore.materials import MOST_UPLOAD_BYTES
from tmcore.media.inbox import Inbox
from tmcore.media.sample import make_video
from tmcore.rack import Rack
from tmserve.app import Server
from tmserve.routes import PREFIX

FILE = {"Content-Type": "application/octet-stream"}
KIND = "Content-Type: application/octet-stream"
PATH = f"{PREFIX}/material?name=a.mp4"


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[Server]:
    """A server over a real rack, whose folder for uploads is rack.uploads."""
    async with Rack(tmp_path / "rack.db", adb=no_adb()) as rack, Server(rack, port=0) as server:
        yield server


async def test_one_call_of_curl_adds_a_file(real: Server, tmp_path: Path) -> None:
    """The body is the file; what is known of it stands in the query."""
    video = make_video(tmp_path / "clip.mp4")

    async with httpx.AsyncClient(base_url=real.url, trust_env=False) as http:
        answer = await http.post(f"{PATH}&tags=a,b", content=video.read_bytes(), headers=FILE)

    data = answer.json()["data"]
    assert (data["kind"], data["tags"]) == ("video", ["a", "b"])
    assert data["size_bytes"] == video.stat().st_size


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Content-Type": "text/plain"}, 41501),  # a page may send these three unasked
        ({"Content-Type": "multipart/form-data; boundary=x"}, 41501),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 41501),
        (FILE | {"Origin": "https://evil.example"}, 40302),
        (FILE | {"Sec-Fetch-Site": "cross-site"}, 40302),
        (FILE | {"Host": "evil.example"}, 40302),
        (FILE | {"Authorization": "Bearer tm_nobody"}, 40101),
    ],
)
async def test_no_page_can_send_a_file(
    real: Server, tmp_path: Path, headers: dict[str, str], code: int
) -> None:
    """The door is asked before a byte is kept."""
    async with httpx.AsyncClient(base_url=real.url, trust_env=False) as http:
        answer = await http.post(PATH, content=b"x" * 100, headers=headers)

    assert answer.json()["code"] == code
    assert not (tmp_path / "rack.uploads").exists()


async def test_no_other_route_takes_a_file(http: httpx.AsyncClient) -> None:
    """JSON alone opens every other door."""
    for path in ("/task", "/schedule", "/plan"):
        answer = await http.post(path, content=b"{}", headers=FILE)
        assert answer.json()["code"] == 41501


async def test_a_file_needs_a_name(real: Server, tmp_path: Path) -> None:
    """It is asked for before anything is kept."""
    async with httpx.AsyncClient(base_url=real.url, trust_env=False) as http:
        answer = await http.post(f"{PREFIX}/material", content=b"x", headers=FILE)

    assert [error["field"] for error in answer.json()["data"]["errors"]] == ["name"]
    assert not (tmp_path / "rack.uploads").exists()


async def test_a_length_over_the_limit_is_refused_at_once(real: Server) -> None:
    """Before a byte of it has come."""
    head = request("POST", PATH, f"Host: 127.0.0.1:{real.port}", KIND,
                   f"Content-Length: {MOST_UPLOAD_BYTES + 1}")  # fmt: skip

    answer = await send(real.port, head)

    assert answer.json["code"] == 41301


@pytest.mark.parametrize("over", [-1, 0, 1])
async def test_the_limit_ends_where_it_says(tmp_path: Path, over: int) -> None:
    """One below and the limit itself are kept, one more is refused and leaves nothing."""
    inbox = Inbox(tmp_path / "in", most=100_000)

    async def content() -> AsyncIterator[bytes]:
        for size in (60_000, 40_000 + over):
            yield b"x" * size

    if over > 0:
        with pytest.raises(BodyTooLarge):
            await inbox.receive(content())
        assert list(inbox.folder.iterdir()) == []
    else:
        received = await inbox.receive(content())
        assert received.part.stat().st_size == 100_000 + over


async def test_a_cut_line_leaves_nothing(real: Server, tmp_path: Path) -> None:
    """A sender that goes in the middle; its half file goes too."""
    folder = tmp_path / "rack.uploads"
    _, writer = await asyncio.open_connection("127.0.0.1", real.port)
    head = request("POST", PATH, f"Host: 127.0.0.1:{real.port}", KIND,
                   "Content-Length: 1000000")  # fmt: skip
    writer.write(head + b"x" * 300_000)
    await writer.drain()
    await until(lambda: folder.exists() and any(f.stat().st_size for f in folder.iterdir()))

    writer.transport.abort()

    await until(lambda: not list(folder.iterdir()))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


def test_what_a_crash_left_half_is_taken_away(tmp_path: Path) -> None:
    """Whole files stay."""
    inbox = Inbox(tmp_path)
    for name in ("abc.part", "0123-a.mp4"):
        (tmp_path / name).touch()

    inbox.clear()

    assert [file.name for file in tmp_path.iterdir()] == ["0123-a.mp4"]

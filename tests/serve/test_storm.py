"""Clients that go away, thousands of them: Tortoise as shipped wedges after five."""

import asyncio
import json
import socket
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.contract.conftest import SERIALS, seed
from tests.promises.checker import broken
from tests.serve.process import Service, service
from tests.serve.raw import answer, request
from tmserve.routes import PREFIX

ABORTED, AT_ONCE = 3000, 60
SPREAD = 5  # what a loop, a pool or an allocator may hold more or less of
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset
SECOND = 1.0


@pytest.fixture
async def storm_db(tmp_path: Path, video: Path) -> Path:
    await seed(tmp_path / "rack.db", video)
    return tmp_path / "rack.db"


def post_body(video: Path) -> bytes:
    config = {"material_list": [str(video)], "captions": "hello"}
    wanted = {"serials": SERIALS[:1], "script_name": "post", "script_config": config}
    return json.dumps(wanted).encode()


def requests(port: int, video: Path) -> list[bytes]:
    """One of each kind: reads, writes, streams, and what is refused."""

    def one(method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
        typed = ("Content-Type: application/json",) if body else ()
        host = f"Host: localhost:{port}"
        return request(method, PREFIX + path, host, *typed, *headers, body=body)

    create = post_body(video)
    return [
        one("GET", "/task?page_size=100"),
        one("GET", "/task/stats"),
        one("GET", "/device"),
        one("GET", "/events?after=0"),
        one("GET", "/health/ready"),
        one("POST", "/task", create),
        one("POST", "/task", create, "Idempotency-Key: storm"),
        one("PUT", "/settings", b'{"max_retry_count": 3}'),
        one("POST", "/task/2/stop"),
        one("POST", "/task/2/retry"),
        one("DELETE", "/task/batch", b'{"task_ids": [3]}'),
        one("POST", f"/device/{SERIALS[1]}/pause", b'{"reason": "storm"}'),
        one("POST", "/task", b'{"serials": 7}'),
    ]


async def abort(port: int, data: bytes, rng: Random) -> None:
    """Send some or all of it, wait a moment or for the first bytes, and slam the door."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data[: rng.choice([len(data), len(data), rng.randrange(1, len(data))])])
    await writer.drain()
    match rng.randrange(3):
        case 1:
            await asyncio.sleep(rng.random() * 0.02)
        case 2:
            await asyncio.wait([asyncio.ensure_future(reader.read(1))], timeout=0.02)
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


async def storm(port: int, kinds: list[bytes], rng: Random) -> None:
    left: Iterator[int] = iter(range(ABORTED))

    async def client() -> None:
        for number in left:
            await abort(port, kinds[number % len(kinds)], rng)

    await asyncio.gather(*(client() for _ in range(AT_ONCE)))


async def creates(port: int, video: Path, over: asyncio.Event) -> list[int]:
    """Create until the storm is over; return every id that was answered."""
    told: list[int] = []
    body = post_body(video)
    typed = "Content-Type: application/json"
    create = request("POST", f"{PREFIX}/task", f"Host: localhost:{port}", typed, body=body)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not over.is_set():
        writer.write(create)
        said = (await answer(reader)).json
        assert said["code"] == 0, said
        told += said["data"]["task_ids"]
    writer.close()
    return told


async def calm(serving: Service, before: dict[str, int]) -> dict[str, int]:
    """Return by how much it holds more than before, as soon as that is little."""
    more: dict[str, int] = {}
    for _ in range(50):
        now = await serving.holds()
        more = {name: now[name] - before[name] for name in now}
        if max(more.values()) <= SPREAD:
            break
        await asyncio.sleep(0.1)
    return more


async def test_three_thousand_aborted_requests(storm_db: Path, video: Path) -> None:
    """A read and a write take no second afterwards, nothing leaked, nothing told of is lost."""
    rng = Random(6)
    async with service(storm_db) as serving:
        kinds = requests(serving.port, video)
        for kind in kinds:  # once each, so that what is made at first use is there
            await abort(serving.port, kind, Random(1))
        before = await serving.holds()
        over = asyncio.Event()
        creating = asyncio.create_task(creates(serving.port, video, over))
        await storm(serving.port, kinds, rng)
        over.set()
        told = await creating

        async with asyncio.timeout(SECOND):
            stats = await serving.ask("GET", "/task/stats")
        async with asyncio.timeout(SECOND):
            written = await serving.ask("PUT", "/settings", json={"max_retry_count": 4})
        more = await calm(serving, before)
        assert await serving.end() == 0

    assert (stats["code"], written["code"]) == (0, 0)
    assert max(more.values()) <= SPREAD, more
    assert told
    assert broken(storm_db, {}) == []
    assert set(told) - ids(storm_db) <= {3}  # which the storm itself deleted
    assert not [line for line in serving.said if "rror" in line or "Traceback" in line]


def ids(db: Path) -> set[int]:
    with closing(sqlite3.connect(db)) as opened:
        return {row[0] for row in opened.execute("SELECT id FROM task")}

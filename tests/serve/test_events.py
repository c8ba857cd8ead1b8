"""GET /events: server-sent events over a real socket."""

import asyncio

import httpx
import pytest

from tests.serve.fake import FakeRack
from tmserve.app import Server


async def lines(url: str, count: int, headers: dict[str, str] | None = None) -> list[str]:
    """The first lines of the stream that are not empty."""
    async with (
        httpx.AsyncClient() as http,
        http.stream("GET", f"{url}/api/v1/events", headers=headers) as response,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        found: list[str] = []
        async for line in response.aiter_lines():
            if line:
                found.append(line)
            if len(found) == count:
                break
        return found


async def test_durable_events_have_an_id_and_live_ones_none() -> None:
    """So that a browser's Last-Event-ID always names something that can be resumed from."""
    async with Server(FakeRack(), port=0) as server:
        said = await asyncio.wait_for(lines(server.url, 6), 5)

    assert said[0].startswith("retry: ")
    assert said[1:3] == ["id: 1", "event: task"]
    assert said[3].startswith('data: {"id":1,')
    assert said[4] == "event: log"


async def test_last_event_id_resumes() -> None:
    """The header that browsers send when they reconnect."""
    async with Server(FakeRack(), port=0) as server:
        said = await asyncio.wait_for(lines(server.url, 2, {"Last-Event-ID": "41"}), 5)

    assert said[1] == "id: 42"


@pytest.mark.parametrize("after", ["-1", "x", "1" * 30])
async def test_a_bad_id_is_refused(after: str) -> None:
    """In the envelope, before the stream begins."""
    async with Server(FakeRack(), port=0) as server, httpx.AsyncClient() as http:
        answer = await http.get(f"{server.url}/api/v1/events", params={"after": after})

    assert (answer.status_code, answer.json()["code"]) == (400, 40001)


async def test_a_stopping_server_ends_the_streams() -> None:
    """A reader would never leave by itself; the server does not wait for it."""
    server = Server(FakeRack(), port=0)
    await server.start()
    reading = asyncio.create_task(lines(server.url, 1000))
    await asyncio.sleep(0.2)  # the stream is open

    await asyncio.wait_for(server.stop(), 3)

    assert len(await asyncio.wait_for(reading, 3)) == 6


async def test_a_foreign_page_hears_nothing() -> None:
    """The door stands before the stream as well."""
    async with Server(FakeRack(), port=0) as server, httpx.AsyncClient() as http:
        headers = {"Origin": "https://evil.example"}
        answer = await http.get(f"{server.url}/api/v1/events", headers=headers)

    assert answer.json()["code"] == 40302

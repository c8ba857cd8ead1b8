"""GET /events: server-sent events over a real socket."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.serve.fake import KNOWN, NOW, FakeRack
from tmcore.engine.news import News
from tmcore.events import Batch, Event, EventKind
from tmcore.model import NewTask, TaskStatus
from tmserve import stream
from tmserve.app import Server
from tmserve.client import RemoteRack
from tmserve.stream import as_text


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


class Talkative(FakeRack):
    """Has more to say than a socket's buffers hold, or one thing that is hard to carry."""

    def __init__(self, text: str = "x" * 100_000) -> None:
        super().__init__()
        self.text = text

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        del after
        while True:
            yield Event(kind=EventKind.LOG, at=NOW, serial="R58M1", text=self.text)
            await asyncio.sleep(0)


@asynccontextmanager
async def deaf_reader(server: Server) -> AsyncIterator[asyncio.StreamReader]:
    """Somebody who opens the stream and reads only its head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1000)
    writer.write(f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    try:
        yield reader
    finally:
        writer.close()


async def test_a_reader_that_reads_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection is closed, not only forgotten."""
    monkeypatch.setattr(stream, "PATIENCE_S", 0.2)
    async with Server(Talkative(), port=0) as server, deaf_reader(server) as reader:
        await asyncio.sleep(1)
        ended, _ = await asyncio.wait({asyncio.create_task(reader.read())}, timeout=10)

    assert ended


async def test_a_reader_that_reads_nothing_holds_no_stop_up() -> None:
    """The grace of a stop is for requests, not for somebody who does not listen."""
    server = Server(Talkative(), port=0)
    await server.start()
    async with deaf_reader(server):
        await asyncio.sleep(0.3)

        await asyncio.wait_for(server.stop(), 5)


@pytest.mark.parametrize(
    "text", ["a\u2028b\u2029c\x85d", "one\r\ntwo\n\nthree", "\x1c\x1e\x0b\x0c"]
)
async def test_no_text_breaks_the_stream(text: str) -> None:
    """What other programs take for an end of a line arrives as it was."""
    async with Server(Talkative(text), port=0) as server, RemoteRack(server.url) as rack:
        heard = await asyncio.wait_for(anext(rack.events()), 5)

    assert heard.text == text


async def test_hundreds_wait_on_one_stream() -> None:
    """More than the client has connections; each is told when its own task has ended."""
    rack = Ending()
    async with Server(rack, port=0) as server, RemoteRack(server.url) as far:
        created = await far.create(NewTask(serials=KNOWN, script_name="post", script_config={}))
        waiting = [asyncio.create_task(far.wait(created.task_ids[0])) for _ in range(300)]
        await asyncio.wait_for(rack.listened.wait(), 30)
        await rack.stop(created.task_ids[0])
        rack.ended.set()
        ended = await asyncio.wait_for(asyncio.gather(*waiting), 30)

    assert {task.status for task in ended} == {TaskStatus.FAILED}
    assert rack.streams == 1


class Telling(FakeRack):
    """Tells everyone of long events, by the real news."""

    newest = 0

    def __init__(self) -> None:
        super().__init__()
        self.news = News(self.fetch, lambda: self.newest)

    async def fetch(self, after: int, limit: int) -> list[Event]:
        ids = range(after + 1, min(self.newest, after + limit) + 1)
        return [Event(id=n, kind=EventKind.TASK, at=NOW, text="x" * 20_000) for n in ids]

    def batches(self, after: int | None = None) -> AsyncGenerator[Batch]:
        return self.news.follow(after)

    async def commit(self, count: int, readers: int) -> None:
        """Happen to all of so many readers."""
        while len(self.news) < readers:
            await asyncio.sleep(0.01)
        self.newest += count
        self.news.wake()


async def test_an_event_is_written_once_for_all_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """And comes to each of them whole, though many do not fit into one piece."""
    written: list[int | None] = []

    def write(event: Event) -> str:
        written.append(event.id)
        return as_text(event)

    monkeypatch.setattr(stream, "as_text", write)
    rack = Telling()
    async with Server(rack, port=0) as server:
        reading = [asyncio.create_task(lines(server.url, 1 + 3 * 20)) for _ in range(10)]
        await rack.commit(20, readers=10)
        heard = await asyncio.wait_for(asyncio.gather(*reading), 20)

    assert written == list(range(1, 21))
    assert all(said == heard[0] for said in heard)
    assert [line for line in heard[0] if line.startswith("id")] == [f"id: {n}" for n in written]


async def test_a_deaf_reader_holds_no_other_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is dropped, alone; the other one has heard everything."""
    monkeypatch.setattr(stream, "PATIENCE_S", 1.0)
    rack = Telling()
    async with Server(rack, port=0) as server, deaf_reader(server):
        reading = asyncio.create_task(lines(server.url, 1 + 3 * 1500))
        await rack.commit(1500, readers=2)
        heard = await asyncio.wait_for(reading, 20)
        async with asyncio.timeout(20):
            while rack.news:
                await asyncio.sleep(0.05)

    assert [line for line in heard if line.startswith("id")] == [f"id: {n}" for n in range(1, 1501)]


async def test_a_quiet_line_is_pinged(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a comment, which no reader takes for an event."""
    monkeypatch.setattr(stream, "PING_S", 0.05)
    async with Server(Telling(), port=0) as server:
        said = await asyncio.wait_for(lines(server.url, 3), 5)

    assert said[1:] == [": ping", ": ping"]


class Ending(FakeRack):
    """Tells of one task's end when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.ended, self.listened, self.streams = asyncio.Event(), asyncio.Event(), 0

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        del after
        self.streams += 1
        self.listened.set()
        await self.ended.wait()
        yield Event(id=7, kind=EventKind.TASK, at=NOW, change="stop", task_id=min(self.rows))
        await asyncio.Event().wait()


async def test_a_foreign_page_hears_nothing() -> None:
    """The door stands before the stream as well."""
    async with Server(FakeRack(), port=0) as server, httpx.AsyncClient() as http:
        headers = {"Origin": "https://evil.example"}
        answer = await http.get(f"{server.url}/api/v1/events", headers=headers)

    assert answer.json()["code"] == 40302

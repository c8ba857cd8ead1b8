"""RemoteRack where the contract suite cannot lead it: other servers, broken ones, none."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.serve.fake import FakeRack
from tmcore.api import RackApi
from tmcore.errors import AccessDenied, ServerUnreachable, TmError
from tmcore.model import FAILED, NewTask, Source, TaskPage, TaskQuery
from tmserve.app import Server
from tmserve.client import RemoteRack

NEW = NewTask(serials=("R58M1",), script_name="post", script_config={"sound": None, "ü": ["🎬"]})


@asynccontextmanager
async def other_server(reply: bytes) -> AsyncIterator[str]:
    """Something on a port that is not a rack's server."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}"


STRANGERS = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
    b"220 smtp ready\r\n",
    b"",
]


@pytest.mark.parametrize("reply", STRANGERS, ids=repr)
async def test_stranger_on_the_port(reply: bytes) -> None:
    """Whatever else answers, or breaks off, is a ServerUnreachable that names the address."""
    async with other_server(reply) as url, RemoteRack(url) as rack:
        with pytest.raises(ServerUnreachable, match=url):
            await rack.stats()


async def test_what_was_sent_arrives(rack: FakeRack, server: Server) -> None:
    """Nulls and characters inside script_config survive the wire; defaults are not sent."""
    async with RemoteRack(server.url + "/") as remote:
        [task_id] = (await remote.create(NEW)).task_ids

    assert rack.rows[task_id].script_config == NEW.script_config


class Asked(FakeRack):
    """Notes the last query."""

    query: TaskQuery | None = None

    async def tasks(self, query: TaskQuery = TaskQuery()) -> TaskPage:  # noqa: B008
        self.query = query
        return await super().tasks(query)


async def test_every_filter_is_sent() -> None:
    """A query arrives as it was asked."""
    rack = Asked()
    query = TaskQuery(
        status=FAILED,
        serial="R58M1",
        script_name="a&b=c",
        source=Source.UI,
        page=3,
        page_size=7,
    )

    async with Server(rack, port=0) as server, RemoteRack(server.url) as remote:
        await remote.tasks(query)

    assert rack.query == query


async def test_internal_error_keeps_its_reference(rack: FakeRack, server: Server) -> None:
    """A 50001 arrives as a TmError with the reference to look up."""
    rack.broken = RuntimeError("secret")

    async with RemoteRack(server.url) as remote:
        with pytest.raises(TmError, match=r"log has the details under [0-9a-f]{8}") as caught:
            await remote.stats()

    assert "secret" not in str(caught.value)


async def test_starter_is_access_denied(rack: FakeRack, server: Server) -> None:
    """The plan's refusal arrives as what it is."""
    await rack.change_settings({"plan": "Starter"})

    async with RemoteRack(server.url) as remote:
        with pytest.raises(AccessDenied, match="Starter"):
            await remote.stats()


async def test_server_that_went_away(rack: FakeRack) -> None:
    """A server that stops in between is noticed at the next call; one that is back is used."""
    server = Server(rack, port=0)
    await server.start()
    port = server.port
    async with RemoteRack(server.url) as remote:
        await remote.stats()
        await server.stop()
        with pytest.raises(ServerUnreachable):
            await remote.stats()
        async with Server(rack, port=port):
            assert (await remote.stats()).total == 0


async def test_proxy_of_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment is not asked for what is on this computer."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    async with RemoteRack(server.url) as remote:
        assert (await remote.stats()).total == 0


def test_client_loads_no_server() -> None:
    """Importing RemoteRack costs neither Sanic nor Tortoise."""
    code = (
        "import sys, tmserve.client;"
        "print([m for m in ('sanic', 'tortoise', 'tmcore.rack') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert out.stdout.strip() == b"[]"


def test_both_are_racks() -> None:
    """RemoteRack and the tests' own rack satisfy RackApi, by their types."""
    made: list[Callable[[], RackApi]] = [lambda: RemoteRack("http://localhost"), FakeRack]

    assert len(made) == 2

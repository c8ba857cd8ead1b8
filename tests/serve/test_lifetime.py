"""Starting, stopping, and clients that leave."""

import asyncio
import logging
import socket
import struct

import httpx
import pytest

from tests.serve.fake import FakeRack
from tests.serve.raw import answer, client, request
from tmcore.errors import BadInput
from tmserve.app import PortTaken, Server, listen
from tmserve.routes import PREFIX

BODY = b'{"serials": ["R58M1"], "script_name": "post", "script_config": {}}'
POST = f"{PREFIX}/task"
TYPE = "Content-Type: application/json"
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset


def create(port: int) -> bytes:
    return request("POST", POST, f"Host: localhost:{port}", TYPE, body=BODY)


async def test_two_at_once_and_again(rack: FakeRack) -> None:
    """Several servers live in one process, and one can be started after another."""
    other = FakeRack()
    for _ in range(3):
        async with (
            Server(rack, port=0) as one,
            Server(other, port=0) as two,
            client() as http,
        ):
            headers = {"Content-Type": "application/json"}
            await http.post(one.url + POST, content=BODY, headers=headers)
            assert (await http.get(two.url + POST)).json()["data"]["total"] == 0

    assert (len(rack.rows), len(other.rows)) == (3, 0)


async def test_start_again_on_the_same_port(rack: FakeRack) -> None:
    """A server that stopped frees its port and can be started anew."""
    server = Server(rack, port=0)
    await server.start()
    port = server.port
    await server.stop()

    async with Server(rack, port=port) as again:
        assert again.port == port


async def test_stop_twice(rack: FakeRack) -> None:
    """A second stop, or one without a start, does nothing."""
    server = Server(rack, port=0)
    await server.stop()
    await server.start()
    await server.stop()
    await server.stop()


async def test_taken_port(server: Server, rack: FakeRack) -> None:
    """A port in use is refused with the way out."""
    with pytest.raises(PortTaken, match=r"used by another program.*--port"):
        await Server(rack, port=server.port).start()


@pytest.mark.parametrize("port", [-1, 65536])
def test_impossible_port(port: int) -> None:
    """A number that is no port is refused as input."""
    with pytest.raises(BadInput, match="port"):
        listen("127.0.0.1", port)


async def test_clients_that_leave(
    server: Server, rack: FakeRack, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """300 clients that reset their connection in the middle of a create lose no create.

    Each request that had arrived is carried out, and the server answers as before.
    """
    rack.gate.clear()
    caplog.set_level(logging.WARNING)
    for _ in range(300):
        rack.entered.clear()
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(create(server.port))
        await rack.entered.wait()
        sock: socket.socket = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()
    rack.gate.set()

    total = (await http.get("/task")).json()["data"]["total"]

    assert total == 300
    assert not caplog.records


async def test_clients_that_leave_half_way(
    server: Server, rack: FakeRack, http: httpx.AsyncClient
) -> None:
    """A request cut at any byte creates nothing and disturbs nobody."""
    whole = create(server.port)
    for length in range(1, len(whole), 3):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(whole[:length])
        await writer.drain()
        writer.close()

    assert (await http.get("/task")).json()["data"]["total"] == 0


async def test_slow_senders_do_not_keep_others_out(server: Server, http: httpx.AsyncClient) -> None:
    """200 connections that never finish their request keep nobody out (slow loris)."""
    writers = []
    for _ in range(200):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST /api/v1/task HTTP/1.1\r\nHost: loc")
        writers.append(writer)

    assert (await http.get("/task")).status_code == 200
    for writer in writers:
        writer.close()


async def test_stop_waits_for_a_slow_request(rack: FakeRack) -> None:
    """A request under way is answered before the server ends; a new one finds nobody."""
    server = Server(rack, port=0)
    await server.start()
    port = server.port
    rack.gate.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(create(port))
    await rack.entered.wait()

    stopping = asyncio.create_task(server.stop())
    await asyncio.sleep(0)
    with pytest.raises(OSError):  # noqa: PT011  # refused or reset
        await asyncio.open_connection("127.0.0.1", port)
    rack.gate.set()
    response = await answer(reader)
    await stopping

    assert response.json["data"]["created_count"] == 1
    writer.close()


async def test_stop_is_limited(rack: FakeRack) -> None:
    """A request that does not end is cut when the grace is over."""
    server = Server(rack, port=0, grace_s=0.1)
    await server.start()
    rack.gate.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(create(server.port))
    await rack.entered.wait()

    await asyncio.wait_for(server.stop(), 2)

    assert await reader.read() == b""
    assert not rack.touched
    writer.close()


async def test_stop_is_quick_when_nothing_is_asked(rack: FakeRack) -> None:
    """Idle connections and half-sent requests do not hold up the end."""
    server = Server(rack, port=0)
    await server.start()
    _, idle = await asyncio.open_connection("127.0.0.1", server.port)
    _, half = await asyncio.open_connection("127.0.0.1", server.port)
    half.write(b"GET / HT")
    async with client() as http:
        await http.get(server.url + POST)
        await asyncio.wait_for(server.stop(), 1)

    idle.close()
    half.close()


async def test_environment_is_not_about_us(rack: FakeRack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SANIC_ variable that somebody left in the environment changes nothing."""
    monkeypatch.setenv("SANIC_REQUEST_MAX_SIZE", "1")
    monkeypatch.setenv("SANIC_KEEP_ALIVE_TIMEOUT", "nonsense")

    async with (
        Server(rack, port=0) as server,
        client() as http,
    ):
        headers = {"Content-Type": "application/json"}
        response = await http.post(server.url + POST, content=BODY, headers=headers)

    assert response.status_code == 200

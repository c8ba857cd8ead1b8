"""The door: whatever a web page or another name for this computer could send is turned away."""

import asyncio
import itertools
from collections.abc import Iterator

import httpx
import pytest

from tests.serve.fake import FakeRack
from tests.serve.paths import EVERY, paths_of
from tests.serve.raw import RawAnswer, request, send
from tmcore.errors import BadInput
from tmserve.app import Server, listen
from tmserve.routes import PREFIX, ROUTES

BODY = b'{"serials": ["R58M1"], "script_name": "post", "script_config": {}}'
TYPES = (
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
)
PATHS = [(r.method, path) for r in EVERY for path in paths_of(r)]
PATHS += [("OPTIONS", f"{PREFIX}/task"), ("GET", "/nothing")]

FOREIGN = [
    ("Host: evil.example",),
    ("Host: evil.example:{port}",),
    ("Host: 0.0.0.0:{port}",),
    ("Host: localhost.evil.com:{port}",),
    ("Host: 127.0.0.1.evil.com",),
    ("Host: evil:80@127.0.0.1",),
    ("Host: 127.0.0.1:{port}@evil",),
    ("Host: 127.0.0.1:1",),
    ("Host: 127.1:{port}",),
    ("Host: [::]:{port}",),
    ("Host: ::1",),
    ("Host: localhost.",),
    ("Host: 127.0.0.1\udcff",),
    ("Host: localhost:{port}, evil.example",),
    ("Host:",),
    (),
    ("Host: localhost:{port}", "Host: localhost:{port}"),
    ("Host: localhost:{port}", "Host: evil.example"),
    ("Host: localhost:{port}", "Origin: http://evil.example"),
    ("Host: localhost:{port}", "Origin: null"),
    ("Host: localhost:{port}", "Origin:"),
    ("Host: localhost:{port}", "Origin: http://localhost:1"),
    ("Host: localhost:{port}", "Origin: https://localhost:{port}"),
    ("Host: localhost:{port}", "Origin: http://localhost:{port}.evil.com"),
    ("Host: localhost:{port}", "Origin: http://localhost:{port}", "Origin: http://evil.example"),
    ("Host: localhost:{port}", "Origin: chrome-extension://abc"),
    ("Host: localhost:{port}", "Sec-Fetch-Site: cross-site"),
    ("Host: localhost:{port}", "Sec-Fetch-Site: same-site"),
    ("Host: localhost:{port}", "Sec-Fetch-Site: Cross-Site"),
    ("Host: localhost:{port}", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"),
]
WELCOME = [
    ("Host: localhost",),
    ("Host: LOCALHOST:{port}",),
    ("Host: 127.0.0.1:{port}",),
    ("Host: [::1]:{port}",),
    ("Host: [::1]",),
    ("Host: localhost:{port}", "Origin: http://localhost:{port}"),
    ("Host: localhost:{port}", "Origin: http://127.0.0.1:{port}", "Sec-Fetch-Site: same-origin"),
    ("Host: localhost:{port}", "Sec-Fetch-Site: none"),
    ("Host: localhost:{port}", "X-Forwarded-Host: evil.example"),
]


def filled(headers: tuple[str, ...], port: int) -> list[str]:
    return [header.replace("{port}", str(port)) for header in headers]


def assert_closed(answer: RawAnswer) -> None:
    assert (answer.status, answer.json["code"]) == (403, 40302)
    assert "access-control" not in answer.head.lower()


@pytest.mark.parametrize("headers", FOREIGN, ids=" ".join)
async def test_foreigners_are_turned_away(
    server: Server, rack: FakeRack, headers: tuple[str, ...]
) -> None:
    """A foreign Host, Origin or site gets 40302 at every route, and nothing happens."""
    port = server.port
    settings = await rack.settings()

    for method, path in PATHS:
        lines = [*filled(headers, port), "Content-Type: application/json"]
        assert_closed(await send(port, request(method, path, *lines, body=BODY)))

    assert not rack.touched
    assert await rack.settings() == settings


@pytest.mark.parametrize("headers", [h for h in FOREIGN if len(h) == 2 and "Origin" in h[1]])
async def test_no_type_opens_the_door(
    server: Server, rack: FakeRack, headers: tuple[str, ...]
) -> None:
    """With a foreign Origin each content type and none, with a body or without, is 40302."""
    bodies: Iterator[tuple[str, bytes]] = itertools.product(TYPES, (BODY, b""))

    for kind, body in bodies:
        lines = [*filled(headers, server.port), f"Content-Type: {kind}"]
        data = request("POST", f"{PREFIX}/task", *lines, body=body)
        assert_closed(await send(server.port, data))

    assert not rack.touched


async def test_head_is_turned_away(http: httpx.AsyncClient) -> None:
    """HEAD knocks at the same door."""
    assert (await http.head("/task", headers={"Origin": "http://evil.example"})).status_code == 403


async def test_the_door_is_before_the_body(http: httpx.AsyncClient) -> None:
    """A foreign request is refused as foreign, not for its size or its type."""
    response = await http.post(
        "/task", content=b" " * 1024 * 1024, headers={"Origin": "null", "Content-Type": "a/b"}
    )

    assert response.json()["code"] == 40302


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{port}/api/v1/task", "http://evil.example/api/v1/task"]
)
async def test_absolute_target(server: Server, target: str) -> None:
    """This server is no proxy: an absolute target is refused even when it names us."""
    host = f"Host: 127.0.0.1:{server.port}"

    answer = await send(server.port, request("GET", target.format(port=server.port), host))

    assert_closed(answer)


@pytest.mark.parametrize("headers", WELCOME, ids=" ".join)
async def test_our_own_names_are_welcome(server: Server, headers: tuple[str, ...]) -> None:
    """Each name of this computer, with the port or without, and our own origin may enter."""
    answer = await send(
        server.port, request("GET", f"{PREFIX}/task", *filled(headers, server.port))
    )

    assert (answer.status, answer.json["code"]) == (200, 0)


async def test_websocket_is_not_spoken(server: Server) -> None:
    """There is no websocket: an upgrade is answered as what it asks, behind the same door."""
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", f"Host: localhost:{server.port}")

    plain = await send(server.port, request("GET", f"{PREFIX}/task", *upgrade))
    foreign = request("GET", f"{PREFIX}/task", *upgrade, "Origin: http://evil.example")

    assert (plain.status, plain.json["code"]) == (200, 0)
    assert_closed(await send(server.port, foreign))


async def test_preflight_gets_nothing(http: httpx.AsyncClient) -> None:
    """A preflight is refused and sees no CORS header."""
    headers = {
        "Origin": "http://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Private-Network": "true",
    }

    response = await http.options("/task", headers=headers)

    assert response.status_code == 403
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "", "::", "192.168.0.1", "10.0.0.1", "example.com", "127.0.0.1.evil.com"]
)
def test_only_loopback_is_bound(host: str) -> None:
    """No other address is listened on."""
    with pytest.raises(BadInput, match="host"):
        listen(host, 0)


async def test_other_addresses_do_not_reach_it(server: Server) -> None:
    """What is bound is one address, not every one of this computer (S1)."""
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.2", server.port)


def test_routes_are_unique() -> None:
    """The route table holds each method and path once."""
    assert len({(r.method, r.path) for r in ROUTES}) == len(ROUTES)


async def test_get_changes_nothing(server: Server, http: httpx.AsyncClient, rack: FakeRack) -> None:
    """No GET of the table changes anything (S6)."""
    await http.post("/task", content=BODY, headers={"Content-Type": "application/json"})
    before = dict(rack.rows), rack.set

    for method, path in PATHS:
        if method == "GET":
            async with http.stream("GET", server.url + path):
                pass  # the stream of events has no end

    assert (dict(rack.rows), rack.set) == before

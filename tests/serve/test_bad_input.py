"""Whatever is sent, the answer is the documented envelope and code, and nothing is created."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serve.fake import Broken, FakeRack
from tests.serve.raw import request, send
from tmserve.app import Server

POST = {"serials": ["R58M1"], "script_name": "post", "script_config": {}}
JSON = {"Content-Type": "application/json"}
LIMIT = 256 * 1024


@pytest.fixture(autouse=True)
async def nothing_created(rack: FakeRack) -> AsyncIterator[None]:
    yield
    assert not rack.touched


def assert_refused(response: httpx.Response, code: int) -> dict[str, Any]:
    envelope: dict[str, Any] = response.json()
    assert (envelope["code"], response.status_code) == (code, code // 100), envelope
    assert envelope.keys() == {"code", "message", "data"}
    return envelope


CREATES = [
    ({}, 40002, "script_name"),
    ({"script_name": None, "serials": 5, "nonsense": 1}, 40002, "script_name"),
    ({"script_name": "", "serials": ["gone"]}, 40002, "script_name"),
    (POST | {"serials": ["gone", "R58M1", "lost"]}, 40401, "gone, lost"),
    (POST | {"serials": "R58M1"}, 40001, "serials"),
    (POST | {"usernames": [1]}, 40001, "usernames[0]"),
    (POST | {"script_config": []}, 40001, "script_config"),
    (POST | {"script_config": "{}"}, 40001, "script_config"),
    (POST | {"enable_multi_account": "maybe"}, 40001, "enable_multi_account"),
    (POST | {"min_interval": "soon"}, 40001, "min_interval"),
    (POST | {"start_at": "today"}, 40001, "start_at"),
    (POST | {"source": "moon"}, 40001, "source"),
    (POST | {"serails": ["R58M1"]}, 40001, "did you mean serials"),
    (POST | {"script_name": 5}, 40001, "script_name"),
]


@pytest.mark.parametrize(("body", "code", "named"), CREATES)
async def test_bad_create(http: httpx.AsyncClient, body: Any, code: int, named: str) -> None:
    """A bad create is refused by name; a missing script_name comes before anything else."""
    envelope = assert_refused(await http.post("/task", json=body), code)

    assert named in envelope["message"]


async def test_all_errors_are_listed(http: httpx.AsyncClient) -> None:
    """data.errors lists every wrong field, not only the first."""
    body = POST | {"serials": 1, "min_interval": "a", "source": "b", "nonsense": 2}

    envelope = assert_refused(await http.post("/task", json=body), 40001)

    fields = {e["field"] for e in envelope["data"]["errors"]}
    assert fields == {"serials", "min_interval", "source", "nonsense"}
    assert all(e.keys() == {"field", "message"} for e in envelope["data"]["errors"])


BODIES = [
    b"not json",
    b"[1]",
    b'"post"',
    b"null",
    b"   ",
    b'{"script_name": "post"',
    b'{"script_name": "post", "min_interval": NaN}',
    b'{"script_name": "post", "min_interval": -Infinity}',
    b'{"script_name": "post", "min_interval": 1e999}',
    b'{"script_name": "post", "min_interval": 9223372036854775808}',
    b'{"script_name": "post", "min_interval": 100000000000000000000}',
    b'{"script_name": "post", "script_config": {"captions": "\\ud800"}}',
    b'{"script_name": "post", "script_config": {"captions": "a\\u0000b"}}',
    b'{"script_name": "post", "script_config": {"captions": "\xff"}}',
    b'{"script_name": "post", "script_config": ' + b'{"a":' * 32 + b"1" + b"}" * 33,
    b'{"script_name": "post", "serials": [' + b"1," * 10_000 + b"1]}",
    b"[" * 100_000,
    b"\xef\xbb\xbf",
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:60]))
async def test_unreadable_body(http: httpx.AsyncClient, body: bytes) -> None:
    """What is not a JSON object that we could keep is a 40001 that says why."""
    response = await http.post("/task", content=body, headers=JSON)

    assert_refused(response, 40001)


async def test_nesting_limit_is_exact(http: httpx.AsyncClient, rack: FakeRack) -> None:
    """32 levels pass, 33 do not."""
    deepest = b'{"script_name":"post","x":' + b"[" * 31 + b"]" * 31 + b"}"
    deeper = b'{"script_name":"post","x":' + b"[" * 32 + b"]" * 32 + b"}"

    allowed = await http.post("/task", content=deepest, headers=JSON)
    refused = await http.post("/task", content=deeper, headers=JSON)

    assert "nested" not in allowed.json()["message"]
    assert "nested" in refused.json()["message"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/task"),
        ("DELETE", "/task/batch"),
        ("POST", "/task/1/resolve"),
        ("POST", "/account"),
        ("PUT", "/settings"),
    ],
)
async def test_other_content_type(
    http: httpx.AsyncClient, method: str, path: str, kind: str
) -> None:
    """A body under any type that a foreign page may send is 41501."""
    headers = {"Content-Type": kind} if kind else None

    response = await http.request(method, path, content=b'{"script_name": "x"}', headers=headers)

    assert_refused(response, 41501)


async def test_empty_create_misses_its_script(http: httpx.AsyncClient) -> None:
    """A create without any body lacks a script_name: 40002."""
    assert_refused(await http.post("/task"), 40002)


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/task/batch"), ("POST", "/task/1/resolve"), ("PUT", "/settings")],
)
async def test_empty_body(http: httpx.AsyncClient, method: str, path: str) -> None:
    """Where a body is needed, none is a 40001."""
    assert_refused(await http.request(method, path), 40001)


@pytest.mark.parametrize(
    "ids", [{}, {"task_ids": 1}, {"task_ids": [0]}, {"task_ids": [True]}, {"task_ids": ["x"]}]
)
async def test_bad_batch(http: httpx.AsyncClient, ids: Any) -> None:
    """Ids of a batch are positive whole numbers; true is not task 1."""
    assert_refused(await http.request("DELETE", "/task/batch", json=ids), 40001)


@pytest.mark.parametrize("body", [{}, {"posted": "true"}, {"posted": 1}, {"posted": None}])
async def test_bad_resolution(http: httpx.AsyncClient, body: Any) -> None:
    """Only true and false settle a task."""
    assert_refused(await http.post("/task/1/resolve", json=body), 40001)


QUERIES = [
    "status=9",
    "status=failed",
    "status=-1",
    "page=0",
    "page=-1",
    "page=1.5",
    "page=x",
    "page=99999999999999999999",
    "page_size=101",
    "page_size=0",
    "source=moon",
]


@pytest.mark.parametrize("query", QUERIES)
async def test_bad_query(http: httpx.AsyncClient, query: str) -> None:
    """A bad query names its parameter and the value."""
    name, value = query.split("=")

    envelope = assert_refused(await http.get(f"/task?{query}"), 40001)

    assert envelope["data"]["errors"][0]["field"] == name
    assert value[:10] in envelope["message"]


@pytest.mark.parametrize(
    "query", ["status=", "page=&page_size=", "foo=1", "status=%20%20x=", "serial=%ed%a0%80", "&&="]
)
async def test_harmless_query(http: httpx.AsyncClient, query: str) -> None:
    """Blank parameters are absent, unknown ones ignored, odd bytes find nothing."""
    if "%20" in query:
        assert_refused(await http.get(f"/task?{query}"), 40001)
        return
    assert (await http.get(f"/task?{query}")).json()["code"] == 0


IDS = [
    ("0", 40001),
    ("-1", 40001),
    ("+1", 40001),
    ("abc", 40001),
    ("1_0", 40001),
    ("%D9%A1", 40001),
    ("1%00", 40001),
    ("1.0", 40001),
    ("%ff", 40001),
    ("000", 40001),
    ("9", 40401),
    ("9223372036854775807", 40401),
    ("9223372036854775808", 40401),
    (str(10**20), 40401),
    ("1" * 5000, 40401),
]
WITH_ID = [
    ("GET", "/task/{}"),
    ("DELETE", "/task/{}"),
    ("POST", "/task/{}/stop"),
    ("POST", "/task/{}/retry"),
    ("GET", "/task/{}/evidence/end.png"),
    ("DELETE", "/account/{}"),
]


@pytest.mark.parametrize(("method", "path"), WITH_ID)
@pytest.mark.parametrize(("text", "code"), IDS, ids=[text[:24] for text, _ in IDS])
async def test_bad_id(
    http: httpx.AsyncClient, method: str, path: str, text: str, code: int
) -> None:
    """An id is a positive whole number (40001); one that does not exist is 40401, however large."""
    response = await http.request(method, path.format(text))

    assert_refused(response, code)


@pytest.mark.parametrize("serial", ["gone", "%ff", "a%2Fb", "%2e%2e", "x%00", "%0d%0aX:1", "é"])
async def test_unknown_device(http: httpx.AsyncClient, serial: str) -> None:
    """A serial that nobody has is a 40401, whatever bytes it is made of."""
    assert_refused(await http.get(f"/device/{serial}"), 40401)


@pytest.mark.parametrize("path", ["/nothing", "/task/1/2/3/4", "/", "//task", "/task/1/evidence/"])
async def test_unknown_path(http: httpx.AsyncClient, path: str) -> None:
    """An unknown path is a 40401 in the envelope."""
    assert_refused(await http.get(path), 40401)


WRONG = [
    ("PUT", "/task", "GET, POST"),
    ("PATCH", "/task/1", "DELETE, GET"),
    ("GET", "/task/1/stop", "POST"),
    ("OPTIONS", "/task", "GET, POST"),
    ("HEAD", "/task", "GET, POST"),
    ("GET", "/task/batch", "DELETE"),
    ("PATCH", "/task/", "GET, POST"),
    ("TRACE", "/task", "GET, POST"),
    ("BREW", "/task", "GET, POST"),
]


@pytest.mark.parametrize(("method", "path", "allowed"), WRONG)
async def test_wrong_method(http: httpx.AsyncClient, method: str, path: str, allowed: str) -> None:
    """A wrong method is 40501 and says which are right; HEAD and OPTIONS too, without CORS."""
    response = await http.request(method, path)

    assert response.status_code == 405
    assert sorted(response.headers["allow"].split(", ")) == sorted(allowed.split(", "))
    assert not [name for name in response.headers if name.startswith("access-control")]
    if method != "HEAD":
        assert_refused(response, 40501)


@pytest.mark.parametrize("size", [LIMIT + 1, 3 * 1024 * 1024])
async def test_large_body(http: httpx.AsyncClient, size: int) -> None:
    """A body over 256 KB is a 41301, one of 3 MB too, and the connection lives on."""
    response = await http.post("/task", content=b" " * size, headers=JSON)

    assert_refused(response, 41301)
    assert (await http.get("/task")).status_code == 200


async def test_large_chunked_body(http: httpx.AsyncClient) -> None:
    """A large body of undeclared length is a 41301 as well."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b" " * 10_000

    assert_refused(await http.post("/task", content=chunks(), headers=JSON), 41301)


async def test_body_at_the_limit(http: httpx.AsyncClient) -> None:
    """A body of exactly 256 KB is read."""
    body = b'{"script_name": ""}'.ljust(LIMIT)

    assert_refused(await http.post("/task", content=body, headers=JSON), 40002)


async def test_large_body_from_a_raw_socket(server: Server) -> None:
    """A client that first sends all of its 3 MB reads the 41301, not a reset."""
    headers = (f"Host: 127.0.0.1:{server.port}", "Content-Type: application/json")
    body = b" " * (3 * 1024 * 1024)

    answer = await send(server.port, request("POST", "/api/v1/task", *headers, body=body))

    assert (answer.status, answer.json["code"]) == (413, 41301)


async def test_120_mb(server: Server, http: httpx.AsyncClient) -> None:
    """120 MB are refused while they come: they are not kept, and others are answered (S21)."""
    size, chunk = 120 * 1024 * 1024, b" " * 65536
    headers = (f"Host: 127.0.0.1:{server.port}", "Content-Type: application/json")
    head = request("POST", "/api/v1/task", *headers, f"Content-Length: {size}")
    before = resident()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(head)
    status = await reader.readline()
    with suppress(ConnectionError):
        for _ in range(size // len(chunk)):
            writer.write(chunk)
            await writer.drain()
    writer.close()

    assert b"413" in status
    assert resident() - before < 16 * 1024 * 1024
    assert (await http.get("/task")).status_code == 200


def resident() -> int:
    """The bytes of memory that this process, server and client, holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


RAW = [
    b"nonsense\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST /api/v1/task HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
    request("POST", "/api/v1/task", "Host: localhost", "Content-Length: 1", body=b"xx"),
    request("POST", "/api/v1/task", "Host: localhost", "Transfer-Encoding: chunked") + b"zz\r\n",
]


@pytest.mark.parametrize("data", RAW, ids=lambda data: repr(data[:40]))
async def test_broken_http(server: Server, data: bytes) -> None:
    """What is not HTTP is answered in the envelope, too."""
    answer = await send(server.port, data)

    assert (answer.status, answer.json["code"]) == (400, 40001)


@pytest.mark.parametrize("error", [RuntimeError("/home/ann/rack.db"), Broken("/home/ann/rack.db")])
async def test_internal_error_tells_a_reference_only(
    http: httpx.AsyncClient, rack: FakeRack, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """A 50001 names a reference that is also in the log; no path, no traceback goes out."""
    rack.broken = error

    with caplog.at_level(logging.ERROR, "tmserve"):
        envelope = assert_refused(await http.get("/task/stats"), 50001)

    (record,) = [r for r in caplog.records if r.name == "tmserve"]
    assert record.exc_info
    assert record.getMessage().split()[-1] in envelope["message"]
    assert "/home" not in envelope["message"]
    assert "Traceback" not in str(envelope)


async def test_a_wrong_name_is_refused_in_words(http: httpx.AsyncClient) -> None:
    """A pattern is told as the characters it takes, not as a regular expression."""
    account = {"app": "tiktok", "username": "two words", "serial": "R58M1"}

    said = assert_refused(await http.post("/account", json=account), 40001)["message"]

    assert said == "username: 'two words' is not allowed; use 1 to 64 characters of A-Za-z0-9._"

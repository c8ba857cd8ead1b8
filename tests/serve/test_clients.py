"""Clients as they are documented for the reference API, unmodified: each must simply work."""

import asyncio
import json
import shutil
from typing import Any

import httpx
import pytest
import requests

from tests.serve.fake import FakeRack
from tests.serve.raw import client, request, send
from tmserve.app import Server
from tmserve.routes import PREFIX

BODY: dict[str, Any] = {
    "serials": ["R58M1"],
    "script_name": "post",
    "script_config": {"captions": "Grüße 🎬"},
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def with_requests(url: str) -> list[Any]:
    session = requests.Session()
    session.trust_env = False
    made = session.post(f"{url}/task", json=BODY, timeout=5).json()
    task_id = made["data"]["task_ids"][0]
    return [
        made,
        session.get(f"{url}/task", params={"status": 0, "page": 1}, timeout=5).json(),
        session.post(f"{url}/task/{task_id}/stop", timeout=5).json(),
        session.post(f"{url}/task/{task_id}/retry", timeout=5).json(),
        session.post(f"{url}/task/retry-all", timeout=5).json(),
        session.delete(f"{url}/task/{task_id}", timeout=5).json(),
        session.delete(f"{url}/task/batch", json={"task_ids": [1]}, timeout=5).json(),
    ]


async def test_python_requests(server: Server, rack: FakeRack) -> None:
    """Python requests creates, lists, stops, retries and deletes, bodies and no bodies."""
    answers = await asyncio.to_thread(with_requests, server.url + PREFIX)

    assert [a["code"] for a in answers] == [0] * 7


async def run(*command: str) -> Any:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return json.loads(out)


def needs(program: str) -> pytest.MarkDecorator:
    missing = shutil.which(program) is None
    return pytest.mark.skipif(missing, reason=f"{program} is not installed")


@needs("curl")
async def test_curl(server: Server, rack: FakeRack) -> None:
    """curl's -d with a JSON header creates; its bare -X POST stops; its -X DELETE deletes."""
    url = server.url + PREFIX
    curl = ("curl", "-s", "--noproxy", "*")
    typed = ("-H", "Content-Type: application/json")

    made = await run(*curl, "-X", "POST", f"{url}/task", *typed, "-d", json.dumps(BODY))
    stopped = await run(*curl, "-X", "POST", f"{url}/task/101/stop")
    ids = json.dumps({"task_ids": [101]})
    batch = await run(*curl, "-X", "DELETE", f"{url}/task/batch", *typed, "-d", ids)

    assert (made["data"]["task_ids"], stopped["data"]["reason"]) == ([101], "stopped")
    assert batch["data"] == {"deleted_count": 1, "not_found": []}


@needs("curl")
async def test_curl_reads_413(server: Server, rack: FakeRack) -> None:
    """curl, which waits for a 100 before it sends 3 MB, reads the 41301."""
    typed = ("-H", "Content-Type: application/json", "--data-binary", "@-")
    process = await asyncio.create_subprocess_exec(
        *("curl", "-s", "--noproxy", "*", f"{server.url}{PREFIX}/task", *typed),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )

    out, _ = await process.communicate(b" " * 3 * 1024 * 1024)

    assert json.loads(out)["code"] == 41301


NODE = """
const [url, body] = process.argv.slice(1);
const json = {"Content-Type": "application/json"};
const call = async (path, options) => (await fetch(url + path, options)).json();
const made = await call("/task", {method: "POST", headers: json, body});
const stopped = await call("/task/101/stop", {method: "POST"});
const again = await call("/task/retry-all", {method: "POST"});
const batch = await call("/task/batch",
    {method: "DELETE", headers: json, body: JSON.stringify({task_ids: [101]})});
const plain = await call("/task", {method: "POST", body});
console.log(JSON.stringify([made, stopped, again, batch, plain]));
"""


@needs("node")
async def test_node_fetch(server: Server, rack: FakeRack) -> None:
    """Node's fetch works; a body that it labels text/plain because none said JSON is 41501."""
    args = ("--input-type=module", "-e", NODE, server.url + PREFIX, json.dumps(BODY))

    answers = await run("node", *args)

    assert [a["code"] for a in answers] == [0, 0, 0, 0, 41501]


async def test_powershell_writes_a_byte_order_mark(http: httpx.AsyncClient, rack: FakeRack) -> None:
    """PowerShell 5.1 puts a BOM before its JSON and a charset behind its type."""
    body = b"\xef\xbb\xbf" + json.dumps(BODY).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}

    response = await http.post("/task", content=body, headers=headers)

    assert response.json()["code"] == 0
    assert rack.rows[101].script_config == BODY["script_config"]


@pytest.mark.parametrize("length", [("Content-Length: 0",), ()])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/task/101/stop"),
        ("POST", "/task/101/retry"),
        ("POST", "/task/retry-all"),
        ("DELETE", "/task/101"),
    ],
)
async def test_powershell_labels_no_body_as_a_form(
    server: Server, http: httpx.AsyncClient, method: str, path: str, length: tuple[str, ...]
) -> None:
    """PowerShell calls a bodyless POST a form, with Content-Length 0 or none: it still works."""
    await http.post("/task", json=BODY)
    form = "Content-Type: application/x-www-form-urlencoded"

    data = request(method, PREFIX + path, f"Host: 127.0.0.1:{server.port}", form, *length)
    answer = await send(server.port, data)

    assert answer.json["code"] == 0


async def test_body_where_none_is_taken(http: httpx.AsyncClient, rack: FakeRack) -> None:
    """A body that a route does not take is ignored, whatever it calls itself."""
    await http.post("/task", json=BODY)

    response = await http.post("/task/101/stop", content=b"a=b", headers=FORM)

    assert response.json()["code"] == 0


async def test_requests_in_a_row_on_one_connection(server: Server, rack: FakeRack) -> None:
    """Pipelined requests on one connection are answered in their order."""
    host = f"Host: localhost:{server.port}"
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)

    writer.write(request("GET", f"{PREFIX}/task/stats", host) * 2)
    writer.write(request("GET", f"{PREFIX}/task/stats", host, "Connection: close"))
    answers = await reader.read(-1)

    assert answers.count(b'"code":0') == 3
    writer.close()


async def test_ipv6(rack: FakeRack) -> None:
    """A server on ::1 is reached at the address that it names."""
    async with (
        Server(rack, "::1", 0) as server,
        client() as http,
    ):
        response = await http.get(f"{server.url}{PREFIX}/task")

    assert response.json()["code"] == 0

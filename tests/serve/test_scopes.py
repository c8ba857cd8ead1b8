"""Every route by every scope, from the route table: what a token allows, and nothing else."""

import httpx
import pytest

from tests.serve.fake import FakeRack
from tests.serve.paths import EVERY, body_of, named, paths_of
from tests.serve.raw import request, send
from tmcore.keys import Scope
from tmserve.app import Server
from tmserve.routes import PREFIX, PUBLIC, ROUTES, Route

REFUSED = {401, 403}


@pytest.fixture(autouse=True)
async def asks_for_tokens(rack: FakeRack) -> None:
    await rack.keys.one_of_each()
    await rack.change_settings({"require_token": True})


@pytest.fixture
async def root(server: Server) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, trust_env=False, verify=False)


async def status(http: httpx.AsyncClient, route: Route, path: str, secret: str | None) -> int:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    async with http.stream(
        route.method, path, json=body_of(route), headers=headers
    ) as response:  # the stream of events has no end to wait for
        return response.status_code


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_each_route_has_a_scope(route: Route) -> None:
    """Nobody adds a route without saying who may ask it, and what it does."""
    assert route.scope is not None
    assert route.says.endswith(".")


def test_looking_is_all_that_read_allows() -> None:
    """A read token reaches nothing that changes anything."""
    looks = {"POST /schedule/preview", "POST /plan/preview"}

    changing = {named(r) for r in EVERY if r.scope is Scope.READ and r.method != "GET"}

    assert changing <= looks


@pytest.mark.parametrize("route", EVERY, ids=named)
async def test_no_token_and_wrong_ones(root: httpx.AsyncClient, route: Route) -> None:
    """Without a token, or with one that is not known, only what is public answers."""
    for path in paths_of(route):
        assert (await status(root, route, path, None) == 401) is not route.public
        assert await status(root, route, path, "tm_nobody") == 401


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("route", EVERY, ids=named)
async def test_scope(root: httpx.AsyncClient, route: Route, scope: Scope) -> None:
    """A token reaches the routes of its scope and of those below, and is refused at the others."""
    assert route.scope
    may = route.public or scope.allows(route.scope)

    for path in paths_of(route):
        code = await status(root, route, path, f"tm_{scope}")

        assert (code not in REFUSED) is may, code


async def test_refusal_says_what_is_needed(http: httpx.AsyncClient) -> None:
    """40302 names the token, what it allows and what this needs."""
    response = await http.put("/settings", json={}, headers={"X-API-Key": "tm_read"})

    assert response.json()["code"] == 40302
    assert response.json()["message"] == "The token read allows read; this needs admin."


def test_only_health_is_public() -> None:
    """No more than this is told to whoever asks."""
    paths = ("/health/live", "/health/ready")

    assert {("GET", (p + q).encode()) for p in ("", PREFIX) for q in paths} == PUBLIC


ALMOST = [
    "GET //health/live",
    "GET /health/live/",
    "GET /health//live",
    "GET /%68ealth/live",
    "GET /health/live%00",
    "GET /health/LIVE",
    "GET /api/v1/task/health/live",
    "GET /api/v1/task/1/health",
    "GET /api/v1/device/health",
    "GET /api/v1//health/live",
    "GET /api/v1/health/live/../../task",
    "GET /api/v1/task/stats?x=/health/live",
    "GET /api/v1/task/stats;/health/live",
    "POST /health/live",
    "HEAD /health/live",
    "OPTIONS /health/live",
    "GET /nothing",
]


@pytest.mark.parametrize("line", ALMOST)
async def test_almost_public(server: Server, line: str) -> None:
    """An exemption is exact: whatever only looks like one, or does not exist, needs a token."""
    method, path = line.split(" ")
    data = request(method, path, f"Host: localhost:{server.port}", "Connection: close")

    if method == "HEAD":
        async with httpx.AsyncClient(trust_env=False, verify=False) as http:
            assert (await http.head(server.url + path)).status_code == 401
        return
    answer = await send(server.port, data)

    assert (answer.status, answer.json["code"]) == (401, 40101)
    assert "www-authenticate: bearer" in answer.head.lower()


async def test_query_of_a_public_path(http: httpx.AsyncClient) -> None:
    """A probe may add what it likes behind the question mark."""
    assert (await http.get("/health/live?probe=1")).status_code == 200

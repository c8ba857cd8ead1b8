"""Tokens over HTTP: how they are sent, and what becomes of wrong ones."""

import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.serve.fake import FakeRack
from tmcore.errors import BadInput, DoorClosed, TokenRefused, TooManyRequests
from tmcore.keys import NewToken, Scope
from tmserve.app import Server
from tmserve.client import RemoteRack
from tmserve.entrance import Entrance
from tmserve.guard import WRONG_TOKENS
from tmserve.routes import PREFIX

WRONG = [
    "tm_nobody",
    "tm_admi",
    "tm_admin2",
    "TM_ADMIN",
    "tm_admin tm_admin",
    "null",
    "é",
    "x" * 5000,
]


@pytest.fixture(autouse=True)
async def three_tokens(rack: FakeRack) -> None:
    await rack.keys.one_of_each()


@pytest.fixture
async def closed(rack: FakeRack, http: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a server that asks for tokens."""
    await rack.change_settings({"require_token": True})
    return http


async def code(http: httpx.AsyncClient, path: str = "/task", **headers: str) -> int:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    answer: int = (await http.get(path, headers=sent)).json()["code"]
    return answer


async def test_both_headers(closed: httpx.AsyncClient) -> None:
    """Bearer, in any case, and X-API-Key are understood; both at once if they agree."""
    assert await code(closed, authorization="Bearer tm_read") == 0
    assert await code(closed, authorization="bearer  tm_read") == 0
    assert await code(closed, x_api_key="tm_read") == 0
    assert await code(closed, x_api_key="tm_read", authorization="Bearer tm_read") == 0
    assert await code(closed, x_api_key="tm_read", authorization="Bearer tm_post") == 40101


@pytest.mark.parametrize("secret", WRONG, ids=lambda text: text[:20])
async def test_wrong_tokens(closed: httpx.AsyncClient, secret: str) -> None:
    """A token is right as a whole or not at all."""
    assert await code(closed, authorization=f"Bearer {secret}") == 40101


@pytest.mark.parametrize(
    "path", ["/task?token=tm_admin", "/task?access_token=tm_admin", "/task?X-API-Key=tm_admin"]
)
async def test_token_in_the_address(closed: httpx.AsyncClient, path: str) -> None:
    """An address is logged and passed on everywhere: a token in it is not taken."""
    assert await code(closed, path) == 40101


async def test_no_token_is_needed_on_loopback(http: httpx.AsyncClient) -> None:
    """Where nobody asks for one, none is needed; other credentials are about something else."""
    assert await code(http) == 0
    assert await code(http, authorization="Basic YTpi") == 0  # requests takes it from a .netrc


async def test_sent_token_counts_where_none_is_needed(http: httpx.AsyncClient) -> None:
    """A token limits its sender also where none is needed, and a revoked one opens nothing."""
    put = await http.put("/settings", json={}, headers={"X-API-Key": "tm_read"})
    await http.delete("/token/post")

    assert put.json()["code"] == 40302
    assert await code(http, x_api_key="tm_post") == 40101


async def test_revoked_at_once(closed: httpx.AsyncClient) -> None:
    """A revoked token is refused at the next request, on the same connection too."""
    admin = {"X-API-Key": "tm_admin"}
    assert await code(closed, x_api_key="tm_read") == 0

    await closed.delete("/token/read", headers=admin)

    assert await code(closed, x_api_key="tm_read") == 40101


async def test_setting_is_in_force_at_once(rack: FakeRack, http: httpx.AsyncClient) -> None:
    """require_token closes the door behind whoever has none, and opens it again."""
    await http.put("/settings", json={"require_token": True})
    assert await code(http) == 40101

    headers = {"X-API-Key": "tm_admin"}
    await http.put("/settings", json={"require_token": False}, headers=headers)

    assert await code(http) == 0


async def test_secrets_are_shown_once(http: httpx.AsyncClient) -> None:
    """The answer to the making holds the secret; no other answer does."""
    made = await http.post("/token", json={"name": "desk", "scope": "post"})
    listed = await http.get("/token")

    assert made.json()["data"]["secret"] == "tm_desk"
    assert "secret" not in listed.text
    assert "tm_" not in listed.text


BODIES = [
    {},
    {"name": "x"},
    {"name": "", "scope": "read"},
    {"name": "a b", "scope": "read"},
    {"name": "x" * 65, "scope": "read"},
    {"name": "x", "scope": "root"},
    {"name": "read", "scope": "read"},
    {"name": "x", "scope": "read", "secret": "tm_mine"},
]


@pytest.mark.parametrize("body", BODIES, ids=str)
async def test_bad_tokens_are_not_made(
    rack: FakeRack, http: httpx.AsyncClient, body: object
) -> None:
    """A bad or taken name, a scope that is none, a secret of one's own: 40001."""
    response = await http.post("/token", json=body)

    assert response.json()["code"] == 40001
    assert set(rack.keys.made) == set(Scope)


async def test_guessing_is_slow(closed: httpx.AsyncClient) -> None:
    """After ten different wrong tokens in a minute even a right one waits: 42901."""
    guesses = [await code(closed, x_api_key=f"tm_{n}") for n in range(WRONG_TOKENS)]

    response = await closed.get("/task", headers={"X-API-Key": "tm_admin"})

    assert set(guesses) == {40101}
    assert (response.json()["code"], response.status_code) == (42901, 429)
    assert response.headers["retry-after"] == "60"
    assert (await closed.get("/health/live")).status_code == 200


async def test_forgotten_script(closed: httpx.AsyncClient) -> None:
    """One wrong token, however often it is sent, keeps nobody else out."""
    codes = {await code(closed, x_api_key="tm_old") for _ in range(5 * WRONG_TOKENS)}

    assert codes == {40101}
    assert await code(closed, x_api_key="tm_admin") == 0


async def test_wrong_token_is_not_logged(
    closed: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The log tells that and whence a wrong token came, not which: it may be right elsewhere."""
    with caplog.at_level(logging.DEBUG):
        await code(closed, x_api_key="tm_other_racks_token")

    assert "a wrong token came from 127.0.0.1" in caplog.text
    assert "other_racks" not in caplog.text


async def test_headers_are_not_logged_on_an_internal_error(
    rack: FakeRack, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours tells the log what broke, not who asked with which secret."""
    rack.broken = RuntimeError("it broke")
    headers = {"X-API-Key": "tm_read", "Cookie": "s=hush"}

    with caplog.at_level(logging.DEBUG, "tmserve"):
        response = await http.get("/task/stats?secret=quiet", headers=headers)

    assert response.status_code == 500
    assert "it broke" in caplog.text
    assert not [word for word in ("tm_read", "hush", "quiet") if word in caplog.text]


@pytest.fixture
async def proxied(rack: FakeRack) -> AsyncIterator[httpx.AsyncClient]:
    """A server behind a proxy, and the proxy."""
    entrance = Entrance(behind_proxy=True, names=("rack.example",))
    async with (
        Server(rack, port=0, entrance=entrance) as server,
        httpx.AsyncClient(
            base_url=server.url + PREFIX,
            trust_env=False,
            verify=False,
            headers={"Host": "rack.example"},
        ) as http,
    ):
        yield http


async def test_behind_a_proxy(proxied: httpx.AsyncClient) -> None:
    """Everybody needs a token behind a proxy, which comes from this computer itself."""
    assert await code(proxied) == 40101
    assert await code(proxied, x_api_key="tm_read") == 0
    assert await code(proxied, x_api_key="tm_read", origin="https://rack.example") == 0
    assert await code(proxied, x_api_key="tm_read", origin="http://rack.example") == 40302


async def test_a_proxys_guests_are_told_apart(proxied: httpx.AsyncClient) -> None:
    """Wrong tokens count for the address that the proxy saw; what a client adds is not believed."""
    for n in range(WRONG_TOKENS):
        forged = f"10.0.0.{n}, 203.0.113.7"
        await code(proxied, x_api_key=f"tm_{n}", x_forwarded_for=forged)

    assert await code(proxied, x_api_key="tm_read", x_forwarded_for="203.0.113.7") == 42901
    assert await code(proxied, x_api_key="tm_read", x_forwarded_for="203.0.113.8") == 0


async def test_remote_rack_sends_its_token(
    rack: FakeRack, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RemoteRack takes a token, or the one in TM_TOKEN; and raises what it is refused with."""
    await rack.change_settings({"require_token": True})
    monkeypatch.setenv("TM_TOKEN", "tm_read")
    async with RemoteRack(server.url) as reader, RemoteRack(server.url, "tm_admin") as admin:
        assert (await reader.stats()).total == 0
        await admin.keys.add(NewToken(name="new", scope=Scope.POST))
        with pytest.raises(DoorClosed, match="allows read"):
            await reader.change_settings({})
        with pytest.raises(BadInput, match="already"):
            await admin.keys.add(NewToken(name="new", scope=Scope.POST))

    async with RemoteRack(server.url, "") as nobody:
        with pytest.raises(TokenRefused):
            await nobody.stats()


async def test_remote_rack_meets_the_limit(rack: FakeRack, server: Server) -> None:
    """Too many wrong tokens arrive as what they are."""
    for n in range(WRONG_TOKENS):
        async with RemoteRack(server.url, f"tm_{n}") as far:
            with pytest.raises(TokenRefused):
                await far.stats()

    async with RemoteRack(server.url, "tm_admin") as far:
        with pytest.raises(TooManyRequests):
            await far.stats()


def test_remote_rack_keeps_its_token() -> None:
    """A token is not shown, and not sent where it could be read on its way."""
    assert "secret" not in repr(RemoteRack("http://localhost:1", "tm_secret"))
    with pytest.raises(BadInput, match="https"):
        RemoteRack("http://rack.example", "tm_secret")
    with pytest.raises(BadInput, match="token"):
        RemoteRack("https://rack.example", "tm_ö")

"""Where a server may listen, over TLS too, and which pages may call it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
import trustme

from tests.serve.fake import FakeRack
from tests.serve.paths import EVERY, body_of, named, paths_of
from tests.serve.raw import request, send
from tmcore.engine.keyring import keys_in
from tmcore.errors import BadInput, ServerUnreachable
from tmcore.keys import NewToken, Scope
from tmserve.app import Server
from tmserve.client import RemoteRack
from tmserve.entrance import Entrance
from tmserve.routes import PREFIX, Route
from tmserve.service import demand_safe, serve

DESK = "https://desk.example"
OPEN = "0.0.0.0"


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def certificate(
    authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    issued = authority.issue_cert("localhost", "127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return folder / "cert.pem", folder / "key.pem"


LACKING = [
    (Entrance(OPEN), True, ["--tls-cert", "--allow-host"]),
    (Entrance("192.168.0.1"), True, ["--tls-cert"]),
    (Entrance("192.168.0.1", behind_proxy=True), False, ["tm token add"]),
    (Entrance("192.168.0.1", Path("c"), Path("k")), False, ["tm token add"]),
    (Entrance("::", Path("c"), Path("k")), True, ["--allow-host"]),
    (Entrance("", Path("c"), Path("k"), names=("rack.example",)), False, ["tm token add"]),
    (Entrance(behind_proxy=True), False, ["tm token add"]),
]


@pytest.mark.parametrize(("entrance", "has_token", "named"), LACKING, ids=str)
def test_what_is_lacking_is_named(entrance: Entrance, has_token: bool, named: list[str]) -> None:
    """Beyond this computer: a token and TLS, or a proxy, and a name; each is asked for."""
    with pytest.raises(BadInput, match="host") as caught:
        entrance.demand_safe(has_token=has_token)

    assert [word for word in named if word not in str(caught.value)] == []


SAFE = [
    Entrance(),
    Entrance("::1"),
    Entrance("127.0.0.9"),
    Entrance("192.168.0.1", Path("c"), Path("k")),
    Entrance(OPEN, Path("c"), Path("k"), names=("rack.example",)),
    Entrance(OPEN, behind_proxy=True, names=("rack.example",)),
]


@pytest.mark.parametrize("entrance", SAFE, ids=str)
def test_what_is_safe_may_start(entrance: Entrance) -> None:
    """With all of it a server may be reached from elsewhere."""
    entrance.demand_safe(has_token=True)


WRONG: list[tuple[str, Callable[[], object]]] = [
    ("allow-host", lambda: Entrance(names=("http://rack.example",))),
    ("allow-host", lambda: Entrance(names=("",))),
    ("allow-host", lambda: Entrance(names=("*",))),
    ("allow-origin", lambda: Entrance(origins=("*",))),
    ("allow-origin", lambda: Entrance(origins=("null",))),
    ("allow-origin", lambda: Entrance(origins=("desk.example",))),
    ("allow-origin", lambda: Entrance(origins=("https://desk.example/",))),
    ("tls-cert", lambda: Entrance(tls_cert=Path("cert.pem"))),
    ("tls-cert", lambda: Entrance(tls_cert=Path("/gone"), tls_key=Path("/gone")).tls),
]


@pytest.mark.parametrize(("field", "make"), WRONG)
def test_wrong_options(field: str, make: Callable[[], object]) -> None:
    """A name that is none, an origin that is none, half a certificate: named and refused."""
    with pytest.raises(BadInput, match=field):
        make()


async def test_start_is_refused_before_anything_happens(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    """Without a token in its database an open server does not start, nor make a file."""
    with pytest.raises(BadInput, match="tm token add"):
        await serve(
            tmp_path / "rack.db", entrance=Entrance(OPEN, *certificate, names=("rack.example",))
        )

    assert list(tmp_path.iterdir()) == []


async def test_a_token_in_the_database_lets_it_start(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    """One token is enough to start; a revoked one is none."""
    db, entrance = tmp_path / "rack.db", Entrance("192.168.0.1", *certificate)
    async with keys_in(db) as keys:
        await keys.add(NewToken(name="desk", scope=Scope.READ))
    demand_safe(db, entrance)

    async with keys_in(db) as keys:
        await keys.revoke("desk")

    with pytest.raises(BadInput, match="tm token add"):
        demand_safe(db, entrance)


def test_a_folder_that_everybody_can_change(tmp_path: Path) -> None:
    """A database beside which every user can put files is not served; /tmp, being sticky, is."""
    tmp_path.chmod(0o777)
    with pytest.raises(BadInput, match="chmod o-w"):
        demand_safe(tmp_path / "rack.db", Entrance())

    tmp_path.chmod(0o1777)
    demand_safe(tmp_path / "rack.db", Entrance())


@pytest.fixture
async def secure(rack: FakeRack, certificate: tuple[Path, Path]) -> AsyncIterator[Server]:
    entrance = Entrance("127.0.0.1", *certificate)
    async with Server(rack, port=0, entrance=entrance) as server:
        yield server


async def test_tls(
    secure: Server, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """RemoteRack speaks TLS with whom this computer trusts, and with nobody else."""
    assert secure.url.startswith("https://")
    async with RemoteRack(secure.url) as stranger:
        with pytest.raises(ServerUnreachable):
            await stranger.stats()

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0].with_name("ca.pem")))
    async with RemoteRack(secure.url) as rack:
        assert (await rack.stats()).total == 0


async def test_old_tls(secure: Server) -> None:
    """TLS before 1.2 is not spoken."""
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1

    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", secure.port, ssl=old)


async def test_plain_http_on_the_tls_port(secure: Server) -> None:
    """Plain HTTP gets no answer there: no redirect that a token would have preceded."""
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await send(secure.port, request("GET", "/health/live", "Host: localhost"))


@pytest.fixture
async def guests(rack: FakeRack) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that one page may call."""
    async with (
        Server(rack, port=0, entrance=Entrance(origins=(DESK,))) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False, verify=False) as http,
    ):
        yield http


async def test_an_allowed_page(guests: httpx.AsyncClient) -> None:
    """An allowed origin may call and read, also what is refused; its name comes back, no star."""
    page = {"Origin": DESK, "Sec-Fetch-Site": "cross-site"}

    asked = await guests.options(
        f"{PREFIX}/task", headers=page | {"Access-Control-Request-Method": "DELETE"}
    )
    read = await guests.get(f"{PREFIX}/task", headers=page)
    missing = await guests.get("/nothing", headers=page)

    assert (asked.status_code, read.status_code, missing.status_code) == (204, 200, 404)
    assert "DELETE" in asked.headers["access-control-allow-methods"]
    assert "authorization" in asked.headers["access-control-allow-headers"].lower()
    for answer in (asked, read, missing):
        assert answer.headers["access-control-allow-origin"] == DESK
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["http://desk.example", "https://desk.example:444", "https://desk.example.evil.com"]
)
async def test_other_pages(guests: httpx.AsyncClient, origin: str) -> None:
    """Any other page is as foreign as before, and sees no CORS header."""
    page = {"Origin": origin, "Access-Control-Request-Method": "POST"}

    for method in ("GET", "POST", "OPTIONS"):
        answer = await guests.request(method, f"{PREFIX}/task", headers=page)
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_no_page_without_its_name(guests: httpx.AsyncClient) -> None:
    """A cross-site request that does not say whose it is stays out."""
    response = await guests.get(f"{PREFIX}/task", headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403


async def test_an_allowed_page_needs_its_token(rack: FakeRack, guests: httpx.AsyncClient) -> None:
    """Being allowed to ask is not being allowed: only the preflight needs no token."""
    await rack.keys.one_of_each()
    await rack.change_settings({"require_token": True})
    page = {"Origin": DESK, "Access-Control-Request-Method": "POST"}

    assert (await guests.options(f"{PREFIX}/task", headers=page)).status_code == 204
    assert (await guests.get(f"{PREFIX}/task", headers=page)).status_code == 401
    assert (await guests.options(f"{PREFIX}/task", headers={"Origin": DESK})).status_code == 401


@pytest.mark.parametrize("route", EVERY, ids=named)
async def test_no_route_speaks_to_pages(http: httpx.AsyncClient, route: Route) -> None:
    """Where no origin is allowed no answer carries a CORS header (S5)."""
    base = str(http.base_url).removesuffix(f"{PREFIX}/")

    for path in paths_of(route):
        async with http.stream(route.method, base + path, json=body_of(route)) as response:
            assert not [name for name in response.headers if name.startswith("access-control")]

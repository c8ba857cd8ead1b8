"""Each limit at one below, at it, and one above: taken, taken, refused by name (S21)."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.serve.fake import FakeRack
from tmserve.wire import INT_LIMIT, MAX_BODY, MAX_DEPTH, MAX_LIST

JSON = {"Content-Type": "application/json"}
GOOD = {"serials": ["R58M1"], "script_name": "post"}


def sized(n: int) -> bytes:
    return json.dumps(GOOD | {"script_config": {}}).encode().ljust(n)


def nested(levels: int) -> bytes:
    inner: Any = {}
    for _ in range(levels - 2):  # the body itself, and script_config
        inner = {"a": inner}
    return json.dumps(GOOD | {"script_config": inner}).encode()


def listed(n: int) -> bytes:
    return json.dumps(GOOD | {"script_config": {"x": [0] * n}}).encode()


def whole(n: int) -> bytes:
    return json.dumps(GOOD | {"script_config": {"x": n}}).encode()


LIMITS: list[tuple[str, Callable[[int], bytes], int, int]] = [
    ("body", sized, MAX_BODY, 41301),
    ("depth", nested, MAX_DEPTH, 40001),
    ("list", listed, MAX_LIST, 40001),
    ("integer", whole, INT_LIMIT - 1, 40001),
]


@pytest.mark.parametrize("over", [-1, 0, 1])
@pytest.mark.parametrize(("name", "make", "most", "code"), LIMITS, ids=[x[0] for x in LIMITS])
async def test_body(
    http: httpx.AsyncClient,
    rack: FakeRack,
    name: str,
    make: Callable[[int], bytes],
    most: int,
    code: int,
    over: int,
) -> None:
    """A body's size, depth, lists and numbers end exactly where they are said to end."""
    response = await http.post("/task", content=make(most + over), headers=JSON)

    assert response.json()["code"] == (code if over > 0 else 0), response.text[:200]
    assert rack.touched is (over <= 0)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("page_size=99", 0),
        ("page_size=100", 0),
        ("page_size=101", 40001),
        ("page_size=1", 0),
        ("page_size=0", 40001),
        ("page=1", 0),
        ("page=0", 40001),
        (f"page={2**31}", 0),
        (f"page={2**31 + 1}", 40001),
    ],
)
async def test_page(http: httpx.AsyncClient, query: str, code: int) -> None:
    """A page has 1 to 100 tasks, and there is a first one and a last."""
    assert (await http.get(f"/task?{query}")).json()["code"] == code


@pytest.mark.parametrize(("length", "code"), [(63, 0), (64, 0), (65, 40001)])
async def test_token_name(http: httpx.AsyncClient, length: int, code: int) -> None:
    """A token's name has up to 64 characters."""
    body = {"name": "x" * length, "scope": "read"}

    assert (await http.post("/token", json=body)).json()["code"] == code

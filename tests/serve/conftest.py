"""A server on a real socket over a rack in memory, and clients of it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.serve.fake import FakeRack
from tmserve.app import Server
from tmserve.routes import PREFIX


@pytest.fixture
def rack() -> FakeRack:
    return FakeRack()


@pytest.fixture
async def server(rack: FakeRack) -> AsyncIterator[Server]:
    async with Server(rack, port=0) as server:
        yield server


@pytest.fixture
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=server.url + PREFIX, trust_env=False, verify=False
    ) as http:
        yield http

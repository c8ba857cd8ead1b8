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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many of its calls succeeded, for each operation of the contract."""
    passed = terminalreporter.stats.get("passed", [])
    shares = [text for report in passed for name, text in report.user_properties if name == "2xx"]
    if shares:
        terminalreporter.section("share of 2xx")
        terminalreporter.write_line("\n".join(sorted(shares)))

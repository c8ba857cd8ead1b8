"""Health and figures over HTTP: what a monitor sees."""

import asyncio

import httpx
import pytest

from tests.serve.fake import FakeRack
from tests.serve.figures import figures
from tmcore.measure import Measure, tell
from tmcore.model import Health
from tmserve.app import Server
from tmserve.client import RemoteRack


async def test_ready(http: httpx.AsyncClient) -> None:
    """A rack whose parts all work is ready, in plain JSON."""
    response = await http.get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {"ready": True, "database": "", "scheduler": "", "adb": ""}


@pytest.mark.parametrize("part", ["database", "scheduler", "adb"])
async def test_not_ready(
    rack: FakeRack, server: Server, http: httpx.AsyncClient, part: str
) -> None:
    """Where a part does not work it is a 503 that says which and why, here and from afar."""
    rack.vital = Health(**{part: "it is broken"})

    response = await http.get("/health/ready")

    assert (response.status_code, response.json()["ready"]) == (503, False)
    assert response.json()[part] == "it is broken"
    async with RemoteRack(server.url) as far:
        assert await far.health() == rack.vital


async def test_live_whatever_is_broken(rack: FakeRack, http: httpx.AsyncClient) -> None:
    """A process that answers is alive, else a monitor would kill what only waits for adb."""
    rack.vital = Health(database="disk full", scheduler="stuck", adb="gone")

    assert (await http.get("/health/live")).status_code == 200


async def test_what_is_measured_is_counted(server: Server) -> None:
    """Exchanges with phones, steps and delays arrive under the names of what was done."""
    await asyncio.sleep(0)
    before = await figures(server.url)

    tell(Measure.ADB, 0.003, "look")
    tell(Measure.STEP, 4.0, "push")
    tell(Measure.DELAY, 0.02)
    after = await figures(server.url)

    for name in (("tm_adb_seconds_count", "look"), ("tm_step_seconds_count", "push")):
        assert after[name] == before.get(name, 0) + 1
    delay = ("tm_start_delay_seconds_count",)
    assert after[delay] == before[delay] + 1
    assert ("tm_loop_lag_seconds_count",) in after

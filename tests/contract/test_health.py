"""Whether a rack can work now, and its figures: on a real rack, whose adb server is away."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from tests.contract.conftest import SERIALS, no_adb
from tests.serve.figures import figures
from tmcore.api import RackApi
from tmcore.engine import pulse
from tmcore.model import NewTask
from tmcore.rack import Rack
from tmserve.app import Server


async def test_rack_without_adb(rack: RackApi) -> None:
    """A rack that no adb server answers says so, near and far, and that the rest works."""
    health = await rack.health()

    assert (health.ready, health.database, health.scheduler) == (False, "", "")
    assert "No adb server answers" in health.adb


async def test_database_that_takes_no_write(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that cannot be written is seen by writing; a moment later it is asked anew."""
    monkeypatch.setattr(pulse, "AGAIN_S", 0)
    monkeypatch.setattr(pulse, "WRITE_S", 0.1)
    async with Rack(seeded, adb=no_adb()) as rack:
        other = sqlite3.connect(seeded, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        held = await rack.health()
        other.execute("ROLLBACK")
        other.close()
        async with asyncio.timeout(20):
            while (await rack.health()).database:
                await asyncio.sleep(0.01)

    assert "more than 0.1 s" in held.database


async def test_asking_often_costs_one_write(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks without a token makes the disk do no more than one write a second."""
    async with Rack(seeded, adb=no_adb()) as rack:
        writes = []
        touch = rack._store.vitals.touch

        async def counted() -> None:
            writes.append(1)
            await touch()

        monkeypatch.setattr(rack._store.vitals, "touch", counted)
        monkeypatch.setattr(pulse, "AGAIN_S", 3600)
        await asyncio.gather(*(rack.health() for _ in range(50)))

    assert len(writes) <= 1


@pytest.mark.parametrize(
    ("name", "said"), [("_scheduler", "due tasks"), ("_clockwork", "due schedules")]
)
async def test_stuck_loop(
    seeded: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    """What has not looked for longer than it ever sleeps twice is not alive."""
    monkeypatch.setattr(pulse, "AGAIN_S", 0)
    async with Rack(seeded, adb=no_adb()) as rack:
        await rack.health()  # by now it has looked for the first time
        loop = getattr(rack, name)
        monkeypatch.setattr(loop, "turned_at", loop.turned_at - 3600)
        stuck = await rack.health()
        loop.wake()
        async with asyncio.timeout(20):
            while (await rack.health()).scheduler:
                await asyncio.sleep(0.01)

    assert f"has not looked for {said}" in stuck.scheduler


async def test_figures_of_a_rack(seeded: Path, new: NewTask) -> None:
    """Tasks by status and reason, phones by state, the oldest due task, what was written."""
    async with Rack(seeded, adb=no_adb()) as rack, Server(rack, port=0) as server:
        before = await figures(server.url)
        created = await rack.create(new)
        await rack.stop(created.task_ids[0])
        after = await figures(server.url)

    assert after["tm_tasks", "outcome_unknown", "failed"] == 1
    assert after["tm_tasks", "stopped", "failed"] == 1
    assert after["tm_tasks", "", "pending"] == 1
    assert after["tm_phones", "away"] == len(SERIALS)
    assert (after["tm_up", "database"], after["tm_up", "adb"]) == (1, 0)
    assert before["tm_queue_age_seconds",] == 0 < after["tm_queue_age_seconds",]
    assert after["tm_writer_batch_count",] > before["tm_writer_batch_count",]
    moved = ("tm_task_changes_total", "stop", "stopped")
    assert after[moved] == before.get(moved, 0) + 1

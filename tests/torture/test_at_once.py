"""Bad moments for a wish: inside the press window, and when everybody wishes at the same time."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest

from tests.promises.checker import broken
from tests.store.conftest import FakeClock
from tests.torture.paper import Obedient, Phone, opened
from tests.torture.seeds import LONG, SEED
from tmcore import NewTask, NotFound, Rack
from tmcore.errors import BadInput
from tmcore.media.sample import make_video
from tmcore.scripts import SCRIPTS

CLIENTS, WISHES = 32, 200 if LONG else 20


@pytest.fixture
def phones() -> list[Phone]:
    return [Phone(f"PAPER{os.getpid()}Y{number}") for number in range(2)]


@pytest.fixture
def script() -> Obedient:
    return Obedient()


@pytest.fixture
async def rack(tmp_path: Path, phones: list[Phone], script: Obedient) -> AsyncIterator[Rack]:
    with patch.dict(SCRIPTS, post=script):
        rack = await opened(tmp_path / "rack.db", phones, FakeClock())
        make_video(tmp_path / "clip.mp4")
        yield rack
        rack.hurry()
        await rack.__aexit__(None, None, None)
    assert broken(tmp_path / "rack.db", {phone.serial: phone.truth for phone in phones}) == []


async def created(rack: Rack, folder: Path, phones: list[Phone]) -> list[int]:
    config = {"captions": "Hello", "material_list": [str(folder / "clip.mp4")]}
    serials = tuple(phone.serial for phone in phones)
    new = NewTask(serials=serials, script_name="post", script_config=config)
    return list((await rack.create(new)).task_ids)


async def reaches(script: Obedient, task_id: int, at: str) -> None:
    async with asyncio.timeout(10):
        while task_id not in script.gates or script.gates[task_id].at != at:
            await asyncio.sleep(0.001)


async def test_a_delete_waits_for_the_press_that_is_on_its_way(
    rack: Rack, tmp_path: Path, phones: list[Phone], script: Obedient
) -> None:
    """In the window nothing interrupts; then the task goes, and the ledger keeps its press."""
    [task_id] = await created(rack, tmp_path, phones[:1])
    await reaches(script, task_id, "before")
    script.gates[task_id].say("go")
    await reaches(script, task_id, "window")

    deleting = asyncio.create_task(rack.delete([task_id]))
    assert not (await asyncio.wait({deleting}, timeout=0.05))[0]
    script.gates[task_id].say("go")
    deleted = await asyncio.wait_for(deleting, 5)

    assert deleted.deleted_count == 1
    assert phones[0].presses[task_id] == 1
    with pytest.raises(NotFound):
        await rack.task(task_id)
    [press] = await rack._store._read("SELECT outcome FROM press WHERE task_id = ?", task_id)
    assert press["outcome"] == "unknown"


@pytest.mark.timeout(180)
async def test_everybody_wishes_something_else_of_the_same_tasks(
    rack: Rack, tmp_path: Path, phones: list[Phone], script: Obedient
) -> None:
    """32 clients stop, retry, delete and resolve at once: each is done or refused by name."""
    dice = Random(SEED)
    ids = [i for _ in range(6) for i in await created(rack, tmp_path, phones)]
    done = 0

    async def client() -> None:
        nonlocal done
        for _ in range(WISHES):
            task_id = dice.choice(ids)
            wish = dice.choice((rack.stop, rack.retry, _delete, _resolve, _create))
            with suppress(BadInput, NotFound):
                await wish(task_id)
                done += 1

    async def _delete(task_id: int) -> None:
        if dice.random() < 0.1:
            await rack.delete([task_id])

    async def _resolve(task_id: int) -> None:
        await rack.resolve(task_id, posted=dice.random() < 0.5)

    async def _create(_: int) -> None:
        ids.extend(await created(rack, tmp_path, [dice.choice(phones)]))

    async def tell() -> None:
        while True:
            for gate in list(script.gates.values()):
                if gate.at:
                    gate.say(dice.choice(("go", "go", "fail", "doubt")))
            await asyncio.sleep(0.001)

    telling = asyncio.create_task(tell())
    async with asyncio.timeout(120):
        await asyncio.gather(*(client() for _ in range(CLIENTS)))
    stats = await rack.stats()
    telling.cancel()

    assert done > CLIENTS, f"TM_SEED={SEED}"
    assert stats.pending + stats.running + stats.completed + stats.failed == stats.total
    assert sum(phone.presses.total() for phone in phones) > 0

"""A create that is sent again under its key is carried out once, near and far."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.conftest import SERIALS, no_adb
from tests.store.conftest import FakeClock
from tmcore.api import RackApi
from tmcore.errors import BadInput, Conflict, NotFound
from tmcore.keys import NewToken, Scope
from tmcore.model import Created, NewTask
from tmcore.rack import Rack
from tmserve.app import Server
from tmserve.client import RemoteRack
from tmserve.routes import PREFIX

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


async def test_a_repeat_gets_the_first_answer(rack: RackApi, new: NewTask) -> None:
    """Word for word, warnings and all, and nothing more is created."""
    first = await rack.create(new, key=KEY)
    total = (await rack.stats()).total

    again = await rack.create(new, key=KEY)

    assert again == first
    assert (await rack.stats()).total == total


async def test_the_first_answer_outlives_its_tasks(rack: RackApi, new: NewTask) -> None:
    """A repeat that comes late does not bring back what was deleted in between."""
    first = await rack.create(new, key=KEY)
    await rack.delete(first.task_ids)

    assert await rack.create(new, key=KEY) == first
    with pytest.raises(NotFound):
        await rack.task(first.task_ids[0])


async def test_another_body_is_refused(rack: RackApi, new: NewTask, post: dict[str, Any]) -> None:
    """A key that was used for one request does not make another one."""
    await rack.create(new, key=KEY)
    before = await rack.stats()

    with pytest.raises(Conflict, match="another request"):
        await rack.create(NewTask(**post, min_interval=1, max_interval=2), key=KEY)

    assert await rack.stats() == before


async def test_the_same_body_may_be_written_otherwise(
    rack: RackApi, new: NewTask, post: dict[str, Any]
) -> None:
    """A default spelt out, or keys in another order, do not make it another body."""
    first = await rack.create(new, key=KEY)
    config = dict(reversed(post["script_config"].items()))

    again = await rack.create(
        NewTask(**post | {"script_config": config, "min_interval": 0}), key=KEY
    )

    assert again == first


async def test_a_refused_request_leaves_its_key_free(
    rack: RackApi, new: NewTask, post: dict[str, Any]
) -> None:
    """What was wrong created nothing, so it may be mended and sent again."""
    with pytest.raises(NotFound):
        await rack.create(NewTask(**post | {"serials": ("gone",)}), key=KEY)

    assert (await rack.create(new, key=KEY)).created_count == len(SERIALS)


async def test_many_at_once_make_one(rack: RackApi, new: NewTask) -> None:
    """Of 32 with one key, those that come while the first is at work are told so; all agree."""
    before = (await rack.stats()).total

    answers = await asyncio.gather(
        *(rack.create(new, key=KEY) for _ in range(32)), return_exceptions=True
    )

    made = [answer for answer in answers if isinstance(answer, Created)]
    others = [answer for answer in answers if not isinstance(answer, Created)]
    assert made
    assert all(one == made[0] for one in made)
    assert all(isinstance(one, Conflict) and "still at work" in str(one) for one in others)
    assert (await rack.stats()).total == before + len(SERIALS)


async def test_keys_are_apart(rack: RackApi, new: NewTask) -> None:
    """Two keys, or none, are two requests."""
    made = [await rack.create(new, key=key) for key in (KEY, "x", None, None)]

    assert len({one.task_ids for one in made}) == 4


@pytest.mark.parametrize("key", ["", "a b", "a\n", "\0", "ü", "x" * 256, "\ud800"], ids=ascii)
async def test_a_bad_key_is_named(rack: RackApi, new: NewTask, key: str) -> None:
    """What cannot be a header's value is refused before anything happens."""
    before = await rack.stats()

    with pytest.raises(BadInput, match=r"Idempotency-Key.*visible ASCII"):
        await rack.create(new, key=key)

    assert await rack.stats() == before


async def test_the_longest_key_is_kept_apart(rack: RackApi, new: NewTask) -> None:
    """255 characters are a key, and all of them count."""
    made = [await rack.create(new, key="x" * 254 + end) for end in "ab"]

    assert made[0].task_ids != made[1].task_ids


async def test_a_restart_does_not_forget(seeded: Path, new: NewTask) -> None:
    """The answer is in the database with the tasks."""
    async with Rack(seeded, adb=no_adb()) as rack:
        first = await rack.create(new, key=KEY)

    async with Rack(seeded, adb=no_adb()) as rack:
        assert await rack.create(new, key=KEY) == first


async def test_a_day_later_the_key_is_free(seeded: Path, new: NewTask) -> None:
    """Kept for 24 hours, then forgotten: the table does not grow for ever."""
    clock = FakeClock()
    async with Rack(seeded, adb=no_adb(), clock=clock) as rack:
        first = await rack.create(new, key=KEY)
        await rack.create(new, key="another")
        clock.go_on(24 * 3600 - 1)
        assert await rack.create(new, key=KEY) == first

        clock.go_on(1)
        later = await rack.create(new, key=KEY)

        assert set(later.task_ids).isdisjoint(first.task_ids)
        assert len(await rack._store._read("SELECT key FROM answer")) == 1


async def test_a_caller_that_left_and_comes_again(seeded: Path, new: NewTask) -> None:
    """Cancelled at any moment, a create and its repeat together make its tasks once."""
    async with Rack(seeded, adb=no_adb()) as rack:
        before = (await rack.stats()).total
        for turn in range(40):
            first = asyncio.create_task(rack.create(new, key=f"{turn}"))
            for _ in range(turn):
                await asyncio.sleep(0)
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            await rack.create(new, key=f"{turn}")

        assert (await rack.stats()).total == before + 40 * len(SERIALS)


async def test_each_token_has_its_own_keys(seeded: Path, post: dict[str, Any]) -> None:
    """Two programs that both count 1, 2, 3 do not meet; a header sent twice is refused."""
    async with Rack(seeded, adb=no_adb()) as rack, Server(rack, port=0) as server:
        one, two = [
            (await rack.keys.add(NewToken(name=name, scope=Scope.POST))).secret
            for name in ("one", "two")
        ]
        made = []
        for secret in (one, two, one):
            async with RemoteRack(server.url, secret) as remote:
                made.append(await remote.create(NewTask(**post), key="1"))
        async with httpx.AsyncClient(trust_env=False, verify=False) as http:
            twice = await http.post(
                f"{server.url}{PREFIX}/task",
                json={**post, "serials": list(SERIALS)},
                headers=[("Idempotency-Key", "1"), ("Idempotency-Key", "2")],
            )

    assert made[0] == made[2] != made[1]
    assert (twice.status_code, "2 times" in twice.json()["message"]) == (400, True)

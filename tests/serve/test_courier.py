"""Webhooks against a real receiver: signed, in order, at least once, and nobody holds up others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from standardwebhooks import Webhook as PeerWebhook

from tests.contract.conftest import no_adb, seed
from tests.serve.receiver import Receiver
from tmcore.model import NewTask
from tmcore.rack import Rack
from tmcore.webhooks import NewWebhook
from tmcore.webhooks import Webhook as Hook
from tmserve.courier import courier

QUICK = (0.01, 0.02, 0.02)
Answer = Callable[[], Awaitable[str]]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def rack(tmp_path: Path, video: Path) -> AsyncIterator[Rack]:
    await seed(tmp_path / "rack.db", video)
    async with Rack(tmp_path / "rack.db", adb=no_adb()) as rack:
        yield rack


async def stop_a_task(rack: Rack, video: Path) -> int:
    """Create a task and stop it: two events."""
    config = {"material_list": [str(video)]}
    new = NewTask(serials=("R58M1",), script_name="post", script_config=config)
    created = await rack.create(new)
    await rack.stop(created.task_ids[0])
    return created.task_ids[0]


async def until(rack: Rack, holds: Callable[..., bool]) -> Hook:
    """Wait until it holds of the webhooks; returns the first of them."""
    async with asyncio.timeout(30):
        while not holds(*(hooks := await rack.webhooks.every())):
            await asyncio.sleep(0.01)
    return hooks[0]


async def test_signed_as_the_scheme_says(rack: Rack, receiver: Receiver, video: Path) -> None:
    """Another implementation of the scheme takes it for genuine, and a changed one not."""
    async with receiver.open() as url, courier(rack, QUICK):
        given = await rack.webhooks.add(NewWebhook(url=url, events=("task.stop",)))
        task_id = await stop_a_task(rack, video)
        await until(rack, lambda hook: hook.told_at is not None and hook.behind == 0)

    [(headers, body)] = receiver.heard
    told = PeerWebhook(given.secret).verify(body, headers)
    assert (told["type"], told["data"]["task"]["id"]) == ("task.stop", task_id)
    with pytest.raises(Exception, match="signature"):
        PeerWebhook(given.secret).verify(body + b" ", headers)


async def test_sent_again_until_it_is_taken(rack: Rack, receiver: Receiver, video: Path) -> None:
    """The same message under the same id, each after the other; what was taken comes no more."""
    receiver.answers = ["500 Oops", "503 Later", "200 OK"]
    async with receiver.open() as url, courier(rack, QUICK):
        await rack.webhooks.add(NewWebhook(url=url, events=("task.create", "task.stop")))
        await stop_a_task(rack, video)
        await receiver.has(4)

    ids = [headers["webhook-id"] for headers, _ in receiver.heard]
    assert [body["type"] for body in receiver.bodies] == ["task.create"] * 3 + ["task.stop"]
    assert len(set(ids)) == 2


async def test_what_happened_while_nobody_listened(
    rack: Rack, receiver: Receiver, video: Path
) -> None:
    """A receiver, or a server, that was away is told everything later, in order."""
    async with receiver.open() as url:
        await rack.webhooks.add(NewWebhook(url=url, events=("task.stop",)))
        tasks = [await stop_a_task(rack, video) for _ in range(3)]
        assert receiver.heard == []
        async with courier(rack, QUICK):
            await receiver.has(3)

    assert [body["data"]["task_id"] for body in receiver.bodies] == tasks


@pytest.mark.parametrize(
    ("answer", "times", "why"),
    [
        ("410 Gone", 1, "410"),
        ("302 Found", len(QUICK) + 1, "a redirect is not followed"),
        ("500 Oops", len(QUICK) + 1, "500"),
    ],
)
async def test_switched_off_and_resumed(
    rack: Rack, receiver: Receiver, video: Path, answer: str, times: int, why: str
) -> None:
    """One that is gone or fails too long is left alone; once resumed it misses nothing."""
    receiver.answers = [answer]
    async with receiver.open() as url, courier(rack, QUICK):
        given = await rack.webhooks.add(NewWebhook(url=url, events=("task.stop",)))
        await stop_a_task(rack, video)
        hook = await until(rack, lambda hook: hook.off)
        assert why in hook.why
        assert len(receiver.heard) == times

        receiver.answers = ["204 No Content"]
        await rack.webhooks.resume(given.id)
        hook = await until(rack, lambda hook: hook.behind == 0)

    assert (hook.off, hook.failures, hook.why) == (False, 0, "")
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 1


async def test_one_that_hangs_holds_up_nobody(rack: Rack, receiver: Receiver, video: Path) -> None:
    """Another webhook, and the rack, go on; leaving does not wait for it either."""
    slow = Receiver()
    slow.hangs.clear()
    async with slow.open() as slow_url, receiver.open() as url:
        async with courier(rack, QUICK):
            for target in (slow_url, url):
                await rack.webhooks.add(NewWebhook(url=target, events=("task.stop",)))
            await stop_a_task(rack, video)
            await until(rack, lambda _slow, quick: quick.told_at is not None)
            await slow.has(1)
        assert (await rack.webhooks.every())[0].told_at is None

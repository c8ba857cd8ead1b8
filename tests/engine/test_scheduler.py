"""The scheduler on a real database and a clock that jumps; nothing waits for real time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.conftest import FakeClock, a_draft
from tmcore.devices import Device, DeviceState
from tmcore.engine.scheduler import Scheduler
from tmcore.model import PENDING, Change
from tmcore.reasons import Reason
from tmcore.store.changes import Claimed
from tmcore.store.store import Store

PHONES = ("R58M1", "R58M2")
HOUR = 3600
jumps = st.lists(st.sampled_from([-HOUR, HOUR, -60, 60, 1800]), max_size=8)
dues = st.lists(st.integers(-30, 90), min_size=1, max_size=6)


class Phones:
    """Two phones that are done with a task at once, and count what they were given."""

    def __init__(self, store: Store) -> None:
        self.clock = FakeClock()
        store._now = self.clock
        self.store, self.given = store, Counter[int]()
        self.claimed: list[Claimed] = []
        self.scheduler = Scheduler(
            store,
            idle=lambda: PHONES,
            running=lambda: 0,
            limit=lambda: 10,
            grasp=lambda _: True,
            able=lambda: PHONES,
            late_limit=lambda: timedelta(minutes=120),
            launch=self.take,
            clock=self.clock,
        )

    def take(self, claimed: Claimed) -> None:
        self.given[claimed.task_id] += 1
        self.claimed.append(claimed)

    async def turn(self) -> None:
        """Let the scheduler turn until nothing more starts, each started task ending at once."""
        while True:
            await self.scheduler._turn()
            done, self.claimed = self.claimed, []
            for one in done:
                failed = Change.stop()
                await self.store.apply(one.task_id, failed, attempt_id=one.attempt_id)
            if not done:
                return


@asynccontextmanager
async def two_phones(path: Path) -> AsyncIterator[Phones]:
    store = await Store.open(path)
    for serial in PHONES:
        await store.save_device(Device(serial=serial, state=DeviceState.READY))
    yield Phones(store)
    await store.close()


@given(jumps=jumps, dues=dues)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_jumps_of_the_clock_start_nothing_twice_and_lose_nothing(
    tmp_path_factory: pytest.TempPathFactory, jumps: list[int], dues: list[int]
) -> None:
    """An hour to and fro, as often as it likes: each due task starts once, none is missed."""
    asyncio.run(jumped(tmp_path_factory.mktemp("jumps") / "rack.db", jumps, dues))


async def jumped(path: Path, jumps: list[int], dues: list[int]) -> None:
    async with two_phones(path) as phones:
        store, clock = phones.store, phones.clock
        starts = [clock.now + timedelta(minutes=due) for due in dues]
        ids = await store.insert([a_draft(PHONES[n % 2], at) for n, at in enumerate(starts)])

        latest = clock.now
        for jump in (0, *jumps):
            clock.go_on(jump)
            latest = max(latest, clock.now)
            await phones.turn()

        due = {task_id for task_id, at in zip(ids, starts, strict=True) if at <= latest}
        assert phones.given == Counter(due)
        for task_id in set(ids) - due:
            assert (await store.task(task_id)).status is PENDING


async def test_a_computer_that_slept_posts_nothing_at_an_odd_hour(tmp_path: Path) -> None:
    """What was due in its sleep is missed where that is long ago, and starts where it is not."""
    async with two_phones(tmp_path / "rack.db") as phones:
        await phones.turn()
        now = phones.clock.now
        drafts = [a_draft(PHONES[0], now + timedelta(hours=hours)) for hours in (1, 7)]
        early, late = await phones.store.insert(drafts)

        phones.clock.go_on(8 * HOUR)
        await phones.turn()  # a claim that finds it too late
        await phones.turn()

        assert phones.given == Counter({late: 1})
        assert (await phones.store.task(early)).reason is Reason.MISSED

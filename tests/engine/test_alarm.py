"""Sleeping until a time of a wall clock that is set meanwhile."""

import asyncio
from datetime import timedelta

import pytest

from tests.store.conftest import FakeClock
from tmcore.engine import alarm
from tmcore.engine.alarm import sleep_until

HOUR_S = 3600


@pytest.fixture
def sleeper(monkeypatch: pytest.MonkeyPatch) -> "Sleeper":
    monkeypatch.setattr(alarm, "GLANCE_S", 0.01)
    return Sleeper()


class Sleeper:
    """Whoever sleeps for an hour by a clock that stands still."""

    def __init__(self) -> None:
        self.clock, self.woken = FakeClock(), asyncio.Event()

    def sleep(self) -> asyncio.Task[None]:
        due = self.clock() + timedelta(seconds=HOUR_S)
        return asyncio.create_task(sleep_until(due, self.woken, self.clock))


async def ends(sleeping: asyncio.Task[None]) -> bool:
    """Whether it ends long before the longest sleep would."""
    return bool((await asyncio.wait({sleeping}, timeout=10))[0])


async def test_a_clock_set_forward_is_noticed_at_a_glance(sleeper: Sleeper) -> None:
    """Neither a suspended computer nor a person at the clock makes a due time wait for a minute."""
    sleeping = sleeper.sleep()
    await asyncio.sleep(0.03)
    assert not sleeping.done()

    sleeper.clock.go_on(HOUR_S)

    assert await ends(sleeping)


async def test_whoever_is_woken_looks_at_once(sleeper: Sleeper) -> None:
    """A glance at the clock does not hide a change."""
    sleeping = sleeper.sleep()
    await asyncio.sleep(0.03)

    sleeper.woken.set()

    assert await ends(sleeping)


async def test_the_longest_sleep_ends_without_either(
    sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that was set back, or no time at all, keeps nobody asleep."""
    monkeypatch.setattr(alarm, "LONGEST_SLEEP_S", 0.05)

    await sleep_until(None, sleeper.woken, sleeper.clock)

    assert await ends(sleeper.sleep())

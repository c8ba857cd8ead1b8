"""Tasks that miss their hour, in the database."""

from datetime import timedelta

import pytest

from tests.store.conftest import FakeClock, a_draft
from tmcore.devices import Device, DeviceState
from tmcore.model import FAILED, PENDING, RUNNING, Change
from tmcore.reasons import Reason
from tmcore.store.store import Store

PHONE = "R58M1"
LIMIT = timedelta(minutes=120)
HOUR = 3600


@pytest.fixture
async def task_id(store: Store, clock: FakeClock) -> int:
    """A task that is due in an hour, on a phone that is here now."""
    await store.save_device(Device(serial=PHONE, state=DeviceState.READY))
    await store.note_able([PHONE], LIMIT)
    [made] = await store.insert([a_draft(PHONE, clock.now + timedelta(hours=1))])
    return made


async def test_a_phone_that_comes_back_too_late_posts_nothing(
    store: Store, clock: FakeClock, task_id: int
) -> None:
    """The claim itself refuses, whoever saw the phone first."""
    clock.go_on(3 * HOUR + 60)

    assert await store.claim([task_id], [PHONE], LIMIT) == []
    task = await store.task(task_id)
    assert (task.status, task.reason) == (FAILED, Reason.MISSED)
    assert task.remark == "its phone was away for 121 min past its hour; 120 are allowed"


async def test_a_phone_that_was_noted_before_it_was_written_down_misses_too(
    store: Store, clock: FakeClock
) -> None:
    """A new phone's row comes in its own commit, which may be the later one."""
    await store.note_able([PHONE], LIMIT)
    await store.save_device(Device(serial=PHONE, state=DeviceState.READY))
    [made] = await store.insert([a_draft(PHONE, clock.now + timedelta(hours=1))])
    clock.go_on(3 * HOUR + 60)

    assert await store.claim([made], [PHONE], LIMIT) == []
    assert (await store.task(made)).reason is Reason.MISSED


async def test_a_phone_that_stays_away_misses_too(
    store: Store, clock: FakeClock, task_id: int
) -> None:
    """Who looks at the list learns of it at the limit, not when the phone returns."""
    clock.go_on(3 * HOUR)
    assert await store.note_able([], LIMIT) == []
    clock.go_on(1)

    assert await store.note_able([], LIMIT) == [task_id]


async def test_a_phone_that_is_back_in_time_posts(
    store: Store, clock: FakeClock, task_id: int
) -> None:
    """Late, and within the limit."""
    clock.go_on(3 * HOUR - 60)

    [claimed] = await store.claim([task_id], [PHONE], LIMIT)

    assert claimed.task_id == task_id


async def test_a_long_queue_misses_nothing(store: Store, clock: FakeClock, task_id: int) -> None:
    """The phone was there all the time, but for moments: its cable is loose."""
    for _ in range(20):
        clock.go_on(HOUR)
        assert await store.note_able([PHONE], LIMIT) == []

    assert len(await store.claim([task_id], [PHONE], LIMIT)) == 1


async def test_what_has_no_hour_misses_none(store: Store, clock: FakeClock, task_id: int) -> None:
    """A task for now waits for its phone as long as it takes."""
    [soon] = await store.insert([a_draft(PHONE, clock.now)])
    clock.go_on(90 * HOUR)

    assert await store.note_able([PHONE], LIMIT) == [task_id]
    assert (await store.task(soon)).status is PENDING


async def test_zero_posts_at_whatever_hour(store: Store, clock: FakeClock, task_id: int) -> None:
    """With late_limit_minutes 0 nothing is ever missed."""
    clock.go_on(90 * HOUR)

    assert len(await store.claim([task_id], [PHONE], timedelta(0))) == 1


async def test_a_person_who_retries_a_missed_task_has_it_posted(
    store: Store, clock: FakeClock, task_id: int
) -> None:
    """At whatever hour the phone then comes."""
    clock.go_on(9 * HOUR)
    await store.note_able([], LIMIT)
    await store.apply(task_id, Change.retry(clock.now, "again", by_person=True))
    clock.go_on(9 * HOUR)

    await store.claim([task_id], [PHONE], LIMIT)

    assert (await store.task(task_id)).status is RUNNING


async def test_a_retry_by_itself_keeps_its_hour(
    store: Store, clock: FakeClock, task_id: int
) -> None:
    """A phone that fell off its hub in the run, and comes back in the morning, posts nothing."""
    clock.go_on(HOUR)
    [claimed] = await store.claim([task_id], [PHONE], LIMIT)
    lost = Change.fail(Reason.DEVICE_LOST, "gone")
    again = Change.retry(clock.now, "by itself", by_person=False)
    await store.apply(task_id, lost, again, attempt_id=claimed.attempt_id)
    clock.go_on(9 * HOUR)

    assert await store.note_able([PHONE], LIMIT) == [task_id]


async def test_a_clock_that_goes_back_misses_nothing(
    store: Store, clock: FakeClock, task_id: int
) -> None:
    """The note of the phone then lies ahead."""
    clock.go_on(2 * HOUR)
    await store.note_able([PHONE], LIMIT)
    clock.go_on(-HOUR)

    assert await store.note_able([PHONE], LIMIT) == []
    assert len(await store.claim([task_id], [PHONE], LIMIT)) == 1

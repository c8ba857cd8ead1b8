"""What a monitor is told of the queue."""

from datetime import timedelta

from tests.store.conftest import FakeClock, a_draft
from tmcore.accounts import NewAccount
from tmcore.devices import Device, DeviceState
from tmcore.reasons import Reason
from tmcore.store.store import Store


async def test_a_held_account_keeps_no_task_overdue(store: Store, clock: FakeClock) -> None:
    """Its tasks wait for a person; the oldest of the others is what waits for its phone."""
    await store.save_device(Device(serial="R58M1", state=DeviceState.READY))
    bound = NewAccount(app="tiktok", username="ann", serial="R58M1")
    await store.accounts.add(bound)
    older, old = (clock.now - timedelta(hours=hours) for hours in (2, 1))
    await store.insert([a_draft(start_at=older, username="ann"), a_draft(start_at=old)])
    assert await store.vitals.oldest_due(clock.now) == older

    await store.accounts.hold("tiktok", "R58M1", "ann", Reason.SECURITY_CHECK, "a check")

    assert await store.vitals.oldest_due(clock.now) is None
    await store.insert([a_draft(start_at=old, username="bob")])
    assert await store.vitals.oldest_due(clock.now) == old

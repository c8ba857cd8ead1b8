"""What found the profiles' targets is added up, and forgotten when it is long out of use."""

from datetime import timedelta

from tests.store.conftest import FakeClock
from tmcore.drift import Hit
from tmcore.store.hits import KEPT
from tmcore.store.store import Store

OLD = Hit("tiktok", "com.zhiliaoapp.musically", "43.2.0", "post_button", "rule", 0)
NEW = Hit("tiktok", "com.zhiliaoapp.musically", "44.0.0", "post_button", "rule", 2)


async def test_attempts_add_up(store: Store) -> None:
    """A hit is one row, however often it is counted."""
    await store.hits.add({OLD: 2, NEW: 1})
    await store.hits.add({OLD: 3})

    assert {one.hit: one.looks for one in await store.hits.every()} == {OLD: 5, NEW: 1}


async def test_what_is_long_out_of_use_is_forgotten(store: Store, clock: FakeClock) -> None:
    """When a later attempt counts; what it has counted itself stays."""
    await store.hits.add({OLD: 1, NEW: 1})
    clock.go_on((KEPT + timedelta(days=1)).total_seconds())

    await store.hits.add({NEW: 1})

    assert {one.hit: one.looks for one in await store.hits.every()} == {NEW: 2}

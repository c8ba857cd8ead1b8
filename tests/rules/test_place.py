"""Places in a queue while random_order is on."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tmcore.rules.place import HOUR_MS, place

NOW_MS = 1_780_000_000_000


@given(st.integers(0, 2**42), st.none() | st.integers(0, 2**42), st.integers())
def test_a_place_is_never_behind_its_start(
    start_ms: int, earliest_ms: int | None, seed: int
) -> None:
    """A random place is at most an hour ahead, or as far as the front of the queue."""
    drawn = place(start_ms, earliest_ms, Random(seed))

    front = start_ms - HOUR_MS if earliest_ms is None else min(earliest_ms, start_ms - HOUR_MS)
    assert front <= drawn <= start_ms


class First(Random):
    """Draws the lower end."""

    def randint(self, a: int, b: int) -> int:
        return a


class Last(Random):
    """Draws the upper end."""

    def randint(self, a: int, b: int) -> int:
        return b


def test_both_ends_can_be_drawn() -> None:
    """A place may be the very front of the queue, and the task's own start."""
    assert place(NOW_MS, NOW_MS - 2 * HOUR_MS, First()) == NOW_MS - 2 * HOUR_MS
    assert place(NOW_MS, NOW_MS + 5, First()) == NOW_MS - HOUR_MS
    assert place(NOW_MS, None, Last()) == NOW_MS


def test_a_new_task_may_come_first_or_last() -> None:
    """Among tasks that are due at the same time every order comes up."""
    orders = set()
    for seed in range(200):
        rng = Random(seed)
        places = [place(NOW_MS, NOW_MS if taken else None, rng) for taken in range(3)]
        orders.add(tuple(sorted(range(3), key=places.__getitem__)))

    assert len(orders) == 6

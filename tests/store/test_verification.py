"""Which presses are looked at again, when, and what a look may change."""

from datetime import timedelta

import pytest

from tests.store.conftest import FakeClock, a_draft
from tmcore.errors import BadInput
from tmcore.model import COMPLETED, FAILED, Change, PressOutcome
from tmcore.reasons import Reason
from tmcore.rules.verification import GAPS, next_look
from tmcore.store.attempts import Intent
from tmcore.store.store import Store
from tmcore.store.verification import Suspect

WINDOW = timedelta(minutes=10)


async def pressed(store: Store, account: str = "ann", serial: str = "R58M1") -> int:
    """A task that was pressed, and whose outcome is unknown."""
    [task_id] = await store.insert([a_draft(serial)])
    [claimed] = await store.claim([task_id])
    await store.intend(claimed, Intent("tiktok", account, str(task_id), before="{}"))
    unknown = Change.fail(Reason.OUTCOME_UNKNOWN, "nothing seen")
    await store.apply(task_id, unknown, attempt_id=claimed.attempt_id)
    return task_id


async def suspect(store: Store) -> Suspect:
    [one] = await store.verification.suspects(WINDOW)
    return one


def test_looks_come_at_growing_intervals_and_end() -> None:
    """Counted from the look before, so that a phone that was away is not looked at in a row."""
    assert list(GAPS) == sorted(GAPS)
    start = FakeClock().now

    assert next_look(start, 0) == start + GAPS[0]
    assert next_look(start, len(GAPS)) is None


async def test_a_look_is_counted_unless_it_was_cut(store: Store, clock: FakeClock) -> None:
    """What a shutdown or a person ends says nothing."""
    await pressed(store)
    ended_at = clock.now
    for outcome, looks in (("interrupted", 0), ("looked", 1)):
        clock.go_on(60)
        attempt_id = await store.verification.begin(await suspect(store))
        assert attempt_id
        await store.verification.end(attempt_id, outcome, "")
        assert (await suspect(store)).looks == looks

    assert (await suspect(store)).unknown_since == ended_at
    assert (await suspect(store)).looked_at == clock.now


async def test_evidence_completes_it(store: Store) -> None:
    """By a change of its own, which no person made; nothing of it is looked for any more."""
    task_id = await pressed(store)
    one = await suspect(store)
    attempt_id = await store.verification.begin(one)
    assert attempt_id

    await store.verification.prove(one, attempt_id, "proved 2 min after the press: seen")

    task = await store.detail(task_id)
    assert (task.status, task.reason) == (COMPLETED, Reason.CONFIRMED)
    assert task.attempts[0].press is PressOutcome.CONFIRMED
    assert [event.change for event in await store.events(0, 100)][-1] == "prove"
    assert await store.verification.suspects(WINDOW) == []


async def test_what_a_person_said_stands(store: Store) -> None:
    """A look that ends after it proves nothing any more."""
    task_id = await pressed(store)
    one = await suspect(store)
    attempt_id = await store.verification.begin(one)
    assert attempt_id
    await store.apply(task_id, Change.not_posted())

    with pytest.raises(BadInput):
        await store.verification.prove(one, attempt_id, "seen")
    task = await store.task(task_id)
    assert (task.status, task.reason) == (FAILED, Reason.NOT_POSTED)


@pytest.mark.parametrize(("ahead_s", "goes_first"), [(-60, True), (60, True), (600, False)])
async def test_a_task_goes_first(
    store: Store, clock: FakeClock, ahead_s: float, *, goes_first: bool
) -> None:
    """One that is due, or is due before a look would be over."""
    await pressed(store)
    await store.insert([a_draft(start_at=clock.now + timedelta(seconds=ahead_s))])

    begun = await store.verification.begin(await suspect(store))

    assert (begun is None) == goes_first


async def test_another_press_that_could_be_taken_for_it_is_told(
    store: Store, clock: FakeClock
) -> None:
    """By the phone, and by the account on whatever phone; one of long before is none."""
    await pressed(store, "ann", "R58M1")
    clock.go_on(3600)
    first = await pressed(store, "ann", "R58M2")
    clock.go_on(60)

    def alone(suspects: list[Suspect]) -> dict[int, tuple[bool, bool]]:
        return {s.task_id: (s.alone_on_phone, s.alone_of_account) for s in suspects}

    assert alone(await store.verification.suspects(WINDOW))[first] == (True, True)
    await pressed(store, "bob", "R58M2")
    assert alone(await store.verification.suspects(WINDOW))[first] == (False, True)
    await pressed(store, "ann", "R58M3")
    assert alone(await store.verification.suspects(WINDOW))[first] == (False, False)


async def test_a_press_of_an_older_version_is_left_to_a_person(store: Store) -> None:
    """Nobody wrote down what stood there before it."""
    [task_id] = await store.insert([a_draft()])
    [claimed] = await store.claim([task_id])
    await store.intend(claimed, Intent("tiktok", "ann", "ab"))
    unknown = Change.fail(Reason.OUTCOME_UNKNOWN, "nothing seen")
    await store.apply(task_id, unknown, attempt_id=claimed.attempt_id)

    assert await store.verification.suspects(WINDOW) == []

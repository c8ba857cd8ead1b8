import sqlite3
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.conftest import FakeClock, a_draft
from tmcore.errors import BadInput, NotFound, TmError
from tmcore.model import (
    COMPLETED,
    FAILED,
    PENDING,
    RUNNING,
    TRANSITIONS,
    Change,
    PressOutcome,
    Task,
    TaskQuery,
    TaskStatus,
)
from tmcore.reasons import Reason
from tmcore.store.attempts import Intent, NotOurs
from tmcore.store.changes import Claimed, IllegalMove
from tmcore.store.store import Store

INTENT = Intent("tiktok", "acct_a", "ab" * 32)
UNKNOWN = Change.fail(Reason.OUTCOME_UNKNOWN, "?")


async def running(store: Store, serial: str = "R58M1") -> Claimed:
    [task_id] = await store.insert([a_draft(serial)])
    [claimed] = await store.claim([task_id])
    return claimed


async def end(store: Store, claimed: Claimed, *moves: Change) -> None:
    await store.apply(claimed.task_id, *moves, attempt_id=claimed.attempt_id)


async def test_a_task_goes_from_pending_to_completed(store: Store) -> None:
    """Created, claimed, pressed, proved: each step is an event and the counts follow."""
    claimed = await running(store)
    await store.intend(claimed, INTENT)
    await end(store, claimed, Change.complete("badge seen and gone"))

    task = await store.task(claimed.task_id)
    stats = await store.stats()
    assert (task.status, task.reason, task.username) == (COMPLETED, Reason.CONFIRMED, "acct_a")
    assert (stats.total, stats.completed) == (1, 1)


async def test_two_attempts_at_once_on_a_device_are_impossible(store: Store) -> None:
    """The second task of a device is not claimed, and the database itself refuses the row."""
    ids = await store.insert([a_draft(), a_draft()])

    claimed = await store.claim(ids)

    assert [one.task_id for one in claimed] == ids[:1]
    with pytest.raises(sqlite3.IntegrityError):
        await store._write(
            lambda db: (
                db.execute(
                    "INSERT INTO attempt (task_id, serial, gen, started_at) "
                    "VALUES (?, 'R58M1', 1, 1)",
                    (ids[1],),
                ).rowcount
            )
        )


async def test_completed_needs_a_press(store: Store) -> None:
    """A script that says 'done' without having pressed does not make a post."""
    claimed = await running(store)

    with pytest.raises(IllegalMove, match="without a press"):
        await end(store, claimed, Change.complete("I think so"))


async def test_a_failure_after_an_open_press_must_be_unknown(store: Store) -> None:
    """Failed without outcome_unknown means: not pressed."""
    claimed = await running(store)
    await store.intend(claimed, INTENT)

    with pytest.raises(IllegalMove, match="after a press"):
        await end(store, claimed, Change.fail(Reason.DEVICE_LOST, "gone"))
    await end(store, claimed, UNKNOWN)

    assert (await store.stats()).needs_review == 1


async def test_an_unknown_outcome_is_not_retried_before_it_is_resolved(store: Store) -> None:
    """Retry is refused; 'not posted' by a person frees it, with a new generation."""
    claimed = await running(store)
    await store.intend(claimed, INTENT)
    await end(store, claimed, UNKNOWN)

    with pytest.raises(BadInput, match="resolve it first"):
        await store.apply(claimed.task_id, Change.retry(store._now(), "", by_person=True))
    await store.apply(claimed.task_id, Change.not_posted())
    await store.apply(claimed.task_id, Change.retry(store._now(), "", by_person=True))
    [again] = await store.claim([claimed.task_id])

    assert again.gen == claimed.gen + 1


async def test_a_generation_has_one_press(store: Store) -> None:
    """A second intent for the same generation is refused by the ledger's own key."""
    claimed = await running(store)
    await store.intend(claimed, INTENT)

    with pytest.raises(sqlite3.IntegrityError):
        await store.intend(claimed, INTENT)


async def test_an_ended_attempt_cannot_press_or_move(store: Store) -> None:
    """A worker that was overtaken changes nothing any more."""
    old = await running(store)
    await end(store, old, Change.interrupt("restart"))
    [new] = await store.claim([old.task_id])

    with pytest.raises(NotOurs):
        await store.intend(old, INTENT)
    with pytest.raises(IllegalMove, match="attempt that has ended"):
        await end(store, old, Change.fail(Reason.TIMEOUT, "late"))

    assert (await store.task(new.task_id)).status is RUNNING


async def test_the_ledger_outlives_its_task(store: Store) -> None:
    """Deleting a task deletes its attempts and never its press row."""
    claimed = await running(store)
    await store.intend(claimed, INTENT)
    await end(store, claimed, Change.complete("seen"))

    assert await store.delete([claimed.task_id, 99]) == [claimed.task_id]

    with pytest.raises(NotFound):
        await store.task(claimed.task_id)
    assert len(await store._read("SELECT * FROM press")) == 1
    with pytest.raises(sqlite3.IntegrityError, match="kept for ever"):
        await store._write(lambda db: db.execute("DELETE FROM press").rowcount)


async def test_a_running_task_is_not_deleted(store: Store) -> None:
    """It is stopped first, by whoever can."""
    claimed = await running(store)

    with pytest.raises(IllegalMove, match="be deleted"):
        await store.delete([claimed.task_id])


async def test_what_a_crash_left_open_is_adopted_with_its_slot(store: Store) -> None:
    """The orphan's attempt is closed, a larger epoch holds the device, and the task still runs."""
    claimed = await running(store)
    await store.intend(claimed, INTENT)

    [orphan] = await store.adopt_orphans()

    assert (orphan.task_id, orphan.press) == (claimed.task_id, PressOutcome.OPEN)
    assert orphan.pressed_in == claimed.attempt_id < orphan.attempt_id
    [second] = await store.insert([a_draft()])
    assert await store.claim([second]) == []


async def test_an_auto_retry_counts_and_a_persons_does_not(store: Store, clock: FakeClock) -> None:
    """max_retry_count limits the program, not the operator."""
    claimed = await running(store)
    later = clock.now + timedelta(seconds=30)

    failed = Change.fail(Reason.TIMEOUT, "slow")
    await end(store, claimed, failed, Change.retry(later, "", by_person=False))
    counted = await store.task(claimed.task_id)
    clock.go_on(31)
    [again] = await store.claim([claimed.task_id])
    await end(store, again, failed, Change.retry(clock.now, "", by_person=True))

    assert (counted.status, counted.retry_count, counted.start_at) == (PENDING, 1, later)
    assert (await store.task(claimed.task_id)).retry_count == 1


async def test_heads_are_the_due_tasks_in_order(store: Store, clock: FakeClock) -> None:
    """Due time first, then id; a future task blocks nobody and says when to wake."""
    soon, later = clock.now + timedelta(minutes=1), clock.now + timedelta(minutes=5)
    early = clock.now - timedelta(minutes=1)
    ids = await store.insert(
        [a_draft(start_at=later), a_draft(start_at=soon), a_draft(), a_draft(start_at=early)]
    )

    [head, idle] = await store.heads(["R58M1", "R58M2"])

    assert (head.task_id, head.due_at, head.next_at) == (ids[3], early, soon)
    assert (idle.task_id, idle.next_at) == (None, None)


@pytest.mark.parametrize("old", TaskStatus)
@pytest.mark.parametrize("new", TaskStatus)
async def test_the_database_moves_a_status_only_as_the_table_says(
    store: Store, old: TaskStatus, new: TaskStatus
) -> None:
    """Even raw SQL cannot go round TRANSITIONS."""
    [task_id] = await store.insert([a_draft()])
    road = {PENDING: [], RUNNING: [1], COMPLETED: [1, 2], FAILED: [3]}[old]

    def move(db: sqlite3.Connection) -> None:
        for status in road:
            db.execute("UPDATE task SET status = ? WHERE id = ?", (status, task_id))
        db.execute("UPDATE task SET status = ? WHERE id = ?", (new, task_id))

    if new in TRANSITIONS[old].values():
        await store._write(move)
    else:
        with pytest.raises(sqlite3.IntegrityError, match="cannot move"):
            await store._write(move)


async def test_pages_filter_count_and_come_newest_first(store: Store) -> None:
    """Every combination of filters gives the rows and the total that a scan would give."""
    drafts = [
        a_draft(
            f"R58M{n % 3}", source=("api", "ui")[n % 2], script_name=("post", "match")[n % 5 == 0]
        )
        for n in range(40)
    ]
    ids = await store.insert(drafts)
    for task_id in ids[::4]:
        await store.apply(task_id, Change.stop())

    for status in (None, PENDING, FAILED):
        for serial in (None, "R58M1", "nobody"):
            for source in (None, "ui"):
                query = TaskQuery(status=status, serial=serial, source=source, page_size=7)
                found: list[Task] = []
                page = 1
                while tasks := (await store.page(query.model_copy(update={"page": page}))).tasks:
                    found += tasks
                    page += 1
                past = await store.page(query.model_copy(update={"page": page + 1}))
                assert past.tasks == ()
                assert len(found) == past.total == (await store.page(query)).total
                assert all(a.id > b.id for a, b in pairwise(found))
                assert all(
                    status in (None, t.status)
                    and serial in (None, t.serial)
                    and source in (None, t.source)
                    for t in found
                )


@pytest.mark.timeout(180)  # each example is a database of its own, written to the disk
@settings(max_examples=10, deadline=None)
@given(data=st.data())
async def test_counts_add_up_after_any_moves(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """pending + running + completed + failed = total, and each equals a count by scan."""
    store = await Store.open(tmp_path_factory.mktemp("counts") / "rack.db")
    ids = await store.insert([a_draft(f"R58M{n}") for n in range(4)])
    moves = st.sampled_from(["claim", "stop", "fail", "press", "unknown", "complete", "retry"])
    open_claims: dict[int, Claimed] = {}
    for _ in range(data.draw(st.integers(1, 12))):
        task_id, move = data.draw(st.sampled_from(ids)), data.draw(moves)
        try:
            await _make(store, task_id, move, open_claims)
        except (TmError, sqlite3.IntegrityError):  # refused; what counts is what is counted then
            continue

    stats = await store.stats()
    rows = await store._read("SELECT status, COUNT(*) AS n FROM task GROUP BY status")
    scanned = {row["status"]: row["n"] for row in rows}
    await store.close()

    kept = (stats.pending, stats.running, stats.completed, stats.failed)
    assert kept == tuple(scanned.get(status, 0) for status in TaskStatus)
    assert sum(kept) == stats.total == 4


async def _make(store: Store, task_id: int, move: str, claims: dict[int, Claimed]) -> None:
    if move == "claim":
        claims.update({one.task_id: one for one in await store.claim([task_id])})
    elif move == "press":
        await store.intend(claims.get(task_id) or await _none(), INTENT)
    else:
        changes = {
            "stop": Change.stop(),
            "fail": Change.fail(Reason.TIMEOUT, ""),
            "unknown": UNKNOWN,
            "complete": Change.complete(""),
            "retry": Change.retry(store._now(), "", by_person=True),
        }
        await store.apply(task_id, changes[move])


async def _none() -> Claimed:
    raise NotFound("not claimed")


async def test_an_attempt_begins_while_its_task_is_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between one query and the next; it is in the next answer."""
    [task_id] = await store.insert([a_draft()])
    read = store._read

    async def slow(sql: str, *values: Any) -> list[dict[str, Any]]:
        rows = await read(sql, *values)
        if "FROM attempt a" in sql:
            [claimed] = await store.claim([task_id])
            await store.begin_step(claimed.attempt_id, "check")
        return rows

    with monkeypatch.context() as patch:
        patch.setattr(store, "_read", slow)
        assert (await store.detail(task_id)).attempts == ()

    [attempt] = (await store.detail(task_id)).attempts
    assert [step.name for step in attempt.steps] == ["check"]

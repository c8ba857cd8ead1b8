"""No two tasks hold one file, and the ledger outlives the tasks."""

import asyncio
import sqlite3
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.conftest import FakeClock, a_draft
from tmcore.errors import TmError
from tmcore.materials import Material
from tmcore.model import Change, Media, PressOutcome
from tmcore.reasons import Reason
from tmcore.rules.dealing import ALWAYS, EVERYBODY
from tmcore.store.attempts import AlreadyPosted, Intent
from tmcore.store.changes import Claimed, Draft
from tmcore.store.reservations import MaterialTaken
from tmcore.store.store import Store

A, B = "aa" * 32, "bb" * 32


def dealt(sha256: str, scope: str | None = EVERYBODY, **more: Any) -> Draft:
    """A task that took a file from the library."""
    path = Path(f"/media/{sha256[:2]}.mp4")
    return a_draft(media=path, media_sha256=sha256, scope=scope, **more)


async def claimed(store: Store, draft: Draft) -> Claimed:
    [task_id] = await store.insert([draft])
    [one] = await store.claim([task_id])
    return one


async def end(store: Store, one: Claimed, *moves: Change) -> None:
    await store.apply(one.task_id, *moves, attempt_id=one.attempt_id)


FAIL = Change.fail(Reason.DEVICE_LOST, "gone")


async def test_a_file_is_reserved_from_the_creation_on(store: Store) -> None:
    """A second task for it is refused with the first one's number, and nothing is created."""
    [first] = await store.insert([dealt(A)])

    with pytest.raises(MaterialTaken, match=rf"'/media/aa.mp4' is reserved by task {first}"):
        await store.insert([dealt(B), dealt(A)])

    assert (await store.stats()).total == 1
    assert store.supply.held(A) == (EVERYBODY,)
    assert store.supply.held(B) == ()


async def test_two_creates_at_the_same_instant(store: Store) -> None:
    """In one commit or two: one of them gets the file."""
    answers = await asyncio.gather(
        *(store.insert([dealt(A)]) for _ in range(20)), return_exceptions=True
    )

    refused = [answer for answer in answers if isinstance(answer, MaterialTaken)]
    assert len(refused) == 19
    assert (await store.stats()).total == 1


async def test_every_file_of_a_post_is_reserved(store: Store) -> None:
    """Also those behind the first, and none of them twice in one post's company."""
    rest = (Media(path=Path("/media/bb.jpg"), sha256=B),)
    await store.insert([dealt(A, more=rest)])

    with pytest.raises(MaterialTaken, match=r"bb\.mp4"):
        await store.insert([dealt(B)])


async def test_whose_file_it_is(store: Store) -> None:
    """An account's reservation keeps others out only where theirs is for everybody."""
    await store.insert([dealt(A, "tiktok/ann"), dealt(A, "tiktok/bob")])
    await store.insert([dealt(A, ALWAYS), dealt(A, None)])

    for scope in ("tiktok/ann", EVERYBODY):
        with pytest.raises(MaterialTaken):
            await store.insert([dealt(A, scope)])


@pytest.mark.parametrize("way", ["delete", "stop", "fail"])
async def test_a_file_is_free_again(store: Store, way: str) -> None:
    """When its task is deleted, stopped, or ends as not pressed."""
    [task_id] = await store.insert([dealt(A)])
    if way == "delete":
        await store.delete([task_id])
    elif way == "stop":
        await store.apply(task_id, Change.stop())
    else:
        [one] = await store.claim([task_id])
        await end(store, one, FAIL)

    assert store.supply.held(A) == ()
    assert await store.insert([dealt(A)])


async def test_an_interrupted_task_keeps_its_file(store: Store) -> None:
    """It runs again by itself, as a task does that is retried in the same breath."""
    one = await claimed(store, dealt(A))
    await end(store, one, Change.interrupt("the program ended"))
    assert store.supply.held(A) == (EVERYBODY,)

    [one] = await store.claim([one.task_id])
    again = Change.retry(store._now(), "again", by_person=False)
    await end(store, one, FAIL, again)
    assert store.supply.held(A) == (EVERYBODY,)


async def test_a_retry_takes_its_file_back_or_is_refused(store: Store) -> None:
    """Another task may have taken or posted it in between; the refusal says which."""
    again = Change.retry(store._now(), "again", by_person=True)
    one = await claimed(store, dealt(A))
    await end(store, one, FAIL)
    other = await claimed(store, dealt(A, serial="R58M2"))

    with pytest.raises(MaterialTaken, match=f"is reserved by task {other.task_id}"):
        await store.apply(one.task_id, again)
    await store.intend(other, Intent("tiktok", "ann", A))
    await end(store, other, Change.complete("seen"))
    with pytest.raises(MaterialTaken, match=f"has been posted by task {other.task_id}"):
        await store.apply(one.task_id, again)

    assert (await store.stats()).pending == 0


async def posted(store: Store, account: str = "ann", draft: Draft | None = None) -> Claimed:
    one = await claimed(store, draft or a_draft(media_sha256=A))
    await store.intend(one, Intent("tiktok", account, A))
    await end(store, one, Change.complete("seen"))
    return one


async def test_a_file_is_pressed_once_for_an_account(store: Store) -> None:
    """The earlier task is named; another account, another app or allow_repeat may post it."""
    first = await posted(store)
    one = await claimed(store, a_draft(media_sha256=A))

    with pytest.raises(
        AlreadyPosted, match=f"@ann has posted this file before: task {first.task_id}"
    ):
        await store.intend(one, Intent("tiktok", "ann", A))
    with pytest.raises(AlreadyPosted) as refused:
        await store.intend(one, Intent("tiktok", "ann", B, more=(A,)))
    assert refused.value.reason is Reason.ALREADY_POSTED
    await end(store, one, Change.fail(refused.value.reason, str(refused.value)))

    for intent in (
        Intent("tiktok", "bob", A),
        Intent("instagram", "ann", A),
        Intent("tiktok", "ann", A, may_repeat=True),
    ):
        one = await claimed(store, a_draft(media_sha256=A))
        await store.intend(one, intent)
        await end(store, one, Change.complete("seen"))


async def test_the_ledger_outlives_its_task(store: Store) -> None:
    """A deleted task's files stay used: the press is refused, and the library is told."""
    one = await posted(store)
    await store.delete([one.task_id])
    later = await claimed(store, a_draft(media_sha256=A))

    with pytest.raises(AlreadyPosted):
        await store.intend(later, Intent("tiktok", "ann", A))
    assert store.supply.used(A) == ("tiktok/ann",)
    with pytest.raises(sqlite3.IntegrityError, match="kept for ever"):
        await store._write(lambda db: db.execute("DELETE FROM press_file").rowcount)


@pytest.mark.parametrize("outcome", [PressOutcome.VOID, PressOutcome.NOT_POSTED])
async def test_what_was_not_posted_is_not_used(store: Store, outcome: PressOutcome) -> None:
    """A press that is proved void, or resolved as not posted, frees the file."""
    one = await claimed(store, dealt(A))
    await store.intend(one, Intent("tiktok", "ann", A))
    if outcome is PressOutcome.VOID:
        await store.set_press(one.task_id, one.gen, outcome)
        await end(store, one, FAIL)
    else:
        await end(store, one, Change.fail(Reason.OUTCOME_UNKNOWN, "?"))
        assert store.supply.used(A) == ("tiktok/ann",)
        with pytest.raises(MaterialTaken):
            await store.insert([dealt(A)])
        await store.apply(one.task_id, Change.not_posted())

    assert store.supply.used(A) == ()
    assert await store.insert([dealt(A)])


async def test_lists_of_texts_are_turned_on(store: Store) -> None:
    """By each task that got a line, in the transaction that created it."""
    await store.insert([a_draft(turns=("/a/caption.txt",)), a_draft(turns=("/a/caption.txt",))])
    await store.insert([dealt(A)])
    with pytest.raises(MaterialTaken):
        await store.insert([dealt(A, turns=("/a/caption.txt",))])

    assert store.supply.turn("/a/caption.txt") == 2
    assert store.supply.turn("/b/caption.txt") == 0


moves = st.lists(
    st.tuples(
        st.sampled_from(["create", "claim", "fail", "press", "retry", "delete", "not_posted"]),
        st.sampled_from([A, B]),
        st.sampled_from([EVERYBODY, "tiktok/ann", "tiktok/bob"]),
        st.integers(0, 5),
    ),
    max_size=25,
)


@given(done=moves)
@settings(max_examples=60, deadline=None)
def test_no_two_tasks_ever_hold_one_file(done: list[tuple[str, str, str, int]]) -> None:
    """Whatever happens to tasks, those that have not ended hold what they took, and only they."""
    asyncio.run(_try(done))


async def _try(done: list[tuple[str, str, str, int]]) -> None:
    with TemporaryDirectory() as folder:
        store = await Store.open(Path(folder) / "rack.db", FakeClock())
        try:
            tasks: list[int] = []
            running: dict[int, Claimed] = {}
            for name, sha256, scope, which in done:
                await _move(store, name, dealt(sha256, scope, serial=f"R{len(tasks)}"),
                            tasks, running, which)  # fmt: skip
                await _hold_what_they_took(store)
        finally:
            await store.close()


async def _move(
    store: Store, name: str, draft: Draft, tasks: list[int], running: dict[int, Claimed], n: int
) -> None:
    with suppress(TmError):  # refused; what matters is what is held afterwards
        if name == "create":
            tasks += await store.insert([draft])
        task_id = tasks[n % len(tasks)] if tasks else 1
        if name == "claim":
            running |= {one.task_id: one for one in await store.claim([task_id])}
        elif name == "fail":
            await store.apply(task_id, FAIL)
        elif name == "press" and task_id in running:
            one = running[task_id]
            await store.intend(one, Intent("tiktok", "ann", one.media_sha256 or ""))
            await end(store, one, Change.fail(Reason.OUTCOME_UNKNOWN, "?"))
        elif name == "retry":
            await store.apply(task_id, Change.retry(store._now(), "", by_person=True))
        elif name == "not_posted":
            await store.apply(task_id, Change.not_posted())
        elif name == "delete":
            await store.delete([task_id])


async def _hold_what_they_took(store: Store) -> None:
    rows = await store._read(
        "SELECT t.id, t.media_sha256 AS sha, t.scope FROM task t WHERE t.status IN (0, 1)"
    )
    holds = await store._read("SELECT task_id AS id, sha256 AS sha, scope FROM reservation")
    assert sorted(map(tuple, (row.values() for row in rows))) == sorted(
        map(tuple, (row.values() for row in holds))
    )
    for one in holds:
        rivals = [r for r in holds if r["sha"] == one["sha"] and r["id"] != one["id"]]
        assert not any(EVERYBODY in (one["scope"], r["scope"]) or one["scope"] == r["scope"]
                       for r in rivals)  # fmt: skip


def a_material(store: Store, sha256: str, **changes: object) -> Material:
    values: dict[str, object] = {
        "id": 0, "path": f"/media/{sha256[:2]}.mp4", "kind": "video", "sha256": sha256,
        "size_bytes": 9, "duration_s": 3.0, "width": 360, "height": 640, "tags": ("a", "b"),
        "added_at": store._now(),
    }  # fmt: skip
    return Material.model_validate(values | changes)


async def test_a_material_says_where_it_was_used(store: Store) -> None:
    """Each press with its account, also of a task that was deleted, and who has reserved it."""
    made = await store.materials.add(a_material(store, A))
    assert (made.uses, made.reserved_by, made.tags) == ((), (), ("a", "b"))

    one = await posted(store, draft=a_draft(media_sha256=A))
    await store.delete([one.task_id])
    [waiting] = await store.insert([dealt(A, "tiktok/bob")])

    told = await store.materials.one(made.id)
    [use] = told.uses
    assert (use.app, use.account, use.task_id) == ("tiktok", "ann", one.task_id)
    assert use.outcome is PressOutcome.CONFIRMED
    assert told.reserved_by == (waiting,)


async def test_materials_are_asked_by_tag(store: Store) -> None:
    """Any of several; the supply, in its thread, sees the same."""
    await store.materials.add(a_material(store, A, tags=("a",)))
    await store.materials.add(a_material(store, B, tags=("b", "c")))

    assert [m.sha256 for m in await store.materials.every(("c", "x"))] == [B]
    assert [m.sha256 for m in store.supply.materials("video", ("a", "b"))] == [A, B]
    assert store.supply.materials("image", ()) == ()

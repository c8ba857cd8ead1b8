"""What RackApi promises of tasks, judged on Rack and on RemoteRack alike."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.contract.conftest import SERIALS, SHOT, UNKNOWN
from tmcore.api import RackApi
from tmcore.errors import BadInput, NotFound, ScriptMissing, ScriptUnknown
from tmcore.model import COMPLETED, FAILED, PENDING, NewTask, Source, Stats, TaskQuery
from tmcore.reasons import Reason

GONE = 999
HUGE = 10**20


async def test_create_makes_one_task_per_device(rack: RackApi, new: NewTask) -> None:
    """A create answers with each task it made, where and when and with which file."""
    created = await rack.create(new)

    assert created.created_count == len(created.task_ids) == 2
    assert [t.serial for t in created.tasks] == list(SERIALS)
    assert [t.id for t in created.tasks] == list(created.task_ids)
    assert all(t.start_at.tzinfo and t.media for t in created.tasks)
    assert (created.zone, bool(created.warnings)) == ("UTC", True)  # both devices are away


async def test_created_task_is_as_asked(rack: RackApi, post: dict[str, Any]) -> None:
    """A created task holds what was sent, and waits."""
    [task_id] = (await rack.create(NewTask(**post | {"serials": SERIALS[:1]}))).task_ids

    task = await rack.task(task_id)

    assert (task.status, task.status_text, task.serial) == (PENDING, "pending", SERIALS[0])
    assert task.script_config == post["script_config"]
    assert (task.script_name, task.source, task.attempts) == ("post", Source.API, ())


async def test_source_and_start_are_kept(rack: RackApi, post: dict[str, Any]) -> None:
    """A task remembers who asked for it and when it is due."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)

    created = await rack.create(NewTask(**post, source=Source.UI, start_at=tomorrow))

    task = await rack.task(created.task_ids[0])
    assert (task.source, task.start_at) == (Source.UI, tomorrow)


async def test_create_is_all_or_nothing(rack: RackApi, post: dict[str, Any]) -> None:
    """One unknown device and nothing is created; every unknown one is named."""
    before = await rack.stats()

    with pytest.raises(NotFound, match=r"gone.*lost"):
        await rack.create(NewTask(**post | {"serials": (*SERIALS, "gone", "lost")}))

    assert await rack.stats() == before


WRONG: list[tuple[dict[str, Any], type[BadInput], str]] = [
    ({"script_name": None}, ScriptMissing, "script_name"),
    ({"script_name": "warm_up"}, ScriptUnknown, "post"),
    ({"serials": None}, BadInput, "serials"),
    ({"serials": ()}, BadInput, "serials"),
    ({"serials": (SERIALS[0], SERIALS[0])}, BadInput, SERIALS[0]),
    ({"serials": tuple(f"S{n}" for n in range(1001))}, BadInput, "1000"),
    ({"script_config": None}, BadInput, "script_config"),
    ({"script_config": {"material_lst": []}}, BadInput, "material_list"),
    ({"script_config": {"material_list": ["/gone.mp4"]}}, BadInput, "gone.mp4"),
    ({"script_config": {"material_list": "a.mp4"}}, BadInput, "material_list"),
    ({"min_interval": 5, "max_interval": 1}, BadInput, "interval"),
    ({"min_interval": -1}, BadInput, "min_interval"),
    ({"max_interval": 10081}, BadInput, "max_interval"),
    ({"start_time": "24:00"}, BadInput, "24:00"),
    ({"start_time": "9:5"}, BadInput, "9:5"),
    ({"start_time": "\u0660\u0669:\u0660\u0660"}, BadInput, "start_time"),
    ({"enable_multi_account": True}, BadInput, SERIALS[0]),
]


@pytest.mark.parametrize(("change", "kind", "named"), WRONG, ids=str)
async def test_bad_create_is_refused_by_name(
    rack: RackApi, post: dict[str, Any], change: dict[str, Any], kind: type[BadInput], named: str
) -> None:
    """A bad create raises the right error, names what is wrong, and creates nothing."""
    before = await rack.stats()

    with pytest.raises(BadInput, match=named) as caught:
        await rack.create(NewTask(**post | change))

    assert type(caught.value) is kind
    assert caught.value.errors
    assert await rack.stats() == before


async def test_all_that_is_wrong_is_told(rack: RackApi, post: dict[str, Any]) -> None:
    """One answer lists each wrong field."""
    config = {"captoins": "x", "nonsense": 1}
    bad = post | {"serials": (), "start_time": "25:00", "min_interval": -1}

    with pytest.raises(BadInput) as caught:
        await rack.create(NewTask(**bad | {"script_config": config}))

    fields = {e.field for e in caught.value.errors}
    assert {"serials", "start_time", "min_interval"} <= fields
    assert len([f for f in fields if f.startswith("script_config.")]) >= 2


async def test_a_text_that_is_not_unicode(rack: RackApi, post: dict[str, Any]) -> None:
    """A lone surrogate, as a file name may hold, is bad input."""
    with pytest.raises(BadInput):
        await rack.create(NewTask(**post | {"script_config": {"material_list": ["/\ud800"]}}))


async def test_tasks_come_newest_first_in_pages(rack: RackApi, new: NewTask) -> None:
    """Pages are cut from the newest task on and know the total."""
    for _ in range(2):
        await rack.create(new)

    first = await rack.tasks(TaskQuery(page_size=3))
    second = await rack.tasks(TaskQuery(page=2, page_size=3))
    beyond = await rack.tasks(TaskQuery(page=10000, page_size=100))

    ids = [t.id for t in (*first.tasks, *second.tasks)]
    assert ids == sorted(ids, reverse=True)
    assert (len(ids), first.total, second.total) == (5, 5, 5)
    assert (beyond.tasks, beyond.total, beyond.page) == ((), 5, 10000)


async def test_filters_combine(rack: RackApi, new: NewTask) -> None:
    """Each filter narrows the list further."""
    await rack.create(new)

    queries = [
        TaskQuery(),
        TaskQuery(serial=SERIALS[0]),
        TaskQuery(serial=SERIALS[0], status=FAILED),
        TaskQuery(serial=SERIALS[0], status=FAILED, source=Source.UI),
        TaskQuery(script_name="post", status=PENDING),
        TaskQuery(serial="gone"),
        TaskQuery(reason=Reason.OUTCOME_UNKNOWN),
        TaskQuery(status=PENDING, reason=Reason.OUTCOME_UNKNOWN),
    ]

    assert [(await rack.tasks(q)).total for q in queries] == [3, 2, 1, 0, 2, 0, 1, 0]
    assert (await rack.tasks()).page_size == 20


@pytest.mark.parametrize("task_id", [GONE, HUGE])
async def test_what_does_not_exist_is_not_found(rack: RackApi, task_id: int) -> None:
    """Each verb on a task that does not exist, however large its id, raises NotFound."""
    for work in (
        rack.task(task_id),
        rack.wait(task_id),
        rack.stop(task_id),
        rack.retry(task_id),
        rack.resolve(task_id, posted=True),
        rack.evidence(task_id, SHOT),
    ):
        with pytest.raises(NotFound, match=str(task_id)[:9]):
            await work


async def test_detail_holds_the_attempts(rack: RackApi) -> None:
    """A task's detail lists its attempts with what was kept."""
    task = await rack.task(UNKNOWN)

    [attempt] = task.attempts
    assert (attempt.reason, attempt.evidence) == (Reason.OUTCOME_UNKNOWN, (SHOT,))
    assert attempt.started_at.tzinfo
    assert attempt.ended_at


async def test_wait_for_what_has_ended(rack: RackApi) -> None:
    """Waiting for a task that has ended returns it, with its attempts, at once."""
    task = await asyncio.wait_for(rack.wait(UNKNOWN), 1)

    assert (task.status, len(task.attempts)) == (FAILED, 1)


async def test_wait_lasts_until_the_end(rack: RackApi, new: NewTask) -> None:
    """Waiting for a pending task lasts until it has ended, in whatever way."""
    [task_id, other] = (await rack.create(new)).task_ids
    waiting = asyncio.create_task(rack.wait(task_id))

    await rack.stop(other)
    assert not waiting.done()
    await rack.stop(task_id)

    assert (await asyncio.wait_for(waiting, 2)).reason is Reason.STOPPED


async def test_stop_a_waiting_task(rack: RackApi, new: NewTask) -> None:
    """A pending task that is stopped is failed, with the reason stopped."""
    [task_id, _] = (await rack.create(new)).task_ids

    task = await rack.stop(task_id)

    assert (task.id, task.status, task.reason) == (task_id, FAILED, Reason.STOPPED)
    assert task.ended_at
    assert (await rack.task(task_id)).status is FAILED


async def test_stop_twice_is_refused(rack: RackApi, new: NewTask) -> None:
    """What has ended cannot be stopped."""
    [task_id, _] = (await rack.create(new)).task_ids
    await rack.stop(task_id)

    with pytest.raises(BadInput, match=str(task_id)):
        await rack.stop(task_id)


async def test_retry_a_stopped_task(rack: RackApi, new: NewTask) -> None:
    """A failed task waits again, at once."""
    [task_id, _] = (await rack.create(new)).task_ids
    await rack.stop(task_id)

    task = await rack.retry(task_id)

    assert (task.status, task.reason) == (PENDING, Reason.RETRY)
    assert task.start_at <= datetime.now(UTC)


async def test_retry_keeps_a_start_ahead(rack: RackApi, post: dict[str, Any]) -> None:
    """A start time that is still ahead stays."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    [task_id, _] = (await rack.create(NewTask(**post, start_at=tomorrow))).task_ids
    await rack.stop(task_id)

    assert (await rack.retry(task_id)).start_at == tomorrow


async def test_retry_what_did_not_fail(rack: RackApi, new: NewTask) -> None:
    """A pending task is not retried."""
    [task_id, _] = (await rack.create(new)).task_ids

    with pytest.raises(BadInput, match=str(task_id)):
        await rack.retry(task_id)


async def test_retry_of_unknown_outcome(rack: RackApi) -> None:
    """A task that may have been posted is never queued again before a person settles it."""
    with pytest.raises(BadInput):
        await rack.retry(UNKNOWN)

    assert (await rack.task(UNKNOWN)).status is FAILED


async def test_retry_all(rack: RackApi, new: NewTask) -> None:
    """Every failed task is queued again, but not the one of unknown outcome, which is named."""
    ids = (await rack.create(new)).task_ids
    for task_id in ids:
        await rack.stop(task_id)

    retried = await rack.retry_all()

    assert (retried.retried_count, sorted(retried.task_ids)) == (2, sorted(ids))
    assert [s.task_id for s in retried.skipped] == [UNKNOWN]
    assert (await rack.stats()).pending == 2


async def test_retry_all_without_stopped(rack: RackApi, new: NewTask) -> None:
    """stopped=False leaves alone what a person stopped."""
    [task_id, _] = (await rack.create(new)).task_ids
    await rack.stop(task_id)

    retried = await rack.retry_all(stopped=False)

    assert (retried.retried_count, retried.task_ids) == (0, ())
    assert (await rack.task(task_id)).status is FAILED


async def test_delete(rack: RackApi, new: NewTask) -> None:
    """Deleted tasks are gone; those that were not there are named; a repeated id counts once."""
    [one, two] = (await rack.create(new)).task_ids

    deleted = await rack.delete([one, GONE, one])

    assert (deleted.deleted_count, deleted.not_found) == (1, (GONE,))
    with pytest.raises(NotFound):
        await rack.task(one)
    assert (await rack.task(two)).status is PENDING
    assert (await rack.delete([])).deleted_count == 0


async def test_resolve_as_posted(rack: RackApi) -> None:
    """A person who saw the post completes the task."""
    task = await rack.resolve(UNKNOWN, posted=True)

    assert (task.status, task.reason) == (COMPLETED, Reason.RESOLVED_POSTED)
    with pytest.raises(BadInput):
        await rack.resolve(UNKNOWN, posted=True)


async def test_resolve_as_not_posted_needs_the_phone(rack: RackApi) -> None:
    """'Not posted' must first be made sure on the phone; without it nothing changes."""
    with pytest.raises(BadInput, match=SERIALS[0]):
        await rack.resolve(UNKNOWN, posted=False)

    assert (await rack.task(UNKNOWN)).reason is Reason.OUTCOME_UNKNOWN


async def test_resolve_what_is_known(rack: RackApi, new: NewTask) -> None:
    """A task whose outcome is not unknown cannot be settled."""
    [task_id, _] = (await rack.create(new)).task_ids

    with pytest.raises(BadInput, match=str(task_id)):
        await rack.resolve(task_id, posted=True)


async def test_evidence(rack: RackApi) -> None:
    """A kept file comes back byte for byte."""
    assert await rack.evidence(UNKNOWN, SHOT) == b"a screenshot"


@pytest.mark.parametrize(
    "name",
    ["gone.png", "", ".", "..", "../1/1-end.png", "/etc/passwd", "..\\x", "\0", "é%2e", "a/b"],
)
async def test_evidence_that_is_not_there(rack: RackApi, name: str) -> None:
    """No name leads out of the task's own folder."""
    with pytest.raises(NotFound):
        await rack.evidence(UNKNOWN, name)


async def test_stats_add_up(rack: RackApi, new: NewTask) -> None:
    """The four states add up to the total; stopped and needs_review are inside failed."""
    [task_id, _] = (await rack.create(new)).task_ids
    await rack.stop(task_id)

    assert await rack.stats() == Stats(total=3, pending=1, failed=2, stopped=1, needs_review=1)

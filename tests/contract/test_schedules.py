"""What RackApi promises of schedules, on both racks. When they run is judged in tests/engine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import SERIALS
from tmcore.api import RackApi
from tmcore.errors import BadInput, NotFound
from tmcore.events import EventKind
from tmcore.model import NewTask, Source
from tmcore.schedules import NewSchedule, Overlap, RunOutcome

DAILY = "30 2 * * *"


@pytest.fixture
def new(post: dict[str, Any]) -> NewSchedule:
    return NewSchedule(name="nightly", cron=DAILY, zone="Europe/Berlin", template=post)


async def test_a_preview_says_when_in_words_and_saves_nothing(
    rack: RackApi, new: NewSchedule
) -> None:
    """Words, the next five times, how many tasks, and what a person should know."""
    shown = await rack.schedules.preview(new)

    assert (shown.words, shown.zone, shown.tasks) == ("At 02:30", "Europe/Berlin", 2)
    assert len(set(shown.next_times)) == 5
    assert all(at > datetime.now(UTC) for at in shown.next_times)
    assert any("away" in warning for warning in shown.warnings)
    assert await rack.schedules.every() == ()
    assert (await rack.stats()).pending == 0


async def test_a_saved_schedule_is_listed(rack: RackApi, new: NewSchedule) -> None:
    """As it was asked for, with defaults from the settings; it makes nothing yet."""
    await rack.change_settings({"catch_up_minutes": 25})
    saved = await rack.schedules.add(new)

    assert (saved.name, saved.cron, saved.zone, saved.paused) == (
        "nightly", DAILY, "Europe/Berlin", False,
    )  # fmt: skip
    assert (saved.overlap, saved.catch_up_minutes, saved.last_run) == (Overlap.SKIP, 25, None)
    assert saved.template["serials"] == list(SERIALS)
    assert await rack.schedules.every() == (saved,)
    assert (await rack.schedules.one(saved.id)).runs == ()
    assert (await rack.stats()).pending == 0


async def test_the_zone_is_the_one_of_the_settings(rack: RackApi, post: dict[str, Any]) -> None:
    """Where none is named, so that nobody must know the server's."""
    await rack.change_settings({"time_zone": "Asia/Tokyo"})
    saved = await rack.schedules.add(NewSchedule(name="n", cron="0 0 * * *", template=post))

    assert saved.zone == "Asia/Tokyo"
    assert {at.hour for at in saved.next_times} == {15}


WRONG = [
    ({"cron": "* * * * * *"}, "6 fields"),
    ({"cron": "R * * * *"}, "'R'"),
    ({"cron": "0 0 31 2 *"}, "never comes"),
    ({"cron": "@daily"}, "nickname"),
    ({"template": {"script_name": "post"}}, r"template\.serials"),
    ({"template": {"script_name": "nope"}}, r"template\.script_name"),
    ({"template": {"serialz": []}}, "did you mean serials"),
    ({"template": {"start_time": "09:00"}}, r"template\.start_time.*schedule itself"),
]


@pytest.mark.parametrize(("change", "named"), WRONG, ids=str)
async def test_what_cannot_be_run_is_not_saved(
    rack: RackApi, new: NewSchedule, change: dict[str, Any], named: str
) -> None:
    """Expression and template are refused by name, in a preview and when saved or changed."""
    bad = new.model_copy(update=change)
    good = await rack.schedules.add(new)

    for work in (
        rack.schedules.preview(bad),
        rack.schedules.add(bad),
        rack.schedules.change(good.id, bad),
    ):
        with pytest.raises(BadInput, match=named):
            await work
    assert await rack.schedules.every() == (good,)


async def test_a_file_that_is_not_there(rack: RackApi, post: dict[str, Any]) -> None:
    """A template is checked as its request would be: files, captions, phones."""
    post["script_config"]["material_list"] = ["/gone.mp4"]
    new = NewSchedule(name="n", cron=DAILY, template=post)

    with pytest.raises(BadInput, match=r"template\.script_config\.material_list.*gone"):
        await rack.schedules.add(new)
    with pytest.raises(NotFound, match="R99"):
        await rack.schedules.add(new.model_copy(update={"template": post | {"serials": ["R99"]}}))


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", ""])
def test_a_zone_that_does_not_exist(zone: str, post: dict[str, Any]) -> None:
    """It is refused before anybody is asked."""
    with pytest.raises(ValueError, match="IANA"):
        NewSchedule(name="n", cron=DAILY, zone=zone, template=post)


async def test_change_replaces_everything(rack: RackApi, new: NewSchedule) -> None:
    """Also what is not named, which becomes its default."""
    saved = await rack.schedules.add(new.model_copy(update={"overlap": Overlap.QUEUE}))

    changed = await rack.schedules.change(
        saved.id, NewSchedule(name="x", cron="0 9 * * 1", template=new.template)
    )

    assert (changed.id, changed.name, changed.words) == (
        saved.id, "x", "At 09:00, only on Monday",
    )  # fmt: skip
    assert (changed.overlap, changed.zone) == (Overlap.SKIP, "UTC")


async def test_a_paused_schedule_has_no_next_time(rack: RackApi, new: NewSchedule) -> None:
    """Until it is resumed; twice is no mistake."""
    saved = await rack.schedules.add(new)

    for _ in range(2):
        paused = await rack.schedules.pause(saved.id)
        assert (paused.paused, paused.next_times) == (True, ())
    for _ in range(2):
        going = await rack.schedules.resume(saved.id)
        assert (going.paused, len(going.next_times)) == (False, 5)


async def test_run_makes_its_tasks_now(rack: RackApi, new: NewSchedule) -> None:
    """Whatever the clock says, also while it is paused; they say that a schedule made them."""
    saved = await rack.schedules.add(new)
    await rack.schedules.pause(saved.id)

    created = await rack.schedules.run(saved.id)

    assert [task.serial for task in created.tasks] == list(SERIALS)
    assert (await rack.task(created.task_ids[0])).source is Source.SCHEDULE
    [run] = (await rack.schedules.one(saved.id)).runs
    assert (run.outcome, run.task_ids, run.due_at) == (
        RunOutcome.FIRED, created.task_ids, None,
    )  # fmt: skip


async def test_run_is_refused_as_a_request_would_be(
    rack: RackApi, new: NewSchedule, video: Path, tmp_path: Path
) -> None:
    """A file that has gone since is named, and nothing is made."""
    copy = video.with_name("gone.mp4")
    copy.write_bytes(video.read_bytes())
    template = NewTask(serials=SERIALS, script_name="post",
                       script_config={"material_list": [str(copy)]})  # fmt: skip
    saved = await rack.schedules.add(NewSchedule(name="n", cron=DAILY, template=template))
    copy.unlink()

    with pytest.raises(BadInput, match=r"gone\.mp4"):
        await rack.schedules.run(saved.id)
    assert (await rack.stats()).pending == 0


async def test_a_deleted_schedule_is_gone_and_its_tasks_stay(
    rack: RackApi, new: NewSchedule
) -> None:
    """A second time, or one that never was, is NotFound for every verb."""
    saved = await rack.schedules.add(new)
    created = await rack.schedules.run(saved.id)

    await rack.schedules.delete(saved.id)

    assert await rack.schedules.every() == ()
    assert (await rack.task(created.task_ids[0])).status_text == "pending"
    for schedule_id in (saved.id, 10**20):
        for work in (
            rack.schedules.one(schedule_id),
            rack.schedules.change(schedule_id, new),
            rack.schedules.delete(schedule_id),
            rack.schedules.pause(schedule_id),
            rack.schedules.resume(schedule_id),
            rack.schedules.run(schedule_id),
        ):
            with pytest.raises(NotFound, match="schedule"):
                await work


async def test_changes_are_events(rack: RackApi, new: NewSchedule) -> None:
    """Each has an id, so that a reader can resume after it."""
    saved = await rack.schedules.add(new)
    await rack.schedules.pause(saved.id)
    await rack.schedules.run(saved.id)
    await rack.schedules.delete(saved.id)

    heard: list[tuple[str, int | None]] = []
    async for event in rack.events(0):
        if event.kind is EventKind.SCHEDULE:
            assert event.id
            heard.append((event.change, event.schedule_id))
        if len(heard) == 4:
            break

    assert heard == [(change, saved.id) for change in ("create", "pause", "fire", "delete")]


async def test_next_times_do_not_drift(rack: RackApi, new: NewSchedule) -> None:
    """They are a day apart, at the same hour of the zone's clock."""
    saved = await rack.schedules.add(new.model_copy(update={"zone": "UTC"}))

    first = saved.next_times[0]
    assert saved.next_times == tuple(first + timedelta(days=n) for n in range(5))
    assert (first.hour, first.minute, first.second) == (2, 30, 0)


async def test_a_notebook_shows_them_as_a_table(rack: RackApi, new: NewSchedule) -> None:
    """every() is a tuple that draws itself."""
    await rack.schedules.add(new)

    shown = (await rack.schedules.every())._repr_mimebundle_()

    assert "At 02:30" in shown["text/plain"]
    assert shown["text/html"].startswith("<table>")

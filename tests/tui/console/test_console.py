"""What a person presses and what comes of it, on a rack in this process and on one over HTTP."""

from pathlib import Path

import pytest
from textual.events import Key

from tests.tui.console.pilots import Where, opened
from tests.tui.console.racks import PHONES, Rack, failed, task
from tmcore.devices import DeviceState
from tmcore.model import NewTask, TaskStatus
from tmcore.reasons import Reason
from tmcore.settings import Settings
from tmtui import feed
from tmtui.actions import ACTIONS
from tmtui.store import Link


@pytest.fixture(params=["near", "far"])
def where(request: pytest.FixtureRequest) -> Where:
    found: Where = request.param
    return found


@pytest.fixture
def rack() -> Rack:
    return Rack(tasks=[task(1), task(2, "R58M2")])


async def test_counts_that_must_not_be_mixed_up_stand_apart(where: Where, tmp_path: Path) -> None:
    """What failed, what a person stopped, and what needs one are three numbers."""
    tasks = [failed(1), failed(2, Reason.STOPPED), failed(3, Reason.OUTCOME_UNKNOWN), failed(4)]
    async with opened(Rack(tasks=tasks), tmp_path, where=where) as person:
        await person.sees("failed 2 · stopped 1 · needs you 1", "R58M1")


async def test_a_task_is_stopped_after_a_yes(rack: Rack, where: Where, tmp_path: Path) -> None:
    """The question names it; the row says stopped when the rack does."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("2", "s")
        await person.sees("Stop 1 task? (2)")
        await person.press("y")
        await person.sees("stop: 1 done", "■ stopped")

    assert rack.told == [("stop", 2)]


async def test_deleting_asks_and_no_is_the_default(
    rack: Rack, where: Where, tmp_path: Path
) -> None:
    """Enter is a no; y does it; the question names how many and which."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("2", "a", "d")
        await person.sees("Delete 2 tasks for good? (2, 1)")
        await person.press("enter")
        await person.sees("delete: left alone")
        assert len(rack.rows) == 2
        await person.press("d")
        await person.sees("Delete 2 tasks")
        await person.press("y")
        await person.sees("delete: 2 done", "no tasks")

    assert not rack.rows


async def test_above_twenty_the_count_is_typed(tmp_path: Path) -> None:
    """A y is not enough for 21 tasks, a wrong number neither."""
    rack = Rack(tasks=[failed(n) for n in range(1, 22)])
    async with opened(rack, tmp_path) as person:
        await person.press("2", "a")
        for typed, said in (("y", "left alone"), ("20", "left alone"), ("21", "delete: 21 done")):
            await person.press("d")
            await person.sees("Type 21 to do it")
            await person.press(*typed, "enter")
            await person.sees(said)
            await person.press("2")

    assert not rack.rows


async def test_a_bulk_act_tells_what_was_refused_and_repeats_only_that(
    where: Where, tmp_path: Path
) -> None:
    """One line: done, refused with the first reason; the point goes on with the refused."""
    rack = Rack(tasks=[failed(1), task(2), failed(3)])
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("2", "a", "r")
        await person.sees("retry: 2 done · 1 refused (2: id: task 2 did not fail) · . repeats")
        rack.put(failed(2))
        await person.sees("✗ failed")
        await person.press("full_stop")
        await person.sees("retry: 1 done")

    assert [what for verb, what in rack.told] == [3, 2, 1, 2]


async def test_an_act_is_done_to_what_was_chosen_at_the_key(rack: Rack, tmp_path: Path) -> None:
    """The list may be another one before the act has begun: it stays with its rows."""
    rack = Rack(tasks=[failed(7)])
    async with opened(rack, tmp_path) as person:
        await person.press("2")
        await person.console.action_do("retry")
        person.console.go("devices")
        await person.until(lambda: rack.told)

    assert rack.told == [("retry", 7)]


async def test_what_is_typed_behind_the_slash_is_never_a_command(tmp_path: Path) -> None:
    """Over a slow line `/sys` comes in one packet: it is a filter, not stop and yes."""
    rack = Rack(tasks=[task(1)])
    async with opened(rack, tmp_path) as person:
        await person.press("2")
        for key in ("slash", "s", "y", "s"):
            person.pilot.app.post_message(_key(key))
        await person.sees("/sys", "0 of 1")

    assert not rack.told


def _key(name: str) -> Key:
    return Key(name, "/" if name == "slash" else name)


async def test_a_phone_is_paused_with_a_reason_and_resumed(
    rack: Rack, where: Where, tmp_path: Path
) -> None:
    """p asks why; without an answer nothing happens; P lets it work again."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("1", "p")
        await person.sees("Why, for others to read")
        await person.press("enter")
        await person.sees("no reason was given")
        await person.press("p")
        await person.sees("Why, for others to read")
        await person.press(*"cable", "enter")
        await person.sees("‖ paused", "paused: cable")
        await person.press("P")
        await person.sees("resume: 1 done", "● ready")

    assert rack.told == [("pause", ("R58M1", "cable")), ("resume", "R58M1")]


async def test_a_post_is_made_of_the_form(rack: Rack, where: Where, tmp_path: Path) -> None:
    """The marked phones, the file, and the caption as it will be typed."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("1", "a", "n")
        await person.sees("New post from R58M1, R58M2")
        await person.press(*"/x.mp4", "tab", *"Hi")
        await person.sees("R58M1: Hi", "R58M2: Hi")
        await person.press("f2")
        await person.sees("new post: queued for 2")

    verb, new = rack.told[0]
    assert isinstance(new, NewTask)
    assert (verb, new.serials) == ("create", ("R58M1", "R58M2"))
    assert new.script_config == {"material_list": ["/x.mp4"], "captions": "Hi"}


async def test_a_file_is_found_in_the_folders_of_the_server(
    rack: Rack, where: Where, tmp_path: Path
) -> None:
    """F3 starts where the server takes files; folders open, other files are not offered."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "clip.mp4").write_bytes(b"x" * 2_000_000)
    (tmp_path / "notes.txt").touch()
    rack.set = Settings(time_zone="UTC", media_folders=(str(tmp_path),))
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("1", "n")
        await person.sees("F3 finds a file")
        await person.press("f3")
        text = await person.sees(f"{tmp_path}", "deep/")
        assert "notes.txt" not in text
        await person.press("enter")
        await person.sees("clip.mp4   2 MB")
        await person.press("enter")
        await person.sees("clip.mp4", "F2 or ctrl+s sends")
        await person.press("f2")
        await person.sees("queued for 1")

    ((_, new),) = rack.told
    assert isinstance(new, NewTask)
    assert (new.script_config or {})["material_list"] == [str(tmp_path / "deep" / "clip.mp4")]


async def test_an_unknown_outcome_is_settled_by_a_person(where: Where, tmp_path: Path) -> None:
    """Enter settles nothing; n says that it is not there."""
    rack = Rack(tasks=[failed(5, Reason.OUTCOME_UNKNOWN, username="ann")])
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("2", "u")
        await person.sees("Is the post of task 5 there?", "ann on R58M1", "y posted   n not posted")
        await person.press("enter", "p", "space", "escape")
        await person.sees("settle: left alone")
        await person.press("u")
        await person.sees("n not posted")
        await person.press("n")
        await person.sees("settle: 1 done")

    assert rack.told == [("resolve", (5, False))]


async def test_the_filter_is_live_and_counts(rack: Rack, where: Where, tmp_path: Path) -> None:
    """1 of 2, while it is typed; what matches nothing says how to get back."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("1", "slash", *"R58M2")
        await person.sees("1 of 2")
        await person.press(*"xx")
        await person.sees("0 of 2", "nothing matches; esc shows all again")
        await person.press("enter", "escape")
        await person.sees("2 of 2")


async def test_cursor_marks_and_detail_follow_their_rows(where: Where, tmp_path: Path) -> None:
    """Rows come above and the list is sorted anew: nothing else is chosen than before."""
    rack = Rack(tasks=[failed(n, remark=f"remark {n}") for n in (1, 2, 3)])
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("2", "j", "space", "k")  # marks 2; stays on it
        await person.sees("1 marked", "Task 2 ")
        for n in (4, 5):
            rack.put(task(n))
        await person.sees("5 of 5")
        await person.press("o")
        view = person.console.table().view
        await person.sees("sorted by id", "Task 2 ")

        assert (view.cursor, view.marked) == (2, {2})


async def test_what_happens_is_shown_without_a_key(where: Where, tmp_path: Path) -> None:
    """A step, a phone that goes offline and a line of the log, each where it belongs."""
    rack = Rack(tasks=[task(1)])
    async with opened(rack, tmp_path, where=where) as person:
        await person.until(lambda: rack._readers)
        busy = {"status": TaskStatus.RUNNING, "step": "push", "progress": 0.4}
        rack.put_phone(PHONES[0].model_copy(update={"state": DeviceState.BUSY, "task_id": 1}))
        rack.put(rack.rows[1].model_copy(update=busy))
        await person.sees("▶ busy", "#1 40% push", "run 1")
        rack.put_phone(
            PHONES[0].model_copy(update={"state": DeviceState.OFFLINE, "why": "the hub is out"})
        )
        await person.sees("✗ offline", "the hub is out")
        rack.say("gallery opened", "R58M1", 1)
        await person.press("3")
        await person.sees("R58M1", "#1", "gallery opened")


async def test_a_held_log_counts_what_waits(rack: Rack, tmp_path: Path) -> None:
    """Nothing moves while it is held; following again shows everything; a filter highlights."""
    async with opened(rack, tmp_path) as person:
        await person.until(lambda: rack._readers)
        rack.say("first line")
        await person.press("3")
        await person.sees("first line", "following")
        await person.press("f")
        rack.say("second line")
        await person.sees("held still, 1 new below")
        assert "second line" not in person.text
        await person.press("f", "slash", *"second", "enter")
        await person.sees("second line")

    assert "first line" not in person.console.panes["logs"].text  # type: ignore[union-attr]


async def test_a_lost_server_is_said_and_acts_are_refused(
    rack: Rack, where: Where, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known stays on the screen with the cause; nothing is sent; then it comes back."""
    monkeypatch.setattr(feed, "PING_S", 0.1)
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("2")
        await person.sees("STATUS")
        rack.lost = True
        await person.until(lambda: person.console.store.connection.link is Link.LOST, "lost")
        await person.sees("Server lost", "R58M1", "nothing can be changed")
        await person.press("s")
        await person.sees("nothing was sent")
        rack.lost = False
        await person.press("r")
        await person.until(lambda: person.console.store.live, "live again")

    assert not rack.told


async def test_read_only_refuses_whatever_changes_something(rack: Rack, tmp_path: Path) -> None:
    """Each such action says that this console is read-only, and nothing is sent."""
    async with opened(rack, tmp_path, read_only=True) as person:
        await person.sees("READ-ONLY")
        for action in (a for a in ACTIONS if a.mutates):
            await person.press("1" if action.group == "Phones" else "2")
            await person.press(action.keys)
            await person.sees(f"{action.label}: this console is read-only")

    assert not rack.told


async def test_an_act_that_cannot_be_done_here_says_why(rack: Rack, tmp_path: Path) -> None:
    """In Stats nothing is chosen: each key that needs a row or a list names what it needs."""
    async with opened(rack, tmp_path) as person:
        await person.press("4")
        person.console.said.text = ""
        refused = [a for a in ACTIONS if a.refusal(person.console.situation)]
        for action in refused:
            await person.press(action.keys.split(",")[0])
            await person.sees(action.refusal(person.console.situation)[:60])

    assert {"stop", "retry", "open", "mark", "sort", "post", "follow", "filter"} <= {
        action.id for action in refused
    }

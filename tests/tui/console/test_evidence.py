"""What was kept of a task, on the screen; and the question whether the post is there beside it."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from tests.serve.fake import NOW
from tests.tui.console.corpus import STRINGS
from tests.tui.console.pilots import Where, opened
from tests.tui.console.racks import Rack, failed
from tmcore.format import safe
from tmcore.model import Attempt, LogLine, PressOutcome, Step, TaskDetail
from tmcore.reasons import Reason
from tmtui.evidence import around, pressed, sibling

WORDS = '<hierarchy><node text="{0}" class="c.T" package="a" bounds="[0,0][9,9]"/></hierarchy>'


def at(seconds: float) -> Step:
    began = NOW + timedelta(seconds=seconds)
    name = "press" if seconds == 30 else "push"
    return Step(name=name, started_at=began, ended_at=began + timedelta(seconds=2), outcome="done")


PRESSED = Attempt(
    id=7, started_at=NOW, ended_at=NOW + timedelta(minutes=2), outcome="fail",
    reason=Reason.OUTCOME_UNKNOWN, press=PressOutcome.UNKNOWN, steps=(at(1), at(30)),
    evidence=("7-composer.xml", "7-composer.png", "7-screen.png", "7-screen.xml"),
    log=(LogLine(at=NOW, text="a line of the log"),),
)  # fmt: skip
BEFORE = Attempt(id=6, started_at=NOW, outcome="fail", evidence=("6-screen.png",))
LATER = Attempt(id=8, kind="recover", started_at=NOW, outcome="fail", evidence=("8-screen.png",))


@pytest.fixture(params=["near", "far"])
def where(request: pytest.FixtureRequest) -> Where:
    found: Where = request.param
    return found


def picture(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (90, 160), colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def rack() -> Rack:
    """Two posts that may be there or not; one has its screens, of the other nothing was kept."""
    unknown = {"username": "ann", "remark": "pressed; no proof was seen within 60 s"}
    rack = Rack(tasks=[failed(n, Reason.OUTCOME_UNKNOWN, **unknown) for n in (4, 5)])
    rack.details[5] = {"attempts": (BEFORE, PRESSED), "media": "/media/beach.mp4"}
    rack.kept = {
        "6-screen.png": picture("black"), "7-composer.png": picture("red"),
        "7-composer.xml": WORDS.format("Describe your post").encode(),
        "7-screen.png": picture("blue"), "7-screen.xml": WORDS.format("Uploading 99%").encode(),
    }  # fmt: skip
    return rack


def detail(*attempts: Attempt) -> TaskDetail:
    row = failed(5, Reason.OUTCOME_UNKNOWN).model_dump(exclude={"status_text"})
    return TaskDetail(**row, attempts=attempts)


def test_which_pictures_are_around_the_press() -> None:
    """The composer is before it; the last screen after it, also one that was looked for later."""
    found = around(detail(BEFORE, PRESSED, LATER))

    assert found.names == ("7-composer.png", "7-composer.xml", "8-screen.png", "7-screen.xml")
    assert pressed(detail(BEFORE, PRESSED, LATER)) == PRESSED
    assert sibling("7-screen.png", detail(PRESSED)) == "7-screen.xml"
    assert sibling("8-screen.png", detail(PRESSED, LATER)) is None


def test_without_a_press_the_last_screen_is_shown() -> None:
    """And without any file there is none."""
    assert around(detail(BEFORE)).after == "6-screen.png"
    assert around(detail()) == around(detail(BEFORE.model_copy(update={"evidence": ()})))
    assert pressed(detail(BEFORE)) is None


async def test_the_question_is_asked_with_the_screens_in_view(
    rack: Rack, where: Where, tmp_path: Path
) -> None:
    """Before the press, when it ended, the words, the account, the file, the time; y settles."""
    async with opened(rack, tmp_path, (120, 40), where=where) as person:
        await person.press("2", "u")
        text = await person.sees(
            "Is the post of task 5 there?", "before press", "when it ended", "Uploading 99%",
            "ann on R58M1", "/media/beach.mp4", "no proof was seen within 60 s", "pressed  ",
            "y posted   n not posted   esc leaves it",
        )  # fmt: skip
        assert text.count("▀" * 20) > 10
        await person.press("y")
        await person.sees("settle: 1 done")

    assert rack.told == [("resolve", (5, True))]


async def test_nothing_is_settled_before_the_question_is_seen(rack: Rack, tmp_path: Path) -> None:
    """A y before the screens have come, and keys that answer nothing, do nothing; esc leaves it."""
    rack.shown.clear()
    async with opened(rack, tmp_path, (80, 24)) as person:
        await person.press("2", "u")
        await person.sees("looking for what was kept")
        await person.press("y", "n", "enter")
        rack.shown.set()
        await person.sees("y posted")
        await person.press("enter", "space", "p", "d", "1", "Y")
        await person.sees("y posted")
        await person.press("escape")
        await person.sees("settle: left alone")

    assert not rack.told


async def test_what_a_late_look_came_to_stands_beside_the_question(
    rack: Rack, tmp_path: Path
) -> None:
    """It may be what a person has to do on the phone."""
    look = Attempt(id=9, kind="verify", started_at=NOW, outcome="looked", remark="a draft is open")
    rack.details[5]["attempts"] = (BEFORE, PRESSED, look)
    async with opened(rack, tmp_path, (80, 24)) as person:
        await person.press("2", "u")
        await person.sees("late look", "a draft is open")


async def test_without_a_picture_its_words_stand_there(rack: Rack, tmp_path: Path) -> None:
    """What the phone showed before the press is told as text."""
    evidence = ("7-composer.xml", "7-screen.png", "7-screen.xml")
    rack.details[5]["attempts"] = (PRESSED.model_copy(update={"evidence": evidence}),)
    async with opened(rack, tmp_path, (120, 40)) as person:
        await person.press("2", "u")
        await person.sees("no picture was kept", "Describe your post", "▀" * 20, "Uploading 99%")


async def test_marked_ones_are_asked_one_by_one(rack: Rack, where: Where, tmp_path: Path) -> None:
    """Each with its own screens; where nothing was kept it says so; esc leaves the rest."""
    async with opened(rack, tmp_path, (120, 40), where=where) as person:
        await person.press("2", "a", "u")
        await person.sees("task 5 there?   1 of 2", "y posted")
        await person.press("y")
        await person.sees("task 4 there?   2 of 2", "no picture was kept", "y posted")
        await person.press("escape")
        await person.sees("settle: left alone, 1 still to do")

    assert rack.told == [("resolve", (5, True))]


async def test_kept_files_are_opened_one_by_one(rack: Rack, where: Where, tmp_path: Path) -> None:
    """The steps and files of the last attempt first; pictures drawn, dumps as their words."""
    async with opened(rack, tmp_path, (120, 40), where=where) as person:
        await person.press("2", "E")
        await person.sees("What was kept of task 5", "Attempt 7", "press", "> 7-composer.xml",
                          "Describe your post", "Attempt 6")  # fmt: skip
        assert "a line of the log" not in person.text
        await person.press("j", "j")
        await person.sees("> 7-screen.png", "▀" * 20, "Uploading 99%")
        await person.press("j", "j", "j", "j")
        await person.sees("> 6-screen.png", "▀" * 20)
        await person.press("k")
        await person.sees("> 7-screen.xml")
        del rack.kept["7-screen.png"]
        await person.press("k")
        await person.sees("7-screen.png cannot be shown", "does not exist")
        await person.press("escape")
        await person.until(lambda: "What was kept" not in person.text, "closed")


async def test_where_nothing_was_kept_it_is_said(rack: Rack, tmp_path: Path) -> None:
    """Of a task without files, and of no single task."""
    async with opened(rack, tmp_path) as person:
        await person.press("2", "j", "E")
        await person.sees("evidence: nothing was kept of this task")
        await person.press("a", "E")
        await person.sees("evidence: choose one task")


async def test_what_a_phone_shows_is_never_obeyed(rack: Rack, tmp_path: Path) -> None:
    """Control bytes in a remark, a file's name and a kept text are spelled out."""
    nasty = STRINGS[0]
    rack.details[5]["media"] = nasty
    rack.details[5]["attempts"] = (PRESSED.model_copy(update={"evidence": ("7-foreground.txt",)}),)
    rack.kept["7-foreground.txt"] = nasty.encode()
    async with opened(rack, tmp_path, (120, 40)) as person:
        await person.press("2", "u")
        await person.sees(safe(nasty), "y posted")
        await person.press("E")
        await person.sees("What was kept", safe(nasty))
        assert "\x1b" not in person.text

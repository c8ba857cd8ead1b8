"""The screens as text, at the sizes that people have: a change of any is seen, and meant.

`TM_SCREENS=write pytest tests/tui/console/test_screens.py` writes them anew; read the diff.
"""

import io
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import pytest
from PIL import Image
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tests.serve.fake import NOW
from tests.tui.console.pilots import Person, opened
from tests.tui.console.racks import Rack, failed, task
from tmcore.devices import Device, DeviceState, Rung, Tried
from tmcore.errors import ServerUnreachable, TmError
from tmcore.events import Event, EventKind
from tmcore.materials import Material, Use
from tmcore.model import Attempt, Health, LogLine, PressOutcome, Step, TaskStatus
from tmcore.reasons import Reason
from tmtui.store import Connection, Link

READABLE = 3.0  # WCAG asks 3 of large and bold text
KEPT = Path(__file__).with_name("screens")
SIZES = ((80, 24), (120, 40), (200, 60))
REPLACED = (
    "/home/ann/rack.db was deleted or replaced while it was in use; nothing is started or pressed "
    "any more; put it back, or stop the program and put a backup in its place with `tm restore`"
)
CLOCKS = ("tmtui.app", "tmtui.bars", "tmcore.columns", "tmtui.detail", "tmcore.format")


class Stopped(datetime):
    """A clock that stands five minutes after everything happened."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        moment = NOW + timedelta(minutes=5)
        return cls.fromtimestamp(moment.timestamp(), tz)


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    for module in CLOCKS:
        monkeypatch.setattr(f"{module}.datetime", Stopped)
    yield
    monkeypatch.undo()
    time.tzset()


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def rack_of_everything() -> Rack:
    """One phone in each state that matters, one task of each kind."""
    plain = {"model": "SM-A146B", "android": "14", "battery_percent": 81, "temperature_c": 31.0,
             "free_bytes": 49_400_000_000, "last_seen_at": at(0)}  # fmt: skip
    phones = [
        Device(serial="R58M101", state=DeviceState.READY, accounts=("ann",), **plain),
        Device(serial="R58M102", state=DeviceState.BUSY, task_id=5, queue=1, **plain),
        Device(serial="R58M103", state=DeviceState.OFFLINE,
               why="adb lost it; check its cable and hub", **plain),
        Device(serial="R58M104", state=DeviceState.PAUSED, paused="the screen is cracked",
               why="the screen is cracked", **(plain | {"battery_percent": 9})),
        Device(serial="R58M105", state=DeviceState.UNAUTHORIZED,
               why="confirm the debugging question on its screen"),
        Device(serial="R58M106", state=DeviceState.QUARANTINED, quarantined="it stayed offline",
               why="it stayed offline", quarantined_at=at(70), recovery=(
                   Tried(rung=Rung.PROBE, count=3, last_at=at(20), said="no echo within 2 s"),
                   Tried(rung=Rung.RECONNECT, count=2, last_at=at(60), said="still offline"),
               )),
    ]  # fmt: skip
    running = {"status": TaskStatus.RUNNING, "step": "upload", "progress": 0.6, "started_at": at(1)}
    done = {"status": TaskStatus.COMPLETED, "reason": Reason.CONFIRMED, "started_at": at(0),
            "ended_at": at(42), "username": "ann", "remark": "the post is there"}  # fmt: skip
    tasks = [
        task(1, "R58M101", **done),
        failed(2, serial="R58M103", remark="the gallery did not open within 20 s"),
        failed(3, Reason.STOPPED, serial="R58M101", remark="stopped by a person"),
        failed(4, Reason.OUTCOME_UNKNOWN, serial="R58M104", username="bob",
               remark="pressed; no proof was seen within 60 s"),
        task(5, "R58M102", **running),
        task(6, "R58M102", script_config={"material_list": ["/media/beach.mp4"]}),
    ]  # fmt: skip
    rack = Rack(phones, tasks)
    rack.details[2] = {"caption": "At the beach", "attempts": (
        Attempt(id=2, started_at=at(0), ended_at=at(42), outcome="fail", reason=Reason.TIMEOUT,
                remark="the gallery did not open within 20 s", evidence=("2-screen.png",),
                steps=(Step(name="push", started_at=at(0), ended_at=at(3.5), outcome="done"),
                       Step(name="create", started_at=at(3.5), ended_at=at(42), outcome="timeout")),
                log=(LogLine(at=at(4), text="gallery_thumb: not found by any candidate"),)),
    )}  # fmt: skip
    rack.details[4] = {"caption": "At the beach", "media": "/media/beach.mp4", "attempts": (
        Attempt(id=3, started_at=at(0), ended_at=at(90), outcome="fail",
                reason=Reason.OUTCOME_UNKNOWN, press=PressOutcome.UNKNOWN,
                remark="pressed; no proof was seen within 60 s",
                steps=(Step(name="press", started_at=at(28), ended_at=at(29), outcome="done"),
                       Step(name="watch", started_at=at(29), ended_at=at(90), outcome="timeout")),
                evidence=("3-composer.xml", "3-screen.png", "3-screen.xml")),
    )}  # fmt: skip
    rack.kept = {
        "3-composer.xml": dump("Describe your post", "At the beach", "Post"),
        "3-screen.png": shot(), "3-screen.xml": dump("Uploading 99%", "For You"),
    }  # fmt: skip
    use = Use(app="tiktok", account="ann", task_id=1, at=at(40), outcome=PressOutcome.CONFIRMED)
    rack.materials.kept = {
        n: Material(id=n, path=f"/media/{name}.mp4", kind="video", sha256="ab" * 32, width=1080,
                    height=1920, size_bytes=5_200_000, duration_s=12.0, added_at=at(0),
                    tags=("sea",),
                    uses=(use,) if n == 1 else (), reserved_by=(6,) if n == 2 else ())
        for n, name in enumerate(("sand", "beach", "waves"), 1)
    }  # fmt: skip
    rack.lines = [
        Event(kind=EventKind.LOG, at=at(4), serial="R58M103", task_id=2, text="no gallery_thumb"),
        Event(kind=EventKind.LOG, at=at(9), serial="R58M104", text="tap (540, 200) by a person"),
    ]
    return rack


def dump(*texts: str) -> bytes:
    nodes = (
        f'<node text="{text}" class="c.T" package="a" bounds="[0,{n}][9,{n + 9}]"/>'
        for n, text in enumerate(texts)
    )
    return f"<hierarchy>{''.join(nodes)}</hierarchy>".encode()


def shot() -> bytes:
    """A picture of three stripes."""
    picture = Image.new("RGB", (90, 160), "navy")
    picture.paste("white", (0, 0, 90, 30))
    picture.paste("red", (20, 120, 70, 150))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@asynccontextmanager
async def showing(size: tuple[int, int], folder: Path) -> AsyncIterator[Person]:
    async with opened(rack_of_everything(), folder, size) as person:
        await person.until(lambda: person.console.store.logged == 2)
        yield person


async def seen(person: Person, until: str = "") -> dict[str, str]:
    """Every pane and dialog, as it stands once nothing moves any more."""
    found: dict[str, str] = {}
    for title, keys in (
        ("devices", "1"), ("tasks", "2"), ("a failed task", "2 task enter"), ("logs", "escape 3"),
        ("stats", "4"), ("grid", "g"), ("marked", "2 a"), ("delete", "d"), ("help", "escape ?"),
        ("new post", "escape 1 a n"), ("faults", "escape a !"),
        ("needs you", "! N"), ("settle", "u"), ("evidence", "E"), ("materials", "escape escape 7"),
        ("settings", "8"), ("edit", "enter"),
    ):  # fmt: skip
        for key in keys.split():
            if key == "task":
                person.console.table().move_to(person.console.table().view.places[2])
                continue
            await person.press({"?": "question_mark", "!": "exclamation_mark"}.get(key, key))
        await person.settled()
        found[title] = person.text
        if title == until:
            break
    return found


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_screens_are_as_kept(size: tuple[int, int], tmp_path: Path) -> None:
    """Every pane and dialog, word for word and place for place."""
    async with showing(size, tmp_path) as person:
        screens = await seen(person)
        await person.press("escape", "1")
        screens["the database was replaced"] = await _replaced(person)
        text = _page(screens)

    file = KEPT / f"{size[0]}x{size[1]}.txt"
    if os.environ.get("TM_SCREENS") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


async def _replaced(person: Person) -> str:
    rack = person.console.rack
    assert isinstance(rack, Rack)
    rack.vital = Health(database=REPLACED)
    await person.console.feed._feel()
    await person.settled()
    return person.text


def _page(screens: dict[str, str]) -> str:
    return "".join(f"==== {title}\n{text}\n" for title, text in screens.items())


async def test_without_colour_the_same_words_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR: nothing is said by colour alone, and the cursor is seen."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TEXTUAL_THEME", "ansi-dark")
    async with showing((120, 40), tmp_path) as person:
        screens = await seen(person, "logs")
        await person.press("1")
        await person.settled()
        segments = _segments(person)

    assert (KEPT / "120x40.txt").read_text("utf-8").startswith(_page(screens))
    assert [s.text for s in segments if s.style and s.style.reverse and "R58M" in s.text]


async def test_colour_stands_beside_the_word(tmp_path: Path) -> None:
    """What is wrong, what a person holds and what runs have colours of their own."""
    async with showing((120, 40), tmp_path) as person:
        await person.sees("✗ offline")
        await person.press("j", "j", "j", "j")  # the cursor paints over
        await person.settled()
        colours = {
            word: segment.style.color
            for word in ("✗ offline", "‖ paused", "▶ busy", "● ready")
            for segment in _segments(person)
            if segment.text.startswith(word) and segment.style
        }

    assert len(set(colours.values())) == 4, colours


@pytest.mark.parametrize("theme", ["tm-dark", "tm-light", "tm-contrast"])
async def test_every_word_can_be_read(theme: str, tmp_path: Path) -> None:
    """Also the dim ones and those under the cursor; what is dim is not brighter than the rest."""
    async with showing((120, 40), tmp_path) as person:
        person.console.theme = theme
        for key in ("1", "2"):
            await person.press(key)
            await person.settled()
            words = [s for s in _segments(person) if s.text.strip(" │▁▂▃▄▅▆▇█") and s.style]
            weak = [(s.text, c) for s in words if s.style and (c := _contrast(s.style)) < READABLE]
            assert not weak
        dim, plain = (person.console.table().style(name) for name in ("dim", ""))
        base = person.console.table().rich_style

    assert _contrast(base + dim) < _contrast(base + plain)


def _contrast(style: Style) -> float:
    front, back = style.color, style.bgcolor
    assert front
    assert back
    darker, lighter = sorted(map(_luminance, (front, back)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    """As WCAG counts it, from 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour.get_truecolor())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _segments(person: Person) -> list[Segment]:
    strips = person.console.screen._compositor.render_strips()
    return [segment for strip in strips for segment in strip]


async def test_plain_characters_are_enough(tmp_path: Path) -> None:
    """--ascii: no glyph of ours is outside ASCII, and each state is still told."""
    rack = rack_of_everything()
    async with opened(rack, tmp_path, (120, 40), ascii=True) as person:
        for key in ("2", "3", "4", "g", "1"):
            await person.press(key)
            await person.settled()
            assert person.text.isascii(), person.text
        text = await person.sees("x offline", "= paused", "o ready", "> busy")

    assert text


async def test_a_lost_server_is_words(tmp_path: Path) -> None:
    """The cause, the age of what is shown and what to press, at the smallest full size."""
    rack = rack_of_everything()
    async with opened(rack, tmp_path, (80, 24)) as person:
        person.console.feed._say(_lost())
        await person.sees("Server lost", "cable", "(r: now)", "nothing can be changed")


async def test_a_rack_that_starts_nothing_is_words(tmp_path: Path) -> None:
    """Its own reason stands there until it is gone, and gives way to a server that is lost."""
    rack = rack_of_everything()
    async with opened(rack, tmp_path, (80, 24), where="far") as person:
        rack.vital = Health(adb="no server answers", scheduler="it hangs")
        await person.console.feed._feel()
        await person.sees("Nothing is started. scheduler: it hangs; adb: no server answers.")
        rack.vital = Health()
        await person.console.feed._feel()
        await person.until(lambda: "Nothing is started" not in person.text)
        rack.vital = Health(database=REPLACED)
        await person.console.feed._feel()
        rack.lost = True
        with pytest.raises(TmError):
            await person.console.feed._feel()
        person.console.feed._say(_lost())
        await person.sees("Server lost")


def _lost() -> Connection:
    cause = str(ServerUnreachable("the cable is out"))
    return Connection(Link.LOST, cause, fresh_at=NOW, lost_at=NOW, retry_at=at(330))

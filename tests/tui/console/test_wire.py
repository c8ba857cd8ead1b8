"""What crosses the line to the terminal: no byte of the data's own, and nothing while idle."""

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.serve.fake import NOW
from tests.tui.console.corpus import COUNT, STRINGS, mark
from tests.tui.console.racks import Rack, failed
from tests.tui.console.terminal import Terminal, terminal
from tmcore.accounts import Account
from tmcore.devices import Device, DeviceState, PhoneScreen, Rung, Tried
from tmcore.events import Event, EventKind
from tmcore.materials import Material
from tmcore.model import Attempt, LogLine, Step
from tmcore.reasons import Reason
from tmserve.app import Server

SIZE = (200, 60)
EVIL = "\x1b[7777mx\u202ey\x9b7777m"
DUMP = """<hierarchy><node text="{0}" content-desc="{0}" resource-id="a:id/b" class="c.Button"
 package="a" clickable="true" enabled="true" bounds="[0,0][1080,200]"/></hierarchy>"""
SENT = re.compile(  # every form that Textual itself uses
    r"\x1b\[[<>=?]?[0-9;:]*\$?[A-Za-z]|\x1b\]22;[a-z]*\x07|\x1b\]52;c;[A-Za-z0-9+/=]*\x07"
)
UNSEEN = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ue000]")  # fmt: skip  # noqa: E501


def hostile_rack() -> Rack:
    """Every foreign field of 200 phones, 200 tasks and 200 log lines holds one of the strings."""
    phones = [
        Device(serial=text, state=DeviceState.OFFLINE, why=text, model=text, android=text,
               address=text, accounts=(text,), paused=text if n % 2 else None,
               quarantined=None if n % 3 else text,
               recovery=(Tried(rung=Rung.PROBE, count=1, last_at=NOW, said=text),))
        for n, text in enumerate(STRINGS)
    ]  # fmt: skip
    tasks = [
        failed(n + 1, Reason.OUTCOME_UNKNOWN if n % 3 else Reason.TIMEOUT, serial=text,
               username=text, script_name=text, remark=text, step=text,
               script_config={"captions": text, "material_list": [text], text: text})
        for n, text in enumerate(STRINGS)
    ]  # fmt: skip
    rack = Rack(phones, tasks)
    for n, text in enumerate(STRINGS):
        rack.details[n + 1] = {"caption": text, "media": text, "attempts": (_attempt(text),)}
        rack.kept |= {f"{text}.xml": DUMP.format(_xml(text)).encode(), f"{text}.png": b"no picture"}
        rack.materials.kept[n + 1] = Material(
            id=n + 1, path=text, kind="video", sha256="ab", size_bytes=1, width=1, height=1,
            tags=(text,), caption=text, username=text, added_at=NOW,
        )  # fmt: skip
        rack.bound[n + 1] = Account(
            id=n + 1, app="tiktok", username=text, serial=text, package=text, created_at=NOW,
            held=Reason.SECURITY_CHECK, held_why=text,
        )  # fmt: skip
    rack.set = rack.set.model_copy(update={"media_folders": tuple(f"/{t}" for t in STRINGS)})
    rack.lines = [
        Event(kind=EventKind.LOG, at=NOW, text=text, serial=text, task_id=n)
        for n, text in enumerate(STRINGS)
    ]
    rack.phone_screen = PhoneScreen(png=b"no picture", xml=DUMP.format(_xml(STRINGS[0])))
    return rack


def _attempt(text: str) -> Attempt:
    return Attempt(id=1, started_at=NOW, ended_at=NOW, outcome=text, remark=text,
                   steps=(Step(name=text, started_at=NOW, outcome=text),),
                   log=(LogLine(at=NOW, text=text),),
                   evidence=(f"{text}.xml", f"{text}.png"))  # fmt: skip


def _xml(text: str) -> str:
    plain = "".join(c for c in text if c >= " " and c != "\ufffe")
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@contextmanager
def console(url: str, folder: Path, **environment: str) -> Iterator[Terminal]:
    every = os.environ | {"HOME": str(folder)} | environment
    with terminal("--url", url, env=every, size=SIZE, cwd=folder) as shown:
        yield shown


@pytest.mark.timeout(180)  # some eighty screens, each waited for until it is quiet
async def test_no_control_byte_of_the_data_reaches_the_terminal(tmp_path: Path) -> None:
    """200 strings in every field, through every pane and dialog: shown, never obeyed."""
    rack = hostile_rack()
    async with Server(rack, port=0) as server:
        with console(server.url, tmp_path) as t:
            await t.sees("200 of 200", mark(0))
            await _walk(t)
            t.press("q")
            assert await t.ended() == 0

            assert not rack.told
            assert "~" not in t.screen.title
            sent = t.raw.decode()
            left = SENT.sub("", sent)
            unsent = [
                ascii(left[max(0, at.start() - 9) : at.end() + 9]) for at in UNSEEN.finditer(left)
            ]
            assert not unsent
            orders = "\n".join(SENT.findall(sent))
            obeyed = [n for n in range(COUNT) if mark(n) in orders]
            assert not obeyed
            shown = {n for n in range(COUNT) if mark(n) in sent}
            assert len(shown) == COUNT


async def _walk(t: Terminal) -> None:
    """Through every pane, to the end of each list, into the details and every dialog."""
    for pane in ("1", "2", "g", "3", "4", "5", "7", "8"):
        t.press(pane)
        await t.quiet()
        for _ in range(4 if pane in "1257" else 0):
            t.press("\x1b[6~")  # page down
            await t.quiet()
    t.press("2", "enter")
    await t.sees("Attempt")
    t.press("esc")
    await t.quiet()
    t.press("a")
    for key, asks in (("d", "Type 200 to do it"), ("u", "y posted")):
        t.press(key)
        await t.sees(asks)
        if key == "u":
            t.press("E")
            await t.sees("What was kept")
            await t.quiet()
            t.press("esc")
            await t.sees(asks)
        t.press("esc")
        await t.misses(asks)
    t.press("N")
    await t.sees("look whether the post is there")
    t.press("y")
    await t.sees("written to")  # too long for OSC 52
    t.press("1")
    await t.quiet()
    t.press("a")
    for key, asks in (("p", "Pause 100 phones"), ("n", "New post from"), ("?", "Every key"),
                      ("ctrl+p", "Search for commands")):  # fmt: skip
        t.press(key)
        await t.sees(asks)
        t.press("esc")
        await t.misses(asks)
    t.press("a", "v")
    await t.sees("To tap", "To read")
    t.press("esc")
    await t.misses("To tap")


async def test_idle_is_silent(tmp_path: Path) -> None:
    """Once everything is drawn, not one byte is sent while nothing happens."""
    phones = [Device(serial=f"R{n}", state=DeviceState.READY, last_seen_at=NOW) for n in range(50)]
    async with Server(Rack(phones, [failed(1)]), port=0) as server:
        with console(server.url, tmp_path) as t:
            await t.sees("50 of 50", "Tasks")
            quiet = [await _sent_within(t, 2.5) for _ in range(2)]

    assert min(quiet) == 0, quiet  # on the full minute ages are written anew


async def _sent_within(t: Terminal, seconds: float) -> int:
    await t.quiet()
    before = len(t.raw)
    await asyncio.sleep(seconds)
    return len(t.raw) - before


async def test_no_color_sends_no_colour(tmp_path: Path) -> None:
    """NO_COLOR, to the letter: only bold, dim, underline and reverse."""
    async with Server(Rack(tasks=[failed(1)]), port=0) as server:
        with console(server.url, tmp_path, NO_COLOR="1") as t:
            await t.sees("live", "2 of 2")
            for key in ("2", "enter", "?"):
                t.press(key)
                await t.quiet()

    styles = {code for codes in re.findall(rb"\x1b\[([0-9;]*)m", bytes(t.raw))
              for code in codes.split(b";")}  # fmt: skip
    assert styles <= {
        b"",
        b"0",
        b"1",
        b"2",
        b"4",
        b"7",
        b"22",
        b"24",
        b"27",
        b"39",
        b"49",
    }  # 39 and 49: the terminal's own


async def test_pasted_and_completed_words_are_not_obeyed(tmp_path: Path) -> None:
    """A caption from the clipboard and a file's name, in the form and its preview."""
    (tmp_path / f"{EVIL}.mp4").touch()
    async with Server(Rack(), port=0) as server:
        with console(server.url, tmp_path) as t:
            await t.sees("live", "2 of 2")
            t.press("n")
            await t.sees("New post from")
            t.press(f"{tmp_path}/")
            await t.quiet()
            t.press("tab", f"\x1b[200~{EVIL}\x1b[201~")
            await t.sees("for example", "7777")
            t.press("esc")
            await t.quiet()

    assert b"\x1b[7777m" not in t.raw
    assert b"\x9b7777m" not in t.raw
    assert "\u202e".encode() not in t.raw

"""Files, sizes, amounts and texts that nobody planned for: said, survived, left as they were."""

import json
import random
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.serve.fake import NOW
from tests.tui.console.pilots import Person, opened
from tests.tui.console.racks import PHONES, Rack, failed, task
from tmcore.devices import Device, DeviceState
from tmcore.model import Attempt, Step
from tmserve.app import Server
from tmserve.client import RemoteRack
from tmtui.app import Console, Options
from tmtui.state import Keymap

MANY = 1000
BROKEN_STATES = (
    "{", "[]", "null", '"x"', "\x00\xff", '{"devices": {"sort": [], "hidden": [[], {}, 3]}}',
    '{"pane": 7, "split": "no", "theme": ["x"]}', '{"tasks": {"filter": 5, "reverse": 1}}',
    '{"devices": 3, "tasks": [1]}', "[" * 100_000,
)  # fmt: skip


@pytest.mark.parametrize("text", BROKEN_STATES, ids=range(len(BROKEN_STATES)))
async def test_a_broken_state_file_keeps_nobody_out(text: str, tmp_path: Path) -> None:
    """What can be used is; a file that cannot be read is named, ignored and kept as it is."""
    state = tmp_path / "state.json"
    state.write_text(text, "utf-8")
    async with opened(Rack(), tmp_path) as person:
        await person.sees("R58M1")
        said = person.console.said.text
        await person.press("1")

    unread = not isinstance(_read(text), dict)
    assert (str(state) in said) is unread
    assert (state.read_text("utf-8") == text) is unread


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


async def test_an_unknown_theme_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the file or the environment: the console opens in its own colours and says so."""
    monkeypatch.setenv("TEXTUAL_THEME", "nope\x1b[2J")
    async with opened(Rack(), tmp_path) as person:
        await person.sees("there is no theme 'nope␛[2J'", "R58M1")


async def test_only_a_theme_that_was_chosen_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One evening on a terminal of 16 colours does not make every later one of 16."""
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setenv("TERM", "linux")
    async with opened(Rack(), tmp_path) as person:
        assert person.console.theme == "ansi-dark"
    monkeypatch.setenv("TERM", "xterm-256color")
    async with opened(Rack(), tmp_path) as person:
        assert person.console.theme == "tm-dark"
        person.console.theme = "tm-light"
    async with opened(Rack(), tmp_path) as person:
        assert person.console.theme == "tm-light"


KEYMAP = """# mine
stop = f6
retry = s            # free, since stop has moved
delete = q
pause = j
nothing = z
this is no line
post = ?
"""


async def test_a_keymap_is_used_and_its_slips_are_named_by_line(tmp_path: Path) -> None:
    """File and line of what is wrong; the rest holds, in the footer and under the hand."""
    keys = tmp_path / "keys.conf"
    keys.write_text(KEYMAP, "utf-8")
    rack = Rack(tasks=[task(1)])
    async with opened(rack, tmp_path, size=(160, 30)) as person:
        await person.press("2")
        await person.sees("f6 stop")
        await person.press("f6")
        await person.sees("Stop 1 task?")
        await person.press("y")
        await person.sees("stop: 1 done", "s retry")

    assert [problem.removeprefix(f"{keys}:") for problem in Keymap.load(keys).problems] == [
        "4 q is the key of quit already",
        "5 j is the key of moving the cursor already",
        "6 names no action: nothing",
        "7 is not `action = key`",
        "8 question_mark is the key of help already",
    ]
    assert keys.read_text("utf-8") == KEYMAP


async def test_slips_of_the_keymap_are_said_at_the_start(tmp_path: Path) -> None:
    """On the screen, not only in a return value."""
    (tmp_path / "keys.conf").write_text("delete = q\n", "utf-8")
    async with opened(Rack(), tmp_path) as person:
        await person.sees("keys.conf:1 q is the key of quit already")


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (60, 15), (300, 100)])
async def test_every_size_is_drawn(size: tuple[int, int], tmp_path: Path) -> None:
    """From a corner of a screen to a wall of one, through every pane and back."""
    async with opened(Rack(tasks=[failed(1)]), tmp_path, size) as person:
        for key in ("2", "enter", "escape", "3", "4", "g", "question_mark", "escape", "1"):
            await person.press(key)
        await person.pilot.resize_terminal(100, 30)
        await person.sees("R58M1")


async def test_a_size_that_changes_at_every_moment(tmp_path: Path) -> None:
    """Under each pane and each dialog, while rows change."""
    rack, sizes = Rack(tasks=[task(1), failed(2)]), random.Random(7)
    async with opened(rack, tmp_path) as person:
        for key in ("2", "d", "escape", "1", "p", "escape", "n", "escape", "g", "question_mark",
                    "escape", "3", "4", "2", "enter", "escape", "slash", "escape"):  # fmt: skip
            await person.press(key)
            await person.pilot.resize_terminal(sizes.randint(1, 180), sizes.randint(1, 60))
            rack.put(task(1, step=key, remark=key * 50))
        await person.pilot.resize_terminal(120, 30)
        await person.press("1")
        await person.sees("R58M1")


async def test_an_empty_rack_says_what_to_do(tmp_path: Path) -> None:
    """No phone and no task: each list names the next step; every key has a refusal or an effect."""
    async with opened(Rack(phones=()), tmp_path) as person:
        await person.sees("no phones; plug one in", "0 of 0")
        for key in ("v", "p", "n", "space", "a", "asterisk", "y", "enter", "o", "c", "j", "G"):
            await person.press(key)
        await person.press("2")
        await person.sees("no tasks; go to Devices (1) and press n")
        await person.press("g")
        await person.sees("no phones")


async def test_a_thousand_phones_are_shown(tmp_path: Path) -> None:
    """All counted; the last is reached by one key; the grid holds them too."""
    phones = [Device(serial=f"R{n:05}", state=DeviceState.READY) for n in range(MANY)]
    async with opened(Rack(phones), tmp_path) as person:
        await person.sees("1000 of 1000", "phones 1000")
        await person.press("G")
        await person.sees("> R00999")
        await person.press("g")
        await person.sees(">R00999")


async def test_four_hundred_attempts_are_shown(tmp_path: Path) -> None:
    """The last ones in full, and how many there were before."""
    rack = Rack(tasks=[failed(1, retry_count=399)])
    attempts = [
        Attempt(id=n, started_at=NOW, ended_at=NOW + timedelta(seconds=9), outcome="fail",
                remark=f"try {n}", steps=(Step(name="push", started_at=NOW),))
        for n in range(1, 401)
    ]  # fmt: skip
    rack.details[1] = {"attempts": tuple(attempts)}
    async with opened(rack, tmp_path, (120, 300)) as person:
        await person.press("2", "enter")
        text = await person.sees("Attempt 400", "and 380 attempts before")

    assert text.index("Attempt 400") < text.index("Attempt 381")


async def test_a_caption_of_four_thousand_emoji_is_shown_whole(tmp_path: Path) -> None:
    """No line of it is cut off in the detail, and the list does not slow down for it."""
    rack = Rack(tasks=[failed(1, remark="🔥" * 4000, script_config={"captions": "🔥" * 4000})])
    rack.details[1] = {"caption": "🔥" * 4000}
    async with opened(rack, tmp_path, (100, 400)) as person:
        await person.press("2", "enter")
        await person.until(lambda: person.text.count("🔥") == 3 * 4000)


async def test_lone_surrogates_are_spelled_out(tmp_path: Path) -> None:
    """A name that no encoding can hold is shown as such; a near rack may have one."""
    phone = PHONES[0].model_copy(update={"model": "a\ud800b", "why": "\udfff"})
    async with opened(Rack([phone]), tmp_path, (160, 30)) as person:
        text = await person.sees("a\\ud800b", "\\udfff")

    assert text.encode()


async def test_a_server_without_events_is_asked_instead(tmp_path: Path) -> None:
    """An older one answers 404 there: the screen says so, and changes still arrive."""
    rack = Rack(tasks=[task(1)])
    async with Server(rack, port=0, grace_s=0.1) as server, RemoteRack(server.url) as older:
        older._http.event_hooks = {"request": [_without_events], "response": []}
        console = Console(older, Options(where="old", state=tmp_path / "s", keys=tmp_path / "k"))
        async with console.run_test(size=(120, 30)) as pilot:
            person = Person(pilot, console)
            await person.sees("asked every second", "R58M1")
            rack.phones["R58M1"] = PHONES[0].model_copy(update={"why": "a new cable"})
            await person.sees("a new cable")


async def _without_events(request: httpx.Request) -> None:
    if request.url.path.endswith("/events"):
        request.url = request.url.copy_with(path="/api/v1/nothing")

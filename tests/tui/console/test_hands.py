"""A person at a stuck phone: its screen as words, a number for each thing that can be tapped."""

from pathlib import Path

import pytest

from tests.tui.console.pilots import Where, opened
from tests.tui.console.racks import PHONES, Rack
from tmcore.devices import DeviceState, Hand, PhoneScreen

NODE = (
    '<node text="{0}" resource-id="a:id/b" class="c.Button" package="a" clickable="true"'
    ' enabled="true" bounds="[0,{1}][1000,{2}]"/>'
)
NODES = "".join(NODE.format(f"Thing {n}", n * 100, n * 100 + 100) for n in range(12))
SCREEN = PhoneScreen(png=b"", xml=f"<hierarchy>{NODES}</hierarchy>")


@pytest.fixture
def rack() -> Rack:
    """The first phone is paused, the second is not."""
    held = PHONES[0].model_copy(update={"state": DeviceState.PAUSED, "paused": "looking"})
    rack = Rack([held, PHONES[1]])
    rack.phone_screen = SCREEN
    return rack


@pytest.mark.parametrize("where", ["near", "far"])
async def test_each_key_of_the_hand_is_sent(rack: Rack, where: Where, tmp_path: Path) -> None:
    """A number of one or two digits taps in the middle; t types; b, h, w are the phone's keys."""
    async with opened(rack, tmp_path, (120, 40), where=where) as person:
        await person.press("v")
        await person.sees("12 Thing 11", "To read")
        for keys, hand in (
            ("2", Hand(tap=(500, 150))),
            ("12", Hand(tap=(500, 1150))),
            ("b", Hand(key="back")),
            ("h", Hand(key="home")),
            ("w", Hand(key="wake")),
        ):
            rack.told.clear()
            await person.press(*keys)
            await person.until(lambda: rack.told, keys)
            assert rack.told == [("act", ("R58M1", hand))]
        await person.press("t")
        await person.sees("Type on the phone")
        await person.press(*"Hi", "enter")
        await person.until(lambda: rack.told[-1] == ("act", ("R58M1", Hand(text="Hi"))))


async def test_a_number_that_could_be_two_waits_for_the_second(rack: Rack, tmp_path: Path) -> None:
    """1 may be 12: nothing is tapped until the next digit; 01 means 1; 99 is none."""
    async with opened(rack, tmp_path, (120, 40)) as person:
        await person.press("v")
        await person.sees("12 Thing 11")
        await person.press("1")
        await person.sees("one more digit; 01 means 1")
        assert not rack.told
        await person.press("9")
        await person.sees("there is no 19")
        assert not rack.told
        await person.press("0", "1")
        await person.until(lambda: rack.told == [("act", ("R58M1", Hand(tap=(500, 50))))])


async def test_a_phone_that_works_is_only_looked_at(rack: Rack, tmp_path: Path) -> None:
    """It says what to do first, and sends nothing."""
    async with opened(rack, tmp_path, (120, 40)) as person:
        await person.press("j", "v")
        await person.sees("12 Thing 11", "to act by hand, pause the phone first")
        await person.press("2", "b", "t")

    assert not rack.told


async def test_the_way_to_pixels_is_shown(
    rack: Rack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over SSH: the tunnel and scrcpy, with this computer's address and the phone's, to paste."""
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.9 51000 10.0.0.5 22")
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", "5999")
    async with opened(rack, tmp_path, (120, 60)) as person:
        await person.press("v")
        await person.sees(
            "ssh -CN -L 5038:localhost:5999 -L 27183:localhost:27183 10.0.0.5",
            "scrcpy --force-adb-forward -s R58M1",
        )


async def test_the_mouse_sorts_opens_and_chooses(rack: Rack, tmp_path: Path) -> None:
    """A click on a title sorts by it, once more reverses; on a row chooses; two open it."""
    async with opened(rack, tmp_path, (120, 40)) as person:
        await person.sees("R58M2")
        view, pilot = person.console.table().view, person.pilot
        await pilot.click("#devices", offset=(4, 0))
        await person.until(lambda: view.reverse)
        await pilot.click("#devices", offset=(4, 0))
        await person.until(lambda: not view.reverse)
        await pilot.click("#devices", offset=(4, 2))
        await person.until(lambda: view.cursor == "R58M2")
        await pilot.click("#devices", offset=(4, 2), times=2)
        await person.until(lambda: person.console.alone)

"""Text in a field of the app: what each way to type puts there, by the app's own record."""

import asyncio
from pathlib import Path

import pytest

from tests.virtual.hand import Hand
from tmcore.errors import StaleEpoch
from tmcore.phone.adb import AdbPhone
from tmcore.phone.screen import same_text
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

TEXTS = {
    "emoji": "Sunset \U0001f305 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
    "arabic": "\u0645\u0631\u062d\u0628\u0627 #\u0634\u0645\u0633",
    "newlines": "one\n\ntwo\n\U0001f305 three",
    "quotes": 'it\'s "quoted" `so` \\ and \u201cso\u201d',
    "shell": "$(reboot); ${HOME} && rm -rf / | %s %d * #!",
    "long": "\U0001f305 word " * 400,
}


@pytest.fixture
def hand(adb: PrivateAdb, rack: VirtualRack, phone: AdbPhone, tmp_path: Path) -> Hand:
    """The first phone, on its composer, with the description tapped."""
    hand = Hand(adb, rack, phone.serial)
    hand.add_video(b"video" * 1000, "/storage/emulated/0/Movies/v.mp4", tmp_path)
    hand.to_composer()
    hand.tap(text="Add description…")
    return hand


@pytest.mark.parametrize("name", TEXTS)
async def test_the_first_eye_sets_any_text(hand: Hand, phone: AdbPhone, name: str) -> None:
    """It replaces what was there, tells exactly what the field holds, and taps nothing."""
    assert await phone.set_text("what was there before \U0001f600") is not None

    held = await phone.set_text(TEXTS[name])

    assert held == TEXTS[name] == hand.rack.state(hand.serial)["caption"]
    assert hand.rack.truth(hand.serial)["misses"] == 0
    assert hand.rack.state(hand.serial)["title"] == ""


@pytest.mark.parametrize("name", TEXTS)
async def test_the_keyboard_commits_any_text(hand: Hand, phone: AdbPhone, name: str) -> None:
    """Through base64, in pieces, so that no shell sees a sign of it; both eyes read it back."""
    async with phone.keyboard():
        await phone.commit_text(TEXTS[name])

    assert hand.rack.state(hand.serial)["caption"] == TEXTS[name]
    shown = [node.text for node in (await phone.look()).nodes if node.focused]
    assert same_text(TEXTS[name], shown[0])


async def test_nothing_is_set_without_a_focused_field(rack: VirtualRack, phone: AdbPhone) -> None:
    """A tap that missed is no place to type; the eye stays open."""
    await phone.start_app("com.zhiliaoapp.musically")

    assert await phone.set_text("lost") is None

    assert await phone.open_eye() == ""


async def test_nothing_is_set_where_the_first_eye_is_not(hand: Hand, phone: AdbPhone) -> None:
    """The caller takes the next way."""
    hand.rack.fault(hand.serial, "u2_fails")

    assert await phone.set_text("lost") is None

    assert hand.rack.state(hand.serial)["caption"] == ""


async def test_a_stale_owner_sets_no_text(hand: Hand, phone: AdbPhone, other: AdbPhone) -> None:
    """Like a late tap, a late text is refused."""
    await other.own(6)

    with pytest.raises(StaleEpoch):
        await phone.set_text("late")

    assert hand.rack.state(hand.serial)["caption"] == ""


async def test_a_silent_server_is_cut_and_given_up(
    hand: Hand, phone: AdbPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the text and never answers: nothing hangs, and the second eye looks."""
    monkeypatch.setattr("tmcore.phone.u2._ASK_S", 0.3)
    await phone.open_eye()
    hand.rack.fault(hand.serial, "u2_silent")

    async with asyncio.timeout(10):
        assert await phone.set_text("lost") is None
        assert (await phone.look()).nodes

    assert "did not finish" in phone.eye

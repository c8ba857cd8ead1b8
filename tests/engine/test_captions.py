"""Whatever a caption holds, it is what the phone publishes; by each way to type, or by none."""

from pathlib import Path

import pytest

from tests.engine.conftest import post
from tmcore import Rack, Reason, TaskStatus
from tmcore.virtual.client import VirtualRack

GBOARD = "com.google.android.inputmethod.latin/com.android.inputmethod.latin.LatinIME"
KEYBOARD = "com.android.adbkeyboard"
CAPTIONS = {
    "emoji": "Sunset \U0001f305 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
    "arabic": "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639 #\u0634\u0645\u0633",
    "quotes": "it's \"quoted\" `so` \u201cand so\u201d",
    "shell": "$(reboot); ${HOME} && rm -rf / | %s %d \\\\ ~ * #!",
    "long": "\U0001f305 word " * 150 + "end",
}  # fmt: skip


def without_keyboard(phones: VirtualRack, serial: str) -> None:
    phones.set(serial, uninstall=KEYBOARD)


@pytest.mark.parametrize("name", CAPTIONS)
@pytest.mark.parametrize("way", ["uiautomator2", "ADBKeyBoard"])
async def test_any_caption_is_published_as_it_is(
    rack: Rack, phones: VirtualRack, video: Path, name: str, way: str
) -> None:
    """Set by the first eye, or through ADBKeyBoard where that eye does not open."""
    serial = phones.serials[0]
    if way == "ADBKeyBoard":
        phones.fault(serial, "u2_fails")
    caption = CAPTIONS[name]

    task = await post(rack, video, serial, captions=caption)

    assert task.status is TaskStatus.COMPLETED, task.remark
    [made] = phones.posts(serial)
    assert made["caption"].strip() == task.caption
    assert made["title"] == ""
    assert phones.state(serial)["keyboard_used"] == GBOARD


async def test_a_caption_that_nothing_can_type_is_refused_before_the_push(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """It says which ways there are and why each cannot; not a byte was sent."""
    serial = phones.serials[0]
    phones.fault(serial, "u2_fails", text="java.lang.SecurityException: no")
    without_keyboard(phones, serial)

    task = await post(rack, video, serial, captions=CAPTIONS["emoji"])

    assert task.reason is Reason.IME_MISSING
    assert "SecurityException" in task.remark
    assert "ADBKeyBoard is not installed" in task.remark
    assert not [f for f in phones.truth(serial)["files"] if "/Rack/" in f["path"]]


async def test_plain_ascii_needs_nothing_installed(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """`input text` is the last way, and is enough for it."""
    serial = phones.serials[0]
    phones.fault(serial, "u2_fails")
    without_keyboard(phones, serial)

    task = await post(rack, video, serial, captions="Hello rack")

    assert task.status is TaskStatus.COMPLETED, task.remark
    assert phones.posts(serial)[0]["caption"].strip() == "Hello rack"


@pytest.mark.parametrize("keyboard_post", ["moved", "missing"])
async def test_the_open_keyboard_is_closed_before_the_press(
    rack: Rack, phones: VirtualRack, video: Path, keyboard_post: str
) -> None:
    """A field that is set is a field that was tapped: Post moved or vanished with the keyboard."""
    serial = phones.serials[0]
    phones.set(serial, keyboard_post=keyboard_post)

    task = await post(rack, video, serial, captions=CAPTIONS["emoji"])

    assert task.status is TaskStatus.COMPLETED, task.remark
    assert phones.truth(serial)["presses"] == 1


async def test_a_title_box_above_gets_nothing(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """The text is set into the field that was tapped, not into the first one."""
    serial = phones.serials[0]
    phones.set(serial, title_box=True)

    task = await post(rack, video, serial, captions=CAPTIONS["arabic"])

    assert task.status is TaskStatus.COMPLETED, task.remark
    [made] = phones.posts(serial)
    assert (made["title"], made["caption"].strip()) == ("", CAPTIONS["arabic"])


async def test_an_eye_that_dies_while_it_types(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The next way types; what is published is the caption once, or nothing by its name."""
    serial = phones.serials[0]
    phones.fault(serial, "u2_dies", when={"command": "u2 setText"})

    task = await post(rack, video, serial, captions=CAPTIONS["emoji"])

    made = [p["caption"].strip() for p in phones.posts(serial)]
    assert (task.reason, made) in [
        (Reason.CONFIRMED, [CAPTIONS["emoji"]]),
        (Reason.CAPTION_MISMATCH, []),
    ]


async def test_which_eye_looked_is_shown_in_the_device(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """And why the first did not, where it did not."""
    sees, blind = phones.serials[:2]
    phones.fault(blind, "u2_fails", text="java.lang.SecurityException: not here")

    for serial in (sees, blind):
        assert (await post(rack, video, serial)).status is TaskStatus.COMPLETED

    assert (await rack.device(sees)).eye == "uiautomator2"
    assert "SecurityException: not here" in ((await rack.device(blind)).eye or "")

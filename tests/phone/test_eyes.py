"""Two eyes, one contract; and how the second takes over where the first cannot see."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Protocol

import pytest

from tests.virtual.hand import Hand
from tmcore.errors import PhoneTimeout, UiUnreadable
from tmcore.phone import commands, eyes, jar, u2
from tmcore.phone.adb import AdbPhone
from tmcore.phone.commands import Folder
from tmcore.phone.dump import DumpEye
from tmcore.phone.jar import JarMissing, find_jar
from tmcore.phone.link import Link
from tmcore.phone.screen import Screen, same_text
from tmcore.phone.server import AdbServer
from tmcore.phone.transport import NoAnswer
from tmcore.phone.u2 import U2Eye
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

TIKTOK = "com.zhiliaoapp.musically"
CAPTION = "Sunset \U0001f305 \u0645\u0631\u062d\u0628\u0627 it's"


class Eye(Protocol):
    async def look(self, *, windows: bool, deadline_s: float) -> Screen: ...


Opened = Callable[[], Awaitable[Eye]]


@pytest.fixture
def hand(adb: PrivateAdb, rack: VirtualRack) -> Hand:
    return Hand(adb, rack, rack.serials[0])


@pytest.fixture(params=["uiautomator2", "dump"])
async def open_eye(
    request: pytest.FixtureRequest, rack: VirtualRack, server: AdbServer
) -> AsyncIterator[Opened]:
    """Open either eye on the first phone, once the test has made the phone what it needs."""
    serial = rack.serials[0]
    link, folder = Link(serial, rack.addresses[serial], server), Folder("owner-1")
    first, second = U2Eye(link, folder, lambda: None), DumpEye(link, folder, lambda: None)

    async def opened() -> Eye:
        if request.param == "dump":
            return second
        assert await first.open() == ""
        return first

    yield opened
    first.close()
    link.close()


def shown(screen: Screen) -> list[tuple[object, ...]]:
    return [(n.cls, n.id, n.text, n.desc, n.bounds, n.clickable, n.focused) for n in screen.nodes]


def said(rack: VirtualRack, serial: str, part: str) -> int:
    """How many commands the phone was given that hold this text."""
    return sum(part in c["command"] for c in rack.truth(serial)["commands"])


# The contract


async def test_the_same_picture(open_eye: Opened, hand: Hand) -> None:
    """Either eye sees the same nodes with the same words in the same places."""
    hand.sh(f"monkey -p {TIKTOK} 1")
    plain = [
        (n["class"].rpartition(".")[2], n["text"], n["content-desc"], n.bounds) for n in hand.look()
    ]

    screen = await (await open_eye()).look(windows=False, deadline_s=10)

    assert [
        (n.cls, n.text, n.desc, (n.bounds.left, n.bounds.top, n.bounds.right, n.bounds.bottom))
        for n in screen.nodes
    ] == plain
    assert len(plain) > 30


async def test_emoji_in_a_picture(open_eye: Opened, hand: Hand, tmp_path: object) -> None:
    """A dump shows two dots for each emoji; that is told from another text."""
    hand.rack.set(hand.serial, display_name=CAPTION)
    hand.sh(f"monkey -p {TIKTOK} 1")
    hand.tap(desc="Profile")

    screen = await (await open_eye()).look(windows=False, deadline_s=10)

    [name] = [node for node in screen.nodes if "Sunset" in node.text]
    assert same_text(CAPTION, name.text)
    assert not same_text(CAPTION.replace("\U0001f305", ""), name.text)


async def test_all_windows_with_what_floats_above(open_eye: Opened, hand: Hand) -> None:
    """An open keyboard is a window of its own, above the app's."""
    hand.rack.set(hand.serial, autofocus=True)
    await asyncio.to_thread(_to_composer, hand)
    eye = await open_eye()

    screen = await eye.look(windows=True, deadline_s=10)

    assert [root.package for root in screen.windows][-2:] == [
        "com.google.android.inputmethod.latin",
        TIKTOK,
    ]
    assert {n.package for n in (await eye.look(windows=False, deadline_s=10)).nodes} == {TIKTOK}


async def test_a_screen_that_never_idles(open_eye: Opened, hand: Hand) -> None:
    """Either eye reads it: the first without waiting, the second by asking for less."""
    hand.sh(f"monkey -p {TIKTOK} 1")
    hand.rack.fault(hand.serial, "never_idles")

    screen = await (await open_eye()).look(windows=False, deadline_s=10)

    assert "For You" in screen.texts()


async def test_a_frozen_phone_is_cut_at_the_deadline(open_eye: Opened, hand: Hand) -> None:
    """The call ends with its deadline, whatever the phone does; the next one is answered."""
    eye = await open_eye()
    await asyncio.to_thread(hand.rack.fault, hand.serial, "freeze")

    async with asyncio.timeout(8):
        with pytest.raises(PhoneTimeout):
            await eye.look(windows=False, deadline_s=0.5)

    await asyncio.to_thread(hand.rack.heal, hand.serial)
    assert (await eye.look(windows=False, deadline_s=10)).nodes


@pytest.mark.parametrize(
    "garbage", ["", "Bad Gateway", '{"result": "<hierarchy"}', '{"result": 7}']
)
async def test_garbage_is_a_typed_error(open_eye: Opened, hand: Hand, garbage: str) -> None:
    """An answer that is no screen is unreadable, and never a screen without nodes."""
    eye = await open_eye()
    hand.rack.fault(hand.serial, "u2_garbage", text=garbage)
    hand.rack.fault(hand.serial, "dump_error", text=f"ERROR: {garbage}")

    with pytest.raises((UiUnreadable, NoAnswer)):
        await eye.look(windows=False, deadline_s=1)


def _to_composer(hand: Hand) -> None:
    folder = "/storage/emulated/0/Movies"
    hand.sh(f"mkdir -p {folder}; echo video > {folder}/v.mp4")
    hand.sh(f"content call --uri content://media --method scan_file --arg {folder}/v.mp4")
    hand.to_composer()


# Who looks, and why


async def test_the_first_eye_looks_where_it_starts(rack: VirtualRack, phone: AdbPhone) -> None:
    """It says so, one look is one call, and the server is started once."""
    assert phone.eye == ""
    await phone.look()
    await phone.look(windows=True)

    assert (phone.eye, phone.looks) == ("uiautomator2", 2)
    assert said(rack, phone.serial, "exec app_process") == 1
    assert said(rack, phone.serial, "uiautomator dump") == 0


async def test_where_it_does_not_start_the_phone_is_not_slower(
    rack: VirtualRack, phone: AdbPhone
) -> None:
    """One attempt, its reason shown; no look after it asks again, until the phone was away."""
    rack.fault(phone.serial, "u2_fails", text="java.lang.SecurityException: not for the shell")
    for _ in range(3):
        assert (await phone.look()).nodes

    assert "dump" in phone.eye
    assert "not for the shell" in phone.eye
    assert said(rack, phone.serial, "exec app_process") == 1
    assert await phone.open_eye() != ""
    rack.heal(phone.serial)
    phone.move(phone.address)
    await phone.look()
    assert phone.eye == "uiautomator2"


async def test_a_rack_may_do_without_the_first_eye(rack: VirtualRack, server: AdbServer) -> None:
    """Its server is ended, and not started again before the next look that may use it."""
    serial, allowed = rack.serials[0], [True]
    phone = AdbPhone(serial, rack.addresses[serial], server, "owner-1", lambda: allowed[0])
    await phone.own(5)
    await phone.look()

    allowed[0] = False
    await phone.rest_eye()
    running = rack.ask("state", serial=serial)["processes"]
    without, why = (await phone.look()).nodes, await phone.open_eye()
    typed, said_then = await phone.set_text("a"), phone.eye
    allowed[0] = True
    await phone.look()

    assert "app_process" not in running
    assert without
    assert (said_then, why, typed) == (
        "dump, because the setting first_eye is off", "the setting first_eye is off", None,
    )  # fmt: skip
    assert phone.eye == "uiautomator2"
    phone.close()


@pytest.mark.parametrize("fault", ["u2_dies", "u2_silent", "u2_garbage"])
async def test_the_second_takes_over_within_the_same_look(
    rack: VirtualRack, phone: AdbPhone, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed, silent or babbling: the look succeeds, the reason is shown, the server is ended."""
    monkeypatch.setattr(eyes, "FIRST_S", 0.5)
    await phone.look()
    rack.fault(phone.serial, fault)

    assert (await phone.look()).nodes

    assert phone.eye.startswith("dump, because uiautomator2 cannot: ")
    assert said(rack, phone.serial, "exec app_process") == 1
    assert "app_process" not in rack.ask("state", serial=phone.serial)["processes"]


async def test_a_killed_server_is_started_again_after_a_while(
    rack: VirtualRack, phone: AdbPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at once, or a phone that kills it would be slow for ever."""
    await phone.look()
    rack.fault(phone.serial, "u2_dies")
    await phone.look()
    await phone.look()
    assert said(rack, phone.serial, "exec app_process") == 1

    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(u2, "_now", lambda: now + 61)
    await phone.look()

    assert phone.eye == "uiautomator2"


async def test_a_frozen_phone_ends_a_look(
    rack: VirtualRack, phone: AdbPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both eyes are cut, each at its own deadline, and the phone is used again when it thaws."""
    monkeypatch.setattr(eyes, "FIRST_S", 0.3)
    monkeypatch.setattr("tmcore.phone.dump.DUMP_S", 0.3)
    monkeypatch.setattr(u2, "_ASK_S", 0.3)
    await phone.look()
    await asyncio.to_thread(rack.fault, phone.serial, "freeze")

    async with asyncio.timeout(10):
        with pytest.raises((PhoneTimeout, UiUnreadable)):
            await phone.look()

    await asyncio.to_thread(rack.heal, phone.serial)
    await phone.settle()
    assert (await phone.look()).nodes


async def test_a_missing_jar_is_a_reason(phone: AdbPhone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the second eye looks, and says what would bring the first."""
    monkeypatch.setattr(jar, "find_spec", lambda _name: None)
    find_jar.cache_clear()
    with pytest.raises(JarMissing):
        find_jar()

    assert (await phone.look()).nodes

    find_jar.cache_clear()
    assert "pip install uiautomator2" in phone.eye


async def test_a_full_phone_gets_no_jar(rack: VirtualRack, phone: AdbPhone) -> None:
    """The reason is the phone's own, and nothing half-pushed stays."""
    await phone.own(6)
    rack.fault(phone.serial, "storage_full", bytes=1_000_000)

    assert (await phone.look()).nodes

    assert "space" in phone.eye
    assert not [f for f in rack.truth(phone.serial)["files"] if "tm-u2" in f["path"]]


async def test_the_jar_is_pushed_once(rack: VirtualRack, phone: AdbPhone, other: AdbPhone) -> None:
    """4 MB a look would be too much; another process finds the file that is there."""
    await phone.look()
    [kept] = [
        f for f in rack.truth(phone.serial)["files"] if "tm-u2" in f["path"] and ".jar" in f["path"]
    ]
    assert kept["sha256"] == find_jar().digest
    assert kept["path"] == find_jar().remote

    await other.own(6)
    await other.look()

    assert other.eye == "uiautomator2"
    assert said(rack, phone.serial, "mv -f /data/local/tmp/tm-u2") == 1


# It does not stay


async def test_the_server_ends_with_the_phone_object(rack: VirtualRack, phone: AdbPhone) -> None:
    """Its shell is closed with us; nothing listens on the phone any more."""
    await phone.look()
    assert "app_process" in rack.ask("state", serial=phone.serial)["processes"]

    phone.close()

    await _until_gone(rack, phone.serial)


async def test_an_eye_that_nobody_needs_closes(
    rack: VirtualRack, phone: AdbPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps a port open and every other reader out; the next look opens it again."""
    monkeypatch.setattr(u2, "_IDLE_S", 0.1)
    await phone.look()
    await _until_gone(rack, phone.serial)

    await phone.look()

    assert phone.eye == "uiautomator2"
    assert said(rack, phone.serial, "exec app_process") == 2


async def test_a_server_that_was_left_behind_is_ended_by_the_next_owner(
    adb: PrivateAdb, rack: VirtualRack, server: AdbServer
) -> None:
    """A process that is killed may leave one; its note on the phone leads to it."""
    serial = rack.serials[0]
    phone = AdbPhone(serial, rack.addresses[serial], server, "owner-1")
    await phone.look()  # brings the jar
    phone.close()
    await _until_gone(rack, serial)
    start = commands.start_server(Folder("owner-1"), find_jar().remote, jar.MAIN_CLASS, 20_001)
    left = subprocess.Popen(
        [str(adb.binary), "-P", str(adb.port), "-s", rack.addresses[serial], "shell", start],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(5):
        while "app_process" not in rack.ask("state", serial=serial)["processes"]:
            await asyncio.sleep(0.02)

    later = AdbPhone(serial, rack.addresses[serial], server, "owner-1")
    await later.own(5)

    assert "app_process" not in rack.ask("state", serial=serial)["processes"]
    later.close()
    left.kill()
    left.communicate()


async def test_a_cancelled_look_leaves_an_eye_that_sees(rack: VirtualRack, phone: AdbPhone) -> None:
    """Cancelled while it starts, while it asks, at any moment: the next look works."""
    for at in range(12):
        looking = asyncio.create_task(phone.look())
        await asyncio.sleep(at * 0.015)
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    assert (await phone.look()).nodes
    assert phone.eye == "uiautomator2"


async def test_the_press_never_goes_through_it(rack: VirtualRack, phone: AdbPhone) -> None:
    """Taps, keys and presses are shell commands, guarded by the epoch, with the eye open or not."""
    screen = await phone.look()
    await phone.tap(screen.nodes[0])
    await phone.press(screen.nodes[0], "press-1-1")

    methods = {
        c["command"].split()[1]
        for c in rack.truth(phone.serial)["commands"]
        if c["command"].startswith("u2 ")
    }
    assert methods == {"setConfigurator", "dumpWindowHierarchy"}


async def _until_gone(rack: VirtualRack, serial: str) -> None:
    async with asyncio.timeout(5):
        while (
            "app_process"
            in (await asyncio.to_thread(rack.ask, "state", serial=serial))["processes"]
        ):
            await asyncio.sleep(0.02)

"""AdbPhone over a real adb server: what it says of a phone is compared with the phone's record."""

import asyncio
import hashlib
import os
import random
from pathlib import Path

import pytest

from tmcore.errors import (
    DeviceLost,
    DeviceOffline,
    DeviceUnauthorized,
    PhoneError,
    PhoneTimeout,
    PushFailed,
    ScriptFailed,
    StaleEpoch,
    StorageFull,
    UiUnreadable,
)
from tmcore.phone import commands, eyes
from tmcore.phone.adb import AdbPhone
from tmcore.phone.port import ALBUM, Checkup, Phone, PhoneForgot, PressResult
from tmcore.phone.screen import Node
from tmcore.phone.server import AdbServer
from tmcore.phone.transport import Transport
from tmcore.reasons import Reason
from tmcore.virtual.client import VirtualRack

TIKTOK = "com.zhiliaoapp.musically"


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "video.mp4"
    path.write_bytes(hashlib.sha256(b"video").digest() * 20_000)
    return path


def _ran(rack: VirtualRack, phone: AdbPhone, part: str) -> list[int | None]:
    """The exit codes of the commands that the phone was given and that hold this text."""
    return [c["code"] for c in rack.truth(phone.serial)["commands"] if part in c["command"]]


def _files(rack: VirtualRack, phone: AdbPhone) -> dict[str, str]:
    return {f["path"]: f["sha256"] for f in rack.truth(phone.serial)["files"]}


def _as_port(phone: AdbPhone) -> Phone:
    """Let the type checker see that the adapter is the port."""
    return phone


async def _node(phone: AdbPhone) -> Node:
    return (await phone.look()).nodes[0]


async def _until_told(rack: VirtualRack, phone: AdbPhone, part: str) -> None:
    """Wait until the phone has been given such a command."""
    async with asyncio.timeout(5):
        while not await asyncio.to_thread(_ran, rack, phone, part):
            await asyncio.sleep(0.01)


# Who may act


async def test_epoch_only_grows(phone: AdbPhone, other: AdbPhone) -> None:
    """A smaller number is refused, an equal one is still ours, a larger one takes over."""
    with pytest.raises(StaleEpoch, match="owned by run 5"):
        await other.own(4)
    await phone.own(5)
    await other.own(60)

    with pytest.raises(StaleEpoch):
        await phone.own(7)


async def test_stale_owner_is_refused_on_the_phone(
    rack: VirtualRack, phone: AdbPhone, other: AdbPhone, video: Path
) -> None:
    """Whatever changes something is refused once a later run owns the phone."""
    node = await _node(phone)
    await other.own(6)

    for change in (
        phone.tap(node),
        phone.key(4),
        phone.type_text("x"),
        phone.start_app(TIKTOK),
        phone.stop_app(TIKTOK),
        phone.wake(),
        phone.scan(f"{ALBUM}/x.mp4"),
        phone.remove(f"{ALBUM}/x.mp4"),
        phone.push(video, "x.mp4", lambda _: None),
        phone.void("press-1-1", 5),
    ):
        with pytest.raises(StaleEpoch):
            await change
    assert await phone.press(node, "press-1-1") is PressResult.REFUSED
    assert set(_ran(rack, phone, "input ")) == {75}
    assert not any("press" in path or path.endswith(".mp4") for path in _files(rack, phone))


async def test_nobody_acts_before_owning(rack: VirtualRack, server: AdbServer) -> None:
    """A phone that nobody owns yet can be read and not changed."""
    serial = rack.serials[1]
    phone = AdbPhone(serial, rack.addresses[serial], server, "owner-1")

    assert (await phone.checkup(TIKTOK)).booted
    with pytest.raises(StaleEpoch, match="own"):
        await phone.wake()
    phone.close()


async def test_marker_is_won_once(phone: AdbPhone, other: AdbPhone) -> None:
    """Of all who press under one marker, one presses."""
    node = await _node(phone)
    other._owner.epoch = 5  # what the phone refuses it: two that count alike

    results = await asyncio.gather(*(p.press(node, "press-9-1") for p in (phone, other) * 3))

    assert sorted(results) == [PressResult.PRESSED] + [PressResult.REFUSED] * 5


async def test_nobody_presses_before_owning(rack: VirtualRack, server: AdbServer) -> None:
    """A press by a hand that owns nothing is refused before it is sent."""
    serial = rack.serials[0]
    phone = AdbPhone(serial, rack.addresses[serial], server, "owner-1")

    assert await phone.press(await _node(phone), "press-1-1") is PressResult.REFUSED

    assert not _ran(rack, phone, "press-1-1")
    phone.close()


async def test_press_taps_once_whatever_happens(rack: VirtualRack, phone: AdbPhone) -> None:
    """A press whose answer is lost is unknown, and is not sent again."""
    node = await _node(phone)
    rack.fault(phone.serial, "drop_after", regex="input tap", point="after")

    assert await phone.press(node, "press-9-1") is PressResult.UNKNOWN
    assert len(_ran(rack, phone, "input tap")) == 1
    assert not phone.is_settled


async def test_press_outlives_its_caller(rack: VirtualRack, phone: AdbPhone) -> None:
    """Cancelling the caller of a press does not cut it."""
    node = await _node(phone)
    rack.fault(phone.serial, "slow", seconds=0.3)
    pressing = asyncio.create_task(phone.press(node, "press-9-1"))
    await _until_told(rack, phone, "press-9-1")

    pressing.cancel()
    await asyncio.gather(pressing, return_exceptions=True)
    await phone.key(3)  # waits behind the press in the task lane

    assert _ran(rack, phone, "press-9-1") == [0]
    assert phone.is_settled


async def test_void_wins_before_a_press_and_loses_after(phone: AdbPhone) -> None:
    """A voided press can no longer happen, a made one cannot be voided; asking again is safe."""
    node = await _node(phone)
    assert await phone.press(node, "press-1-1") is PressResult.PRESSED
    await phone.own(6)

    assert not await phone.void("press-1-1", 5)
    assert await phone.void("press-2-1", 5)
    assert await phone.void("press-2-1", 5)
    assert await phone.press(node, "press-2-1") is PressResult.REFUSED


async def test_wiped_phone_cannot_tell(rack: VirtualRack, phone: AdbPhone, other: AdbPhone) -> None:
    """On a phone that was reset nobody can void an earlier press by making its marker anew."""
    rack.reset(phone.serial)

    with pytest.raises(StaleEpoch, match="reset"):
        await phone.own(5)
    await other.own(6)

    with pytest.raises(PhoneForgot):
        await other.void("press-1-1", 5)
    assert await other.void("press-1-2", 6)


async def test_late_command_is_refused(rack: VirtualRack, phone: AdbPhone, other: AdbPhone) -> None:
    """A command that was cut and runs on the phone later is refused there by the epoch."""
    node = await _node(phone)
    rack.fault(phone.serial, "slow", seconds=1)
    with pytest.raises(PhoneTimeout):
        await phone._change(commands.tap(*node.bounds.center), "tap", deadline_s=0.1)
    rack.heal(phone.serial, "slow")

    await other.own(6)

    async with asyncio.timeout(5):
        while _ran(rack, phone, "input tap") == [None]:
            await asyncio.sleep(0.02)
    assert _ran(rack, phone, "input tap") == [75]


async def test_frozen_phone_settles_when_it_thaws(rack: VirtualRack, phone: AdbPhone) -> None:
    """A call to a frozen phone ends at its deadline; only an echo after the thaw settles it."""
    rack.fault(phone.serial, "freeze")
    with pytest.raises(PhoneTimeout):
        await phone._change(commands.key(4), "key", deadline_s=0.2)
    settling = asyncio.create_task(phone.settle())
    early, _ = await asyncio.wait({settling}, timeout=0.3)

    rack.heal(phone.serial)
    async with asyncio.timeout(10):
        await settling

    assert not early
    assert phone.is_settled
    assert len(_ran(rack, phone, "keyevent")) == 1
    await phone.probe()


# How it is


async def test_checkup(rack: VirtualRack, phone: AdbPhone) -> None:
    """A checkup tells what the phone is like, in one round trip."""
    before = len(rack.truth(phone.serial)["commands"])
    rack.fault(phone.serial, "no_permission")
    rack.fault(phone.serial, "storage_full", bytes=12_345 * 1024)
    rack.set(phone.serial, battery=41, temperature=38.5)

    found = await phone.checkup(TIKTOK)

    assert found == Checkup(
        package=TIKTOK, booted=True, awake=True, locked=False, secure=False, battery_percent=41,
        temperature_c=38.5, free_bytes=12_345 * 1024, app_version=found.app_version,
        app_installed=True, app_enabled=True, media_granted=False, images_granted=False, sdk=34,
            language="en-US",
        user=0, airplane=False, online=True, clock_skew_s=0, keyboard=True,
        default_ime=found.default_ime, imes=found.imes,
    )  # fmt: skip
    assert len(rack.truth(phone.serial)["commands"]) == before + 1


async def test_checkup_of_missing_app(rack: VirtualRack, phone: AdbPhone) -> None:
    """An app that is missing is missing, and what belongs to it is unknown."""
    rack.fault(phone.serial, "app_missing")

    found = await phone.checkup(TIKTOK)

    assert found.app_installed is False
    assert (found.app_version, found.app_enabled, found.media_granted) == (None, None, None)


@pytest.mark.parametrize(
    ("fault", "error"),
    [("offline", DeviceOffline), ("unauthorized", DeviceUnauthorized), ("unplugged", DeviceLost)],
)
async def test_unusable_phone(
    rack: VirtualRack, phone: AdbPhone, fault: str, error: type[PhoneError]
) -> None:
    """Each way of being unusable is an error of its own, in the lanes of both kinds."""
    rack.fault(phone.serial, fault)
    async with asyncio.timeout(5):
        while True:
            try:
                await phone.probe()
            except error:
                break
            except PhoneError:
                await asyncio.sleep(0.02)  # adb needs a moment to see it

        while True:  # adb says "authorizing" in between, which passes by itself
            try:
                with pytest.raises(error, match=r"[a-z]\."):
                    await phone.key(3)
                break
            except PhoneError:
                await asyncio.sleep(0.02)


async def test_wake_opens_a_swipe_lock(rack: VirtualRack, phone: AdbPhone) -> None:
    """Waking a phone opens a lock that wants no PIN."""
    rack.set(phone.serial, awake=False)
    rack.fault(phone.serial, "locked", kind="swipe")

    await phone.wake()

    found = await phone.checkup(TIKTOK)
    assert (found.awake, found.locked) == (True, False)


# Files


async def test_push_arrives_whole(rack: VirtualRack, phone: AdbPhone, video: Path) -> None:
    """A pushed file is there under its name, with its bytes, and its progress was told."""
    told: list[float] = []

    remote = await phone.push(video, "task7.mp4", told.append)

    assert remote == "/storage/emulated/0/Movies/Rack/task7.mp4"
    assert _files(rack, phone)[remote] == hashlib.sha256(video.read_bytes()).hexdigest()
    assert told == sorted(set(told))
    assert told[-1] == 1.0
    assert not any(path.endswith(".part") for path in _files(rack, phone))


async def test_push_to_a_full_phone(rack: VirtualRack, phone: AdbPhone, video: Path) -> None:
    """A phone that fills up says so, and keeps no half file."""
    rack.fault(phone.serial, "storage_full", bytes=100_000)

    with pytest.raises(StorageFull, match="free"):
        await phone.push(video, "task7.mp4", lambda _: None)

    assert not any("Movies/Rack" in path for path in _files(rack, phone))


async def test_push_stops_when_refused(rack: VirtualRack, phone: AdbPhone, tmp_path: Path) -> None:
    """A phone that is full hears no more of the file once it has said so."""
    told: list[float] = []
    large = tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    rack.fault(phone.serial, "storage_full", bytes=100_000)

    with pytest.raises(StorageFull):
        await phone.push(large, "task7.mp4", told.append)

    assert told[-1] < 0.5


async def test_broken_copy_is_not_kept(
    rack: VirtualRack, phone: AdbPhone, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy whose bytes differ on the phone is a failed push, and is removed there."""
    size = video.stat().st_size
    monkeypatch.setattr(commands, "digest", lambda _remote: f"echo {size}; echo {'0' * 64}")

    with pytest.raises(PushFailed, match="not those that were sent"):
        await phone.push(video, "task7.mp4", lambda _: None)

    assert not any("Movies/Rack" in path for path in _files(rack, phone))


async def test_late_push_replaces_nothing(
    rack: VirtualRack, phone: AdbPhone, other: AdbPhone, video: Path, tmp_path: Path
) -> None:
    """A push that ends after a later run has taken over leaves that run's file alone."""
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    begun = asyncio.Event()
    pushing = asyncio.create_task(phone.push(pipe, "task7.mp4", lambda _: begun.set()))
    with await asyncio.to_thread(pipe.open, "wb", 0) as writer:
        await asyncio.to_thread(writer.write, bytes(65_536))
        await begun.wait()
        await other.own(6)
        remote = await other.push(video, "task7.mp4", lambda _: None)

    with pytest.raises(StaleEpoch):
        await pushing
    assert _files(rack, phone)[remote] == hashlib.sha256(video.read_bytes()).hexdigest()


async def test_push_that_is_lost(rack: VirtualRack, phone: AdbPhone, video: Path) -> None:
    """A push whose connection drops fails as lost, and nothing carries the file's name."""
    rack.fault(phone.serial, "drop_after", bytes=200_000)

    with pytest.raises(DeviceLost):
        await phone.push(video, "task7.mp4", lambda _: None)

    assert f"{ALBUM}/task7.mp4" not in _files(rack, phone)
    assert not phone.is_settled


async def test_cancelled_push_frees_the_phone(
    rack: VirtualRack, phone: AdbPhone, video: Path
) -> None:
    """A push that is cancelled stops at once; the next call is answered."""
    rack.fault(phone.serial, "slow", bytes_per_second=100_000)
    begun = asyncio.Event()
    pushing = asyncio.create_task(phone.push(video, "task7.mp4", lambda _: begun.set()))
    await begun.wait()

    await phone.probe()  # beside the push, in the watch lane
    pushing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pushing

    rack.heal(phone.serial)
    async with asyncio.timeout(5):
        await phone.settle()
        await phone.key(3)
    assert f"{ALBUM}/task7.mp4" not in _files(rack, phone)


async def test_unreadable_source(phone: AdbPhone, tmp_path: Path) -> None:
    """A file that is missing here, or a folder, is a failed push, not a lost phone."""
    for source in (tmp_path / "no.mp4", tmp_path):
        with pytest.raises(PushFailed, match="could not be read here"):
            await phone.push(source, "task7.mp4", lambda _: None)


async def test_media_row(rack: VirtualRack, phone: AdbPhone, video: Path) -> None:
    """A scanned file has its row, with its size and, soon, its duration; a removed one has none."""
    remote = await phone.push(video, "task7.mp4", lambda _: None)
    assert await phone.media_row(remote) is None

    await phone.scan(remote)
    row = await phone.media_row(remote)

    assert row is not None
    assert row.size == video.stat().st_size
    await phone.remove(remote)
    assert await phone.media_row(remote) is None
    assert remote not in _files(rack, phone)


async def test_scan_of_a_missing_file(phone: AdbPhone) -> None:
    """What is not ours is not scanned or removed; what is not there is not reported as scanned."""
    for strange in ("/sdcard/DCIM/Camera/private.jpg", f"{ALBUM}/../x.mp4"):
        with pytest.raises((PhoneError, ValueError)):
            await phone.remove(strange)
        with pytest.raises((PhoneError, ValueError)):
            await phone.scan(strange)


# Apps and the screen


async def test_app_comes_to_the_front(phone: AdbPhone) -> None:
    """A started app is in front, a stopped one is not."""
    await phone.start_app(TIKTOK)
    assert (await phone.foreground()).startswith(f"{TIKTOK}/")

    await phone.stop_app(TIKTOK)
    assert not (await phone.foreground()).startswith(f"{TIKTOK}/")


async def test_missing_app_does_not_start(rack: VirtualRack, phone: AdbPhone) -> None:
    """Starting an app that is not installed names that."""
    rack.fault(phone.serial, "app_missing")

    with pytest.raises(ScriptFailed) as caught:
        await phone.start_app(TIKTOK)

    assert caught.value.reason is Reason.APP_MISSING


@pytest.mark.parametrize(
    "text",
    [
        "ERROR: could not get idle state.",
        "ERROR: null root node returned by UiTestAutomationBridge.",
    ],
)
async def test_dump_that_fails_once(rack: VirtualRack, phone: AdbPhone, text: str) -> None:
    """A dump that fails is tried again, and each try is counted."""
    rack.fault(phone.serial, "u2_fails")
    await phone.start_app(TIKTOK)
    rack.fault(phone.serial, "dump_error", text=text, count=1)

    screen = await phone.look()

    assert TIKTOK in screen.packages
    assert phone.looks == 2


async def test_video_that_never_idles(rack: VirtualRack, phone: AdbPhone) -> None:
    """A screen that never idles is read compressed by the second eye."""
    rack.fault(phone.serial, "u2_fails")
    await phone.start_app(TIKTOK)
    rack.fault(phone.serial, "never_idles")

    assert (await phone.look()).nodes
    assert any("--compressed" in c["command"] for c in rack.truth(phone.serial)["commands"])


async def test_old_dump_is_never_shown(
    rack: VirtualRack, phone: AdbPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no dump works, the screen is unreadable: an older dump is not there to be read."""
    monkeypatch.setattr(eyes, "LOOK_S", 0.6)
    rack.fault(phone.serial, "u2_fails")
    await phone.look()
    rack.fault(phone.serial, "dump_error", text="Killed")

    with pytest.raises(UiUnreadable, match="Killed"):
        await phone.look()
    assert not any("tm-look" in path for path in _files(rack, phone))


async def test_tap_and_text_arrive(rack: VirtualRack, phone: AdbPhone) -> None:
    """A tap goes to the middle of its node; a text is one quoted word."""
    node = await _node(phone)
    await phone.tap(node)
    x, y = node.bounds.center
    await phone.type_text("it's $(reboot); `x`")

    assert _ran(rack, phone, f"input tap {x} {y}") == [0]
    assert len(_ran(rack, phone, "'it'\"'\"'s%s$(reboot);%s`x`'")) == 1
    with pytest.raises(ScriptFailed):
        await phone.type_text("naïve ☺")


async def test_screenshot(rack: VirtualRack, phone: AdbPhone) -> None:
    """A screenshot is a PNG, and a phone that sends none is unreadable, not black."""
    assert (await phone.screenshot()).startswith(b"\x89PNG")
    rack.fault(phone.serial, "screencap_fails")

    with pytest.raises(UiUnreadable):
        await phone.screenshot()


async def test_phone_without_shell_v2(
    phone: AdbPhone, other: AdbPhone, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old phone, whose adb mixes the outputs and has no exit codes, is used like any other."""
    monkeypatch.setattr(Transport, "features", lambda _self, _call: frozenset({"cmd"}))
    phone.move(phone.address)

    await phone.own(6)
    node = await _node(phone)

    assert await phone.press(node, "press-1-1") is PressResult.PRESSED
    assert await phone.press(node, "press-1-1") is PressResult.REFUSED
    assert (await phone.checkup(TIKTOK)).app_installed
    assert (await phone.screenshot()).startswith(b"\x89PNG")
    assert await phone.push(video, "task7.mp4", lambda _: None)
    await other.own(7)
    with pytest.raises(StaleEpoch):
        await phone.tap(node)


async def test_cuts_at_any_moment(rack: VirtualRack, phone: AdbPhone) -> None:
    """After 200 calls cut at random moments the phone answers, and no socket is left open."""
    dice = random.Random(7)
    await phone.probe()
    before = len(os.listdir("/proc/self/fd"))

    for _ in range(100):
        calls = [asyncio.create_task(phone.checkup(TIKTOK)), asyncio.create_task(phone.probe())]
        await asyncio.sleep(dice.uniform(0, 0.004))
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    await phone.settle()
    assert (await phone.checkup(TIKTOK)).booted
    assert len(os.listdir("/proc/self/fd")) <= before


async def test_unplugged_and_back(rack: VirtualRack, phone: AdbPhone) -> None:
    """A phone that comes back is the same phone, with its epoch and its markers."""
    node = await _node(phone)
    await phone.press(node, "press-3-1")
    await asyncio.to_thread(rack.fault, phone.serial, "unplugged")
    with pytest.raises(DeviceLost):
        await phone.probe()
    with pytest.raises(DeviceLost):
        await phone.tap(node)
    await asyncio.to_thread(rack.heal, phone.serial)

    async with asyncio.timeout(10):
        await phone.settle()

    assert await phone.press(node, "press-3-1") is PressResult.REFUSED


async def test_a_restart_is_told_and_happens(phone: AdbPhone) -> None:
    """It returns at once; the phone is gone, and then back."""
    await phone.reboot()

    async with asyncio.timeout(20):
        while await _answers(phone):
            await asyncio.sleep(0.01)
        while not await _answers(phone):
            await asyncio.sleep(0.05)


async def _answers(phone: AdbPhone) -> bool:
    try:
        await phone.probe(1)
    except PhoneError:
        return False
    return True


async def test_the_album_holds_what_we_pushed(
    rack: VirtualRack, phone: AdbPhone, video: Path
) -> None:
    """And drafts of pushes that were cut are deleted by the way."""
    kept = await phone.push(video, "tm-7.mp4", lambda _: None)
    image = await phone.push(video, "tm-8.JPG", lambda _: None)
    await phone.push(video, "clip.mp4", lambda _: None)
    draft = "/storage/emulated/0/Movies/Rack/.tm-3.mp4.1.part"
    await phone._change(f"cp {kept} {draft}", "copy")

    assert await phone.album() == (kept, image)
    assert image == "/storage/emulated/0/Pictures/Rack/tm-8.JPG"  # galleries file by folder
    assert draft not in _files(rack, phone)


async def test_a_file_of_the_media_store_can_be_shared(
    rack: VirtualRack, phone: AdbPhone, video: Path
) -> None:
    """The app that is named opens with it; an activity that nobody has is refused."""
    package = "com.zhiliaoapp.musically"
    remote = await phone.push(video, "tm-7.mp4", lambda _: None)
    await phone.scan(remote)
    row = await phone.media_row(remote)
    assert row is not None
    uri = f"content://media/external/video/media/{row.id}"

    [component] = await phone.sharers(package, "video/mp4")

    assert await phone.share(component, "video/mp4", uri)
    assert rack.state(phone.serial)["screen"] == "editor"
    assert not await phone.share(f"{package}/.NoSuchActivity", "video/mp4", uri)

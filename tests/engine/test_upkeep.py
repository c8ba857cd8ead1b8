"""What a person does with phones between tasks: prepares them, installs apps, names them."""

import asyncio
import zipfile
from pathlib import Path

import pytest

from tests.engine.conftest import OpenRack, a_post, at_step, device_is, post, until
from tmcore import BadInput, DeviceState, Rack
from tmcore.devices import Device
from tmcore.events import EventKind
from tmcore.upkeep import DeviceChanges, Finding, Found, Installation, PhoneReport, Preparation
from tmcore.virtual.client import VirtualRack

KEYBOARD = "com.android.adbkeyboard"
LOOK, ACT = Preparation(), Preparation(act=True)


def _apk(folder: Path, name: str) -> Path:
    """A file that is an APK as far as this computer looks; virtual phones go by its name."""
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("AndroidManifest.xml", b"\x03\x00\x08\x00")
    return folder / name


def _how(report: PhoneReport) -> dict[str, Found]:
    return {finding.name: finding.found for finding in report.findings}


def _one(report: PhoneReport, name: str) -> Finding:
    return next(finding for finding in report.findings if finding.name == name)


async def test_a_look_changes_nothing(rack: Rack, phones: VirtualRack) -> None:
    """What a fresh phone needs is said, and the phone is only read."""
    serial = phones.serials[0]
    before = len(phones.truth(serial)["commands"])

    how = _how(await rack.upkeep.prepare(serial, LOOK))

    asked = [each["command"] for each in phones.truth(serial)["commands"][before:]]
    assert how == {
        "phone": Found.FINE, "tiktok": Found.FINE, "instagram": Found.FINE, "eye": Found.NEEDED,
        "keyboard": Found.FINE, "animations": Found.NEEDED, "stay awake": Found.NEEDED,
    }  # fmt: skip
    assert not any(word in command for command in asked for word in (" put ", "app_process"))


async def test_preparing_twice_is_preparing_once(rack: Rack, phones: VirtualRack) -> None:
    """The first time does it, the phone shows it, the second finds it done."""
    serial = phones.serials[0]

    first = _how(await rack.upkeep.prepare(serial, ACT))
    found = _how(await rack.upkeep.prepare(serial, LOOK))
    second = await rack.upkeep.prepare(serial, ACT)

    done = {name for name, how in first.items() if how is Found.DONE}
    assert done == {"eye", "animations", "stay awake"}
    assert set(found.values()) == {Found.FINE}
    assert {finding.found for finding in second.findings} == {Found.FINE}


async def test_a_keyboard_is_installed(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """From the file that is given; without one the report says what to give."""
    serial = phones.serials[0]
    phones.set(serial, uninstall=KEYBOARD)
    apk = _apk(video.parent, f"{KEYBOARD}.apk")

    without = await rack.upkeep.prepare(serial, ACT)
    asked = await rack.upkeep.prepare(serial, Preparation(keyboard_apk=str(apk)))
    given = await rack.upkeep.prepare(serial, Preparation(act=True, keyboard_apk=str(apk)))

    assert _one(without, "keyboard").found is Found.REFUSED
    assert "--keyboard" in _one(without, "keyboard").text
    assert _one(asked, "keyboard").found is Found.NEEDED
    assert _one(given, "keyboard").found is Found.DONE
    assert not any("tm-install" in file["path"] for file in phones.truth(serial)["files"])


async def test_a_keyboard_beside_the_database(
    rack: Rack, phones: VirtualRack, tmp_path: Path
) -> None:
    """An APK of that name there is taken by itself; a wrong one is told after it was tried."""
    serial = phones.serials[0]
    phones.set(serial, uninstall=KEYBOARD)
    _apk(tmp_path, "ADBKeyBoard-2.5.apk")

    report = await rack.upkeep.prepare(serial, ACT)

    assert _one(report, "keyboard").text == "ADBKeyBoard-2.5.apk is not ADBKeyBoard"


async def test_what_a_person_must_do_is_said(rack: Rack, phones: VirtualRack) -> None:
    """A phone that cannot post is told with its advice; the rest is done nevertheless."""
    serial = phones.serials[0]
    phones.fault(serial, "app_missing")
    phones.set(serial, battery=3)

    report = await rack.upkeep.prepare(serial, ACT)

    said = {finding.name: finding for finding in report.findings}
    assert "3 %" in said["phone"].text
    assert "min_battery_percent" in said["phone"].text
    assert said["animations"].found is Found.DONE


async def test_an_app_in_a_language_that_nobody_taught_us(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """It is said before the first post, and in the log of each; it hinders none."""
    serial = phones.serials[0]
    phones.fault(serial, "language", to="de")

    how = _one(await rack.upkeep.prepare(serial, LOOK), "tiktok")
    task = await post(rack, video, serial)

    assert how.found is Found.REFUSED
    assert "the app's language is de-DE, of which nothing is known" in how.text
    assert any("the app's language is de-DE" in line.text for line in task.attempts[0].log)


async def test_a_sleeping_phone_is_woken_only_when_asked(rack: Rack, phones: VirtualRack) -> None:
    """A look leaves it asleep and calls it no fault: every run wakes it."""
    serial = phones.serials[0]
    phones.set(serial, awake=False)

    looked = await rack.upkeep.prepare(serial, LOOK)
    asleep = phones.state(serial)["awake"]
    await rack.upkeep.prepare(serial, ACT)

    assert (_how(looked)["screen"], _how(looked)["phone"]) == (Found.NEEDED, Found.FINE)
    assert not asleep
    assert phones.state(serial)["awake"]


async def test_an_app_is_installed(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """It is on the phone afterwards, nothing of the file stays, and a person is written down."""
    serial = phones.serials[0]
    apk = _apk(video.parent, "com.example.app.apk")

    done = await rack.upkeep.install(serial, Installation(path=str(apk)))

    assert (done.installed, done.serial) == (True, serial)
    assert "pm install" in " ".join(c["command"] for c in phones.truth(serial)["commands"])
    assert not any("tm-install" in file["path"] for file in phones.truth(serial)["files"])


async def test_android_refuses_an_app(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """Its own words are the answer, with an advice; the phone is free again."""
    serial = phones.serials[0]
    apk = _apk(video.parent, "com.example.app.apk")
    phones.fault(serial, "storage_full", bytes=10)

    refused = await rack.upkeep.install(serial, Installation(path=str(apk)))
    phones.heal(serial)

    assert not refused.installed
    assert "No space left on device" in refused.said
    assert "free space" in refused.advice
    assert (await rack.upkeep.install(serial, Installation(path=str(apk)))).installed


@pytest.mark.parametrize("name", ["missing.apk", "text.apk", "zip.apk", "app.apks"])
async def test_no_apk(rack: Rack, phones: VirtualRack, video: Path, name: str) -> None:
    """What is no APK is refused by name before any phone is touched."""
    path = video.parent / name
    (video.parent / "text.apk").write_text("hello")
    with zipfile.ZipFile(video.parent / "zip.apk", "w") as archive:
        archive.writestr("a.txt", "hello")
    _apk(video.parent, "app.apks")

    with pytest.raises(BadInput, match=name):
        await rack.upkeep.install(phones.serials[0], Installation(path=str(path)))
    assert not any("install" in c["command"] for c in phones.truth(phones.serials[0])["commands"])


async def test_an_apk_outside_the_folders(rack: Rack, phones: VirtualRack, tmp_path: Path) -> None:
    """Only allowed folders are read; the refusal has the command that allows one."""
    apk = _apk(tmp_path, "a.apk")

    with pytest.raises(BadInput, match="tm settings --allow-folder"):
        await rack.upkeep.install(phones.serials[0], Installation(path=str(apk)))


async def test_a_busy_phone_is_left_alone(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """A running task is never disturbed: neither prepared nor installed on."""
    serial = phones.serials[0]
    phones.fault(serial, "slow", seconds=0.5)
    task_id = (await rack.create(a_post(video, serial))).task_ids[0]
    await at_step(rack, task_id, "check")
    apk = _apk(video.parent, "a.apk")

    for deed in (
        rack.upkeep.prepare(serial, ACT),
        rack.upkeep.install(serial, Installation(path=str(apk))),
    ):
        with pytest.raises(BadInput, match=f"busy with task {task_id}"):
            await deed
    await rack.stop(task_id)


async def test_labels_and_tags_outlive_the_program(
    open_rack: OpenRack, phones: VirtualRack
) -> None:
    """They are in the database, and what is seen of the phone later does not wipe them."""
    serial = phones.serials[0]
    async with open_rack() as rack:
        await device_is(rack, serial, DeviceState.READY)
        await rack.upkeep.change(serial, DeviceChanges(label="Desk 3", tags=("EU",)))

    async with open_rack() as rack:
        before = await rack.device(serial)
        after = await device_is(rack, serial, DeviceState.READY)

    assert [(d.label, d.tags) for d in (before, after)] == [("Desk 3", ("EU",))] * 2


async def test_a_change_is_told(rack: Rack, phones: VirtualRack) -> None:
    """Whoever follows the events sees a label at once."""
    serial = phones.serials[0]
    events = rack.events()
    told: list[Device | None] = []

    async def follow() -> None:
        async for event in events:
            if event.kind is EventKind.DEVICE and event.serial == serial:
                told.append(event.device)
                if event.device and event.device.label:
                    return

    following = asyncio.create_task(follow())
    await asyncio.sleep(0)
    await rack.upkeep.change(serial, DeviceChanges(label="Desk 3"))
    await asyncio.wait_for(following, 10)

    assert told[-1]
    assert told[-1].label == "Desk 3"


async def test_the_first_eye_is_switched_off_at_once(rack: Rack, phones: VirtualRack) -> None:
    """Its servers end on all phones, and the next look says which eye it was, and why."""
    serial = phones.serials[0]
    await rack.screen(serial)
    first = await rack.device(serial)

    async def ended() -> bool:
        return "app_process" not in phones.ask("state", serial=serial)["processes"]

    await rack.change_settings({"first_eye": False})
    assert await until(ended)
    await rack.screen(serial)

    assert first.eye == "uiautomator2"
    assert (await rack.device(serial)).eye == "dump, because the setting first_eye is off"
    report = await rack.upkeep.prepare(serial, LOOK)
    assert _how(report)["eye"] is Found.FINE

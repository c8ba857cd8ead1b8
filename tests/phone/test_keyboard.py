"""A borrowed keyboard is given back, whatever happens in between."""

import asyncio

import pytest

from tmcore.errors import PhoneError, StaleEpoch
from tmcore.phone.adb import AdbPhone
from tmcore.phone.commands import ADB_KEYBOARD
from tmcore.virtual.client import VirtualRack

GBOARD = "com.google.android.inputmethod.latin/com.android.inputmethod.latin.LatinIME"


def used(rack: VirtualRack, phone: AdbPhone) -> str:
    return str(rack.state(phone.serial)["keyboard_used"])


def notes(rack: VirtualRack, phone: AdbPhone) -> list[str]:
    return [f["path"] for f in rack.truth(phone.serial)["files"] if f["path"].endswith("/keyboard")]


async def test_it_is_used_meanwhile_and_given_back(rack: VirtualRack, phone: AdbPhone) -> None:
    """Within the block it is ADBKeyBoard; after it the one that was there, and no note."""
    assert await phone.has_keyboard()

    async with phone.keyboard():
        assert used(rack, phone) == ADB_KEYBOARD

    assert used(rack, phone) == GBOARD
    assert not notes(rack, phone)


@pytest.mark.parametrize("error", [PhoneError("no field"), asyncio.CancelledError()])
async def test_it_is_given_back_after_an_error(
    rack: VirtualRack, phone: AdbPhone, error: BaseException
) -> None:
    """An error or a stop within the block is told as it is, and the keyboard is back."""
    with pytest.raises(type(error)):
        async with phone.keyboard():
            raise error

    assert used(rack, phone) == GBOARD


async def test_after_a_crash_the_next_owner_gives_it_back(
    rack: VirtualRack, phone: AdbPhone, other: AdbPhone
) -> None:
    """Nobody was left to do it: the note on the phone says whose place it is."""
    crashed = phone.keyboard()  # held: a generator that is let go gives the keyboard back
    await crashed.__aenter__()
    phone.close()
    assert used(rack, phone) == ADB_KEYBOARD

    await other.own(6)

    assert used(rack, phone) == GBOARD
    assert not notes(rack, phone)


async def test_borrowing_twice_forgets_nothing(rack: VirtualRack, phone: AdbPhone) -> None:
    """A note that stands is the true one; ADBKeyBoard is never noted as what was there."""
    crashed = phone.keyboard()  # held: a generator that is let go gives the keyboard back
    await crashed.__aenter__()

    async with phone.keyboard():
        assert notes(rack, phone)

    assert used(rack, phone) == GBOARD


async def test_a_phone_without_it_keeps_its_own(rack: VirtualRack, phone: AdbPhone) -> None:
    """Where it is not installed nothing is switched, and that is an error, not a silence."""
    await phone._change("pm uninstall com.android.adbkeyboard", "uninstall")
    assert not await phone.has_keyboard()

    with pytest.raises(PhoneError, match="keyboard"):
        async with phone.keyboard():
            pytest.fail("it cannot be used")

    assert used(rack, phone) == GBOARD


async def test_a_stale_owner_cannot_borrow(
    rack: VirtualRack, phone: AdbPhone, other: AdbPhone
) -> None:
    """A late switch of the keyboard is refused on the phone, like a late tap."""
    await other.own(6)

    with pytest.raises(StaleEpoch):
        async with phone.keyboard():
            pytest.fail("a later run owns the phone")

    assert used(rack, phone) == GBOARD

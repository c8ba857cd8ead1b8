"""What RackApi promises of devices, accounts, settings and the licence, on both racks."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.contract.conftest import SERIALS
from tmcore.accounts import NewAccount
from tmcore.api import RackApi
from tmcore.devices import DeviceState
from tmcore.errors import BadInput, NotFound
from tmcore.model import NewTask

ANN = NewAccount(app="tiktok", username="@Ann.B", serial=SERIALS[0])


async def test_devices(rack: RackApi, new: NewTask) -> None:
    """Known devices are listed with their queue, and filtered by state."""
    await rack.create(new)

    devices = await rack.devices()

    assert [(d.serial, d.queue) for d in devices] == [(s, 1) for s in SERIALS]
    assert await rack.devices(DeviceState.AWAY) == devices
    assert await rack.devices(DeviceState.READY) == ()
    assert await rack.device(SERIALS[1]) == devices[1]


@pytest.mark.parametrize("serial", ["gone", "", ".", "..", "a/b", "a b", "%41", "ü", "\n"])
async def test_unknown_device(rack: RackApi, serial: str) -> None:
    """A serial that nobody has is NotFound, whatever it is made of."""
    with pytest.raises(NotFound):
        await rack.device(serial)


async def test_bind_an_account(rack: RackApi) -> None:
    """A bound account has no @ and no capitals, and its device names it."""
    account = await rack.add_account(ANN)

    assert (account.username, account.app, account.enabled) == ("ann.b", "tiktok", True)
    assert account.created_at <= datetime.now(UTC)
    assert await rack.accounts() == (account,)
    assert (await rack.device(SERIALS[0])).accounts == ("ann.b",)


async def test_accounts_are_filtered(rack: RackApi) -> None:
    """app and serial narrow the list."""
    await rack.add_account(ANN)
    await rack.add_account(NewAccount(app="instagram", username="ann.b", serial=SERIALS[1]))

    assert len(await rack.accounts("tiktok")) == 1
    assert len(await rack.accounts(serial=SERIALS[1])) == 1
    assert await rack.accounts("tiktok", SERIALS[1]) == ()


async def test_bind_twice(rack: RackApi) -> None:
    """The same account, written differently, is not bound a second time."""
    await rack.add_account(ANN)

    with pytest.raises(BadInput, match=r"ann\.b"):
        await rack.add_account(ANN.model_copy(update={"username": "ANN.b"}))


async def test_bind_to_an_unknown_device(rack: RackApi) -> None:
    """An account needs a known device."""
    with pytest.raises(NotFound, match="gone"):
        await rack.add_account(ANN.model_copy(update={"serial": "gone"}))

    assert await rack.accounts() == ()


async def test_unbind(rack: RackApi) -> None:
    """An unbound account is gone; a second time, or one that never was, is NotFound."""
    account = await rack.add_account(ANN)

    await rack.delete_account(account.id)

    assert await rack.accounts() == ()
    for account_id in (account.id, 10**20):
        with pytest.raises(NotFound):
            await rack.delete_account(account_id)


async def test_post_by_username(rack: RackApi, post: dict[str, Any]) -> None:
    """A username leads to its device, with @ or without, in any case."""
    await rack.add_account(ANN)

    created = await rack.create(NewTask(**post | {"serials": None, "usernames": ("@ANN.B",)}))

    assert [(t.serial, t.username) for t in created.tasks] == [(SERIALS[0], "ann.b")]


async def test_settings_change_at_once(rack: RackApi) -> None:
    """Some settings change, the others stay, and the change is there at once."""
    before = await rack.settings()

    changed = await rack.change_settings({"auto_retry": True, "max_retry_count": 5})

    assert changed == before.model_copy(update={"auto_retry": True, "max_retry_count": 5})
    assert await rack.settings() == changed


BAD: list[tuple[dict[str, Any], str]] = [
    ({"max_retry_count": 11}, "max_retry_count"),
    ({"max_retry_count": 0}, "max_retry_count"),
    ({"auto_rety": True}, "auto_retry"),
    ({"plan": "Gold"}, "plan"),
    ({"time_zone": "Mars/Base"}, "Mars/Base"),
    ({"media_folders": ["relative"]}, "relative"),
    ({"retry_delay_min_s": 100}, "retry_delay_min_s"),
    ({"auto_retry": None}, "auto_retry"),
]


@pytest.mark.parametrize(("changes", "named"), BAD, ids=str)
async def test_bad_settings(rack: RackApi, changes: dict[str, Any], named: str) -> None:
    """A bad setting is refused by name, and none of its request is taken."""
    before = await rack.settings()

    with pytest.raises(BadInput, match=named):
        await rack.change_settings({"random_order": True, **changes})

    assert await rack.settings() == before


async def test_license_follows_the_plan(rack: RackApi) -> None:
    """The licence says what the plan allows, also when it allows no API."""
    business = await rack.license()
    await rack.change_settings({"plan": "Starter", "device_limit": 7})
    starter = await rack.license()

    assert (business.plan_name, business.api_enabled) == ("Business", True)
    assert (starter.plan_name, starter.api_enabled, starter.device_limit) == ("Starter", False, 7)


async def test_what_cannot_be_used_yet_is_not_stored(rack: RackApi) -> None:
    """A work profile's account would be posted as the phone's owner: refused."""
    with pytest.raises(BadInput, match="user"):
        await rack.add_account(ANN.model_copy(update={"user": 10}))

    assert await rack.accounts() == ()


async def test_a_media_folder_must_be_there(rack: RackApi) -> None:
    """A folder that does not exist is a slip of the finger."""
    with pytest.raises(BadInput, match="/nowhere/at/all"):
        await rack.change_settings({"media_folders": ["/nowhere/at/all"]})

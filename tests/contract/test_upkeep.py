"""What RackApi promises of labels, tags and whoever acts on phones, on both racks."""

from typing import Any

import pytest

from tests.contract.conftest import SERIALS, SINCE, STUCK
from tmcore.accounts import NewAccount
from tmcore.api import RackApi
from tmcore.devices import DeviceState
from tmcore.drift import DriftReport
from tmcore.errors import BadInput, NotFound
from tmcore.model import NewTask, TaskQuery
from tmcore.upkeep import DeviceChanges, Installation, Preparation

EU = DeviceChanges(tags=("EU", "new"))


async def test_a_label_and_tags(rack: RackApi) -> None:
    """What is given stays, also what a later change leaves out; an empty one takes it away."""
    given = await rack.upkeep.change(SERIALS[0], DeviceChanges(label=" Desk 3 ", tags=("EU",)))
    later = await rack.upkeep.change(SERIALS[0], DeviceChanges(tags=("US", "us", "new")))
    bare = await rack.upkeep.change(SERIALS[0], DeviceChanges(label="", tags=()))

    assert (given.label, given.tags) == ("Desk 3", ("EU",))
    assert (later.label, later.tags) == ("Desk 3", ("US", "new"))
    assert (bare.label, bare.tags) == ("", ())
    assert await rack.device(SERIALS[0]) == bare


async def test_a_quarantined_phone_is_released_by_a_person(rack: RackApi) -> None:
    """It is so since before this start, with the reason; releasing it twice is once."""
    held = await rack.device(SERIALS[1])
    freed = await rack.upkeep.release(SERIALS[1])
    again = await rack.upkeep.release(SERIALS[1])

    assert (held.quarantined, held.quarantined_at) == (STUCK, SINCE)
    assert (freed.quarantined, freed.quarantined_at) == (None, None)
    assert again == freed == await rack.device(SERIALS[1])
    with pytest.raises(NotFound):
        await rack.upkeep.release("gone")


async def test_devices_of_a_tag(rack: RackApi) -> None:
    """A tag filters the list, whatever its capitals, together with a state."""
    await rack.upkeep.change(SERIALS[1], EU)

    assert [d.serial for d in await rack.devices(tag="eu")] == [SERIALS[1]]
    assert await rack.devices(DeviceState.READY, "EU") == ()
    assert await rack.devices(tag="US") == ()


async def test_a_tag_stands_for_its_serials(rack: RackApi, post: dict[str, Any]) -> None:
    """Tasks are created for each device of a tag, and listed by it."""
    await rack.upkeep.change(SERIALS[1], EU)

    created = await rack.create(NewTask(**post | {"serials": ("tag:EU", "tag:new")}))
    both = await rack.create(NewTask(**post | {"serials": ("tag:eu", SERIALS[0])}))

    assert [task.serial for task in created.tasks] == [SERIALS[1]]
    assert [task.serial for task in both.tasks] == [SERIALS[1], SERIALS[0]]
    page = await rack.tasks(TaskQuery(serial="tag:EU"))
    assert ({task.serial for task in page.tasks}, page.total) == ({SERIALS[1]}, 2)


async def test_accounts_of_a_tag(rack: RackApi) -> None:
    """Where a serial filters, a tag does."""
    await rack.upkeep.change(SERIALS[1], EU)
    for serial, name in zip(SERIALS, ("ann", "bob"), strict=True):
        await rack.add_account(NewAccount(app="tiktok", username=name, serial=serial))

    assert [a.username for a in await rack.accounts(serial="tag:EU")] == ["bob"]


async def test_a_tag_of_nobody(rack: RackApi, post: dict[str, Any]) -> None:
    """It is named, and nothing is created."""
    with pytest.raises(NotFound, match="no device has the tag 'US'"):
        await rack.create(NewTask(**post | {"serials": (SERIALS[0], "tag:US")}))
    with pytest.raises(NotFound, match="no device has the tag 'US'"):
        await rack.tasks(TaskQuery(serial="tag:US"))

    assert (await rack.tasks()).total == 1


async def test_twice_is_twice(rack: RackApi, post: dict[str, Any]) -> None:
    """A tag named twice is a slip, as a serial named twice is."""
    await rack.upkeep.change(SERIALS[1], EU)

    with pytest.raises(BadInput, match="more than once"):
        await rack.create(NewTask(**post | {"serials": ("tag:EU", "tag:EU")}))


async def test_a_phone_that_is_away_is_not_touched(rack: RackApi, tmp_path: Any) -> None:
    """Preparing and installing need an idle phone; why it is none is said."""
    with pytest.raises(BadInput, match=f"{SERIALS[0]} is away"):
        await rack.upkeep.prepare(SERIALS[0], Preparation())
    with pytest.raises(BadInput, match=f"{SERIALS[0]} is away"):
        await rack.upkeep.install(SERIALS[0], Installation(path=str(tmp_path / "a.apk")))


@pytest.mark.parametrize("serial", ["gone", "", ".", "..", "a/b"])
async def test_unknown_devices(rack: RackApi, serial: str) -> None:
    """Every verb says that there is no such device."""
    with pytest.raises(NotFound):
        await rack.upkeep.change(serial, EU)
    with pytest.raises(NotFound):
        await rack.upkeep.prepare(serial, Preparation())
    with pytest.raises(NotFound):
        await rack.upkeep.install(serial, Installation(path="/a.apk"))


@pytest.mark.parametrize("address", ["", "a b", "host:port", "h:0", "h:70000", "tag:EU:1", "-x"])
async def test_no_address(rack: RackApi, address: str) -> None:
    """What cannot be HOST:PORT is never said to adb."""
    with pytest.raises(BadInput, match="address"):
        await rack.upkeep.connect(address)


async def test_nobody_to_disconnect(rack: RackApi) -> None:
    """An address that was never connected is not there."""
    with pytest.raises(NotFound, match="192\\.0\\.2\\.7:5555"):
        await rack.upkeep.disconnect("192.0.2.7")


async def test_drift_of_what_no_task_has_met(rack: RackApi) -> None:
    """Nothing was met, so nothing is said of any app."""
    assert await rack.upkeep.drift() == DriftReport()

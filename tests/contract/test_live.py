"""What RackApi promises of showing itself, on both racks."""

import asyncio

import pytest

from tests.contract.conftest import SERIALS, UNKNOWN
from tmcore.accounts import NewAccount
from tmcore.api import RackApi
from tmcore.errors import NotFound
from tmcore.model import NewTask


async def test_lists_show_themselves(rack: RackApi) -> None:
    """devices() and accounts() are tuples that a notebook draws as tables."""
    await rack.add_account(NewAccount(app="tiktok", username="ann", serial=SERIALS[0]))

    for found in (await rack.devices(), await rack.accounts()):
        assert isinstance(found, tuple)
        shown = found._repr_mimebundle_()
        assert SERIALS[0] in shown["text/plain"]
        assert shown["text/html"].startswith("<table>")


async def test_live_lasts_until_its_tasks_have_ended(
    rack: RackApi, new: NewTask, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends by itself when the last of them has, and has said how."""
    created = await rack.create(new)
    live = asyncio.create_task(rack.live(created.task_ids))
    while "pending" not in capsys.readouterr().out:
        assert not live.done()
        await asyncio.sleep(0.01)

    for task_id in created.task_ids:
        await rack.stop(task_id)
    await asyncio.wait_for(live, 20)

    assert capsys.readouterr().out.count("failed, stopped") == len(SERIALS)


async def test_live_of_what_has_ended(rack: RackApi, capsys: pytest.CaptureFixture[str]) -> None:
    """One picture, and it is over; an unknown task is not found."""
    await rack.live([UNKNOWN])

    assert "outcome_unknown" in capsys.readouterr().out
    with pytest.raises(NotFound):
        await rack.live([77])


async def test_live_for_some_time(rack: RackApi, capsys: pytest.CaptureFixture[str]) -> None:
    """It shows the devices, and ends when its time is over."""
    await rack.live(seconds=0.5)

    assert all(f"device {serial}: away" in capsys.readouterr().out for serial in SERIALS[:1])

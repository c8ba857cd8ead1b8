"""What RackApi promises of accounts: changed, held, released, on both racks."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import SERIALS
from tmcore.accounts import Account, AccountChange, NewAccount
from tmcore.api import RackApi
from tmcore.errors import BadInput, NotFound
from tmcore.model import PENDING, NewTask
from tmcore.reasons import Reason
from tmcore.store.store import Store

ANN = NewAccount(app="tiktok", username="@Ann", serial=SERIALS[0])
BOB = NewAccount(app="tiktok", username="bob", serial=SERIALS[0])


@pytest.fixture
async def held(seeded: Path) -> Account:
    """An account that a check has held, before the rack opens."""
    store = await Store.open(seeded)
    await store.accounts.add(ANN)
    account = await store.accounts.hold(
        "tiktok", SERIALS[0], "ann", Reason.SECURITY_CHECK, "task 1: the app says: Verify"
    )
    await store.close()
    assert account
    return account


def a_post(post: dict[str, Any], **changes: Any) -> NewTask:
    return NewTask(**post | {"serials": SERIALS[:1]} | changes)


async def test_a_held_account_says_why_and_since_when(held: Account, rack: RackApi) -> None:
    """It is listed like any other, with its hold."""
    [account] = await rack.accounts()

    assert account == held
    assert account.held is Reason.SECURITY_CHECK
    assert account.held_why == "task 1: the app says: Verify"
    assert account.held_since


async def test_a_task_for_a_held_account_is_created_and_waits(
    held: Account, rack: RackApi, post: dict[str, Any]
) -> None:
    """The create answer warns, and the task says why it waits, alone and in a list."""
    created = await rack.create(a_post(post, serials=None, usernames=("ann",)))

    task = await rack.task(created.task_ids[0])
    page = await rack.tasks()
    assert any(f"tm account release {held.id}" in said for said in created.warnings)
    assert task.status is PENDING
    assert task.remark.startswith("waits: @ann is held since ")
    assert page.tasks[0].remark == task.remark


async def test_a_release_lets_its_tasks_go_on(
    held: Account, rack: RackApi, post: dict[str, Any]
) -> None:
    """Nothing of the hold is left, and a second release changes nothing."""
    created = await rack.create(a_post(post))

    released = await rack.release_account(held.id)

    assert (released.held, released.held_why, released.held_since) == (None, "", None)
    assert await rack.accounts() == (released,)
    assert await rack.release_account(held.id) == released
    assert (await rack.task(created.task_ids[0])).remark == ""


async def test_a_disabled_account_is_not_posted_on(rack: RackApi, post: dict[str, Any]) -> None:
    """Not by name, and a task that was there before waits."""
    ann = await rack.add_account(ANN)
    created = await rack.create(a_post(post))

    disabled = await rack.change_account(ann.id, AccountChange(enabled=False))

    assert not disabled.enabled
    assert "@ann is disabled" in (await rack.task(created.task_ids[0])).remark
    with pytest.raises(BadInput, match="disabled"):
        await rack.create(a_post(post, serials=None, usernames=("ann",)))


async def test_only_what_is_sent_is_changed(rack: RackApi) -> None:
    """A package stays when the account is disabled, and null takes it away."""
    ann = await rack.add_account(ANN.model_copy(update={"package": "com.example.clone"}))

    disabled = await rack.change_account(ann.id, AccountChange(enabled=False))
    plain = await rack.change_account(ann.id, AccountChange(package=None))

    assert (disabled.package, disabled.enabled) == ("com.example.clone", False)
    assert (plain.package, plain.enabled) == (None, False)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({}, "nothing is to be changed"),
        ({"enabled": None}, "null is neither true nor false"),
        ({"user": 10}, "only the phone's owner"),
    ],
)
async def test_a_bad_change_is_refused(rack: RackApi, change: dict[str, Any], named: str) -> None:
    """By the field and what is allowed; nothing is changed."""
    ann = await rack.add_account(ANN)

    with pytest.raises(BadInput, match=named):
        await rack.change_account(ann.id, AccountChange(**change))

    assert await rack.accounts() == (ann,)


@pytest.mark.parametrize("account_id", [77, 10**20])
async def test_an_account_that_is_not_there(rack: RackApi, account_id: int) -> None:
    """NotFound names it."""
    with pytest.raises(NotFound, match=f"account {account_id}"):
        await rack.release_account(account_id)
    with pytest.raises(NotFound, match=f"account {account_id}"):
        await rack.change_account(account_id, AccountChange(enabled=True))


async def test_several_accounts_and_none_named(rack: RackApi, post: dict[str, Any]) -> None:
    """The create answer names them and the one that is open, as far as anybody knows."""
    await rack.add_account(ANN)
    await rack.add_account(BOB)

    created = await rack.create(a_post(post))

    [said] = [said for said in created.warnings if "accounts" in said]
    assert "@ann, @bob" in said
    assert "nobody has seen which" in said
    assert [task.username for task in created.tasks] == [None]


async def test_every_account_gets_a_task_of_its_own(rack: RackApi, post: dict[str, Any]) -> None:
    """enable_multi_account, but for disabled ones."""
    for new in (ANN, BOB, ANN.model_copy(update={"username": "off", "enabled": False})):
        await rack.add_account(new)

    created = await rack.create(a_post(post, enable_multi_account=True))

    assert [task.username for task in created.tasks] == ["ann", "bob"]


async def test_an_account_on_two_phones_is_ambiguous(rack: RackApi, post: dict[str, Any]) -> None:
    """Both are named, and serials decides."""
    await rack.add_account(ANN)
    await rack.add_account(ANN.model_copy(update={"serial": SERIALS[1]}))
    by_name = {"serials": None, "usernames": ("@ann",)}

    with pytest.raises(BadInput) as refused:
        await rack.create(a_post(post, **by_name))
    created = await rack.create(a_post(post, **by_name | {"serials": SERIALS[1:]}))

    assert all(serial in str(refused.value) for serial in SERIALS)
    assert [task.serial for task in created.tasks] == [SERIALS[1]]


async def test_matching_is_a_task_for_a_device(held: Account, rack: RackApi) -> None:
    """One for each phone, for no account: it does not wait for a held one, and needs no file."""
    created = await rack.create(
        NewTask(serials=SERIALS, script_name="match_accounts", script_config={})
    )

    assert [(task.serial, task.username) for task in created.tasks] == [(s, None) for s in SERIALS]
    assert not any("account" in said for said in created.warnings), held
    assert (await rack.task(created.task_ids[0])).remark == ""

"""Accounts on virtual phones: read, switched to, held, and released by a person."""

import asyncio
from pathlib import Path

import pytest

from tests.engine.conftest import a_post, post, until
from tmcore import NewTask, Rack, Reason, TaskStatus
from tmcore.accounts import Account, AccountChange, NewAccount
from tmcore.model import PENDING, TaskDetail
from tmcore.virtual.client import VirtualRack

TRILL = "com.ss.android.ugc.trill"


async def bind(rack: Rack, serial: str, username: str, **more: str) -> Account:
    return await rack.add_account(
        NewAccount.model_validate({"app": "tiktok", "username": username, "serial": serial, **more})
    )


async def post_as(rack: Rack, video: Path, username: str) -> TaskDetail:
    config = {"captions": "Hello rack", "material_list": [str(video)]}
    new = NewTask(usernames=(username,), script_name="post", script_config=config)
    return await rack.wait((await rack.create(new)).task_ids[0])


async def match(rack: Rack, serial: str, **config: str) -> TaskDetail:
    new = NewTask(serials=(serial,), script_name="match_accounts", script_config=config)
    return await rack.wait((await rack.create(new)).task_ids[0])


async def test_each_task_is_posted_on_its_own_account(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The app is open as one of three; the tasks are for the other two, and then for it."""
    serial, names = phones.serials[0], ["ann", "bob", "cleo.d"]
    phones.set(serial, accounts=names, asks_save_login=True)
    for name in names:
        await bind(rack, serial, name)

    tasks = [await post_as(rack, video, name) for name in ("bob", "cleo.d", "ann")]

    assert [task.status for task in tasks] == [TaskStatus.COMPLETED] * 3, tasks
    assert [made["account"] for made in phones.posts(serial)] == ["bob", "cleo.d", "ann"]


async def test_a_switch_costs_few_looks(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """The list, its row, and the profile page again."""
    serial = phones.serials[0]
    phones.set(serial, accounts=["ann", "bob"])
    for name in ("ann", "bob"):
        await bind(rack, serial, name)
    stayed, switched = await post_as(rack, video, "ann"), await post_as(rack, video, "bob")

    more = switched.attempts[0].looks - stayed.attempts[0].looks

    assert more <= 6


async def test_a_switch_that_fails_presses_nothing(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The app closes its list and stays who it was."""
    serial = phones.serials[0]
    phones.set(serial, accounts=["ann", "bob"], switch_fails=True)
    await bind(rack, serial, "bob")

    task = await post_as(rack, video, "bob")

    assert task.reason is Reason.WRONG_ACCOUNT
    assert phones.truth(serial)["presses"] == 0


async def test_matching_reads_every_app_of_a_phone(rack: Rack, phones: VirtualRack) -> None:
    """Bound by app, the open one known, and nothing pressed; what was not seen is named."""
    serial = phones.serials[0]
    phones.set(serial, accounts=["ann", "bob"])
    await bind(rack, serial, "gone")

    task = await match(rack, serial, app="tiktok")

    accounts = {account.username: account for account in await rack.accounts("tiktok", serial)}
    assert (task.status, task.reason) == (TaskStatus.COMPLETED, Reason.MATCHED), task
    assert set(accounts) == {"ann", "bob", "gone"}
    assert accounts["ann"].open_at
    assert task.remark == (
        "tiktok: @ann (open), @bob, new: @ann @bob, still bound and not seen: @gone"
    )
    assert phones.truth(serial)["presses"] == 0


async def test_matching_instagram(rack: Rack, phones: VirtualRack) -> None:
    """Its list hangs under the name at the top."""
    serial = phones.serials[0]
    phones.set(serial, app="instagram", accounts=["my.shop", "second_one"])

    task = await match(rack, serial, app="instagram")

    assert task.reason is Reason.MATCHED, task
    found = [account.username for account in await rack.accounts("instagram", serial)]
    assert found == ["my.shop", "second_one"]


@pytest.mark.parametrize("app", ["tiktok", "instagram"])
async def test_a_list_that_is_longer_than_the_screen_is_read_whole(
    rack: Rack, phones: VirtualRack, app: str
) -> None:
    """Twelve accounts, in their order; what stands below them is none."""
    serial, names = phones.serials[0], [f"shop_{n:02}" for n in range(1, 13)]
    phones.set(serial, app=app, accounts=names)

    task = await match(rack, serial, app=app)

    assert task.reason is Reason.MATCHED, task
    assert [account.username for account in await rack.accounts(app, serial)] == names


async def test_a_clone_is_another_package(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """Read under its own name, and posted on there; what is in both stays where it was first."""
    serial = phones.serials[0]
    phones.set(serial, install="trill")
    phones.set(serial, accounts=["ann"])
    phones.set(serial, app="trill", accounts=["twin", "ann"])

    matched = await match(rack, serial, app="tiktok")
    task = await post_as(rack, video, "twin")

    packages = {account.username: account.package for account in await rack.accounts()}
    assert matched.reason is Reason.MATCHED, matched
    assert packages == {"ann": None, "twin": TRILL}
    assert f"{TRILL}: @twin (open), @ann" in matched.remark
    assert "in another app of this phone too: @ann (" in matched.remark
    assert task.status is TaskStatus.COMPLETED, task
    [made] = phones.posts(serial)
    assert (made["app"], made["account"]) == (TRILL, "twin")


async def test_a_clone_that_is_not_there_is_named(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """Nothing is posted through the app itself instead."""
    serial = phones.serials[0]
    await bind(rack, serial, "ann", package="com.example.clone")

    task = await post_as(rack, video, "ann")

    assert task.reason is Reason.APP_MISSING
    assert "com.example.clone" in task.remark


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("captcha", Reason.SECURITY_CHECK),
        ("login", Reason.LOGIN_REQUIRED),
        ("suspended", Reason.ACCOUNT_SUSPENDED),
        ("limited", Reason.ACTION_LIMITED),
    ],
)
async def test_a_wall_holds_the_account_until_a_person_releases_it(
    rack: Rack, phones: VirtualRack, video: Path, kind: str, reason: Reason
) -> None:
    """One task fails by name; the others wait, say why, and are posted after the release."""
    serial = phones.serials[0]
    phones.set(serial, accounts=["ann"])
    ann = await bind(rack, serial, "ann")
    phones.fault(serial, "dialog", kind=kind, when={"screen": "composer"})
    new = a_post(video, serial, allow_repeat=True)
    ids = [(await rack.create(new)).task_ids[0] for _ in range(3)]

    failed = await rack.wait(ids[0])
    [held] = await rack.accounts()
    await asyncio.sleep(0.3)  # a due task on a free phone starts within 100 ms
    waiting = [await rack.task(task_id) for task_id in ids[1:]]

    assert failed.reason is reason, failed
    assert (held.id, held.held) == (ann.id, reason)
    assert [task.status for task in waiting] == [PENDING, PENDING]
    assert all("@ann is held since" in task.remark for task in waiting)

    phones.heal(serial)
    await rack.release_account(ann.id)
    ended = [await rack.wait(task_id) for task_id in ids[1:]]
    assert [task.status for task in ended] == [TaskStatus.COMPLETED] * 2, ended


async def test_a_hold_leaves_the_phones_other_accounts_alone(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """Only the tasks of the held one wait."""
    serial = phones.serials[0]
    phones.set(serial, accounts=["ann", "bob"])
    for name in ("ann", "bob"):
        await bind(rack, serial, name)
    phones.fault(serial, "dialog", kind="captcha", when={"screen": "composer"})
    first = await post_as(rack, video, "ann")
    phones.heal(serial)
    config = {"captions": "Hello rack", "material_list": [str(video)]}
    both = NewTask(usernames=("ann", "bob"), script_name="post", script_config=config)

    for_ann, for_bob = (await rack.create(both)).task_ids

    assert first.reason is Reason.SECURITY_CHECK
    assert (await rack.wait(for_bob)).status is TaskStatus.COMPLETED
    assert (await rack.task(for_ann)).status is PENDING


async def test_the_account_that_was_read_is_held_where_none_was_bound(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """Else each of fifty tasks would run into the same check."""
    serial = phones.serials[0]
    phones.set(serial, accounts=["ann"])
    phones.fault(serial, "dialog", kind="captcha", when={"screen": "composer"})
    ids = [(await rack.create(a_post(video, serial))).task_ids[0] for _ in range(2)]

    failed = await rack.wait(ids[0])
    [held] = await rack.accounts()

    assert failed.reason is Reason.SECURITY_CHECK
    assert (held.username, held.held) == ("ann", Reason.SECURITY_CHECK)
    assert (await rack.task(ids[1])).status is PENDING


async def test_an_open_account_that_is_disabled_is_not_posted_on(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """It was opened by hand after the task had started; the run reads it and ends."""
    serial = phones.serials[0]
    phones.set(serial, accounts=["ann", "bob"])
    await bind(rack, serial, "bob")
    await bind(rack, serial, "cleo")
    ann = await bind(rack, serial, "ann")
    await rack.change_account(ann.id, AccountChange(enabled=False))

    task = await post(rack, video, serial)

    assert task.reason is Reason.WRONG_ACCOUNT
    assert "@ann is disabled" in task.remark
    assert phones.truth(serial)["presses"] == 0


async def test_a_task_without_an_account_records_whose_it_was(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """Seen in the task."""
    serial = phones.serials[0]
    phones.set(serial, accounts=["ann"])

    task = await post(rack, video, serial)

    assert (task.status, task.username) == (TaskStatus.COMPLETED, "ann")


async def test_matching_does_not_wait_for_a_held_account(rack: Rack, phones: VirtualRack) -> None:
    """And does not release it: a person does."""
    serial = phones.serials[0]
    phones.set(serial, accounts=["ann"])
    await bind(rack, serial, "ann")
    phones.fault(serial, "dialog", kind="login", when={"screen": "profile"})
    first = await match(rack, serial, app="tiktok")
    phones.heal(serial)

    again = await match(rack, serial, app="tiktok")

    async def account() -> Account:
        [found] = await rack.accounts()
        return found

    assert first.reason is Reason.LOGIN_REQUIRED
    assert again.reason is Reason.MATCHED
    assert (await until(account)).held is Reason.LOGIN_REQUIRED

"""Which account lives where, which of them waits for a person, and what then starts."""

from datetime import UTC, datetime

import pytest

from tests.store.conftest import FakeClock, a_draft
from tmcore.accounts import Account, NewAccount
from tmcore.errors import BadInput, NotFound
from tmcore.reasons import Reason
from tmcore.store.store import Store

SERIAL = "R58M1"


async def bound(store: Store, username: str, serial: str = SERIAL) -> Account:
    return await store.accounts.add(NewAccount(app="tiktok", username=username, serial=serial))


async def held(store: Store, username: str) -> Account:
    account = await store.accounts.hold(
        "tiktok", SERIAL, username, Reason.SECURITY_CHECK, "task 7: the app says: Verify"
    )
    assert account is not None
    return account


async def heads(store: Store) -> list[int | None]:
    return [head.task_id for head in await store.heads([SERIAL])]


async def test_a_hold_outlives_the_program(store: Store) -> None:
    """It is in the database, with its reason, its words and its beginning."""
    await bound(store, "@Ann")
    await held(store, "ann")

    await store.accounts.load()

    [account] = store.accounts.every()
    assert (account.username, account.held) == ("ann", Reason.SECURITY_CHECK)
    assert account.held_why == "task 7: the app says: Verify"
    assert account.held_since == datetime(2026, 11, 24, 9, tzinfo=UTC)


async def test_a_second_reason_does_not_replace_the_first(store: Store, clock: FakeClock) -> None:
    """What the person who releases it has to see is what came first."""
    await bound(store, "ann")
    first = await held(store, "ann")
    clock.go_on(60)

    again = await store.accounts.hold("tiktok", SERIAL, "ann", Reason.ACTION_LIMITED, "later")

    assert again == first


async def test_the_tasks_of_a_held_account_wait_and_the_others_go_on(store: Store) -> None:
    """Neither the head of the queue nor a claim is a task of a held account."""
    await bound(store, "ann")
    await bound(store, "bob")
    ids = await store.insert([a_draft(username="ann"), a_draft(username="bob")])
    await held(store, "ann")

    claimed = await store.claim(ids)

    assert await heads(store) == [None]  # the head that could start is running now
    assert [one.task_id for one in claimed] == [ids[1]]


async def test_a_release_lets_them_go_on(store: Store) -> None:
    """At once, in their old order."""
    account = await bound(store, "ann")
    ids = await store.insert([a_draft(username="ann"), a_draft(username="ann")])
    await held(store, "ann")
    assert await heads(store) == [None]

    released = await store.accounts.release(account.id)

    assert (released.held, released.held_since, released.held_why) == (None, None, "")
    assert await heads(store) == [ids[0]]


async def test_a_task_without_an_account_waits_for_the_one_that_is_open(
    store: Store, clock: FakeClock
) -> None:
    """It would post on the open one; which one that is was seen last."""
    await bound(store, "ann")
    await bound(store, "bob")
    [task_id] = await store.insert([a_draft()])
    await store.accounts.opened("tiktok", SERIAL, "bob")
    clock.go_on(1)
    await store.accounts.opened("tiktok", SERIAL, "ann")

    await held(store, "ann")
    while_ann_is_open = await heads(store)
    clock.go_on(1)
    await store.accounts.opened("tiktok", SERIAL, "bob")

    assert while_ann_is_open == [None]
    assert await heads(store) == [task_id]


async def test_while_nobody_has_seen_which_is_open_one_that_may_post_is_enough(
    store: Store,
) -> None:
    """The run itself reads the account and refuses a held one."""
    await bound(store, "ann")
    [task_id] = await store.insert([a_draft()])
    await held(store, "ann")
    alone = await heads(store)

    await bound(store, "bob")

    assert alone == [None]
    assert await heads(store) == [task_id]


async def test_a_hold_stands_on_its_device_and_in_its_app(store: Store) -> None:
    """The same name on another phone, or in another app, goes on."""
    await bound(store, "ann")
    await bound(store, "ann", "OTHER")
    await store.accounts.add(NewAccount(app="instagram", username="ann", serial=SERIAL))
    ids = await store.insert(
        [a_draft("OTHER", username="ann"), a_draft(username="ann", app="instagram")]
    )

    await held(store, "ann")

    assert [head.task_id for head in await store.heads(["OTHER", SERIAL])] == ids


async def test_a_disabled_account_waits_as_well(store: Store) -> None:
    """Until a person enables it again."""
    account = await bound(store, "ann")
    [task_id] = await store.insert([a_draft(username="ann")])

    await store.accounts.change(account.id, {"enabled": False})
    disabled = await heads(store)
    await store.accounts.change(account.id, {"enabled": True})

    assert disabled == [None]
    assert await heads(store) == [task_id]


async def test_a_waiting_task_says_why(store: Store) -> None:
    """With what lets it go on; tasks that do not wait are not named."""
    account = await bound(store, "ann")
    ids = await store.insert([a_draft(username="ann"), a_draft(username="bob")])
    await held(store, "ann")

    why = await store.accounts.why_waiting(ids)

    assert list(why) == [ids[0]]
    assert "security_check" in why[ids[0]]
    assert f"tm account release {account.id}" in why[ids[0]]


async def test_a_name_that_was_read_on_the_phone_is_bound_by_its_hold(store: Store) -> None:
    """A device without bound accounts: the next task would meet the same check."""
    [task_id] = await store.insert([a_draft()])

    await held(store, "@Ann".removeprefix("@").lower())

    assert await heads(store) == [None]
    assert list(await store.accounts.why_waiting([task_id])) == [task_id]


async def test_nobody_is_held_where_nobody_is_known(store: Store) -> None:
    """No account, no name, no earlier press: there is nothing that a person could release."""
    assert await store.accounts.hold("tiktok", SERIAL, None, Reason.LOGIN_REQUIRED, "?") is None


async def test_binding_adds_and_never_unbinds(store: Store) -> None:
    """What was not seen stays bound; the first that was seen is the open one."""
    await bound(store, "old")

    new = await store.accounts.bind("tiktok", SERIAL, ["bob", "ann"], None, "bob")
    again = await store.accounts.bind("tiktok", SERIAL, ["bob", "ann"], None, "bob")

    every = {account.username: account for account in store.accounts.every("tiktok", SERIAL)}
    assert [account.username for account in new] == ["ann", "bob"]
    assert again == ()
    assert set(every) == {"ann", "bob", "old"}
    assert every["bob"].open_at is not None
    assert every["ann"].open_at is None


async def test_binding_keeps_what_a_person_has_set(store: Store) -> None:
    """A held or disabled account is still that after it was seen again."""
    account = await bound(store, "ann")
    await held(store, "ann")
    await store.accounts.change(account.id, {"enabled": False})

    await store.accounts.bind("tiktok", SERIAL, ["ann"], None, "ann")

    [seen] = store.accounts.every()
    assert (seen.held, seen.enabled) == (Reason.SECURITY_CHECK, False)


async def test_an_account_is_bound_to_a_device_once(store: Store) -> None:
    """Whatever the case and with or without @."""
    await bound(store, "@Ann")

    with pytest.raises(BadInput, match="'ann' is bound to R58M1 in tiktok already"):
        await bound(store, "ann")


async def test_an_account_is_posted_on_in_one_app_of_a_phone(store: Store) -> None:
    """A clone's is refused by the name of where it is bound; on another phone it may be as well."""
    clone = {"app": "tiktok", "username": "ann", "package": "com.example.clone"}
    await store.accounts.add(NewAccount.model_validate({**clone, "serial": SERIAL}))

    with pytest.raises(BadInput, match=r"in com\.example\.clone already; an account is posted on"):
        await bound(store, "ann")
    assert (await bound(store, "ann", "R58M2")).package is None


@pytest.mark.parametrize("account_id", [99, 2**63, 2**70])
async def test_an_account_that_is_not_there_is_not_found(store: Store, account_id: int) -> None:
    """However large its number."""
    for deed in (store.accounts.release, store.accounts.remove):
        with pytest.raises(NotFound, match=f"account {account_id} does not exist"):
            await deed(account_id)
    with pytest.raises(NotFound):
        await store.accounts.change(account_id, {"enabled": True})

"""Accounts bound as a list, near and far: all of them or none, and each fault at its place."""

import pytest

from tests.contract.conftest import SERIALS
from tmcore.accounts import Bound, NewAccount, NewAccounts
from tmcore.api import RackApi
from tmcore.errors import BadInput

ANN = NewAccount(app="tiktok", username="ann", serial=SERIALS[0])
BOB = NewAccount(app="instagram", username="@Bob", serial=SERIALS[1])


async def bind(rack: RackApi, *new: NewAccount) -> Bound:
    return await rack.add_accounts(NewAccounts(accounts=new))


async def test_twice_is_once(rack: RackApi) -> None:
    """The same list again binds nothing and takes nothing away."""
    first = await bind(rack, ANN, BOB)
    again = await bind(rack, BOB, ANN)

    assert (first.bound_count, first.bound_already) == (2, 0)
    assert (again.bound_count, again.bound_already) == (0, 2)
    assert [account.username for account in again.accounts] == ["bob", "ann"]
    assert len(await rack.accounts()) == 2


async def test_one_fault_binds_none(rack: RackApi) -> None:
    """A phone that does not exist, and an account bound otherwise, are named by place and field."""
    await bind(rack, ANN)
    lost = ANN.model_copy(update={"serial": "NOBODY"})
    with pytest.raises(BadInput) as raised:
        await bind(rack, BOB, lost)
    assert [error.field for error in raised.value.errors] == ["accounts[1].serial"]

    clone = ANN.model_copy(update={"package": "com.example.clone"})
    with pytest.raises(BadInput) as raised:
        await bind(rack, BOB, clone)
    assert [error.field for error in raised.value.errors] == ["accounts[1].username"]
    assert len(await rack.accounts()) == 1

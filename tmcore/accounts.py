"""What can be changed of accounts that are bound to devices, and lists of them."""

from typing import Annotated

from pydantic import Field

from tmcore.model import Account, Model, NewAccount, Package

MOST_AT_ONCE = 1000  # accounts


class AccountChange(Model):
    """What PATCH /account/{id} may hold; what is absent stays as it is, null puts it back."""

    enabled: bool | None = None
    package: Package | None = None
    user: int | None = None


class NewAccounts(Model):
    """Accounts to be bound, all of them or none."""

    accounts: Annotated[tuple[NewAccount, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Bound(Model):
    """What binding a list came to: those that were bound already are left as they are."""

    accounts: tuple[Account, ...]  # in the order in which they were asked for
    bound_count: int
    bound_already: int

"""Accounts: which lives on which phone, and what can be changed of it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from tmcore.model import Model, Serial
from tmcore.reasons import Reason

MOST_AT_ONCE = 1000  # accounts

App = Literal["tiktok", "instagram"]
Package = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+$", max_length=128)
]


class NewAccount(Model):
    """Which account lives on which device in which app."""

    app: App
    username: Annotated[str, Field(pattern=r"^@?[A-Za-z0-9._]{1,64}$")]
    serial: Serial
    package: Package | None = None  # a clone's; else the app's own
    user: int | None = None
    enabled: bool = True


class Account(Model):
    """An account as it is bound; username without @, in lower case."""

    id: int
    app: App
    username: str
    serial: str
    package: str | None = None
    user: int | None = None
    enabled: bool = True
    held: Reason | None = None  # its tasks wait until a person releases it
    held_why: str = ""
    held_since: datetime | None = None
    open_at: datetime | None = None  # when its app was last seen open as this account
    created_at: datetime

    @property
    def waits(self) -> bool:
        """Whether no task of it may start now."""
        return self.held is not None or not self.enabled

    @property
    def state(self) -> str:
        """What keeps it from posting: the reason of its hold, disabled, or nothing."""
        return self.held or ("" if self.enabled else "disabled")


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

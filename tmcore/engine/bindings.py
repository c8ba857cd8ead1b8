"""What a person does with accounts: binds them to devices, changes them, lets held ones go on."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tmcore.accounts import Account, AccountChange, Bound, NewAccount, NewAccounts
from tmcore.devices import Device
from tmcore.errors import BadInput, FieldError, NotFound
from tmcore.faces import Accounts
from tmcore.rules.choosing import chosen
from tmcore.store.accounts import AccountShelf
from tmcore.validation import MOST_ERRORS, shown


class Bindings:
    """The accounts of a rack. `freed` hears when a task that waited may start."""

    def __init__(
        self, shelf: AccountShelf, devices: Mapping[str, Device], freed: Callable[[], None]
    ) -> None:
        self._shelf, self._devices, self._freed = shelf, devices, freed

    def every(self, app: str | None, serial: str | None) -> Accounts:
        serials = chosen([serial], self._devices) if serial else [None]
        return Accounts(account for s in serials for account in self._shelf.every(app, s))

    def names(self) -> dict[str, tuple[str, ...]]:
        """Return the user names on each device, each once."""
        found: dict[str, dict[str, None]] = {}
        for account in self._shelf.every():
            found.setdefault(account.serial, {})[account.username] = None
        return {serial: tuple(names) for serial, names in found.items()}

    async def add(self, new: NewAccount) -> Account:
        if new.serial not in self._devices:
            raise NotFound(f"device {shown(new.serial)} does not exist")
        _check_user(new.user)
        return await self._shelf.add(new)

    async def add_all(self, new: NewAccounts) -> Bound:
        """Bind them all or none; each that is wrong is named by its place in the list."""
        known = {account.id for account in self._shelf.every()}
        errors = [
            FieldError(f"accounts[{place}].{error.field}", error.message)
            for place, one in enumerate(new.accounts)
            for error in self._faults(one)
        ]
        if errors:
            raise BadInput(*errors[:MOST_ERRORS])
        accounts = await self._shelf.add_all(new.accounts)
        count = len({account.id for account in accounts} - known)
        return Bound(accounts=accounts, bound_count=count, bound_already=len(new.accounts) - count)

    def _faults(self, new: NewAccount) -> Iterator[FieldError]:
        if new.serial not in self._devices:
            yield FieldError("serial", f"device {shown(new.serial)} does not exist")
        try:
            _check_user(new.user)
        except BadInput as error:
            yield from error.errors

    async def change(self, account_id: int, change: AccountChange) -> Account:
        self._shelf.one(account_id)
        changes: dict[str, Any] = change.model_dump(exclude_unset=True)
        if not changes:
            raise BadInput.of("enabled", "nothing is to be changed; send enabled, package or user")
        if changes.get("enabled", True) is None:
            raise BadInput.of("enabled", "null is neither true nor false")
        _check_user(change.user)
        account = await self._shelf.change(account_id, changes)
        self._freed()
        return account

    async def release(self, account_id: int) -> Account:
        self._shelf.one(account_id)
        account = await self._shelf.release(account_id)
        self._freed()
        return account

    async def remove(self, account_id: int) -> None:
        await self._shelf.remove(account_id)
        self._freed()


def _check_user(user: int | None) -> None:
    if user not in (None, 0):
        raise BadInput.of(
            "user",
            f"{shown(user)} cannot post: without root no file reaches another user's storage; "
            "only the phone's owner, user 0, can. A clone under its own package can as well",
        )

"""What every face may ask of a rack: Rack answers in this process, RemoteRack over HTTP."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from tmcore.accounts import Account, AccountChange, Bound, NewAccount, NewAccounts
from tmcore.devices import Device, DeviceState, Hand, PhoneScreen
from tmcore.events import Event
from tmcore.faces import Accounts, Devices
from tmcore.keys import Keys
from tmcore.materials import MaterialsApi
from tmcore.model import (
    Created,
    Deleted,
    Health,
    License,
    NewTask,
    Retried,
    Stats,
    Task,
    TaskDetail,
    TaskPage,
    TaskQuery,
)
from tmcore.paths import PathsApi
from tmcore.plans import PlansApi
from tmcore.schedules import SchedulesApi
from tmcore.settings import Settings
from tmcore.upkeep import UpkeepApi
from tmcore.webhooks import WebhooksApi


class RackApi(Protocol):
    """One contract suite (tests/contract) judges everything that satisfies this."""

    @property
    def schedules(self) -> SchedulesApi: ...

    @property
    def plans(self) -> PlansApi: ...

    @property
    def materials(self) -> MaterialsApi: ...

    @property
    def webhooks(self) -> WebhooksApi: ...

    @property
    def upkeep(self) -> UpkeepApi: ...

    @property
    def paths(self) -> PathsApi: ...

    async def create(self, new: NewTask, *, key: str | None = None) -> Created:
        """Create one task per device or account, all or nothing. Raises BadInput, NotFound.

        With a key that was used in the last day the first answer comes again, and nothing is made;
        Conflict when that was another request, or is still at work.
        """
        ...

    async def tasks(self, query: TaskQuery = ...) -> TaskPage: ...

    async def task(self, task_id: int) -> TaskDetail:
        """Return the task with its attempts. Raises NotFound."""
        ...

    async def wait(self, task_id: int) -> TaskDetail:
        """Wait until the task has completed or failed. Raises NotFound."""
        ...

    async def stop(self, task_id: int) -> Task:
        """Stop a pending or running task. Raises NotFound; BadInput when it has ended.

        In the press window the task comes back still running, with stop_requested.
        """
        ...

    async def retry(self, task_id: int) -> Task:
        """Queue a failed task again. Raises BadInput when it did not fail or is unknown."""
        ...

    async def retry_all(self, *, stopped: bool = True) -> Retried:
        """Queue every failed task again but those of unknown outcome."""
        ...

    async def delete(self, task_ids: Sequence[int]) -> Deleted:
        """Delete tasks, stopping those that run; what the ledger holds stays."""
        ...

    async def resolve(self, task_id: int, *, posted: bool) -> Task:
        """Settle a task of unknown outcome. Raises BadInput when it is not unknown."""
        ...

    async def evidence(self, task_id: int, name: str) -> bytes:
        """Return a kept screenshot, UI XML or log. Raises NotFound."""
        ...

    async def stats(self) -> Stats: ...

    async def devices(
        self, state: DeviceState | None = None, tag: str | None = None
    ) -> Devices: ...

    async def device(self, serial: str) -> Device:
        """Return one device. Raises NotFound."""
        ...

    def events(self, after: int | None = None) -> AsyncIterator[Event]:
        """Yield changes as they happen; with `after`, first every durable one past that id.

        Ends when the rack closes. A reader that falls behind gets one LOST event.
        """
        ...

    async def live(self, task_ids: Sequence[int] = (), *, seconds: float | None = None) -> None:
        """Show devices and tasks in one display that is updated in place, at most twice a second.

        Ends when these tasks have ended or the seconds are over; without either, goes on until it
        is cancelled. Raises NotFound; TmError when the rack closes before the tasks have ended.
        """
        ...

    async def pause(self, serial: str, reason: str) -> Device:
        """Let a device take no new task; the running one ends. Raises NotFound."""
        ...

    async def resume(self, serial: str) -> Device:
        """Let a paused device work again. Raises NotFound."""
        ...

    async def screen(self, serial: str) -> PhoneScreen:
        """Look at a phone. Raises NotFound, PhoneError."""
        ...

    async def act(self, serial: str, hand: Hand) -> None:
        """Do what a person asks on a paused, idle phone; logged as done by a person.

        Raises NotFound, BadInput when the phone is not paused or is busy, PhoneError.
        """
        ...

    async def accounts(self, app: str | None = None, serial: str | None = None) -> Accounts: ...

    async def add_account(self, new: NewAccount) -> Account:
        """Bind an account to a device. Raises NotFound, BadInput when it is bound already."""
        ...

    async def add_accounts(self, new: NewAccounts) -> Bound:
        """Bind a list of accounts, all or none. Raises BadInput naming each that is wrong."""
        ...

    async def change_account(self, account_id: int, change: AccountChange) -> Account:
        """Change enabled, package or user. Raises NotFound, BadInput."""
        ...

    async def release_account(self, account_id: int) -> Account:
        """Let a held account's tasks go on; a person has looked at it. Raises NotFound."""
        ...

    async def delete_account(self, account_id: int) -> None:
        """Unbind an account. Raises NotFound."""
        ...

    async def settings(self) -> Settings: ...

    async def change_settings(self, changes: dict[str, Any]) -> Settings:
        """Change some settings, in force at once. Raises BadInput."""
        ...

    async def reset_setting(self, name: str) -> Settings:
        """Put a setting back to what is configured, or its default. Raises NotFound, BadInput."""
        ...

    async def license(self) -> License: ...

    async def health(self) -> Health:
        """Say whether the rack can work now, and which part cannot."""
        ...

    @property
    def keys(self) -> Keys:
        """The tokens by which programs may enter."""
        ...

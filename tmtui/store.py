"""What the console knows of a rack: keyed rows, what of them changed, counts, how fresh it is.

Widgets never ask the rack. The feed writes here and notes the keys that changed; one tick of the
screen takes them and paints the rows that are visible. Knows neither Textual nor HTTP.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tmcore.model import Account, Device, Event, EventKind, Stats, Task, TaskStatus
from tmcore.reasons import Reason
from tmcore.schedules import RunOutcome, Schedule
from tmtui.steps import StepTimes

LOG_LINES = 20_000  # kept; about 4 MB
Key = str | int  # a device's serial, a task's, account's or schedule's id: one too many is painted


class Link(StrEnum):
    """How the console and its rack stand."""

    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"


@dataclass(frozen=True)
class Line:
    """One line of the log, and whose it is."""

    at: datetime
    text: str
    serial: str | None = None
    task_id: int | None = None


@dataclass
class Connection:
    """What the banner says."""

    link: Link = Link.CONNECTING
    cause: str = ""
    fresh_at: datetime | None = None  # when what is shown was last known to be true
    lost_at: datetime | None = None
    retry_at: datetime | None = None
    polls: bool = False  # the server has no events: it is asked again and again


@dataclass
class Store:
    """Rows by key, in no order; what changed since the last take()."""

    devices: dict[str, Device] = field(default_factory=dict)
    tasks: dict[int, Task] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)
    schedules: dict[int, Schedule] = field(default_factory=dict)
    log: deque[Line] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    logged: int = 0  # lines ever, also those that have been dropped
    connection: Connection = field(default_factory=Connection)
    complete: bool = False  # whether every task has been read
    last_event: int | None = None
    steps: StepTimes = field(default_factory=StepTimes)
    _dirty: set[Key] = field(default_factory=set)
    _statuses: Counter[TaskStatus] = field(default_factory=Counter)
    _reasons: Counter[Reason | None] = field(default_factory=Counter)

    def take(self) -> frozenset[Key]:
        """Return the keys that changed, and forget that they did."""
        dirty, self._dirty = frozenset(self._dirty), set()
        return dirty

    @property
    def live(self) -> bool:
        return self.connection.link is Link.LIVE

    @property
    def stats(self) -> Stats:
        """Counts of the tasks that are held; stopped and needs_review are inside failed."""
        return Stats(
            total=len(self.tasks),
            pending=self._statuses[TaskStatus.PENDING],
            running=self._statuses[TaskStatus.RUNNING],
            completed=self._statuses[TaskStatus.COMPLETED],
            failed=self._statuses[TaskStatus.FAILED],
            stopped=self._reasons[Reason.STOPPED],
            needs_review=self._reasons[Reason.OUTCOME_UNKNOWN],
        )

    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Why tasks failed, the most frequent first."""
        return tuple((str(reason), n) for reason, n in self._reasons.most_common() if n)

    def apply(self, event: Event) -> None:
        """Take in one change. A LOST event changes nothing: the feed reads everything anew."""
        if event.id is not None:
            self.last_event = event.id
        if event.task is not None:
            self.steps.saw(event.task, event.at)
            self.put_task(event.task)
        elif event.kind is EventKind.TASK and event.task_id is not None:
            self.drop_task(event.task_id)
        if event.device is not None:
            self.put_device(event.device)
        if event.kind is EventKind.LOG:
            self.note(Line(event.at, event.text, event.serial, event.task_id))

    def note(self, line: Line) -> None:
        self.log.append(line)
        self.logged += 1

    def put_task(self, task: Task) -> None:
        known = self.tasks.get(task.id)
        if known == task:
            return
        if known is not None:
            self._count(known, -1)
        self._count(task, 1)
        self.tasks[task.id] = task
        self._touch(task)

    def drop_task(self, task_id: int) -> None:
        gone = self.tasks.pop(task_id, None)
        if gone is not None:
            self._count(gone, -1)
            self._touch(gone)

    def put_device(self, device: Device) -> None:
        if self.devices.get(device.serial) != device:
            self.devices[device.serial] = device
            self._dirty.add(device.serial)

    def put_devices(self, found: Iterable[Device]) -> None:
        """Take these as all there are."""
        for device in (fresh := {device.serial: device for device in found}).values():
            self.put_device(device)
        for serial in self.devices.keys() - fresh.keys():
            del self.devices[serial]
            self._dirty.add(serial)

    def put_account(self, account: Account) -> None:
        if self.accounts.get(account.id) != account:
            self.accounts[account.id] = account
            self._dirty.add(account.id)

    def put_accounts(self, found: Iterable[Account]) -> None:
        """Take these as all there are."""
        for account in (fresh := {account.id: account for account in found}).values():
            self.put_account(account)
        for account_id in self.accounts.keys() - fresh.keys():
            del self.accounts[account_id]
            self._dirty.add(account_id)

    def put_schedule(self, schedule: Schedule) -> None:
        if self.schedules.get(schedule.id) != schedule:
            self.schedules[schedule.id] = schedule
            self._dirty.add(schedule.id)

    def put_schedules(self, found: Iterable[Schedule]) -> None:
        """Take these as all there are."""
        for schedule in (fresh := {schedule.id: schedule for schedule in found}).values():
            self.put_schedule(schedule)
        for schedule_id in self.schedules.keys() - fresh.keys():
            del self.schedules[schedule_id]
            self._dirty.add(schedule_id)

    def keep_tasks(self, ids: set[int]) -> None:
        """Forget every task but these."""
        for task_id in self.tasks.keys() - ids:
            self.drop_task(task_id)

    def _touch(self, task: Task) -> None:
        self._dirty.add(task.id)
        device = self.devices.get(task.serial)
        if device is not None and device.task_id == task.id:
            self._dirty.add(task.serial)  # its row shows the step of its task

    def _count(self, task: Task, one: int) -> None:
        self._statuses[task.status] += one
        if task.status is TaskStatus.FAILED:
            self._reasons[task.reason] += one


def paused(device: Device) -> str | None:
    """Return the reason for which a person holds the device; None when nobody does."""
    found = getattr(device, "paused", None)
    if found is None and device.state == "paused":
        found = device.why or "paused"
    return None if found in (None, False, "") else str(found)


def is_fault(row: Device | Task | Account | Schedule) -> bool:
    """Whether `!` keeps the row: something a person may have to do."""
    if isinstance(row, Account):
        return row.waits
    if isinstance(row, Schedule):
        return row.last_run is not None and row.last_run.outcome is not RunOutcome.FIRED
    if isinstance(row, Task):
        return row.status is TaskStatus.FAILED and row.reason is not Reason.STOPPED
    return row.state not in {"ready", "busy", "connecting", "settling", "booting"} or bool(
        paused(row)
    )

"""What the console knows of a rack: keyed rows, what of them changed, counts, how fresh it is.

Widgets never ask the rack. The feed writes here and notes the keys that changed; one tick of the
screen takes them and paints the rows that are visible. Knows neither Textual nor HTTP.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tmcore.accounts import Account
from tmcore.devices import Device
from tmcore.events import Event, EventKind
from tmcore.materials import Material
from tmcore.model import Stats, Task, TaskStatus
from tmcore.needs import need
from tmcore.reasons import Reason
from tmcore.schedules import RunOutcome, Schedule
from tmcore.settings import Setting
from tmtui.steps import StepTimes

LOG_LINES = 20_000  # kept; about 4 MB
Key = str | int  # a serial, an id or a setting's name: where two lists share one, both are painted
# the list that each kind of row stands in, and the name of its key
LISTS: dict[type, tuple[str, str]] = {
    Task: ("tasks", "id"), Account: ("accounts", "id"), Device: ("devices", "serial"),
    Schedule: ("schedules", "id"), Material: ("materials", "id"), Setting: ("settings", "name"),
}  # fmt: skip


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
    materials: dict[int, Material] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)
    needing: dict[str, set[Key]] = field(  # by list: the keys of what waits for a person
        default_factory=lambda: {name: set() for name, _ in LISTS.values()}
    )
    log: deque[Line] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    logged: int = 0  # lines ever, also those that have been dropped
    connection: Connection = field(default_factory=Connection)
    trouble: tuple[str, ...] = ()  # why the rack starts nothing, as it says itself
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

    @property
    def waiting(self) -> int:
        """How many rows of all lists wait for a person."""
        return sum(map(len, self.needing.values()))

    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Why tasks failed, the most frequent first."""
        return tuple((str(reason), n) for reason, n in self._reasons.most_common() if n)

    def apply(self, event: Event) -> None:
        """Take in one change. A LOST event changes nothing: the feed reads everything anew."""
        if event.id is not None:
            self.last_event = event.id
        if event.task is not None:
            self.steps.saw(event.task, event.at)
            self.put(event.task)
        elif event.kind is EventKind.TASK and event.task_id is not None:
            self.drop("tasks", event.task_id)
        if event.device is not None:
            self.put(event.device)
        if event.kind is EventKind.LOG:
            self.note(Line(event.at, event.text, event.serial, event.task_id))

    def note(self, line: Line) -> None:
        self.log.append(line)
        self.logged += 1

    def rows(self, name: str) -> dict[Any, Any]:
        """Return the rows of a list by their keys."""
        found: dict[Any, Any] = getattr(self, name)
        return found

    def put(self, row: object) -> None:
        """Take in a row of any list; what is of none (a TaskDetail, a count) is left alone."""
        if type(row) not in LISTS:
            return
        name, key_name = LISTS[type(row)]
        rows, key = self.rows(name), getattr(row, key_name)
        known = rows.get(key)
        if known == row:
            return
        rows[key] = row
        (self.needing[name].add if need(row) else self.needing[name].discard)(key)
        if isinstance(row, Task):
            self._counted(known, row)
        self._dirty.add(key)

    def put_all(self, name: str, found: Iterable[object]) -> None:
        """Take these as all there are in that list."""
        key_name = dict(LISTS.values())[name]
        fresh = {getattr(row, key_name): row for row in found}
        for row in fresh.values():
            self.put(row)
        for key in self.rows(name).keys() - fresh.keys():
            self.drop(name, key)

    def drop(self, name: str, key: Key) -> None:
        """Forget a row."""
        gone = self.rows(name).pop(key, None)
        if gone is not None:
            self.needing[name].discard(key)
            if isinstance(gone, Task):
                self._counted(gone, None)
            self._dirty.add(key)

    def keep_tasks(self, ids: set[int]) -> None:
        """Forget every task but these."""
        for task_id in self.tasks.keys() - ids:
            self.drop("tasks", task_id)

    def _counted(self, known: Task | None, row: Task | None) -> None:
        for task, one in ((known, -1), (row, 1)):
            if task is not None:
                self._statuses[task.status] += one
                if task.status is TaskStatus.FAILED:
                    self._reasons[task.reason] += one
        shown = row or known
        device = self.devices.get(shown.serial) if shown else None
        if device is not None and shown and device.task_id == shown.id:
            self._dirty.add(device.serial)  # its row shows the step of its task


def paused(device: Device) -> str | None:
    """Return the reason for which a person holds the device; None when nobody does."""
    found = getattr(device, "paused", None)
    if found is None and device.state == "paused":
        found = device.why or "paused"
    return None if found in (None, False, "") else str(found)


def is_fault(row: object) -> bool:
    """Whether `!` keeps the row: something that went wrong, or that a person may have to do."""
    if isinstance(row, Account):
        return row.waits
    if isinstance(row, Schedule):
        return row.last_run is not None and row.last_run.outcome is not RunOutcome.FIRED
    if isinstance(row, Task):
        return row.status is TaskStatus.FAILED and row.reason is not Reason.STOPPED
    if isinstance(row, Device):
        fine = {"ready", "busy", "connecting", "settling", "booting"}
        return row.state not in fine or bool(paused(row))
    return False

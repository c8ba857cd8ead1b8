"""The columns of devices, tasks and accounts: how each is shown, sorted and filtered by."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Generic, TypeAlias, TypeVar

from tmcore.format import percent, safe, took, when
from tmcore.model import Account, Device, DeviceState, Task, TaskStatus
from tmcore.reasons import Reason
from tmtui.query import Value
from tmtui.store import Store, paused

Row = TypeVar("Row")

# state or status -> style, glyph; the word itself always stands beside it
LOOKS: dict[str, tuple[str, str]] = {
    "ready": ("good", "●"), "busy": ("busy", "▶"), "paused": ("warn", "‖"),
    "settling": ("busy", "◌"), "connecting": ("dim", "◌"), "booting": ("dim", "◌"),
    "offline": ("bad", "✗"), "unauthorized": ("bad", "✗"), "no_permission": ("bad", "✗"),
    "recovery": ("bad", "✗"), "taken": ("bad", "✗"), "away": ("dim", "○"),
    "quarantined": ("ask", "?"),
    "pending": ("", "○"), "running": ("busy", "▶"), "completed": ("good", "✓"),
    "failed": ("bad", "✗"), "stopped": ("dim", "■"), "needs you": ("ask", "?"),
}  # fmt: skip
HOT_C, LOW_BATTERY = 42.0, 15  # phones throttle above the one, and are soon gone below the other


@dataclass(frozen=True)
class Shown:
    """A cell: safe text and the name of a style."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """`weight` says which columns go first when there is no room: the highest."""

    id: str
    title: str
    width: int
    show: Callable[[Row, Store], Shown | str]
    value: Callable[[Row, Store], Value]
    weight: int = 0
    right: bool = False
    grows: bool = False


def state_word(device: Device) -> str:
    held = paused(device) and device.state in {DeviceState.READY, "paused"}
    return "paused" if held else device.state.value


def status_word(task: Task) -> str:
    """The status; of the failed ones, what a person stopped and what needs one stand apart."""
    if task.status is TaskStatus.FAILED:
        special = {Reason.STOPPED: "stopped", Reason.OUTCOME_UNKNOWN: "needs you"}
        return special.get(task.reason, "failed") if task.reason else "failed"
    return "stopping" if task.stop_requested else task.status_text


def with_glyph(word: str) -> Shown:
    style, glyph = LOOKS.get(word, ("", "·"))
    return Shown(f"{glyph} {word}", style)


def age(time: datetime | None) -> str:
    """How long ago, in the coarsest unit: it must not change while nothing happens."""
    if time is None:
        return ""
    gone = (datetime.now(UTC) - time).total_seconds()
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if gone >= size:
            return f"{gone / size:.0f}{unit}"
    return "now"


def media(task: Task) -> str:
    """The name of the file; captions and other keys stand in the detail."""
    files = task.script_config.get("material_list") or ()
    return PurePath(str(files[0])).name if isinstance(files, list | tuple) and files else ""


def _battery(device: Device) -> Shown:
    level = device.battery_percent
    if level is None:
        return Shown("--", "dim")
    return Shown(f"{level}%", "bad" if level <= LOW_BATTERY else "")


def _temperature(device: Device) -> Shown:
    heat = device.temperature_c
    if heat is None:
        return Shown("--", "dim")
    return Shown(f"{heat:.0f}°", "bad" if heat >= HOT_C else "")


def _current(device: Device, store: Store) -> str:
    if device.task_id is None:
        return ""
    task = store.tasks.get(device.task_id)
    if task is None or task.status is not TaskStatus.RUNNING:
        return f"#{device.task_id}"
    return f"#{task.id} {percent(task.progress)} {safe(task.step)}"


def _why(device: Device) -> Shown:
    held = paused(device)
    return Shown(safe(f"paused: {held}" if held else device.why), "warn" if held else "")


def _step(task: Task) -> str:
    return safe(task.step) if task.ended_at is None else ""


def _progress(task: Task) -> str:
    return percent(task.progress) if task.status is TaskStatus.RUNNING else ""


def _age_s(time: datetime | None) -> float | None:
    return None if time is None else (datetime.now(UTC) - time).total_seconds()


D: TypeAlias = Column[Device]
T: TypeAlias = Column[Task]

DEVICES: tuple[D, ...] = (
    D("serial", "SERIAL", 14, lambda d, _: safe(d.serial), lambda d, _: d.serial),
    D("state", "STATE", 15, lambda d, _: with_glyph(state_word(d)), lambda d, _: state_word(d)),
    D("battery", "BAT", 4, lambda d, _: _battery(d), lambda d, _: d.battery_percent, 2, right=True),
    D("temp", "TEMP", 4, lambda d, _: _temperature(d), lambda d, _: d.temperature_c, 4, right=True),
    D("task", "TASK", 16, _current, lambda d, _: d.task_id, 1),
    D("queue", "QUEUE", 5, lambda d, _: str(d.queue or ""), lambda d, _: d.queue, 3, right=True),
    D("account", "ACCOUNT", 14, lambda d, _: safe(", ".join(d.accounts)),
      lambda d, _: ", ".join(d.accounts), 5),
    D("seen", "SEEN", 4, lambda d, _: age(d.last_seen_at), lambda d, _: _age_s(d.last_seen_at), 6,
      right=True),
    D("model", "MODEL", 18, lambda d, _: safe(d.model or "") + (" (virtual)" if d.virtual else ""),
      lambda d, _: d.model, 8),
    D("why", "WHY", 24, lambda d, _: _why(d), lambda d, _: paused(d) or d.why, 0, grows=True),
)  # fmt: skip

TASKS: tuple[T, ...] = (
    T("id", "ID", 6, lambda t, _: str(t.id), lambda t, _: t.id, right=True),
    T("status", "STATUS", 12, lambda t, _: with_glyph(status_word(t)), lambda t, _: status_word(t)),
    T("serial", "DEVICE", 14, lambda t, _: safe(t.serial), lambda t, _: t.serial),
    T("account", "ACCOUNT", 14, lambda t, _: safe(t.username or ""), lambda t, _: t.username, 4),
    T("step", "STEP", 12, lambda t, _: _step(t), lambda t, _: t.step, 1),
    T("done", "DONE", 4, lambda t, _: _progress(t), lambda t, _: t.progress * 100, 3, right=True),
    T("due", "DUE", 8, lambda t, _: when(t.start_at), lambda t, _: t.start_at.timestamp(), 5),
    T("took", "TOOK", 6, lambda t, _: took(t.started_at, t.ended_at), lambda t, _: _took_s(t), 6,
      right=True),
    T("retries", "TRIES", 5, lambda t, _: str(t.retry_count or ""), lambda t, _: t.retry_count, 7,
      right=True),
    T("file", "FILE", 14, lambda t, _: safe(media(t)), lambda t, _: media(t), 8),
    T("script", "SCRIPT", 7, lambda t, _: safe(t.script_name), lambda t, _: t.script_name, 10),
    T("source", "FROM", 8, lambda t, _: t.source.value, lambda t, _: t.source.value, 10),
    T("reason", "REASON", 16, lambda t, _: str(t.reason or ""), lambda t, _: t.reason, 2),
    T("remark", "REMARK", 24, lambda t, _: safe(t.remark), lambda t, _: t.remark, 0, grows=True),
)  # fmt: skip


A: TypeAlias = Column[Account]
ACCOUNTS: tuple[A, ...] = (
    A("id", "ID", 5, lambda a, _: str(a.id), lambda a, _: a.id, right=True),
    A("account", "ACCOUNT", 20, lambda a, _: safe(f"@{a.username}"), lambda a, _: a.username),
    A("app", "APP", 9, lambda a, _: a.app, lambda a, _: a.app, 2),
    A("serial", "DEVICE", 14, lambda a, _: safe(a.serial), lambda a, _: a.serial),
    A("state", "STATE", 19, lambda a, _: _account_state(a), lambda a, _: a.state),
    A("since", "SINCE", 5, lambda a, _: age(a.held_since), lambda a, _: _age_s(a.held_since), 1,
      right=True),
    A("open", "OPEN", 5, lambda a, _: age(a.open_at), lambda a, _: _age_s(a.open_at), 4,
      right=True),
    A("package", "PACKAGE", 24, lambda a, _: safe(a.package or ""), lambda a, _: a.package, 5),
    A("why", "WHY", 24, lambda a, _: safe(a.held_why), lambda a, _: a.held_why, 0, grows=True),
)  # fmt: skip


def _account_state(account: Account) -> Shown:
    if account.held:
        return Shown(f"? {account.held}", "ask")
    return Shown("" if account.enabled else "■ disabled", "dim")


def _took_s(task: Task) -> float | None:
    if task.started_at is None or task.ended_at is None:
        return None
    return (task.ended_at - task.started_at).total_seconds()

"""How the console draws the columns of devices, tasks and accounts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from tmcore import columns
from tmcore.accounts import Account
from tmcore.devices import Device, DeviceState
from tmcore.format import percent, safe
from tmcore.model import Task, TaskStatus
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
    value: Callable[[Row], Value]
    weight: int = 0
    right: bool = False
    grows: bool = False


def column(
    of: columns.Column[Row],
    width: int,
    weight: int = 0,
    *,
    name: str = "",
    title: str = "",
    show: Callable[[Row], Shown | str] | None = None,
    value: Callable[[Row], Value] | None = None,
    right: bool | None = None,
    grows: bool = False,
) -> Column[Row]:
    """Draw a column; what is not said is as its definition has it."""
    name = name or of.name
    if right is None:
        right = of.head != of.name
    return Column(
        name, title or name.upper(), width, (lambda row, _: show(row)) if show else _plain(of),
        value or of.value, weight, right, grows,
    )  # fmt: skip


def _plain(of: columns.Column[Row]) -> Callable[[Row, Store], str]:
    def show(row: Row, _: Store) -> str:
        text = of.text(row)
        return "" if text is None else safe(text)

    return show


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
    gone = columns.age_s(time)
    if gone is None:
        return ""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if gone >= size:
            return f"{gone / size:.0f}{unit}"
    return "now"


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


def _progress(task: Task) -> str:
    return percent(task.progress) if task.status is TaskStatus.RUNNING else ""


def _account_state(account: Account) -> Shown:
    if account.held:
        return Shown(f"? {account.held}", "ask")
    return Shown("" if account.enabled else "■ disabled", "dim")


_d, _t, _a = columns.DEVICES, columns.TASKS, columns.ACCOUNTS
DEVICES: tuple[Column[Device], ...] = (
    column(_d["serial"], 14),
    column(_d["state"], 15, show=lambda d: with_glyph(state_word(d)), value=state_word),
    column(_d["battery"], 4, 2, title="BAT", show=_battery),
    column(_d["temp"], 4, 4, show=_temperature),
    Column("task", "TASK", 16, _current, _d["task"].value, 1),
    column(_d["queue"], 5, 3),
    column(_d["account"], 14, 5),
    column(_d["seen"], 4, 6, show=lambda d: age(d.last_seen_at), right=True),
    column(_d["model"], 18, 8),
    column(_d["why"], 24, show=_why, value=lambda d: paused(d) or d.why, grows=True),
)

TASKS: tuple[Column[Task], ...] = (
    column(_t["id"], 6),
    column(_t["status"], 12, show=lambda t: with_glyph(status_word(t)), value=status_word),
    column(_t["serial"], 14, title="DEVICE"),
    column(_t["account"], 14, 4),
    column(_t["step"], 12, 1),
    column(_t["done"], 4, 3, show=_progress),
    column(_t["due"], 8, 5),
    column(_t["took"], 6, 6),
    column(_t["retries"], 5, 7, title="TRIES"),
    column(_t["file"], 14, 8),
    column(_t["script"], 7, 10),
    column(_t["source"], 8, 10, title="FROM"),
    column(_t["reason"], 16, 2),
    column(_t["remark"], 24, grows=True),
)

ACCOUNTS: tuple[Column[Account], ...] = (
    column(_a["id"], 5),
    column(_a["account"], 20, show=lambda a: safe(f"@{a.username}")),
    column(_a["app"], 9, 2),
    column(_a["serial"], 14, title="DEVICE"),
    column(_a["state"], 19, show=_account_state),
    column(_a["since"], 5, 1, show=lambda a: age(a.held_since), right=True),
    column(_a["seen open"], 5, 4, name="open", show=lambda a: age(a.open_at), right=True),
    column(_a["package"], 24, 5),
    column(_a["why"], 24, grows=True),
)

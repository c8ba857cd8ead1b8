"""What each command shows, as a grid of safe text; output.py draws it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tmcore.format import number, percent, safe, shortened, size, took, when
from tmcore.reasons import ADVICE

if TYPE_CHECKING:
    from tmcore.drift import Met
    from tmcore.keys import Token
    from tmcore.model import Account, Attempt, Created, Device, License, Stats, Task, TaskDetail
    from tmcore.paths import PathState
    from tmcore.settings import Settings
    from tmcore.upkeep import Installed, PhoneReport
    from tmcore.webhooks import Webhook


Row = TypeVar("Row")


@dataclass(frozen=True)
class Cell:
    """One field; the style is for a terminal and never carries a meaning of its own."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Grid:
    """Columns and rows; a column whose name begins with > is aligned to the right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


STYLES = {
    "ready": "green", "completed": "green", "busy": "cyan", "running": "cyan", "pending": "",
    "failed": "red", "offline": "red", "unauthorized": "red", "no_permission": "red",
    "recovery": "red", "taken": "red", "refused": "red", "needed": "yellow", "done": "green",
    "quarantined": "bold magenta", "outcome_unknown": "bold magenta", "unknown": "yellow",
    "away": "dim",
}  # fmt: skip


def grid(columns: str, rows: Iterable[Sequence[object]]) -> Grid:
    """Make a grid; every field passes safe(), words of state get their style."""
    return Grid(tuple(columns.split("|")), tuple(tuple(map(_cell, row)) for row in rows))


def _cell(value: object) -> Cell:
    if isinstance(value, Cell):
        return value
    text = "" if value is None else safe(value)
    return Cell(text, STYLES.get(text, ""))


def _leading(rows: Iterable[Row]) -> Iterable[Row]:
    """Put what needs a person first."""
    from tmcore.needs import needing_first  # noqa: PLC0415  # loads pydantic; `tm --help` has none

    return needing_first(rows)


def devices(found: Iterable["Device"]) -> Grid:
    return grid(
        "serial|label|state|model|>battery|>free|>task|>queue|account|tags|eye|why",
        (
            (
                device.serial,
                device.label,
                device.state.value,
                _model(device),
                number(device.battery_percent, "%"),
                size(device.free_bytes),
                device.task_id,
                device.queue or "",
                shortened(", ".join(device.accounts), 60),
                ", ".join(device.tags),
                shortened(device.eye or "", 60),
                device.why,
            )
            for device in _leading(found)
        ),
    )


def reports(found: Iterable["PhoneReport"]) -> Grid:
    """What each phone needs: a line a thing, the phone named once."""
    return grid(
        "serial|what|is|",
        (
            ("" if n else report.serial, finding.name, finding.found.value, finding.text)
            for report in found
            for n, finding in enumerate(report.findings)
        ),
    )


def installed(found: Iterable["Installed"]) -> Grid:
    return grid(
        "serial|installed|said|what to do",
        ((one.serial, "yes" if one.installed else "no", one.said, one.advice) for one in found),
    )


def _model(device: "Device") -> str:
    """A virtual phone is never shown as a real one."""
    return " ".join(filter(None, (device.model, "(virtual)" if device.virtual else "")))


def tasks(found: Iterable["Task"]) -> Grid:
    return grid(
        ">id|serial|account|script|status|reason|step|>done|due|took|remark",
        (
            (
                task.id,
                task.serial,
                task.username,
                task.script_name,
                task.status_text,
                task.reason and task.reason.value,
                *_how_far(task),
                when(task.start_at),
                took(task.started_at, task.ended_at),
                shortened(task.remark, 90),
            )
            for task in _leading(found)
        ),
    )


def _how_far(task: "Task") -> tuple[str, str]:
    """Step and progress, while there is any."""
    return (task.step, percent(task.progress)) if task.ended_at is None else ("", "")


def task(one: "TaskDetail") -> Grid:
    """The facts of one task, a line each; its attempts have grids of their own."""
    facts = {
        "task": one.id,
        "status": one.status_text,
        "reason": one.reason and one.reason.value,
        "remark": one.remark,
        "advice": advice(one),
        "device": one.serial,
        "account": one.username,
        "file": one.media,
        "caption": one.caption,
        "script": one.script_name,
        "source": one.source.value,
        "created": when(one.created_at),
        "due": when(one.start_at),
        "started": when(one.started_at),
        "ended": when(one.ended_at),
        "step": one.step,
        "retries": one.retry_count or "",
        "stopping": "asked for; it ends when the press is settled" if one.stop_requested else "",
    } | {f"  {key}": _value(value) for key, value in one.script_config.items()}
    return grid("|", ((key, value) for key, value in facts.items() if value not in (None, "")))


def advice(one: "Task") -> str:
    """What the operator can do about the reason, with the number of the task in the command."""
    said = ADVICE.get(one.reason, "") if one.reason else ""
    return said.replace("tm resolve ID", f"tm resolve {one.id}")


def steps(attempt: "Attempt") -> Grid:
    return grid(
        "step|>took|outcome",
        ((s.name, took(s.started_at, s.ended_at), s.outcome or "cut") for s in attempt.steps),
    )


def stats(counts: "Stats") -> Grid:
    """The failed apart: those that a person stopped, and those that need one."""
    return grid(
        ">total|>pending|>running|>completed|>failed|>of these stopped|>needs you",
        [
            (
                counts.total,
                counts.pending,
                counts.running,
                counts.completed,
                counts.failed,
                counts.stopped,
                counts.needs_review,
            )
        ],
    )


def created(answer: "Created") -> Grid:
    return grid(
        ">id|serial|account|due|file",
        ((t.id, t.serial, t.username, when(t.start_at), t.media) for t in answer.tasks),
    )


def accounts(found: Iterable["Account"]) -> Grid:
    return grid(
        ">id|app|account|serial|package|state|since|why|seen open",
        (
            (
                a.id,
                a.app,
                a.username,
                a.serial,
                a.package,
                a.state,
                when(a.held_since),
                a.held_why,
                when(a.open_at),
            )
            for a in _leading(found)
        ),
    )


def met(found: Iterable["Met"]) -> Grid:
    return grid(
        "app|package|version|profile|last seen",
        ((m.app, m.package, m.version, m.profile, when(m.last_seen)) for m in found),
    )


def paths(found: Iterable["PathState"]) -> Grid:
    return grid(
        "app|path|key|version|state|>task|nobody has seen",
        (
            (
                state.app,
                state.path,
                state.key,
                f"{state.package} {state.version}" if state.package else "",
                f"confirmed {when(state.confirmed_at)}" if state.confirmed_at else "unproven",
                state.task_id or "",
                state.unseen,
            )
            for state in found
        ),
    )


def tokens(found: Iterable["Token"]) -> Grid:
    return grid("name|scope|made", ((t.name, t.scope, when(t.created_at)) for t in found))


def webhooks(found: Iterable["Webhook"]) -> Grid:
    return grid(
        "id|url|events|state|>behind|told|why",
        (
            (
                hook.id,
                hook.url,
                " ".join(hook.events),
                "off" if hook.off else "failing" if hook.failures else "on",
                hook.behind,
                when(hook.told_at) if hook.told_at else "",
                hook.why,
            )
            for hook in found
        ),
    )


def settings(values: "Settings") -> Grid:
    fields = type(values).model_fields
    return grid(
        "setting|value|what it is",
        ((key, _value(getattr(values, key)), fields[key].description) for key in fields),
    )


def license_(plan: "License") -> Grid:
    return grid("|", ((key, _value(value)) for key, value in plan))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

"""What each command shows, as a grid of safe text; output.py draws it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tmcore.columns import ACCOUNTS, CREATED, DEVICES, STATS, STEPS, TASKS, Columns
from tmcore.format import safe, shortened, when
from tmcore.reasons import ADVICE

if TYPE_CHECKING:
    from tmcore.accounts import Account
    from tmcore.devices import Device
    from tmcore.drift import Met
    from tmcore.keys import Token
    from tmcore.model import Attempt, Created, License, Stats, Task, TaskDetail
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


def listed(columns: Columns[Row], found: Iterable[Row], names: str = "", **most: int) -> Grid:
    """Show a list; `most` says of a column how many characters it has."""
    heads, rows = columns.table(found, names)
    limits = [most.get(head.removeprefix(">")) for head in heads.split("|")]
    return grid(heads, ([*map(_cut, row, limits)] for row in rows))


def _cut(value: object, most: int | None) -> object:
    return shortened(value, most) if value and most else value


def devices(found: Iterable["Device"]) -> Grid:
    names = "serial|label|state|model|battery|free|task|queue|account|tags|eye|why"
    return listed(DEVICES, found, names, account=60, eye=60)


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


def tasks(found: Iterable["Task"]) -> Grid:
    names = "id|serial|account|script|status|reason|step|done|due|took|remark"
    return listed(TASKS, found, names, remark=90)


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
    return listed(STEPS, attempt.steps)


def stats(counts: "Stats") -> Grid:
    return listed(STATS, [counts])


def created(answer: "Created") -> Grid:
    return listed(CREATED, answer.tasks)


def accounts(found: Iterable["Account"]) -> Grid:
    return listed(ACCOUNTS, found)


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

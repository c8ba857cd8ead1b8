"""The columns of lists: what each is called, what it says of a row, and what it is sorted by.

A notebook, `tm` and the console choose theirs from here by name, and say only how they draw them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tmcore.format import in_zone, number, percent, seconds, size, took, when

if TYPE_CHECKING:
    from tmcore.accounts import Account
    from tmcore.devices import Device
    from tmcore.materials import Material, Use
    from tmcore.model import CreatedTask, Stats, Step, Task
    from tmcore.plans import Plan
    from tmcore.schedules import Schedule

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A head that begins with > is aligned to the right; `show` is the value as people read it."""

    head: str
    value: Callable[[Row], Any]
    show: Callable[[Row], object] | None = None

    @property
    def name(self) -> str:
        return self.head.removeprefix(">")

    def text(self, row: Row) -> object:
        return (self.show or self.value)(row)


class Columns(Generic[Row]):
    """All that a list of such rows can have."""

    def __init__(self, *columns: Column[Row]) -> None:
        self._named = {column.name: column for column in columns}

    def __getitem__(self, name: str) -> Column[Row]:
        return self._named[name]

    def table(self, found: Iterable[Row], names: str = "") -> tuple[str, list[list[object]]]:
        """Return heads and rows, what needs a person first; of all columns, or those named."""
        from tmcore.needs import needing_first  # noqa: PLC0415 - loads pydantic; this does not

        chosen = [self[name] for name in names.split("|")] if names else self._named.values()
        rows = [[column.text(row) for column in chosen] for row in needing_first(found)]
        return "|".join(column.head for column in chosen), rows


def age_s(time: datetime | None) -> float | None:
    return None if time is None else (datetime.now(UTC) - time).total_seconds()


def _took_s(task: "Task") -> float | None:
    if task.started_at is None or task.ended_at is None:
        return None
    return (task.ended_at - task.started_at).total_seconds()


def _model(device: "Device") -> str:
    """A virtual phone is never shown as a real one."""
    return " ".join(filter(None, (device.model, "(virtual)" if device.virtual else "")))


def _file(task: "Task") -> str:
    """The name of the first file that was asked for."""
    files = task.script_config.get("material_list") or ()
    return PurePath(str(files[0])).name if isinstance(files, list | tuple) and files else ""


def caption(task: "Task") -> object:
    """What was dealt to the task where it is known, else what was asked for."""
    return getattr(task, "caption", "") or task.script_config.get("captions")


DEVICES: Columns["Device"] = Columns(
    Column("serial", lambda d: d.serial),
    Column("label", lambda d: d.label),
    Column("state", lambda d: d.state.value),
    Column("model", lambda d: d.model, _model),
    Column(">battery", lambda d: d.battery_percent, lambda d: number(d.battery_percent, "%")),
    Column(">temp", lambda d: d.temperature_c, lambda d: number(d.temperature_c, "°C")),
    Column(">free", lambda d: d.free_bytes, lambda d: size(d.free_bytes)),
    Column(">task", lambda d: d.task_id),
    Column(">queue", lambda d: d.queue, lambda d: d.queue or ""),
    Column("account", lambda d: ", ".join(d.accounts)),
    Column("tags", lambda d: ", ".join(d.tags)),
    Column("eye", lambda d: d.eye),
    Column("seen", lambda d: age_s(d.last_seen_at), lambda d: when(d.last_seen_at)),
    Column("why", lambda d: d.why or d.paused),
)

TASKS: Columns["Task"] = Columns(
    Column(">id", lambda t: t.id),
    Column("serial", lambda t: t.serial),
    Column("account", lambda t: t.username),
    Column("script", lambda t: t.script_name),
    Column("source", lambda t: t.source.value),
    Column("status", lambda t: t.status_text),
    Column("reason", lambda t: t.reason),
    Column("step", lambda t: t.step, lambda t: t.step if t.ended_at is None else ""),
    Column(">done", lambda t: t.progress * 100,
           lambda t: percent(t.progress) if t.ended_at is None else ""),
    Column("due", lambda t: t.start_at.timestamp(), lambda t: when(t.start_at)),
    Column(">took", _took_s, lambda t: took(t.started_at, t.ended_at)),
    Column(">retries", lambda t: t.retry_count, lambda t: t.retry_count or ""),
    Column("file", _file),
    Column("caption", caption),
    Column("remark", lambda t: t.remark),
)  # fmt: skip

ACCOUNTS: Columns["Account"] = Columns(
    Column(">id", lambda a: a.id),
    Column("app", lambda a: a.app),
    Column("account", lambda a: a.username),
    Column("serial", lambda a: a.serial),
    Column("package", lambda a: a.package),
    Column("state", lambda a: a.state),
    Column("since", lambda a: age_s(a.held_since), lambda a: when(a.held_since)),
    Column("why", lambda a: a.held_why),
    Column("seen open", lambda a: age_s(a.open_at), lambda a: when(a.open_at)),
)

CREATED: Columns["CreatedTask"] = Columns(
    Column(">id", lambda t: t.id),
    Column("serial", lambda t: t.serial),
    Column("account", lambda t: t.username),
    Column("due", lambda t: t.start_at, lambda t: when(t.start_at)),
    Column("file", lambda t: t.media),
)

# the failed apart: those that a person stopped, and those that need one
STATS: Columns["Stats"] = Columns(
    Column(">total", lambda s: s.total),
    Column(">pending", lambda s: s.pending),
    Column(">running", lambda s: s.running),
    Column(">completed", lambda s: s.completed),
    Column(">failed", lambda s: s.failed),
    Column(">of these stopped", lambda s: s.stopped),
    Column(">needs you", lambda s: s.needs_review),
)

STEPS: Columns["Step"] = Columns(
    Column("step", lambda s: s.name),
    Column(">took", lambda s: took(s.started_at, s.ended_at)),
    Column("outcome", lambda s: s.outcome or "cut"),
)

MATERIALS: Columns["Material"] = Columns(
    Column(">id", lambda m: m.id),
    Column("kind", lambda m: m.kind),
    Column("file", lambda m: m.path),
    Column(">size", lambda m: m.size_bytes, lambda m: size(m.size_bytes)),
    Column(">length", lambda m: m.duration_s,
           lambda m: seconds(m.duration_s) if m.duration_s else ""),
    Column("pixels", lambda m: f"{m.width}x{m.height}"),
    Column("tags", lambda m: ", ".join(m.tags)),
    Column("account", lambda m: m.username),
    Column(">sort", lambda m: m.sort),
    Column("used", lambda m: len(m.uses), lambda m: m.used),
)  # fmt: skip

USES: Columns["Use"] = Columns(
    Column(">task", lambda u: u.task_id),
    Column("app", lambda u: u.app),
    Column("account", lambda u: u.account),
    Column("at", lambda u: u.at, lambda u: when(u.at)),
    Column("outcome", lambda u: u.outcome),
)

SCHEDULES: Columns["Schedule"] = Columns(
    Column(">id", lambda s: s.id),
    Column("name", lambda s: s.name),
    Column("when", lambda s: s.words),
    Column("zone", lambda s: s.zone),
    Column("next", lambda s: s.next_times[0].timestamp() if s.next_times else None,
           lambda s: in_zone(s.next_times[0], s.zone) if s.next_times else "paused"),
    Column("last", lambda s: s.last_run and s.last_run.outcome,
           lambda s: s.last_run and f"{s.last_run.outcome} {when(s.last_run.at)}"),
    Column("remark", lambda s: s.last_run.remark if s.last_run else ""),
)  # fmt: skip

PLANS: Columns["Plan"] = Columns(
    Column(">id", lambda p: p.id),
    Column("name", lambda p: p.name),
    Column(">posts", lambda p: p.posts),
    Column(">pending", lambda p: p.pending),
    Column(">running", lambda p: p.running),
    Column(">completed", lambda p: p.completed),
    Column(">failed", lambda p: p.failed),
    Column("first", lambda p: in_zone(p.first_at, p.zone)),
    Column("last", lambda p: in_zone(p.last_at, p.zone)),
    Column("withdrawn", lambda p: when(p.withdrawn_at)),
)

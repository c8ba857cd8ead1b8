"""How a notebook and a script see what a rack returns: as tables, in text and in HTML.

A new face is one function here, registered by its type; what has none shows its fields.
"""

from collections.abc import Iterable, Sequence
from functools import singledispatch
from typing import Any, ClassVar, cast

from tmcore.accounts import Account
from tmcore.columns import ACCOUNTS, CREATED, DEVICES, STATS, STEPS, TASKS, Columns, caption
from tmcore.devices import Device, PhoneScreen
from tmcore.format import counted, number, size, took, when
from tmcore.model import Attempt, Created, Stats, Task, TaskDetail, TaskPage
from tmcore.reasons import ADVICE
from tmcore.table import Table

LAST_ATTEMPTS = 20

Bundle = dict[str, Any]  # MIME type → content, as Jupyter's display protocol has it


class Listed:
    """A list that a notebook, and IPython on a terminal, shows as a table."""

    __slots__ = ()
    noun: ClassVar[str]
    columns: ClassVar[Columns[Any]]
    shown: ClassVar[str] = ""  # the names of those that are shown; all

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return bundle(self)

    def _repr_pretty_(self, printer: Any, cycle: object) -> None:
        """IPython prefers its own text of any tuple, unless it finds this."""
        del cycle
        printer.text(bundle(self)["text/plain"])


class Devices(Listed, tuple[Device, ...]):
    """A tuple of devices."""

    __slots__ = ()
    noun, columns = "device", DEVICES
    shown = "serial|state|model|battery|task|queue|account|why"


class Accounts(Listed, tuple[Account, ...]):
    """A tuple of accounts."""

    __slots__ = ()
    noun, columns = "account", ACCOUNTS


def bundle(value: object) -> Bundle:
    """Return what a notebook shows of a model, or of a list of them."""
    if isinstance(value, PhoneScreen):
        return {"text/plain": f"<PhoneScreen, {len(value.png)} bytes>", "image/png": value.png}
    return drawn(tables(value))


def drawn(shown: Iterable[Table]) -> Bundle:
    """Draw tables below each other."""
    shown = tuple(shown)
    return {
        "text/plain": "\n\n".join(table.text() for table in shown),
        "text/html": "".join(table.html() for table in shown),
    }


@singledispatch
def tables(value: Any) -> tuple[Table, ...]:
    """Return the tables of a value; by default those of its fields that hold something."""
    return (Table.facts(type(value).__name__, value),)


@tables.register
def _(value: Listed) -> tuple[Table, ...]:
    rows = cast("tuple[Any, ...]", value)
    return (Table.of(counted(len(rows), value.noun), *value.columns.table(rows, value.shown)),)


@tables.register
def _(value: TaskPage) -> tuple[Table, ...]:
    first = (value.page - 1) * value.page_size + 1
    last = first + len(value.tasks) - 1
    part = f"{first} to {last} of " if 0 < len(value.tasks) < value.total else ""
    return (tasks(value.tasks, part + counted(value.total, "task")),)


@tables.register
def _(value: Stats) -> tuple[Table, ...]:
    return (stats(value),)


@tables.register
def _(value: Created) -> tuple[Table, ...]:
    title = f"created {counted(len(value.tasks), 'task')}"
    made = Table.of(title, *CREATED.table(value.tasks))
    warnings = Table.facts("", (("warning", text) for text in value.warnings))
    return (made, warnings) if value.warnings else (made,)


@tables.register
def _(value: Device) -> tuple[Table, ...]:
    facts = (
        ("state", value.state),
        ("why", value.why),
        ("paused", value.paused),
        ("quarantined", value.quarantined and f"{when(value.quarantined_at)}: {value.quarantined}"),
        ("tried", ", ".join(f"{one.rung} x{one.count}" for one in value.recovery)),
        ("label", value.label),
        ("tags", ", ".join(value.tags)),
        ("model", DEVICES["model"].text(value)),
        ("android", value.android),
        ("battery", number(value.battery_percent, "%")),
        ("temperature", number(value.temperature_c, "°C")),
        ("free", size(value.free_bytes)),
        ("task", value.task_id),
        ("queue", value.queue),
        ("accounts", ", ".join(value.accounts)),
        ("address", value.address),
        ("last seen", when(value.last_seen_at)),
    )
    return (Table.facts(f"device {value.serial}", facts),)


@tables.register
def _(value: Account) -> tuple[Table, ...]:
    return tables(Accounts([value]))


@tables.register
def _(value: Task) -> tuple[Table, ...]:
    facts = (
        ("status", value.status_text),
        ("reason", value.reason),
        ("remark", value.remark),
        (
            "advice",
            ADVICE.get(value.reason, "").replace(" ID", f" {value.id}") if value.reason else "",
        ),
        ("device", value.serial),
        ("account", value.username),
        ("script", value.script_name),
        ("caption", caption(value)),
        ("file", value.media if isinstance(value, TaskDetail) else None),
        ("due", when(value.start_at)),
        ("started", when(value.started_at)),
        ("took", took(value.started_at, value.ended_at)),
        ("step", value.step),
        ("retries", value.retry_count or None),
        ("stopping", "when the press is settled" if value.stop_requested else ""),
    )
    return (Table.facts(f"task {value.id}", facts),)


@tables.register
def _(value: TaskDetail) -> tuple[Table, ...]:
    facts = tables.dispatch(Task)(value)
    if not value.attempts:
        return facts
    last = value.attempts[-1]
    log = ((when(line.at), line.text) for line in last.log)
    return (
        *facts,
        _attempts(value.attempts),
        Table.of(f"steps of attempt {last.id}", *STEPS.table(last.steps)),
        Table.of(f"log of attempt {last.id}", "at|text", log),
    )


def devices(found: Sequence[Device], title: str) -> Table:
    return Table.of(title, *DEVICES.table(found, Devices.shown))


def tasks(found: Sequence[Task], title: str) -> Table:
    names = "id|serial|account|script|status|reason|step|done|due|took|caption|remark"
    return Table.of(title, *TASKS.table(found, names))


def stats(counts: Stats) -> Table:
    return Table.of("counts", *STATS.table([counts]))


def _attempts(attempts: tuple[Attempt, ...]) -> Table:
    shown = attempts[-LAST_ATTEMPTS:]
    rows = (
        (
            attempt.id,
            attempt.outcome,
            attempt.reason,
            attempt.press,
            took(attempt.started_at, attempt.ended_at),
            ", ".join(attempt.evidence),
            attempt.remark,
        )
        for attempt in shown
    )
    part = f"the last {len(shown)} of " if len(shown) < len(attempts) else ""
    columns = ">attempt|outcome|reason|press|>took|evidence|remark"
    return Table.of(part + counted(len(attempts), "attempt"), columns, rows)

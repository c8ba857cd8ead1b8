"""Schedules: what the calendar makes by itself, when next, and what became of the last time."""

from collections.abc import Iterator

from tmcore import columns
from tmcore.format import in_zone, safe, when
from tmcore.schedules import RunOutcome, Schedule
from tmtui.columns import Column, Shown, column
from tmtui.detail import facts
from tmtui.widgets.lines import Spans
from tmtui.widgets.table import Table

LOOKS = {
    RunOutcome.FIRED: ("good", "✓"), RunOutcome.MISSED: ("bad", "✗"),
    RunOutcome.SKIPPED: ("warn", "‖"), RunOutcome.REFUSED: ("bad", "✗"),
}  # fmt: skip


def schedule_lines(one: Schedule) -> Iterator[Spans]:
    """When it runs, what became of its last time, and what it posts."""
    yield [(f"{safe(one.name)}  ", "head"), (safe(one.words), "")]
    if one.last_run:
        style, glyph = LOOKS[one.last_run.outcome]
        last = f"{glyph} {one.last_run.outcome} {when(one.last_run.at)}  "
        yield [(last, style), (safe(one.last_run.remark), "warn")]
    yield []
    config = one.template.get("script_config") or {}
    yield from facts((
        ("cron", one.cron), ("zone", one.zone),
        *(("" if n else "next", in_zone(at, one.zone)) for n, at in enumerate(one.next_times)),
        ("overlap", one.overlap.value), ("catch up", f"{one.catch_up_minutes} min"),
        *((key, value) for key, value in one.template.items() if key != "script_config" and value),
        *config.items(),
    ))  # fmt: skip


def _next(one: Schedule) -> Shown:
    return Shown("‖ paused", "warn") if one.paused else Shown(in_zone(one.next_times[0], one.zone))


def _last(one: Schedule) -> Shown:
    if one.last_run is None:
        return Shown("")
    style, glyph = LOOKS[one.last_run.outcome]
    return Shown(f"{glyph} {one.last_run.outcome}", style)


_s = columns.SCHEDULES
COLUMNS: tuple[Column[Schedule], ...] = (
    column(_s["id"], 4),
    column(_s["name"], 16),
    column(_s["next"], 25, show=_next),
    column(_s["last"], 9, 1, show=_last),
    column(_s["when"], 30, 2),
    column(_s["zone"], 16, 4),
    column(_s["remark"], 20, grows=True),
)


class SchedulesPane(Table):
    pane, title = "schedules", "Schedules"
    every, sort = COLUMNS, "next"
    empty = "no schedules; tm schedule add makes one"

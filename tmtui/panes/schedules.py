"""Schedules: what the calendar makes by itself, when next, and what became of the last time."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from tmcore.format import safe, when
from tmcore.schedules import RunOutcome, Schedule
from tmtui.columns import Column, Shown
from tmtui.detail import facts
from tmtui.store import Store
from tmtui.view import View
from tmtui.widgets.lines import Spans
from tmtui.widgets.table import Table

S = Column[Schedule]
LOOKS = {
    RunOutcome.FIRED: ("good", "✓"), RunOutcome.MISSED: ("bad", "✗"),
    RunOutcome.SKIPPED: ("warn", "‖"), RunOutcome.REFUSED: ("bad", "✗"),
}  # fmt: skip


class SchedulesPane(Table):
    pane, title = "schedules", "Schedules"

    def __init__(self, store: Store) -> None:
        view: View[int, Schedule] = View(store, "schedules", COLUMNS, "next")
        super().__init__(view, id=self.pane)
        self.empty = "no schedules; tm schedule add makes one"


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
        *((("next" if not n else ""), _at(one, n)) for n in range(len(one.next_times))),
        ("overlap", one.overlap.value), ("catch up", f"{one.catch_up_minutes} min"),
        *((key, value) for key, value in one.template.items() if key != "script_config" and value),
        *config.items(),
    ))  # fmt: skip


def _at(one: Schedule, n: int) -> str:
    return f"{one.next_times[n].astimezone(ZoneInfo(one.zone)):%a %Y-%m-%d %H:%M %Z}"


def _next(one: Schedule) -> Shown:
    return Shown("‖ paused", "warn") if one.paused else Shown(_at(one, 0))


def _last(one: Schedule) -> Shown:
    if one.last_run is None:
        return Shown("")
    style, glyph = LOOKS[one.last_run.outcome]
    return Shown(f"{glyph} {one.last_run.outcome}", style)


def _remark(one: Schedule) -> str:
    return one.last_run.remark if one.last_run else ""


COLUMNS: tuple[S, ...] = (
    S("id", "ID", 4, lambda s, _: str(s.id), lambda s, _: s.id, right=True),
    S("name", "NAME", 16, lambda s, _: safe(s.name), lambda s, _: s.name),
    S("next", "NEXT", 25, lambda s, _: _next(s),
      lambda s, _: s.next_times[0].timestamp() if s.next_times else None),
    S("last", "LAST", 9, lambda s, _: _last(s),
      lambda s, _: s.last_run.outcome.value if s.last_run else None, 1),
    S("when", "WHEN", 30, lambda s, _: safe(s.words), lambda s, _: s.words, 2),
    S("zone", "ZONE", 16, lambda s, _: s.zone, lambda s, _: s.zone, 4),
    S("remark", "REMARK", 20, lambda s, _: safe(_remark(s)), lambda s, _: _remark(s), 0,
      grows=True),
)  # fmt: skip

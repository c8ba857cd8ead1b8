"""Schedules, and what became of each of their times. Units of work, their queries, and the shelf.

A schedule's cursor says until when its times are settled. A turn moves it together with all that
the turn decided, and only from where it was when the decision was made: whoever changed, paused or
resumed the schedule in between has won, and the turn is void.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson

from tmcore.errors import NotFound
from tmcore.format import counted
from tmcore.schedules import Overlap, RunOutcome, ScheduleRun
from tmcore.store import changes
from tmcore.store.changes import Draft
from tmcore.store.reading import Read
from tmcore.store.times import LARGEST_ID, from_ms, passed_ms, to_ms
from tmcore.store.writer import Work

T = TypeVar("T")
Change = Callable[[Work[Any]], Awaitable[Any]]
LAST_RUNS = 50


@dataclass(frozen=True)
class Saved:
    """A schedule as it is stored."""

    id: int
    name: str
    cron: str
    zone: str
    overlap: Overlap
    catch_up_minutes: int
    template: dict[str, Any]
    paused: bool
    cursor: datetime
    created_at: datetime
    last_run: ScheduleRun | None


@dataclass(frozen=True)
class Wish:
    """A schedule about to be saved; everything about it has been checked."""

    name: str
    cron: str
    zone: str
    overlap: Overlap
    catch_up_minutes: int
    template: dict[str, Any]


@dataclass(frozen=True)
class Turn:
    """What one look at the clock decided about a schedule: all of it happens, or none."""

    schedule: Saved
    until: datetime
    missed: Sequence[tuple[datetime, str]]  # with what to say of it
    fire: datetime | None
    drafts: Sequence[Draft] = ()
    refused: str = ""  # why the template makes no tasks any more


class ScheduleShelf:
    """What the other rooms may ask of the stored schedules."""

    def __init__(self, change: Change, read: Read, clock: Callable[[], datetime]) -> None:
        self._change, self._read, self._now = change, read, clock

    async def every(self) -> list[Saved]:
        return [_saved(row) for row in await self._read(f"{SELECT} ORDER BY s.id")]

    async def one(self, schedule_id: int) -> Saved:
        """Raises NotFound."""
        if schedule_id < LARGEST_ID and (
            rows := await self._read(f"{SELECT} WHERE s.id = ?", schedule_id)
        ):
            return _saved(rows[0])
        raise _missing(schedule_id)

    async def runs(self, schedule_id: int) -> tuple[ScheduleRun, ...]:
        """Return the last runs, newest first."""
        rows = await self._read(
            "SELECT due_at, at, outcome, task_ids, remark FROM schedule_run WHERE schedule_id = ? "
            f"ORDER BY id DESC LIMIT {LAST_RUNS}",
            schedule_id,
        )
        return tuple(map(_run, rows))

    async def add(self, wish: Wish) -> int:
        added: int = await self._change(lambda db: add(db, wish, self._now()))
        return added

    async def replace(self, schedule_id: int, wish: Wish) -> None:
        """Raises NotFound."""
        await self._change(lambda db: replace(db, schedule_id, wish, self._now()))

    async def remove(self, schedule_id: int) -> None:
        """Raises NotFound."""
        await self._change(lambda db: remove(db, schedule_id, self._now()))

    async def pause(self, schedule_id: int, *, paused: bool) -> None:
        """Raises NotFound."""
        await self._change(lambda db: pause(db, schedule_id, self._now(), paused=paused))

    async def turn(self, turn: Turn) -> None:
        await self._change(lambda db: take_turn(db, turn, self._now()))

    async def run(self, schedule_id: int, drafts: Sequence[Draft]) -> list[int]:
        """Create the tasks of a run that a person asked for. Raises NotFound."""
        ids: list[int] = await self._change(lambda db: run(db, schedule_id, drafts, self._now()))
        return ids


SELECT = """SELECT s.*, r.due_at, r.at, r.outcome, r.task_ids, r.remark FROM schedule s
LEFT JOIN schedule_run r ON r.id = (SELECT MAX(id) FROM schedule_run WHERE schedule_id = s.id)"""


def _saved(row: dict[str, Any]) -> Saved:
    return Saved(
        id=row["id"],
        name=row["name"],
        cron=row["cron"],
        zone=row["zone"],
        overlap=Overlap(row["overlap"]),
        catch_up_minutes=row["catch_up_minutes"],
        template=orjson.loads(row["template"]),
        paused=bool(row["paused"]),
        cursor=from_ms(row["cursor_at"]),
        created_at=from_ms(row["created_at"]),
        last_run=_run(row) if row["outcome"] else None,
    )


def _run(row: dict[str, Any]) -> ScheduleRun:
    return ScheduleRun(
        due_at=from_ms(row["due_at"]) if row["due_at"] is not None else None,
        at=from_ms(row["at"]),
        outcome=RunOutcome(row["outcome"]),
        task_ids=tuple(orjson.loads(row["task_ids"])),
        remark=row["remark"],
    )


def add(db: sqlite3.Connection, wish: Wish, now: datetime) -> int:
    cursor = db.execute(
        "INSERT INTO schedule (name, cron, zone, overlap, catch_up_minutes, template, cursor_at, "
        "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*_values(wish), passed_ms(now), to_ms(now)),
    )
    assert cursor.lastrowid
    _event(db, cursor.lastrowid, now, "create", wish.name)
    return cursor.lastrowid


def replace(db: sqlite3.Connection, schedule_id: int, wish: Wish, now: datetime) -> None:
    changed = schedule_id < LARGEST_ID and db.execute(
        "UPDATE schedule SET name = ?, cron = ?, zone = ?, overlap = ?, catch_up_minutes = ?, "
        "template = ?, cursor_at = ? WHERE id = ?",
        (*_values(wish), passed_ms(now), schedule_id),
    )
    if not changed or changed.rowcount == 0:
        raise _missing(schedule_id)
    _event(db, schedule_id, now, "change", wish.name)


def _values(wish: Wish) -> tuple[object, ...]:
    template = orjson.dumps(wish.template, default=str).decode()
    return (
        wish.name, wish.cron, wish.zone, wish.overlap.value, wish.catch_up_minutes, template
    )  # fmt: skip


def remove(db: sqlite3.Connection, schedule_id: int, now: datetime) -> None:
    gone = schedule_id < LARGEST_ID and db.execute(
        "DELETE FROM schedule WHERE id = ?", (schedule_id,)
    )
    if not gone or gone.rowcount == 0:
        raise _missing(schedule_id)
    db.execute("DELETE FROM schedule_run WHERE schedule_id = ?", (schedule_id,))
    _event(db, schedule_id, now, "delete", "")


def pause(db: sqlite3.Connection, schedule_id: int, now: datetime, *, paused: bool) -> None:
    """Pause or resume; one that is resumed goes on from now, and missed nothing meanwhile."""
    changed = schedule_id < LARGEST_ID and db.execute(
        "UPDATE schedule SET cursor_at = CASE WHEN paused THEN ? ELSE cursor_at END, paused = ? "
        "WHERE id = ?",
        (passed_ms(now), paused, schedule_id),
    )
    if not changed or changed.rowcount == 0:
        raise _missing(schedule_id)
    _event(db, schedule_id, now, "pause" if paused else "resume", "")


def take_turn(db: sqlite3.Connection, turn: Turn, now: datetime) -> None:
    """Settle a schedule's times up to `until`, unless somebody has changed it meanwhile."""
    schedule = turn.schedule
    moved = db.execute(
        "UPDATE schedule SET cursor_at = ? WHERE id = ? AND cursor_at = ? AND NOT paused",
        (passed_ms(turn.until), schedule.id, to_ms(schedule.cursor)),
    )
    if moved.rowcount == 0:
        return
    for due_at, remark in turn.missed:
        _note(db, schedule.id, due_at, now, RunOutcome.MISSED, remark)
    if turn.missed:
        _event(db, schedule.id, now, "miss", f"{len(turn.missed)} missed: {turn.missed[-1][1]}")
    if turn.fire is not None:
        _fire(db, turn, turn.fire, now)


def _fire(db: sqlite3.Connection, turn: Turn, due_at: datetime, now: datetime) -> None:
    schedule = turn.schedule
    if turn.refused:
        if _note(db, schedule.id, due_at, now, RunOutcome.REFUSED, turn.refused):
            _event(db, schedule.id, now, "refuse", turn.refused)
        return
    if schedule.overlap is Overlap.SKIP and (open_tasks := _open_tasks(db, schedule.id)):
        remark = f"of the run before it, {counted(open_tasks, 'task')} had not ended"
        if _note(db, schedule.id, due_at, now, RunOutcome.SKIPPED, remark):
            _event(db, schedule.id, now, "skip", remark)
        return
    if run_id := _note(db, schedule.id, due_at, now, RunOutcome.FIRED, ""):
        _create(db, schedule.id, run_id, turn.drafts, now)


def run(
    db: sqlite3.Connection, schedule_id: int, drafts: Sequence[Draft], now: datetime
) -> list[int]:
    """Create tasks out of turn."""
    if not db.execute("SELECT 1 FROM schedule WHERE id = ?", (schedule_id,)).fetchone():
        raise _missing(schedule_id)
    run_id = _note(db, schedule_id, None, now, RunOutcome.FIRED, "run by a person")
    assert run_id, "only a time can be taken already"
    return _create(db, schedule_id, run_id, drafts, now)


def _create(
    db: sqlite3.Connection, schedule_id: int, run_id: int, drafts: Sequence[Draft], now: datetime
) -> list[int]:
    ids = changes.insert(db, drafts, now)
    db.execute(
        "UPDATE schedule_run SET task_ids = ? WHERE id = ?", (orjson.dumps(ids).decode(), run_id)
    )
    _event(db, schedule_id, now, "fire", counted(len(ids), "task"))
    return ids


def _note(
    db: sqlite3.Connection,
    schedule_id: int,
    due_at: datetime | None,
    now: datetime,
    outcome: RunOutcome,
    remark: str,
) -> int:
    """Write down what became of a time; 0 where that is known already: the clock went back."""
    noted = db.execute(
        "INSERT OR IGNORE INTO schedule_run (schedule_id, due_at, at, outcome, remark) "
        "VALUES (?, ?, ?, ?, ?) RETURNING id",
        (schedule_id, to_ms(due_at) if due_at else None, to_ms(now), outcome, remark),
    ).fetchone()
    return int(noted["id"]) if noted else 0


def _open_tasks(db: sqlite3.Connection, schedule_id: int) -> int:
    """Count the tasks of the newest run with any that have not ended."""
    newest = db.execute(
        "SELECT task_ids FROM schedule_run WHERE schedule_id = ? AND outcome = ? "
        "ORDER BY id DESC LIMIT 1",
        (schedule_id, RunOutcome.FIRED),
    ).fetchone()
    if newest is None:
        return 0
    count: int = db.execute(
        "SELECT COUNT(*) FROM task WHERE status IN (0, 1) "
        "AND id IN (SELECT value FROM json_each(?))",
        (newest["task_ids"],),
    ).fetchone()[0]
    return count


def _event(
    db: sqlite3.Connection, schedule_id: int, now: datetime, change: str, remark: str
) -> None:
    db.execute(
        "INSERT INTO event (task_id, schedule_id, at, change, remark) VALUES (0, ?, ?, ?, ?)",
        (schedule_id, to_ms(now), change, remark),
    )


def _missing(schedule_id: int) -> NotFound:
    return NotFound(f"schedule {schedule_id} does not exist")

"""Plans and their lines. Units of work, their queries, and the shelf.

A line's slot says who posts which file when, in the spreadsheet's words. It is unique, so that the
same line cannot be made twice, not even by two requests at one moment. It stays with the line when
the plan is moved, and is given back only where none of a withdrawn line's tasks had started.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from tmcore.errors import BadInput, NotFound
from tmcore.model import PENDING, Change, TaskStatus
from tmcore.plans import Plan, PlanLine
from tmcore.store import changes
from tmcore.store.changes import Draft
from tmcore.store.reading import Read
from tmcore.store.times import LARGEST_ID, from_ms, to_ms
from tmcore.store.writer import Work

Commit = Callable[[Work[Any]], Awaitable[Any]]
MOST_PLANS = 200  # of a list; the newest


@dataclass(frozen=True)
class Entry:
    """A line about to be made, with its tasks; everything about it has been checked."""

    line: int
    slot: str
    content: str
    drafts: Sequence[Draft]


@dataclass(frozen=True)
class Taken:
    """A slot that is planned already."""

    plan_id: int
    line: int
    content: str


@dataclass(frozen=True)
class Ahead:
    """A pending task of a plan: who it is for, and what its row asked for."""

    line: int
    serial: str
    username: str | None
    app: str | None
    script_config: str
    start_at: datetime


@dataclass(frozen=True)
class Move:
    """A pending task's new start; nothing happens if it no longer waits for the old one."""

    task_id: int
    old: datetime
    new: datetime


class PlanShelf:
    """What the other rooms may ask of the stored plans."""

    def __init__(self, change: Commit, read: Read, clock: Callable[[], datetime]) -> None:
        self._change, self._read, self._now = change, read, clock

    async def taken(self, slots: Sequence[str]) -> dict[str, Taken]:
        """Return those of the slots that are planned already."""
        rows = await self._read(
            "SELECT slot, plan_id, line, content FROM plan_entry "
            "WHERE slot IN (SELECT value FROM json_each(?))",
            orjson.dumps(list(slots)).decode(),
        )
        return {row["slot"]: Taken(row["plan_id"], row["line"], row["content"]) for row in rows}

    async def add(self, name: str, zone: str, entries: Sequence[Entry]) -> tuple[int, int, int]:
        """Make the lines that nobody has made meanwhile; return the plan's id, tasks and lines.

        The id is 0 where there were none. Raises BadInput where a slot was taken otherwise.
        """
        made: tuple[int, int, int] = await self._change(
            lambda db: add(db, name, zone, entries, self._now())
        )
        return made

    async def every(self) -> list[Plan]:
        return await self._plans(f"ORDER BY id DESC LIMIT {MOST_PLANS}")

    async def one(self, plan_id: int) -> Plan:
        """Raises NotFound."""
        if plan_id < LARGEST_ID and (found := await self._plans("WHERE id = ?", plan_id)):
            return found[0]
        raise _missing(plan_id)

    async def lines(self, plan_id: int) -> tuple[PlanLine, ...]:
        rows = await self._read(
            "SELECT e.line, e.task_id, t.serial, t.username, t.media, t.caption, t.start_at, "
            "t.status, t.reason FROM plan_entry e LEFT JOIN task t ON t.id = e.task_id "
            "WHERE e.plan_id = ? ORDER BY e.line, e.id",
            plan_id,
        )
        return tuple(map(_line, rows))

    async def ahead(self, plan_id: int) -> list[Ahead]:
        """Return the first pending task of each account, or phone without one."""
        rows = await self._read(
            "SELECT e.line, t.serial, t.username, t.app, t.script_config, MIN(t.start_at) "
            "AS start_at FROM plan_entry e JOIN task t ON t.id = e.task_id "
            "WHERE e.plan_id = ? AND t.status = ? "
            "GROUP BY t.app, COALESCE('@' || t.username, t.serial) ORDER BY start_at",
            plan_id,
            PENDING,
        )
        return [Ahead(**{**row, "start_at": from_ms(row["start_at"])}) for row in rows]

    async def move(self, plan_id: int, moves: Sequence[Move]) -> int:
        """Give pending tasks another start; return how many still waited."""
        moved: int = await self._change(lambda db: move(db, plan_id, moves, self._now()))
        return moved

    async def withdraw(self, plan_id: int) -> None:
        """Raises NotFound."""
        await self._change(lambda db: withdraw(db, plan_id, self._now()))

    async def _plans(self, which: str, *values: int) -> list[Plan]:
        rows = await self._read(
            f"SELECT p.*, t.status, COUNT(*) AS n, MIN(t.start_at) AS first, "
            f"MAX(t.start_at) AS last FROM (SELECT * FROM plan {which}) p "
            "JOIN plan_entry e ON e.plan_id = p.id LEFT JOIN task t ON t.id = e.task_id "
            "GROUP BY p.id, t.status ORDER BY p.id DESC",
            *values,
        )
        by_id: dict[int, list[dict[str, Any]]] = {}
        for row in rows:
            by_id.setdefault(row["id"], []).append(row)
        return [_plan(parts) for parts in by_id.values()]


def _plan(parts: Sequence[Mapping[str, Any]]) -> Plan:
    """Put a plan together from its tasks by status; without one are those that were deleted."""
    row = parts[0]
    alive = [part for part in parts if part["status"] is not None]
    counts = {TaskStatus(part["status"]).name.lower(): part["n"] for part in alive}
    return Plan(
        id=row["id"],
        name=row["name"],
        zone=row["zone"],
        created_at=from_ms(row["created_at"]),
        withdrawn_at=from_ms(row["withdrawn_at"]) if row["withdrawn_at"] else None,
        posts=sum(part["n"] for part in parts),
        first_at=from_ms(min(part["first"] for part in alive)) if alive else None,
        last_at=from_ms(max(part["last"] for part in alive)) if alive else None,
        **counts,
    )


def _line(row: Mapping[str, Any]) -> PlanLine:
    if row["status"] is None:
        return PlanLine(row=row["line"], task_id=row["task_id"])
    return PlanLine(
        row=row["line"],
        task_id=row["task_id"],
        serial=row["serial"],
        username=row["username"],
        media=row["media"],
        caption=row["caption"],
        start_at=from_ms(row["start_at"]),
        status_text=TaskStatus(row["status"]).name.lower(),
        reason=row["reason"],
    )


def add(
    db: sqlite3.Connection, name: str, zone: str, entries: Sequence[Entry], now: datetime
) -> tuple[int, int, int]:
    new = [entry for entry in entries if not _is_made(db, entry)]
    if not new:
        return 0, 0, 0
    cursor = db.execute(
        "INSERT INTO plan (name, zone, created_at) VALUES (?, ?, ?)", (name, zone, to_ms(now))
    )
    plan_id = cursor.lastrowid
    assert plan_id
    ids = iter(changes.insert(db, [draft for entry in new for draft in entry.drafts], now))
    rows = [
        (plan_id, entry.line, next(ids), None if place else entry.slot, entry.content)
        for entry in new
        for place in range(len(entry.drafts))
    ]
    db.executemany(
        "INSERT INTO plan_entry (plan_id, line, task_id, slot, content) VALUES (?, ?, ?, ?, ?)",
        rows,
    )
    return plan_id, len(rows), len(new)


def _is_made(db: sqlite3.Connection, entry: Entry) -> bool:
    taken = db.execute(
        "SELECT plan_id, content FROM plan_entry WHERE slot = ?", (entry.slot,)
    ).fetchone()
    if taken and taken["content"] != entry.content:
        raise BadInput.of(
            f"row {entry.line}", f"was planned otherwise in plan {taken['plan_id']} just now"
        )
    return taken is not None


def move(db: sqlite3.Connection, plan_id: int, moves: Sequence[Move], now: datetime) -> int:
    count = 0
    for one in moves:
        old, new = to_ms(one.old), to_ms(one.new)
        moved = db.execute(
            "UPDATE task SET start_at = ?, place = place + ? "
            "WHERE id = ? AND status = ? AND start_at = ?",
            (new, new - old, one.task_id, PENDING, old),
        )
        if moved.rowcount:
            count += 1
            db.execute(
                "INSERT INTO event (task_id, at, change, remark) VALUES (?, ?, 'move', ?)",
                (one.task_id, to_ms(now), f"moved with plan {plan_id}"),
            )
    return count


def withdraw(db: sqlite3.Connection, plan_id: int, now: datetime) -> None:
    marked = plan_id < LARGEST_ID and db.execute(
        "UPDATE plan SET withdrawn_at = COALESCE(withdrawn_at, ?) WHERE id = ?",
        (to_ms(now), plan_id),
    )
    if not marked or marked.rowcount == 0:
        raise _missing(plan_id)
    db.execute(FREE, (plan_id, plan_id, PENDING))
    pending = db.execute(
        "SELECT task_id FROM plan_entry e JOIN task t ON t.id = e.task_id "
        "WHERE e.plan_id = ? AND t.status = ?",
        (plan_id, PENDING),
    ).fetchall()
    stop = Change.stop(f"withdrawn with plan {plan_id}")
    for row in pending:
        changes.apply(db, row["task_id"], stop, now)


# a line of which one task has started, ended or been deleted may have posted: it keeps its slot
FREE = """UPDATE plan_entry SET slot = NULL WHERE plan_id = ? AND line NOT IN (
SELECT line FROM plan_entry e LEFT JOIN task t ON t.id = e.task_id
WHERE e.plan_id = ? AND t.status IS NOT ?)"""


def _missing(plan_id: int) -> NotFound:
    return NotFound(f"plan {plan_id} does not exist")

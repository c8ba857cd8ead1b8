"""Every query that answers a question. None of them writes; totals are sums over kept counters."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter

from tmcore.errors import NotFound
from tmcore.events import Event, EventKind
from tmcore.model import FAILED, Attempt, Stats, Task, TaskDetail, TaskPage, TaskQuery, TaskStatus
from tmcore.reasons import Reason
from tmcore.rules.plan import Head
from tmcore.store.accounts import WAITS_FOR
from tmcore.store.times import LARGEST_ID, from_ms, to_ms

Read = Callable[..., Awaitable[list[dict[str, Any]]]]

FIELDS = """id, serial, username, script_name, script_config, status, reason, remark, source,
retry_count, start_at, created_at, started_at, ended_at, step, progress, stop_requested"""
TASKS: TypeAdapter[tuple[Task, ...]] = TypeAdapter(tuple[Task, ...])
ATTEMPTS: TypeAdapter[tuple[Attempt, ...]] = TypeAdapter(tuple[Attempt, ...])


async def page(read: Read, query: TaskQuery, serials: Sequence[str] | None = None) -> TaskPage:
    """Read one page; `serials` are those that the query's own serial means, where it is a tag."""
    where, values = _where(query, serials)
    offset = (query.page - 1) * query.page_size
    # ids by a covering index first, then their rows: deep pages cost a tenth
    rows = await read(
        f"SELECT total, {FIELDS} FROM (SELECT COALESCE(SUM(n), 0) AS total FROM task_count {where})"
        f" LEFT JOIN task ON id IN (SELECT id FROM task {where} ORDER BY id DESC LIMIT ? OFFSET ?)"
        " ORDER BY id DESC",
        *values,
        *values,
        query.page_size,
        offset,
    )
    [total, *_] = [row.pop("total") for row in rows]
    return TaskPage(
        tasks=TASKS.validate_python(rows if rows[0]["id"] else []),
        total=total,
        page=query.page,
        page_size=query.page_size,
    )


def _where(query: TaskQuery, serials: Sequence[str] | None) -> tuple[str, list[Any]]:
    filters = query.model_dump(exclude={"page", "page_size"}, exclude_none=True)
    clauses = {name: f"{name} = ?" for name in filters}
    if serials is not None and tuple(serials) != (query.serial,):
        clauses["serial"] = "serial IN (SELECT value FROM json_each(?))"
        filters["serial"] = orjson.dumps(list(serials)).decode()
    where = f"WHERE {' AND '.join(clauses.values())}" if clauses else ""
    return where, list(filters.values())


async def task(read: Read, task_id: int) -> Task:
    if task_id >= LARGEST_ID or not (
        rows := await read(f"SELECT {FIELDS} FROM task WHERE id = ?", task_id)
    ):
        raise NotFound(f"task {task_id} does not exist")
    return TASKS.validate_python(rows)[0]


async def detail(read: Read, task_id: int) -> TaskDetail:
    found = await task(read, task_id)
    attempts = await _attempts(read, task_id)
    dealt = await read("SELECT caption, media, more, sound FROM task WHERE id = ?", task_id)
    known = found.model_dump(exclude={"status_text"})
    for row in dealt:
        known |= row | {"more": [path for path, _ in orjson.loads(row["more"])]}
    return TaskDetail(**known, attempts=attempts)


async def _attempts(read: Read, task_id: int) -> tuple[Attempt, ...]:
    rows = await read(
        "SELECT a.id, a.kind, a.started_at, a.ended_at, a.outcome, a.reason, a.remark, a.looks, "
        "p.outcome AS press FROM attempt a LEFT JOIN press p ON p.attempt_id = a.id "
        "WHERE a.task_id = ? ORDER BY a.id",
        task_id,
    )
    parts = {row["id"]: row | {"steps": [], "log": [], "evidence": []} for row in rows}
    # of the attempts above: another may have begun since
    these = orjson.dumps(list(parts)).decode()
    inside = "WHERE attempt_id IN (SELECT value FROM json_each(?)) ORDER BY id"
    for row in await read(f"SELECT * FROM step {inside}", these):
        parts[row["attempt_id"]]["steps"].append(_without_ids(row))
    for row in await read(f"SELECT * FROM log {inside}", these):
        parts[row["attempt_id"]]["log"].append(_without_ids(row))
    for row in await read(f"SELECT attempt_id, name FROM evidence {inside}", these):
        parts[row["attempt_id"]]["evidence"].append(row["name"])
    return ATTEMPTS.validate_python(list(parts.values()))


def _without_ids(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in ("id", "attempt_id")}


async def stats(read: Read) -> Stats:
    rows = await read("SELECT status, reason, SUM(n) AS n FROM task_count GROUP BY 1, 2")
    by_status = dict.fromkeys(TaskStatus, 0)
    failed: dict[str, int] = {}
    for row in rows:
        by_status[TaskStatus(row["status"])] += row["n"]
        if row["status"] == FAILED:
            failed[row["reason"]] = row["n"]
    return Stats(
        total=sum(by_status.values()),
        **{status.name.lower(): n for status, n in by_status.items()},
        stopped=failed.get(Reason.STOPPED, 0),
        needs_review=failed.get(Reason.OUTCOME_UNKNOWN, 0),
    )


async def events(read: Read, after: int, limit: int) -> list[Event]:
    rows = await read(
        "SELECT id, task_id, schedule_id, at, change, remark FROM event WHERE id > ? "
        "ORDER BY id LIMIT ?",
        after,
        limit,
    )
    ids = orjson.dumps(sorted({row["task_id"] for row in rows})).decode()
    tasks = TASKS.validate_python(
        await read(f"SELECT {FIELDS} FROM task WHERE id IN (SELECT value FROM json_each(?))", ids)
        if rows
        else []
    )
    by_id = {task.id: task for task in tasks}
    return [
        _schedule_event(row) if row["schedule_id"] else _task_event(row, by_id.get(row["task_id"]))
        for row in rows
    ]


def _schedule_event(row: dict[str, Any]) -> Event:
    return Event(
        id=row["id"],
        kind=EventKind.SCHEDULE,
        at=from_ms(row["at"]),
        change=row["change"],
        schedule_id=row["schedule_id"],
        text=row["remark"],
    )


def _task_event(row: dict[str, Any], task: Task | None) -> Event:
    return Event(
        id=row["id"],
        kind=EventKind.TASK,
        at=from_ms(row["at"]),
        change=row["change"],
        task_id=row["task_id"],
        serial=task.serial if task else None,
        task=task,
        text=row["remark"],
    )


HEADS = f"""SELECT serial, task_id, next_ms,
(SELECT start_at FROM task WHERE id = task_id) AS due_ms
FROM (SELECT d.value AS serial,
 (SELECT id FROM task WHERE status = 0 AND serial = d.value AND place <= ?1 AND start_at <= ?1
  AND NOT EXISTS ({WAITS_FOR}) ORDER BY place, id LIMIT 1) AS task_id,
 (SELECT MIN(start_at) FROM task WHERE status = 0 AND serial = d.value AND start_at > ?1) AS next_ms
 FROM json_each(?2) AS d)"""


async def heads(read: Read, serials: Sequence[str], now: datetime) -> list[Head]:
    """For each idle device: its next due task, and when another one becomes due."""
    rows = await read(HEADS, to_ms(now), orjson.dumps(list(serials)).decode())
    return [
        Head(
            serial=row["serial"],
            task_id=row["task_id"],
            due_at=from_ms(row["due_ms"]) if row["task_id"] else None,
            next_at=from_ms(row["next_ms"]) if row["next_ms"] else None,
        )
        for row in rows
    ]


async def queue_lengths(read: Read) -> dict[str, int]:
    rows = await read("SELECT serial, SUM(n) AS n FROM task_count WHERE status = 0 GROUP BY serial")
    return {row["serial"]: row["n"] for row in rows}


async def retryable(read: Read, *, stopped: bool) -> tuple[list[int], list[int]]:
    """Return the failed tasks that may run again, and those whose outcome is unknown."""
    rows = await read("SELECT id, reason FROM task WHERE status = 3 ORDER BY id")
    unknown = [row["id"] for row in rows if row["reason"] == Reason.OUTCOME_UNKNOWN]
    left_out = {Reason.OUTCOME_UNKNOWN} | (set() if stopped else {Reason.STOPPED})
    return [row["id"] for row in rows if row["reason"] not in left_out], unknown


async def last_press_at(read: Read, serial: str) -> datetime | None:
    """When this phone last got a press that is neither proved nor void; its upload may run."""
    rows = await read(
        "SELECT MAX(intent_at) AS at FROM press WHERE serial = ? "
        "AND outcome IN ('open', 'unknown')",
        serial,
    )
    return from_ms(rows[0]["at"]) if rows[0]["at"] else None

"""What the program promises, checked against its database and against what the phones did.

Reads the database as a stranger would, with plain SQL, and asks the phones for their own record:
neither may be taken from the program that is judged.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

Rows = Callable[..., list[sqlite3.Row]]
Truths = Mapping[str, Mapping[str, Any]]  # what each phone says, by serial

LEGAL = {
    (None, 0), (0, 1), (0, 3), (1, 2), (1, 3), (1, 0), (3, 0), (3, 2), (3, 3),
}  # fmt: skip
HAPPENED = "('open', 'unknown', 'confirmed', 'operator_posted')"


def broken(database: Path, truths: Truths) -> list[str]:
    """Return every promise that does not hold, as a sentence; empty when all do."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as db:
        db.row_factory = sqlite3.Row

        def rows(sql: str, *values: object) -> list[sqlite3.Row]:
            return db.execute(sql, values).fetchall()

        found = [said for check in CHECKS for said in check(rows)]
        return found + [said for s, truth in truths.items() for said in _phone(rows, s, truth)]


def _exists_until_deleted(rows: Rows) -> Iterator[str]:
    told = rows(
        "SELECT task_id, MAX(change = 'delete') AS gone FROM event "
        "WHERE schedule_id IS NULL GROUP BY task_id"
    )
    held = {row["id"] for row in rows("SELECT id FROM task")}
    for row in told:
        if bool(row["gone"]) == (row["task_id"] in held):
            yield f"task {row['task_id']} is {'still' if row['gone'] else 'no longer'} there"
    for task_id in held - {row["task_id"] for row in told}:
        yield f"task {task_id} has no event"


def _moves_are_legal(rows: Rows) -> Iterator[str]:
    now: dict[int, int | None] = {}
    for row in rows("SELECT * FROM event WHERE new IS NOT NULL ORDER BY id"):
        was = now.get(row["task_id"])
        if row["old"] != was:
            yield f"event {row['id']}: task {row['task_id']} was {was}, not {row['old']}"
        if (row["old"], row["new"]) not in LEGAL:
            yield f"event {row['id']}: {row['old']} → {row['new']} is no legal move"
        now[row["task_id"]] = row["new"]
    for row in rows("SELECT id, status FROM task"):
        if now.get(row["id"]) != row["status"]:
            yield f"task {row['id']} is {row['status']}, its events say {now.get(row['id'])}"


# whatever a query finds is a promise that does not hold; the sentence names its columns
FORBIDDEN: tuple[tuple[str, str], ...] = (
    (
        (
            "SELECT a.id AS a, b.id AS b, a.serial FROM attempt a JOIN attempt b "
            "ON a.serial = b.serial AND a.id < b.id "
            "WHERE a.ended_at IS NULL OR a.ended_at > b.started_at"
        ),
        "attempts {a} and {b} overlap on {serial}",
    ),
    (
        "SELECT task_id, gen, COUNT(*) AS n FROM press GROUP BY 1, 2 HAVING n > 1",
        "task {task_id} has {n} presses in generation {gen}",
    ),
    (
        (
            "SELECT p.task_id, p.gen FROM press p JOIN press q ON p.task_id = q.task_id "
            f"AND p.gen < q.gen WHERE p.outcome IN {HAPPENED}"
        ),
        "task {task_id} was pressed again after generation {gen}",
    ),
    (
        (
            "SELECT id, n FROM (SELECT id, (SELECT COUNT(*) FROM press WHERE task_id = task.id "
            "AND outcome IN ('confirmed', 'operator_posted')) AS n FROM task WHERE status = 2 "
            "AND script_name = 'post' AND reason != 'rehearsed') WHERE n != 1"
        ),
        "task {id} is completed with {n} proved presses",
    ),
    (
        (
            "SELECT DISTINCT a.task_id FROM attempt a JOIN press p ON p.attempt_id = a.id "
            "WHERE a.kind = 'rehearse'"
        ),
        "task {task_id} was pressed by a rehearsal",
    ),
    (
        (
            "SELECT task.id, outcome FROM task JOIN press ON press.task_id = task.id "
            f"WHERE status = 3 AND reason != 'outcome_unknown' AND outcome IN {HAPPENED}"
        ),
        "task {id} is failed with a press that is {outcome}",
    ),
    (
        (
            "SELECT id FROM task WHERE status = 3 AND reason = 'outcome_unknown' AND NOT EXISTS "
            f"(SELECT 1 FROM press WHERE task_id = task.id AND outcome IN {HAPPENED})"
        ),
        "task {id} is unknown although nothing was intended",
    ),
    (
        (
            "SELECT status, reason, SUM(n) AS n FROM (SELECT status, reason, n FROM task_count "
            "UNION ALL SELECT status, COALESCE(reason, ''), -1 FROM task) GROUP BY 1, 2 "
            "HAVING SUM(n)"
        ),
        "status {status} {reason} is counted {n} too many",
    ),
)


def _nothing_is_forbidden(rows: Rows) -> Iterator[str]:
    for sql, sentence in FORBIDDEN:
        for row in rows(sql):
            yield sentence.format_map(dict(row))


def _phone(rows: Rows, serial: str, truth: Mapping[str, Any]) -> Iterator[str]:
    counted = "SELECT COUNT(*) AS n FROM press WHERE serial = ? AND outcome"
    [known] = rows(f"{counted} != 'void'", serial)  # a person may be wrong about one
    [proved] = rows(f"{counted} = 'confirmed'", serial)
    if truth["presses"] > known["n"]:
        yield f"{serial} was pressed {truth['presses']} times, {known['n']} are known"
    if truth["presses"] < proved["n"]:
        yield f"{serial} was pressed {truth['presses']} times, {proved['n']} are called confirmed"
    [ran] = rows("SELECT COALESCE(MAX(n), 0) AS n FROM (SELECT COUNT(*) AS n FROM press "
                 "WHERE serial = ? AND outcome != 'void' GROUP BY account, media_sha256)",
                 serial)  # fmt: skip
    posts = Counter((post["account"], post["sha256"]) for post in truth["posts"])
    most = max(posts.values(), default=0)
    if most > ran["n"]:
        yield f"{serial} published one file {most} times, {ran['n']} presses are known of it"


CHECKS = (_exists_until_deleted, _moves_are_legal, _nothing_is_forbidden)

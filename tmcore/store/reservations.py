"""What tasks have taken from a library or a folder, and what the ledger says of each file.

A task's files are reserved from its creation until it ends. What was pressed is then kept by the
ledger, and what was not is free again. Units of work: they run in the transaction that creates or
moves the task, so that no two tasks ever hold one file.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from tmcore.errors import BadInput
from tmcore.rules.dealing import ALWAYS, EVERYBODY

# presses after which a file counts as used: all that are not proved void
COUNTS = "outcome NOT IN ('void', 'operator_not_posted')"


class MaterialTaken(BadInput):
    """Another task took this file in the same moment."""


@dataclass(frozen=True)
class Earlier:
    """A press of a file by an account."""

    task_id: int
    sha256: str


def reserve(db: sqlite3.Connection, task_ids: Sequence[int], field: str) -> None:
    """Reserve the files of tasks; raises MaterialTaken where one is not free for its task."""
    for task_id in task_ids:
        task = db.execute(
            "SELECT media, media_sha256, more, scope FROM task WHERE id = ?", (task_id,)
        ).fetchone()
        if task["scope"] not in (None, ALWAYS):
            for path, sha256 in _files(task):
                _demand_free(db, sha256, task["scope"], path, field)
                db.execute(
                    "INSERT INTO reservation (task_id, sha256, scope) VALUES (?, ?, ?)",
                    (task_id, sha256, task["scope"]),
                )


def release(db: sqlite3.Connection, task_id: int) -> None:
    """Give a task's files back."""
    db.execute("DELETE FROM reservation WHERE task_id = ?", (task_id,))


def earlier_press(
    db: sqlite3.Connection, task_id: int, app: str, account: str, files: Sequence[str]
) -> Earlier | None:
    """Find another task's press of any of these files by this account that counts."""
    row = db.execute(
        "SELECT p.task_id, f.sha256 FROM press_file f JOIN press p ON p.id = f.press_id "
        "WHERE f.sha256 IN (SELECT value FROM json_each(?)) AND p.app = ? AND p.account = ? "
        f"AND p.task_id <> ? AND p.{COUNTS} ORDER BY p.id LIMIT 1",
        (orjson.dumps(list(files)).decode(), app, account, task_id),
    ).fetchone()
    return Earlier(row["task_id"], row["sha256"]) if row else None


def used(db: sqlite3.Connection, sha256: str) -> tuple[str, ...]:
    """Return "app/account" of each press of a file."""
    rows = db.execute(
        "SELECT p.app || '/' || p.account FROM press_file f JOIN press p ON p.id = f.press_id "
        f"WHERE f.sha256 = ? AND p.{COUNTS}",
        (sha256,),
    )
    return tuple(row[0] for row in rows)


def held(db: sqlite3.Connection, sha256: str) -> tuple[str, ...]:
    """Return the scopes in which a file is reserved."""
    rows = db.execute("SELECT scope FROM reservation WHERE sha256 = ?", (sha256,))
    return tuple(row[0] for row in rows)


def _files(task: sqlite3.Row) -> Iterator[tuple[str, str]]:
    if task["media"]:
        yield task["media"], task["media_sha256"]
    yield from orjson.loads(task["more"])


def _demand_free(db: sqlite3.Connection, sha256: str, scope: str, path: str, field: str) -> None:
    holder = db.execute(
        "SELECT task_id FROM reservation WHERE sha256 = ?1 AND (?2 IN ('', scope) OR scope = '')",
        (sha256, scope),
    ).fetchone()
    if holder:
        raise MaterialTaken.of(field, f"{path!r} is reserved by task {holder['task_id']}")
    press = db.execute(
        "SELECT p.task_id FROM press_file f JOIN press p ON p.id = f.press_id "
        f"WHERE f.sha256 = ?1 AND p.{COUNTS} AND ?2 IN ('{EVERYBODY}', p.app || '/' || p.account)",
        (sha256, scope),
    ).fetchone()
    if press:
        raise MaterialTaken.of(field, f"{path!r} has been posted by task {press['task_id']}")

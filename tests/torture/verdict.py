"""What became of every task, by the phones' own record: each task has a file of its own."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.promises.checker import broken

TASKS = "SELECT id, serial, status, reason, media_sha256 AS file FROM task"
COMPLETED, FAILED = 2, 3


@dataclass(frozen=True)
class Verdict:
    """Tasks by what went wrong with them, and every promise that does not hold."""

    tasks: int
    posted: int
    doubles: int
    lost: int  # told of, and gone or never ended
    false_failed: int  # or stopped: called not posted, and posted
    false_done: int
    unknown: int
    broken: tuple[str, ...]


def told_file(database: Path) -> Path:
    """Where the ids stand that owners were told of; it is there from the beginning."""
    file = database.with_suffix(".told")
    file.touch()
    return file


def judge(database: Path, truths: Mapping[str, Mapping[str, Any]], *, ended: bool) -> Verdict:
    """Compare what the database says of each task with what its phone published."""
    posts = Counter(
        (serial, post["sha256"]) for serial, truth in truths.items() for post in truth["posts"]
    )
    with closing(sqlite3.connect(database)) as db:
        db.row_factory = sqlite3.Row
        tasks = db.execute(TASKS).fetchall()
    told = {int(line) for line in told_file(database).read_text().split()}
    done = [task for task in tasks if task["status"] == COMPLETED]
    failed = [task for task in tasks if task["status"] == FAILED]
    known = [task for task in failed if task["reason"] != "outcome_unknown"]
    said = broken(database, truths)
    return Verdict(
        tasks=len(tasks),
        posted=len(posts),
        doubles=sum(times - 1 for times in posts.values()),
        lost=len(told - {task["id"] for task in (*done, *failed)}),
        false_failed=sum((task["serial"], task["file"]) in posts for task in known),
        false_done=sum((task["serial"], task["file"]) not in posts for task in done),
        unknown=len(failed) - len(known),
        broken=(*said, *(() if ended else ("the last owner did not come to its end",))),
    )

"""What came of a week: each due time against the database, the phones and whoever was told.

Nothing is taken from the program that is judged but its records; when something was due, when the
server ran and what was posted is known from elsewhere.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from standardwebhooks import Webhook

from tests.promises.checker import Truths, broken
from tests.torture.almanac import due_times

COMPLETED, FAILED = 2, 3
MARGIN = timedelta(minutes=2)  # around a start of the server: the clock runs as the real one then
TOLD = ("task.complete", "task.fail", "task.miss", "schedule.fire", "schedule.miss",
        "schedule.skip", "schedule.refuse")  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A schedule as it was asked for."""

    name: str
    cron: str
    zone: str
    catch_up: timedelta
    overlap: str
    serials: tuple[str, ...]


@dataclass(frozen=True)
class Absence:
    """The server was told to go, or killed, and answered again."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class History:
    """All that is known of a week."""

    database: Path
    entries: Sequence[Entry]  # the schedules 1, 2, …
    first: datetime  # the schedules were saved
    last: datetime  # every time until then is settled
    absences: Sequence[Absence]
    lag: timedelta  # how long a time that came may wait until the server looks at it
    truths: Truths
    secret: str
    heard: Sequence[tuple[Mapping[str, str], bytes]]

    @cached_property
    def runs(self) -> dict[str, dict[datetime, sqlite3.Row]]:
        """By the schedule's name, then by due time."""
        found: dict[str, dict[datetime, sqlite3.Row]] = {one.name: {} for one in self.entries}
        for row in self.rows("SELECT * FROM schedule_run ORDER BY id"):
            found[self.entries[row["schedule_id"] - 1].name][_time(row["due_at"])] = row
        return found

    @cached_property
    def tasks(self) -> dict[int, sqlite3.Row]:
        return {row["id"]: row for row in self.rows("SELECT * FROM task")}

    @cached_property
    def posts(self) -> Counter[int]:
        """Posts by task: each belongs to the last press on its phone before it; 0: to none."""
        presses = self.rows("SELECT * FROM press WHERE outcome != 'void' ORDER BY intent_at")
        found: Counter[int] = Counter()
        for serial, truth in self.truths.items():
            for post in truth["posts"]:
                before = [
                    press["task_id"]
                    for press in presses
                    if press["serial"] == serial
                    and press["media_sha256"] == post["sha256"]
                    and press["intent_at"] <= post["at"] * 1000
                ]
                found[before[-1] if before else 0] += 1
        return found

    @cached_property
    def told(self) -> dict[int, str]:
        """Events by their ids, in the order in which they were told first."""
        found: dict[int, str] = {}
        for _, body in self.heard:
            message = json.loads(body)
            found.setdefault(message["data"]["id"], message["type"])
        return found

    @cached_property
    def happened(self) -> dict[int, str]:
        """The events that were to be told."""
        return {row["id"]: row["name"] for row in self.rows(EVENTS) if row["name"] in TOLD}

    def due(self, entry: Entry, longer: timedelta = timedelta()) -> tuple[datetime, ...]:
        return due_times(entry.cron, entry.zone, self.first, self.last + longer)

    def absence(self, due: datetime, lag: timedelta = timedelta()) -> Absence | None:
        """The absence in which it came, or by so much before it."""
        return next((one for one in self.absences if one.since - lag <= due <= one.until), None)

    def rows(self, sql: str) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            return db.execute(sql).fetchall()

    def tasks_of(self, run: sqlite3.Row) -> list[sqlite3.Row]:
        return [self.tasks[n] for n in json.loads(run["task_ids"]) if n in self.tasks]


@dataclass
class Count:
    """What became of one schedule's times."""

    due: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    made_up: int = 0  # fired, for a time in an absence
    tasks: int = 0
    posts: int = 0
    unknown: int = 0


def counted(history: History) -> dict[str, Count]:
    """Count by the name of the schedule."""
    found: dict[str, Count] = {}
    for entry in history.entries:
        count = found[entry.name] = Count(due=len(history.due(entry)))
        for due, run in history.runs[entry.name].items():
            tasks = history.tasks_of(run)
            count.outcomes[run["outcome"]] += 1
            count.made_up += run["outcome"] == "fired" and history.absence(due) is not None
            count.tasks += len(tasks)
            count.posts += sum(history.posts[task["id"]] for task in tasks)
            count.unknown += sum(task["reason"] == "outcome_unknown" for task in tasks)
    return found


def wrong(history: History) -> list[str]:
    """Return what does not hold, as sentences; empty when every due time was dealt with once."""
    checks = (_each_time_has_its_outcome, _each_run_has_its_tasks, _each_task_has_its_post,
              _each_event_is_told, _each_run_is_an_event)  # fmt: skip
    found = [said for check in checks for said in check(history)]
    return found + broken(history.database, history.truths)


def is_recorded(history: History) -> bool:
    """Whether every time has an outcome."""
    return all(set(history.due(entry)) <= history.runs[entry.name].keys()
               for entry in history.entries)  # fmt: skip


def is_told(history: History) -> bool:
    """Whether every event of interest was told."""
    return history.happened.keys() <= history.told.keys()


def _each_time_has_its_outcome(history: History) -> Iterator[str]:
    for entry in history.entries:
        due, runs = history.due(entry), history.runs[entry.name]
        for at in runs.keys() - set(history.due(entry, MARGIN)):
            yield f"{entry.name} has a run for {at}, which is no time of {entry.cron}"
        for at in due:
            if at not in runs:
                yield f"{entry.name}: nothing is recorded of {at}"
            elif said := OUTCOMES[runs[at]["outcome"]](history, entry, at, runs[at]):
                yield f"{entry.name}, {at}: {said}"


def _fired(history: History, entry: Entry, due: datetime, run: sqlite3.Row) -> str:
    made_at, absence = _time(run["at"]), history.absence(due)
    if made_at < due:
        return f"was run before its time, at {made_at}"
    if entry.overlap == "skip" and _is_open(history, entry, run):
        return "was run, although the run before it had not ended"
    if absence is None or made_at <= absence.since + MARGIN:  # while it went
        return _late(history, due, made_at)
    if absence.until - due > entry.catch_up + MARGIN:
        return f"was made up at {made_at}, later than {entry.catch_up} after it"
    if any(due < one < absence.until - MARGIN for one in history.due(entry)):
        return "was made up, although a later one stands for it"
    return ""


def _missed(history: History, entry: Entry, due: datetime, run: sqlite3.Row) -> str:
    settled_at, absence = _time(run["at"]), history.absence(due, history.lag)
    if settled_at < due:
        return f"was called missed before its time, at {settled_at}"
    if any(due < one <= settled_at for one in history.due(entry)):
        return _late(history, due, settled_at)  # a later one stands for it, or is as late
    if absence is None:
        return "was missed while the server ran"
    if absence.until - due < entry.catch_up - MARGIN:
        return f"was missed, although the server was back within {entry.catch_up}"
    return ""


def _late(history: History, due: datetime, at: datetime) -> str:
    if at - due <= history.lag or history.absence(due, history.lag):
        return ""
    return f"was looked at only at {at}, although the server ran"


def _skipped(history: History, entry: Entry, due: datetime, run: sqlite3.Row) -> str:
    if entry.overlap != "skip":
        return "was skipped, although it was to wait for the run before it"
    if not _is_open(history, entry, run):
        return "was skipped, although the run before it had ended"
    return ""


def _is_open(history: History, entry: Entry, run: sqlite3.Row) -> bool:
    """Whether a task of the run before it had not ended then."""
    before = [
        one
        for one in history.runs[entry.name].values()
        if one["outcome"] == "fired" and one["id"] < run["id"]
    ]
    ends = [task["ended_at"] for task in history.tasks_of(before[-1])] if before else []
    return any(end is None or end >= run["at"] for end in ends)


def _refused(history: History, entry: Entry, due: datetime, run: sqlite3.Row) -> str:
    return f"was refused: {run['remark']}"


Judge = Callable[[History, Entry, datetime, sqlite3.Row], str]
OUTCOMES: dict[str, Judge] = {
    "fired": _fired, "missed": _missed, "skipped": _skipped, "refused": _refused,
}  # fmt: skip


def _each_run_has_its_tasks(history: History) -> Iterator[str]:
    asked = Counter[int]()
    for entry in history.entries:
        for due, run in history.runs[entry.name].items():
            wanted = entry.serials if run["outcome"] == "fired" else ()
            asked.update(json.loads(run["task_ids"]))
            made = sorted(task["serial"] for task in history.tasks_of(run))
            if made != sorted(wanted):
                yield f"{entry.name}, {due}: made tasks for {made}, not for {sorted(wanted)}"
    for task_id in history.tasks.keys() | asked.keys():
        if asked[task_id] != 1:
            yield f"task {task_id} belongs to {asked[task_id]} runs"


def _each_task_has_its_post(history: History) -> Iterator[str]:
    if history.posts[0]:
        yield f"{history.posts[0]} posts belong to no press"
    pressed = {row["task_id"]: _time(row["at"]) for row in history.rows(PRESSED)}
    for task in history.tasks.values():
        posts = history.posts[task["id"]]
        if task["status"] == COMPLETED and posts == 1:
            continue
        if (
            task["reason"] == "outcome_unknown"
            and posts <= 1
            and any(
                pressed[task["id"]] <= one.since <= _time(task["ended_at"])
                for one in history.absences
            )
        ):
            continue  # the server ended between press and proof
        yield (
            f"task {task['id']} on {task['serial']} is {task['status']} {task['reason'] or ''} "
            f"({task['remark']}) with {posts} posts"
        )


PRESSED = "SELECT task_id, MIN(intent_at) AS at FROM press GROUP BY task_id"


def _each_event_is_told(history: History) -> Iterator[str]:
    """At least once, the first time in order; and nothing is told that did not happen."""
    peer, told = Webhook(history.secret), history.told
    for headers, body in history.heard:
        message_id, event = headers["webhook-id"], json.loads(body)["data"]["id"]
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        if headers["webhook-signature"] != peer.sign(message_id, at, body.decode()):
            yield f"message {message_id} is not signed by the rack"
        if message_id.split("-")[1] != str(event):
            yield f"message {message_id} tells of event {event}"
    for earlier, later in pairwise(told):
        if later < earlier:
            yield f"event {later} was told after event {earlier}"
    for number, name in sorted(history.happened.items() - told.items()):
        yield f"event {number}, {name}, was never told"
    for number, name in sorted(told.items() - history.happened.items()):
        yield f"event {number}, {name}, was told and never happened"


def _each_run_is_an_event(history: History) -> Iterator[str]:
    runs = {(run["schedule_id"], EVENT[run["outcome"]], run["at"])
            for runs in history.runs.values() for run in runs.values()}  # fmt: skip
    events = {(row["schedule_id"], row["name"], row["at"])
              for row in history.rows(EVENTS) if row["name"] in EVENT.values()}  # fmt: skip
    for schedule_id, name, at in sorted(runs ^ events):
        yield f"schedule {schedule_id}: {name} at {_time(at)} is not both a run and an event"


EVENTS = """SELECT id, at, schedule_id,
CASE WHEN schedule_id IS NULL THEN 'task.' ELSE 'schedule.' END || change AS name FROM event"""
EVENT = {
    "fired": "schedule.fire", "missed": "schedule.miss", "skipped": "schedule.skip",
    "refused": "schedule.refuse",
}  # fmt: skip


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

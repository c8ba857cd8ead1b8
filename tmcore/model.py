"""The words of the project: what the library returns is what JSON shows and what the docs describe.

Every model is frozen and refuses unknown keys. Times are aware and in UTC.
"""

import re
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, computed_field

from tmcore.format import safe
from tmcore.reasons import Reason


class Model(BaseModel):
    """Frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from tmcore.faces import bundle  # noqa: PLC0415 - only a notebook asks for it

        return bundle(self)


class TaskStatus(IntEnum):
    """Where a task is; there is no fifth."""

    PENDING = 0
    RUNNING = 1
    COMPLETED = 2
    FAILED = 3


PENDING, RUNNING, COMPLETED, FAILED = TaskStatus

# A status moves only along a named change; an absent name *is* the illegal move.
TRANSITIONS: dict[TaskStatus, dict[str, TaskStatus]] = {
    PENDING: {"claim": RUNNING, "stop": FAILED, "miss": FAILED},
    RUNNING: {"complete": COMPLETED, "fail": FAILED, "stop": FAILED, "interrupt": PENDING},
    COMPLETED: {},
    FAILED: {"retry": PENDING, "prove": COMPLETED, "posted": COMPLETED, "not_posted": FAILED},
}


class Change(Model):
    """One move of one task: its name in TRANSITIONS, the reason, and a line for a person."""

    name: str
    reason: Reason | None = None
    remark: str = ""
    start_at: datetime | None = None  # retry: when the task is due again
    by_person: bool = False  # a person's retry does not count against max_retry_count

    @classmethod
    def complete(cls, remark: str, reason: Reason = Reason.CONFIRMED) -> Self:
        return cls(name="complete", reason=reason, remark=remark)

    @classmethod
    def fail(cls, reason: Reason, remark: str) -> Self:
        return cls(name="fail", reason=reason, remark=remark)

    @classmethod
    def stop(cls, remark: str = "stopped by a person") -> Self:
        return cls(name="stop", reason=Reason.STOPPED, remark=remark)

    @classmethod
    def interrupt(cls, remark: str) -> Self:
        return cls(name="interrupt", reason=Reason.INTERRUPTED, remark=remark)

    @classmethod
    def retry(cls, start_at: datetime, remark: str, *, by_person: bool) -> Self:
        return cls(
            name="retry",
            reason=Reason.RETRY,
            remark=remark,
            start_at=start_at,
            by_person=by_person,
        )

    @classmethod
    def miss(cls, remark: str) -> Self:
        return cls(name="miss", reason=Reason.MISSED, remark=remark)

    @classmethod
    def prove(cls, remark: str) -> Self:
        """An outcome that was unknown: evidence was found later."""
        return cls(name="prove", reason=Reason.CONFIRMED, remark=remark)

    @classmethod
    def posted(cls) -> Self:
        return cls(name="posted", reason=Reason.RESOLVED_POSTED, remark="a person saw the post")

    @classmethod
    def not_posted(cls) -> Self:
        return cls(
            name="not_posted", reason=Reason.NOT_POSTED, remark="a person saw that it is not posted"
        )


class Source(StrEnum):
    """Who created a task."""

    API = "api"
    UI = "ui"
    SCHEDULE = "schedule"


def _load(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", re.ASCII)


def _moment(value: Any) -> Any:
    """Only text is a time: pydantic would read a number as seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.fullmatch(value)):
        return value
    raise ValueError(f"{value!r:.60} is not a time such as 2026-01-31T14:05:00+01:00")


Moment = Annotated[datetime, BeforeValidator(_moment)]
Json = Annotated[dict[str, Any], BeforeValidator(_load)]
Serial = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]


class Task(Model):
    """One post (or other script) on one device."""

    id: int
    serial: str
    username: str | None = None
    script_name: str
    script_config: Json
    status: TaskStatus
    reason: Reason | None = None
    remark: str = ""
    source: Source = Source.API
    retry_count: int = 0
    start_at: datetime
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    step: str = ""
    progress: float = 0.0
    stop_requested: bool = False

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own idiom
    @property
    def status_text(self) -> str:
        return self.status.name.lower()

    def __repr__(self) -> str:
        why = f", {self.reason}" if self.reason else ""
        return safe(
            f"<Task {self.id} {self.script_name} on {self.serial}: {self.status_text}{why}>"
        )


class Step(Model):
    """One step of an attempt, with its times; ended_at is empty where the attempt was cut."""

    name: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""


class LogLine(Model):
    """One line that the script wrote."""

    at: datetime
    text: str


class PressOutcome(StrEnum):
    """What is known of a press. `open` and `unknown` forbid another one for good."""

    OPEN = "open"  # the intent is committed; nothing more is known
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    VOID = "void"  # proved on the phone: it did not happen and no longer can
    POSTED = "operator_posted"
    NOT_POSTED = "operator_not_posted"


class Attempt(Model):
    """One run of a task."""

    id: int
    kind: str = "post"  # or rehearse, match, recover (what a crash left), verify (a late look)
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""  # the change that ended it
    reason: Reason | None = None
    remark: str = ""
    press: PressOutcome | None = None
    looks: int = 0
    steps: tuple[Step, ...] = ()
    log: tuple[LogLine, ...] = ()
    evidence: tuple[str, ...] = ()


class TaskDetail(Task):
    """A task with its attempts, oldest first, and what was dealt to it."""

    caption: str = ""  # resolved at creation
    media: str | None = None
    more: tuple[str, ...] = ()  # the other files of a post of several
    sound: str = ""
    attempts: tuple[Attempt, ...] = ()


class Media(Model):
    """A file and its content's hash."""

    path: Path
    sha256: str


class NewTask(Model):
    """What a create request holds; see api.md. Checked further against devices, accounts, files."""

    model_config = ConfigDict(json_schema_extra={"required": ["script_name", "script_config"]})

    serials: tuple[str, ...] | None = Field(None, description="The phones; one task each.")
    usernames: tuple[str, ...] | None = Field(
        None, description="The accounts; one task each, on the phone where it is. Goes first."
    )
    script_name: str | None = Field(None, description="What to run, such as post.")
    script_config: dict[str, Any] | None = Field(None, description="What that script needs.")
    enable_multi_account: bool = Field(
        False, description="With serials: one task for each account of the phone."
    )
    min_interval: int = Field(0, description="The least minutes between two tasks of this request.")
    max_interval: int = Field(0, description="The most minutes between two tasks of this request.")
    start_time: str | None = Field(
        None, description="HH:MM in the server's zone: today if still ahead, else tomorrow."
    )
    start_at: Moment | None = Field(None, description="When, as a time with a zone (RFC 3339).")
    source: Source = Field(Source.API, description="Who asks; for whoever looks later.")


class CreatedTask(Model):
    """One task just created: where, for whom, when, and with which file."""

    id: int
    serial: str
    username: str | None
    start_at: datetime
    media: str | None
    more: tuple[str, ...] = ()  # the other files of a post of several


class Created(Model):
    """The answer to a create request."""

    task_ids: tuple[int, ...]
    created_count: int
    tasks: tuple[CreatedTask, ...]
    zone: str
    warnings: tuple[str, ...] = ()


class TaskQuery(Model):
    """Filters combine; newest first."""

    status: TaskStatus | None = Field(
        None, description="0 pending, 1 running, 2 completed, 3 failed."
    )
    serial: str | None = Field(None, description="Only tasks of this phone.")
    script_name: str | None = Field(None, description="Only tasks of this script.")
    source: Source | None = Field(None, description="Only tasks that came from there.")
    reason: Reason | None = Field(
        None, description="Only tasks that stand there for this reason, such as outcome_unknown."
    )
    page: int = Field(1, ge=1, le=2**31, description="Which page, from 1.")
    page_size: int = Field(20, ge=1, le=100, description="How many tasks a page has.")


class TaskPage(Model):
    """One page of tasks and how many there are in all."""

    tasks: tuple[Task, ...]
    total: int
    page: int
    page_size: int


class Stats(Model):
    """Counts that always add up; stopped and needs_review are inside failed."""

    total: int = 0
    pending: int = 0
    running: int = 0
    completed: int = 0
    failed: int = 0
    stopped: int = 0
    needs_review: int = 0


class Skipped(Model):
    """A task that retry-all left alone, and why."""

    task_id: int
    reason: str


class Retried(Model):
    """The answer to retry-all."""

    retried_count: int
    task_ids: tuple[int, ...]
    skipped: tuple[Skipped, ...] = ()


class Deleted(Model):
    """The answer to a delete."""

    deleted_count: int
    not_found: tuple[int, ...] = ()


class License(Model):
    """What the plan allows."""

    plan_name: str
    api_enabled: bool
    device_limit: int
    message: str


class Health(Model):
    """Whether the rack can work now: for each part why it cannot, empty where it can."""

    database: str = ""  # it takes a write
    scheduler: str = ""  # it looks for due tasks and schedules
    adb: str = ""  # its server answers

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own idiom
    @property
    def ready(self) -> bool:
        return not (self.database or self.scheduler or self.adb)


class TaskCount(Model):
    """How many tasks are there, and why."""

    status: TaskStatus
    reason: str
    n: int


class Vitals(Model):
    """What a monitor draws of a rack, besides its phones."""

    tasks: tuple[TaskCount, ...] = ()
    oldest_due_at: datetime | None = None  # of the tasks that wait for their phone

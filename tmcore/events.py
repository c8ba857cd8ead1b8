"""Events: what a reader is told when something changed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tmcore.devices import Device
from tmcore.model import Model, Task


class EventKind(StrEnum):
    """What an event is about."""

    TASK = "task"  # created, moved, deleted: durable, with an id
    LIVE = "live"  # step and progress of a running task: not durable, without an id
    DEVICE = "device"  # a phone's state or facts changed
    SCHEDULE = "schedule"  # saved, changed, fired, missed, …: durable, with an id
    LOG = "log"  # a script wrote a line, or a person acted on a phone by hand
    LOST = "lost"  # this reader was too slow or asks for what is gone: read everything anew


class Event(Model):
    """Something changed. Durable events have rising ids, from which a reader can resume."""

    id: int | None = None
    kind: EventKind
    at: datetime
    change: str = ""  # of a task: create, claim, complete, fail, …, delete
    task_id: int | None = None
    schedule_id: int | None = None
    serial: str | None = None
    task: Task | None = None  # as it is after the event; None when it was deleted
    device: Device | None = None
    text: str = ""  # of a log line


@dataclass(frozen=True, eq=False)
class Batch:
    """Events told together. Equal only to itself: what is made of it serves all its readers."""

    events: tuple[Event, ...] = ()

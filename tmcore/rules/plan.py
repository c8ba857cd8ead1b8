"""What starts now, and when to look again: the scheduler's whole judgement, without its hands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter


@dataclass(frozen=True, slots=True)
class Head:
    """The front of one idle device's queue: its due task, if any, and its earliest later start."""

    serial: str
    task_id: int | None = None
    due_at: datetime | None = None  # of that task
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The heads to start, in order; wake_at is None where only an event can change anything."""

    start: tuple[Head, ...]
    wake_at: datetime | None


def plan(heads: Sequence[Head], running: int, limit: int, now: datetime) -> Plan:
    """Start the longest due up to the limit; wake for the earliest task on a device left idle.

    A task left waiting by the limit needs no time of its own: one that finishes wakes the
    scheduler. So does a started device, when it finishes or when its claim fails.
    """
    due = _longest_due_first(heads, now)
    start = due[: max(0, limit - running)]
    started = {head.serial for head in start}
    later = (_later(head, now) for head in heads if head.serial not in started)
    return Plan(start, wake_at=min((at for at in later if at is not None), default=None))


def _longest_due_first(heads: Sequence[Head], now: datetime) -> tuple[Head, ...]:
    due = (
        (head.due_at, head.task_id, head)
        for head in heads
        if head.task_id is not None and head.due_at is not None and head.due_at <= now
    )
    return tuple(head for _, _, head in sorted(due, key=itemgetter(0, 1)))


def _later(head: Head, now: datetime) -> datetime | None:
    """When something becomes due there; its head, if it was read before the clock went back."""
    ahead = head.due_at if head.due_at is not None and head.due_at > now else None
    return min((at for at in (ahead, head.next_at) if at is not None), default=None)

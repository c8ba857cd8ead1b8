"""What waits for a person: one answer for every list, in every face."""

from collections.abc import Iterable
from functools import singledispatch
from typing import TypeVar

from tmcore.accounts import Account
from tmcore.devices import Device
from tmcore.model import Task, TaskStatus
from tmcore.reasons import Reason

Row = TypeVar("Row")


@singledispatch
def need(row: object) -> str:
    """Say what a person must do about a row; "" where nobody waits for one.

    A new kind of row registers its own answer beside its model.
    """
    del row
    return ""


@need.register
def _(row: Task) -> str:
    unknown = row.status is TaskStatus.FAILED and row.reason is Reason.OUTCOME_UNKNOWN
    return "look whether the post is there, and say so" if unknown else ""


@need.register
def _(row: Account) -> str:
    return f"held ({row.held}): look at it on its phone, then release it" if row.held else ""


@need.register
def _(row: Device) -> str:
    return "quarantined: see to it, then release it" if row.quarantined is not None else ""


def needing_first(rows: Iterable[Row]) -> list[Row]:
    """Put those that need a person first; otherwise the order stays as it is."""
    return sorted(rows, key=lambda row: not need(row))

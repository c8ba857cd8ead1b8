"""What waits for a person is one answer, and leads every list that a notebook or `tm` shows."""

from typing import Any

import pytest

from tests.tui.console.racks import PHONES, failed, task
from tests.tui.console.test_accounts import HELD, an_account
from tests.tui.console.test_schedules import REFUSED, a_schedule
from tmcore.devices import DeviceState
from tmcore.faces import Accounts, Devices, bundle
from tmcore.model import TaskPage
from tmcore.needs import need, needing_first
from tmcore.reasons import Reason
from tmcore.schedules import RunOutcome, Schedules
from tmtui import tables

QUARANTINED = PHONES[1].model_copy(
    update={"state": DeviceState.QUARANTINED, "quarantined": "it stayed offline"}
)
UNKNOWN = failed(2, Reason.OUTCOME_UNKNOWN)
MISSED = REFUSED.model_copy(update={"outcome": RunOutcome.MISSED})
SKIPPED = REFUSED.model_copy(update={"outcome": RunOutcome.SKIPPED})


@pytest.mark.parametrize(
    ("row", "waits"),
    [
        (UNKNOWN, True),
        (failed(2, Reason.TIMEOUT), False),
        (failed(2, Reason.STOPPED), False),
        (task(1), False),
        (an_account(1, "ann", **HELD), True),
        (an_account(1, "ann", enabled=False), False),
        (QUARANTINED, True),
        (PHONES[0].model_copy(update={"state": DeviceState.OFFLINE}), False),
        (a_schedule(1, "morning", MISSED), True),
        (a_schedule(1, "morning", REFUSED), True),
        (a_schedule(1, "morning", SKIPPED), False),
        (a_schedule(1, "morning", MISSED).model_copy(update={"paused": True}), False),
        ("anything else", False),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_waits_for_a_person(row: object, waits: bool) -> None:
    """Unknown outcomes, held accounts, quarantined phones, schedules that made nothing."""
    assert bool(need(row)) is waits


def test_the_rest_stays_in_its_order() -> None:
    """Those that wait come first, in the order they had among themselves."""
    rows = [task(5), failed(4, Reason.OUTCOME_UNKNOWN), task(3), UNKNOWN, task(1)]

    assert [one.id for one in needing_first(rows)] == [4, 2, 5, 3, 1]


LISTS: list[tuple[Any, str]] = [
    (Devices([PHONES[0], QUARANTINED]), QUARANTINED.serial),
    (Accounts([an_account(1, "ann"), an_account(2, "bob", **HELD)]), "bob"),
    (TaskPage(tasks=(task(3, "LATE"), UNKNOWN), total=2, page=1, page_size=20), UNKNOWN.serial),
    (Schedules([a_schedule(1, "morning"), a_schedule(2, "evening", MISSED)]), "evening"),
]


@pytest.mark.parametrize(
    ("found", "first"), LISTS, ids=["devices", "accounts", "tasks", "calendar"]
)
def test_it_leads_every_list_of_a_notebook(found: Any, first: str) -> None:
    """Below the title and the names of the columns."""
    assert first in bundle(found)["text/plain"].splitlines()[2]


def test_it_leads_the_lists_of_the_command() -> None:
    """tm devices, tm account list, tm tasks."""
    devices, accounts, page = (found for found, _ in LISTS[:3])

    grids = tables.devices(devices), tables.accounts(accounts), tables.tasks(page.tasks)
    firsts = [[cell.text for cell in grid.rows[0]] for grid in grids]

    assert [first in cells for (_, first), cells in zip(LISTS, firsts, strict=False)] == [True] * 3

"""The accounts as a person sees them: who waits, why, and what lets them go on."""

from pathlib import Path
from typing import Any

import pytest

from tests.serve.fake import NOW
from tests.tui.console.pilots import Where, opened
from tests.tui.console.racks import Rack, task
from tmcore.accounts import Account
from tmcore.reasons import Reason


def an_account(number: int, username: str, **more: Any) -> Account:
    plain = Account(id=number, app="tiktok", username=username, serial="R58M1", created_at=NOW)
    return plain.model_copy(update=more)


HELD = {"held": Reason.SECURITY_CHECK, "held_why": "task 7: the app says: Verify you are human",
        "held_since": NOW}  # fmt: skip


@pytest.fixture(params=["near", "far"])
def where(request: pytest.FixtureRequest) -> Where:
    found: Where = request.param
    return found


@pytest.fixture
def rack() -> Rack:
    rack = Rack(tasks=[task(1, username="ann")])
    rack.bound = {1: an_account(1, "ann", **HELD), 2: an_account(2, "bob")}
    return rack


async def test_a_held_account_is_released(rack: Rack, where: Where, tmp_path: Path) -> None:
    """The row says what holds it, the detail why; U lets it go on."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("5")
        await person.sees("@ann", "? security_check", "@bob", "2 of 2")
        await person.press("enter")
        await person.sees("Verify you are human", "1 waiting")
        await person.press("escape", "U")
        await person.sees("release: 1 done")
        await person.until(lambda: "security_check" not in person.text, "released")

    assert rack.bound[1].held is None


async def test_accounts_are_disabled_and_enabled(rack: Rack, where: Where, tmp_path: Path) -> None:
    """b and B; what cannot be done says why."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("5", "a", "b")
        await person.sees("disable: 2 done", "■ disabled")
        await person.press("b")
        await person.sees("it is disabled (B enables it)")
        await person.press("B")
        await person.sees("enable: 2 done")

    assert [account.enabled for account in rack.bound.values()] == [True, True]


async def test_only_those_that_wait_are_faults(rack: Rack, tmp_path: Path) -> None:
    """! keeps the held one."""
    async with opened(rack, tmp_path) as person:
        await person.press("5", "exclamation_mark")
        await person.sees("1 of 2", "@ann")


async def test_without_accounts_it_says_how_to_get_them(tmp_path: Path) -> None:
    """An empty list names the next step."""
    async with opened(Rack(), tmp_path) as person:
        await person.press("5")
        await person.sees("m reads those of a phone")


async def test_a_phones_accounts_are_asked_for(rack: Rack, tmp_path: Path) -> None:
    """m queues a task that reads them."""
    async with opened(rack, tmp_path) as person:
        await person.press("1", "m")
        await person.sees("match: 1 done")

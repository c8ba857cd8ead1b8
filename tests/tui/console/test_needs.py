"""What waits for a person: first in its list, counted in the header, one key away."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.serve.fake import NOW
from tests.tui.console.pilots import Where, opened
from tests.tui.console.racks import PHONES, Rack, failed, task
from tests.tui.console.test_accounts import HELD, an_account
from tests.tui.console.test_schedules import REFUSED, a_schedule
from tmcore.devices import Device, DeviceState, Rung, Tried
from tmcore.reasons import Reason

TRIED = (
    Tried(rung=Rung.PROBE, count=3, last_at=NOW, said="no echo"),
    Tried(rung=Rung.RECONNECT, count=2, last_at=NOW + timedelta(minutes=1), said="still offline"),
)
STUCK = Device(
    serial="R58M2", state=DeviceState.QUARANTINED, quarantined="it stayed offline",
    quarantined_at=NOW, why="it stayed offline", recovery=TRIED,
)  # fmt: skip


@pytest.fixture(params=["near", "far"])
def where(request: pytest.FixtureRequest) -> Where:
    found: Where = request.param
    return found


@pytest.fixture
def rack() -> Rack:
    tasks = [failed(1, Reason.OUTCOME_UNKNOWN, username="ann"), task(2), task(3)]
    rack = Rack([PHONES[0], STUCK], tasks)
    rack.bound = {1: an_account(1, "ann"), 2: an_account(2, "bob", serial="R58M2", **HELD)}
    rack.schedules.rows = {1: a_schedule(1, "morning"), 2: a_schedule(2, "evening", REFUSED)}
    return rack


async def test_it_leads_whatever_the_list_is_sorted_by(
    rack: Rack, where: Where, tmp_path: Path
) -> None:
    """The rest keeps the order that was asked for, also reversed; so in each list."""
    async with opened(rack, tmp_path, where=where) as person:
        for pane, first in (("1", "R58M2"), ("2", 1), ("5", 2), ("6", 2)):
            await person.press(pane)
            view = person.console.table().view
            for column in view.columns:
                for _ in range(2):
                    view.sort_by(column.id)
                    assert view.keys[0] == first, (pane, column.id)
        await person.press("2")
        person.console.table().view.sort_by("status")
        person.console.table().view.sort_by("id")
        assert person.console.table().view.keys == [1, 2, 3]


async def test_a_row_comes_to_the_front_and_goes_back(rack: Rack, tmp_path: Path) -> None:
    """When its outcome becomes unknown, and when somebody has settled it."""
    async with opened(rack, tmp_path) as person:
        await person.press("2")
        view = person.console.table().view
        await person.until(lambda: view.keys == [1, 3, 2], "newest first below")
        rack.put(failed(2, Reason.OUTCOME_UNKNOWN))
        await person.until(lambda: view.keys == [2, 1, 3], "both lead")
        await person.sees("needs you 5")
        rack.put(failed(1, Reason.NOT_POSTED))
        await person.until(lambda: view.keys == [2, 3, 1], "settled")
        await person.sees("needs you 4")


async def test_a_key_goes_round_through_all_of_it(rack: Rack, where: Where, tmp_path: Path) -> None:
    """From list to list, also to a row that a filter hides; it says what there is to do."""
    async with opened(rack, tmp_path, (140, 30), where=where) as person:
        await person.sees("needs you 4", "N needs you")
        await person.press("1", "slash", *"R58M1", "enter")
        for words in (
            "1 of 4: look whether the post is there",
            "2 of 4: held (security_check)",
            "3 of 4: quarantined",
            "4 of 4: refused",
            "1 of 4: look",
        ):
            await person.press("N")
            await person.sees(words)
        assert (person.console.pane, person.console.table().view.cursor) == ("tasks", 1)


async def test_without_anything_the_key_says_so(tmp_path: Path) -> None:
    """And the footer does not name it."""
    async with opened(Rack(), tmp_path) as person:
        assert "N needs you" not in person.text
        await person.press("N")
        await person.sees("needs you: nothing waits for you")


async def test_a_quarantined_phone_shows_what_was_tried_and_is_released(
    rack: Rack, where: Where, tmp_path: Path
) -> None:
    """Rung by rung with how often, when and what came of it; F lets it work again."""
    async with opened(rack, tmp_path, (140, 40), where=where) as person:
        person.console.table().move_to(0)
        await person.sees(
            "? quarantined", "it stayed offline", "see to it, then F", "What was tried", "probe",
            "3 times", "no echo", "reconnect", "2 times", "still offline",
        )  # fmt: skip
        await person.press("F")
        await person.sees("release: 1 done", "needs you 3")
        await person.press("F")
        await person.sees("release: it is not quarantined")

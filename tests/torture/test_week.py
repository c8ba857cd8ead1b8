"""Two days of the week of `make torture`, and what its judge says of a forged record of them."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.torture.almanac import due_times
from tests.torture.history import COMPLETED, History, counted, wrong
from tests.torture.preload import COMPILER
from tests.torture.seeds import SEED
from tests.torture.table import show_week
from tests.torture.week import Week

SHORT = Week(days=2, phones=9, rate=12_000, brief=True)
Forge = Callable[[History], History]


def sql(harm: str) -> Forge:
    """Change the database."""

    def forge(history: History) -> History:
        forged = history.database.with_name("forged.db")
        with (
            closing(sqlite3.connect(history.database)) as db,
            closing(sqlite3.connect(forged)) as to,
        ):
            db.backup(to)
            assert to.execute(harm).rowcount == 1, f"changes nothing: {harm}"
            to.commit()
        return replace(history, database=forged)

    return forge


def phone(harm: Callable[[list[dict[str, Any]], dict[str, Any]], object]) -> Forge:
    """Change the posts of a phone, of which one is beyond doubt."""

    def forge(history: History) -> History:
        sure = {
            task["media_sha256"] for task in history.tasks.values() if task["status"] == COMPLETED
        }
        truths = deepcopy(dict(history.truths))
        posts, post = next(
            (truth["posts"], post)
            for truth in truths.values()
            for post in truth["posts"]
            if post["sha256"] in sure
        )
        harm(posts, post)
        return replace(history, truths=truths)

    return forge


def told(harm: Callable[[list[tuple[Mapping[str, str], bytes]]], object]) -> Forge:
    """Change what the receiver was told."""

    def forge(history: History) -> History:
        once = {headers["webhook-id"]: (headers, body) for headers, body in history.heard}
        heard = list(once.values())
        harm(heard)
        return replace(history, heard=heard)

    return forge


def the_last(outcome: str, *, of: str = "") -> str:
    return (
        "(SELECT MAX(r.id) FROM schedule_run r JOIN schedule s ON s.id = schedule_id "
        f"WHERE outcome = '{outcome}' AND name LIKE '%{of}')"
    )


FORGERIES: dict[str, tuple[Forge, str]] = {
    "a run is not recorded": (
        sql(f"DELETE FROM schedule_run WHERE id = {the_last('fired')}"), "nothing is recorded of",
    ),
    "a miss is not recorded": (
        sql(f"DELETE FROM schedule_run WHERE id = {the_last('missed', of='lapsing')}"),
        "nothing is recorded of",
    ),
    "a time is made up": (
        sql(f"UPDATE schedule_run SET due_at = due_at + 60000 WHERE id = {the_last('fired')}"),
        "which is no time of",
    ),
    "a run comes too late": (
        sql("UPDATE schedule_run SET outcome = 'fired' "
            f"WHERE id = {the_last('missed', of='lapsing')}"),
        "later than 4:00:00 after it",
    ),
    "what was made up is called missed": (
        sql("UPDATE schedule_run SET outcome = 'missed' "
            f"WHERE id = {the_last('fired', of='fixed')}"),
        "was missed",
    ),
    "a run is skipped for nothing": (
        sql("UPDATE schedule_run SET outcome = 'skipped' "
            f"WHERE id = {the_last('missed', of='lapsing')}"),
        "was skipped, although",
    ),
    "a run makes no task": (
        sql(f"UPDATE schedule_run SET task_ids = '[]' WHERE id = {the_last('fired')}"),
        "belongs to 0 runs",
    ),
    "a post is doubled": (phone(lambda posts, post: posts.append(post)), "with 2 posts"),
    "a post is missing": (phone(lambda posts, post: posts.remove(post)), "with 0 posts"),
    "a post is nobody's": (
        phone(lambda posts, post: posts.append(post | {"sha256": "ab"})), "belong to no press",
    ),
    "an event is not told": (told(lambda heard: heard.pop()), "was never told"),
    "events are told in another order": (told(lambda heard: heard.reverse()), "was told after"),
    "a message is another's": (
        told(lambda heard: heard.append((heard[-1][0], heard[-1][1] + b" "))), "is not signed",
    ),
}  # fmt: skip


@pytest.mark.skipif(
    COMPILER is None, reason="NO WEEK WAS LIVED: there is no gcc or cc on this machine"
)
@pytest.mark.timeout(240)
def test_two_days_hold_what_is_promised_and_a_forged_record_of_them_is_found(
    tmp_path: Path,
) -> None:
    """Each due time is dealt with once, through a stop, a kill and a change of the clock."""
    history = asyncio.run(SHORT.run(tmp_path / "week", SEED))

    counts = counted(history)
    show_week(history, counts)
    assert wrong(history) == [], f"TM_SEED={SEED}"
    assert len(history.absences) == 2
    for outcome, name in (("fired", "fixed"), ("missed", "lapsing")):
        assert sum(count.outcomes[outcome] for of, count in counts.items() if name in of) > 0
    assert sum(count.made_up for count in counts.values()) > 0
    missed = {name for name, (forge, said) in FORGERIES.items()
              if not any(said in one for one in wrong(forge(history)))}  # fmt: skip
    assert missed == set()


SPRING = datetime(2027, 3, 28, tzinfo=UTC)  # at one Berlin's clock goes from two to three
AUTUMN = datetime(2027, 4, 3, 12, tzinfo=UTC)  # at two Auckland's goes back by 1 h; at three
# Lord Howe's from two by half an hour


@pytest.mark.parametrize(
    ("cron", "zone", "first", "clocks"),
    [
        ("30 2 * * *", "Europe/Berlin", SPRING, "01:00"),
        ("0 */2 * * *", "Europe/Berlin", SPRING, "02:00 04:00"),
        ("30 2 * * *", "Pacific/Auckland", AUTUMN, "13:30"),
        ("0 */2 * * *", "Pacific/Auckland", AUTUMN, "13:00 14:00 16:00"),
        ("45 1 * * *", "Australia/Lord_Howe", AUTUMN, "14:45"),
        ("45 * * * 0", "Australia/Lord_Howe", AUTUMN, "13:45 14:45 15:15"),
    ],
)
def test_the_almanac_knows_what_a_change_of_the_clock_does(
    cron: str, zone: str, first: datetime, clocks: str
) -> None:
    """A fixed time comes once, a beat as often as the clock shows it; worked out by hand."""
    due = due_times(cron, zone, first, first + timedelta(hours=4))

    assert [f"{at:%H:%M}" for at in due] == clocks.split()

"""The checker itself: each promise, broken on purpose, is named."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.promises.checker import broken
from tests.store.conftest import a_draft
from tmcore.model import Change, PressOutcome
from tmcore.reasons import Reason
from tmcore.store.attempts import Intent
from tmcore.store.store import Store

TRUTH = {"presses": 1, "posts": [{"account": "ann", "sha256": "ab"}]}


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """One task that was posted, one that failed, one that waits."""
    path = tmp_path / "rack.db"
    store = await Store.open(path)
    posted, failed, _ = await store.insert([a_draft(), a_draft(), a_draft()])
    [claimed] = await store.claim([posted])
    await store.intend(claimed, Intent("tiktok", "ann", "ab"))
    await store.set_press(posted, 1, PressOutcome.CONFIRMED)
    await store.apply(posted, Change.complete("seen"), attempt_id=claimed.attempt_id)
    [claimed] = await store.claim([failed])
    gone = Change.fail(Reason.DEVICE_LOST, "gone")
    await store.apply(failed, gone, attempt_id=claimed.attempt_id)
    await store.close()
    return path


@pytest.fixture
def serial() -> str:
    return a_draft().serial


def test_nothing_is_said_where_all_holds(database: Path, serial: str) -> None:
    """A post that the phone knows of, a failure without a press, a task that waits."""
    assert broken(database, {serial: TRUTH}) == []


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("DELETE FROM task WHERE id = 3", "no longer there"),
        ("DELETE FROM event WHERE task_id = 3", "has no event"),
        ("UPDATE attempt SET ended_at = ended_at + 10000 WHERE id = 1", "overlap"),
        ("UPDATE event SET new = 2 WHERE change = 'claim' AND task_id = 2", "no legal move"),
        ("UPDATE press SET task_id = 3, gen = 2", "completed with 0 proved presses"),
        ("UPDATE press SET task_id = 2, outcome = 'open'", "failed with a press that is open"),
        ("UPDATE task SET reason = 'outcome_unknown' WHERE id = 2", "nothing was intended"),
        ("UPDATE task_count SET n = n + 1 WHERE status = 0", "counted 1 too many"),
        (
            (
                "INSERT INTO press (task_id, gen, attempt_id, serial, app, account, media_sha256, "
                "intent_at, outcome) SELECT task_id, 2, attempt_id, serial, app, account, "
                "media_sha256, intent_at, 'void' FROM press"
            ),
            "pressed again after generation 1",
        ),
    ],
)
def test_a_broken_promise_is_named(database: Path, serial: str, harm: str, said: str) -> None:
    """One change by hand, past everything that would have refused it."""
    with closing(sqlite3.connect(database)) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            if not said.startswith("nothing was") and "count" not in trigger:
                db.execute(f"DROP TRIGGER {trigger}")
        db.execute(harm)
        db.commit()

    assert any(said in sentence for sentence in broken(database, {serial: TRUTH}))


@pytest.mark.parametrize(
    ("truth", "said"),
    [
        ({"presses": 2, "posts": []}, "pressed 2 times, 1 are known"),
        ({"presses": 0, "posts": []}, "1 are called confirmed"),
        ({"presses": 1, "posts": TRUTH["posts"] * 2}, "published one file 2 times"),  # type: ignore[operator]
    ],
)
def test_the_phone_has_the_last_word(
    database: Path, serial: str, truth: dict[str, Any], said: str
) -> None:
    """What it did and what is known of it have to agree."""
    assert any(said in sentence for sentence in broken(database, {serial: truth}))

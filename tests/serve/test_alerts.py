"""Alerts, sent by apprise to a real receiver: what needs a person, gathered, and the digest."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import no_adb, seed
from tests.serve.fake import NOW
from tests.serve.receiver import Receiver
from tmcore.devices import Device, DeviceState
from tmcore.errors import BadInput
from tmcore.events import Event, EventKind
from tmcore.model import COMPLETED, FAILED, PENDING, RUNNING, Stats, Task, TaskCount, TaskStatus
from tmcore.rack import Rack
from tmcore.reasons import Reason
from tmcore.settings import Settings
from tmserve.alerts import alerts, digest, next_digest, sender, task_line

QUICK_S = 0.05


def a_task(reason: Reason | None, status: TaskStatus = FAILED, number: int = 7) -> Task:
    return Task(
        id=number, serial="R58M1", username="ann", script_name="post", script_config={},
        status=status, reason=reason, start_at=NOW, created_at=NOW,
    )  # fmt: skip


def failed(reason: Reason, number: int = 7) -> Event:
    task = a_task(reason, number=number)
    return Event(id=number, kind=EventKind.TASK, at=NOW, change="fail", task_id=number, task=task)


def phone_is(state: DeviceState) -> Event:
    device = Device(serial="R58M1", state=state, why="it answers nothing", label="Desk 3")
    return Event(kind=EventKind.DEVICE, at=NOW, serial="R58M1", device=device)


class Told:
    """A rack in which just these things happen."""

    def __init__(self, *events: Event) -> None:
        self._events = events

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        for event in self._events:
            yield event
        await asyncio.Event().wait()

    async def settings(self) -> Settings:
        return Settings(time_zone="UTC")

    async def stats(self) -> Stats:
        return Stats()

    async def devices(self) -> list[Device]:
        return []

    async def ended_since(self, since: datetime) -> tuple[TaskCount, ...]:
        return ()


async def heard(tmp_path: Path, *events: Event) -> list[dict[str, Any]]:
    """Let these things happen, and return what arrived."""
    receiver = Receiver()
    async with receiver.open() as url:
        file = tmp_path / "notify.yml"
        file.write_text(f"urls:\n  - {url.replace('http', 'json')}\n")
        async with alerts(Told(*events), sender(file), QUICK_S):
            await receiver.has(1)
            await asyncio.sleep(4 * QUICK_S)
    return receiver.bodies


async def test_what_happens_together_is_one_message(tmp_path: Path) -> None:
    """Fifty phones that fail together do not ring fifty times; what needs nobody is not told."""
    many = [failed(Reason.OUTCOME_UNKNOWN, number) for number in range(1, 51)]

    [message] = await heard(tmp_path, failed(Reason.TIMEOUT), *many)

    assert message["title"] == "Rack: needs you"
    assert "task 1 on R58M1 @ann: outcome_unknown" in message["message"]
    assert "tm resolve 1 " in message["message"]
    assert "and 30 more" in message["message"]
    assert "timeout" not in message["message"]


async def test_a_quarantine_is_told_once(tmp_path: Path) -> None:
    """Facts that change while a phone is quarantined ring nobody; a second quarantine does."""
    out, back = phone_is(DeviceState.QUARANTINED), phone_is(DeviceState.READY)

    [message] = await heard(tmp_path, out, out, back, out)

    assert message["message"].count("Desk 3 is quarantined: it answers nothing") == 2


@pytest.mark.parametrize("text", ["", "urls: []", "urls:\n  - nothing-known://x", "{"])
def test_a_file_that_names_nobody_is_refused(tmp_path: Path, text: str) -> None:
    """An alert that goes nowhere would be missed when it matters; it is told of at the start."""
    file = tmp_path / "notify.yml"
    file.write_text(text)
    with pytest.raises(BadInput, match=r"notify\.yml"):
        sender(file)


@pytest.mark.parametrize(
    ("task", "change", "said"),
    [
        (a_task(Reason.SECURITY_CHECK), "fail", "a person must answer"),
        (a_task(Reason.MISSED), "miss", "missed"),
        (a_task(Reason.DEVICE_LOST), "fail", ""),
        (a_task(Reason.CONFIRMED, COMPLETED), "complete", ""),
        (a_task(None, RUNNING), "claim", ""),
        (a_task(Reason.RETRY, PENDING), "retry", ""),
    ],
)
def test_only_what_a_person_must_see_to(task: Task, change: str, said: str) -> None:
    """Walls, unknown outcomes, missed times; what a retry mends waits for the digest."""
    line = task_line(task, change)

    assert (said in line) if said else (line == "")


def test_the_digest_says_what_was_posted_and_what_waits() -> None:
    """A few lines: ends by reason, what needs a person, and the phones that are not ready."""
    counts = (
        TaskCount(status=COMPLETED, reason="confirmed", n=190),
        TaskCount(status=FAILED, reason="device_lost", n=2),
        TaskCount(status=FAILED, reason="outcome_unknown", n=5),
    )
    phones = [
        Device(serial="A", state=DeviceState.READY),
        Device(serial="B", state=DeviceState.OFFLINE, label="Desk 9"),
    ]

    assert digest(counts, Stats(pending=12, needs_review=5), phones).splitlines() == [
        "190 completed, 7 failed",
        "  5 outcome_unknown",
        "  2 device_lost",
        "12 wait, 5 need you",
        "1 of 2 phones are not ready: Desk 9",
    ]


def test_the_digest_comes_once_a_day() -> None:
    """At its time in the operator's zone, also over a change of the clock; never twice a minute."""
    settings = Settings(digest_at="08:00", time_zone="Europe/Berlin")
    now = datetime(2026, 10, 24, 5, 0, tzinfo=UTC)
    times = []
    for _ in range(3):
        due = next_digest(settings, now)
        assert due is not None
        times.append(due)
        now = due + timedelta(seconds=20)

    assert [f"{at:%d %H:%M}" for at in times] == ["24 06:00", "25 07:00", "26 07:00"]
    assert next_digest(Settings(), now) is None


async def test_ends_of_the_last_day_are_counted(tmp_path: Path, video: Path) -> None:
    """By status and reason, from the events: a task deleted since has ended all the same."""
    await seed(tmp_path / "rack.db", video)
    async with Rack(tmp_path / "rack.db", adb=no_adb()) as rack:
        await rack.delete([1])
        [count] = await rack.ended_since(datetime.now(UTC) - timedelta(hours=1))

    assert (count.status, count.reason, count.n) == (FAILED, Reason.OUTCOME_UNKNOWN, 1)

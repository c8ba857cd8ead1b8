"""What is old goes in small batches, and never what a person still has to look at."""

import dataclasses
import os
import time
from datetime import timedelta
from pathlib import Path

import orjson

from tests.store.conftest import FakeClock, a_draft
from tmcore.engine.evidence import EvidenceFolder
from tmcore.engine.housekeeping import EVERY_S, Housekeeper
from tmcore.materials import Material
from tmcore.media.inbox import Inbox
from tmcore.model import Change, TaskQuery
from tmcore.reasons import Reason
from tmcore.settings import Settings
from tmcore.store.attempts import Intent
from tmcore.store.retention import BATCH
from tmcore.store.store import Store, utc_now


class House:
    """A store whose clock is set by hand, its evidence, and who keeps it tidy."""

    def __init__(self, store: Store, clock: FakeClock, folder: Path) -> None:
        self.store, self.clock, self.folder = store, clock, folder
        self.evidence = EvidenceFolder(folder)
        self.inbox = Inbox(folder.with_name("uploads"))

    async def tidy(self, **days: int) -> None:
        settings = Settings.model_validate(days)
        await Housekeeper(
            self.store, self.evidence, self.inbox, lambda: settings, self.clock
        ).tidy()

    async def ended(self, count: int = 1, reason: Reason = Reason.STOPPED) -> list[int]:
        """Create tasks that end at once, each with a picture."""
        task_ids = await self.store.insert([a_draft(f"R{n}") for n in range(count)])
        for claimed in await self.store.claim(task_ids):
            name = await self.evidence.keep(claimed.task_id, claimed.attempt_id, "end.png", b"png")
            await self.store.keep_evidence(claimed.attempt_id, name)
            if reason is Reason.OUTCOME_UNKNOWN:
                await self.store.intend(claimed, Intent("tiktok", "ann", "ab" * 32))
            await self.store.apply(claimed.task_id, Change.fail(reason, ""))
        for folder in self.folder.iterdir():
            os.utime(folder, times=(self.clock().timestamp(),) * 2)
        return task_ids

    async def left(self) -> list[int]:
        return [task.id for task in (await self.store.page(TaskQuery(page_size=100))).tasks]

    def sent(self, name: str) -> Path:
        """Keep a file as one that was sent long ago."""
        file = self.inbox.folder / name
        file.write_bytes(b"video")
        os.utime(file, times=(time.time() - EVERY_S - 60,) * 2)
        return file

    def pictures(self) -> set[int]:
        return {int(folder.name) for folder in self.folder.iterdir()}


def a_material(path: Path) -> Material:
    return Material(
        id=0,
        path=str(path),
        kind="video",
        sha256="cd" * 32,
        size_bytes=5,
        width=1,
        height=1,
        added_at=utc_now(),
    )


def a_house(store: Store, clock: FakeClock, tmp_path: Path) -> House:
    return House(store, clock, tmp_path / "evidence")


async def test_old_tasks_go_in_more_than_one_batch_with_their_files(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    """Everything older is gone, what is younger stays, and the counts still add up."""
    house = a_house(store, clock, tmp_path)
    await house.ended(BATCH + 5)
    clock.now += timedelta(days=3)
    young = await house.ended()
    clock.now += timedelta(days=1)

    await house.tidy(keep_tasks_days=2)

    assert await house.left() == young
    assert house.pictures() == set(young)
    assert (await store.stats()).total == 1


async def test_nothing_goes_by_itself(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    """As shipped, a task stays for ever; its pictures go after a month and leave no dead names."""
    house = a_house(store, clock, tmp_path)
    kept = await house.ended()
    clock.now += timedelta(days=31)

    await house.tidy()

    assert await house.left() == kept
    assert house.pictures() == set()
    [attempt] = (await store.detail(kept[0])).attempts
    assert attempt.evidence == ()


async def test_what_a_person_has_to_decide_keeps_its_evidence(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    """An unknown outcome outlives every limit, together with the pictures of it."""
    house = a_house(store, clock, tmp_path)
    unknown = await house.ended(reason=Reason.OUTCOME_UNKNOWN)
    clock.now += timedelta(days=900)

    await house.tidy(keep_tasks_days=1, keep_evidence_days=1, keep_history_days=1)

    assert await house.left() == unknown
    assert house.pictures() == set(unknown)


async def test_old_events_go_and_new_ones_stay(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    """A reader who comes late reads on at the first event that is still there."""
    house = a_house(store, clock, tmp_path)
    await house.ended(BATCH)
    clock.now += timedelta(days=2)
    newest = store.last_event
    await house.ended()

    await house.tidy(keep_history_days=1)

    assert [event.id for event in await store.events(0, 1000)] == [newest + n for n in (1, 2, 3)]


async def test_a_file_that_was_sent_goes_when_nobody_needs_it(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    """The library, a task that may run or run again, and a file still being added each keep one."""
    house = a_house(store, clock, tmp_path)
    house.folder.mkdir()
    house.inbox.folder.mkdir()
    listed, waiting, failed, posted, young, unused = (house.sent(name) for name in "abcdef")
    os.utime(young)
    await store.materials.add(a_material(listed))
    config = orjson.dumps({"material_list": [str(waiting)]}).decode()
    await store.insert([dataclasses.replace(a_draft("R1"), script_config=config)])
    for path, end in ((failed, Change.fail(Reason.STOPPED, "")), (posted, Change.complete(""))):
        [task] = await store.insert([dataclasses.replace(a_draft(path.name), media=path)])
        [claimed] = await store.claim([task])
        if end.name == "complete":
            await store.intend(claimed, Intent("tiktok", "ann", "ab" * 32))
        await store.apply(task, end)

    await house.tidy()

    assert [path.exists() for path in (listed, waiting, failed, young)] == [True] * 4
    assert not posted.exists()
    assert not unused.exists()

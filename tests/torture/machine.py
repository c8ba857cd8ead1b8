"""A rack against a model of it: whatever is asked in whatever order, and killed in between."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.promises.checker import broken
from tests.store.conftest import FakeClock
from tests.torture.paper import Obedient, Phone, opened
from tmcore import NewTask, Reason, TaskStatus
from tmcore.errors import BadInput, NotFound
from tmcore.media.sample import make_video
from tmcore.scripts import SCRIPTS

T = TypeVar("T")
PENDING, RUNNING, COMPLETED, FAILED = TaskStatus
CALM_S = 20.0  # on a machine with other things to do
LAST_HOUR = 13  # the clock begins at nine, and HH:MM means today
places, booleans = st.integers(0, 7), st.booleans()


@dataclass(frozen=True)
class Expected:
    """What the model knows of a task; `at` is where its attempt waits."""

    phone: int
    status: TaskStatus = PENDING
    at: str = ""
    unknown: bool = False
    due_h: int = 0

    def ended(self, status: TaskStatus, *, unknown: bool = False) -> "Expected":
        return replace(self, status=status, at="", unknown=unknown)


class Machine(RuleBasedStateMachine):
    """Two phones, a handful of tasks; the model is adopted from nothing but what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = Path(tempfile.mkdtemp(prefix="tm-machine-"))
        self._video = make_video(self._folder / "clip.mp4")
        self._phones = [Phone(f"PAPER{os.getpid()}X{n}") for n in range(2)]
        self._clock, self._hours = FakeClock(), 0
        self._script = Obedient()
        self._scripts = patch.dict(SCRIPTS, post=self._script)
        self._scripts.start()
        self.model: dict[int, Expected] = {}

    @initialize()
    def open(self) -> None:
        self._do(self._open())

    def teardown(self) -> None:
        try:
            self._do(self._die())
        finally:
            self._scripts.stop()
            self._runner.close()
            shutil.rmtree(self._folder)

    # what may happen

    @rule(phone=st.integers(0, 1), later=booleans)
    def create(self, phone: int, later: bool) -> None:
        due_h = self._hours + later
        new = NewTask(
            serials=(self._phones[phone].serial,), script_name="post",
            start_time=f"{self._clock().hour + 1}:00" if later else None,
            script_config={"captions": "Hello", "material_list": [str(self._video)]},
        )  # fmt: skip
        [task_id] = self._do(self._rack.create(new)).task_ids
        self.model[task_id] = Expected(phone, due_h=due_h)

    @rule(place=places, word=st.sampled_from(("go", "fail", "doubt")))
    def tell(self, place: int, word: str) -> None:
        """Let one attempt go on from where it waits."""
        waiting = [task_id for task_id, task in self.model.items() if task.at]
        if not waiting:
            return
        task_id = waiting[place % len(waiting)]
        task = self.model[task_id]
        self._script.gates[task_id].say(word)
        self.model[task_id] = {
            "before": replace(task, at="window") if word != "fail" else task.ended(FAILED),
            "window": replace(task, at="watch"),
            "watch": task.ended(FAILED, unknown=True) if word == "doubt"
            else task.ended(COMPLETED),
        }[task.at]  # fmt: skip

    @precondition(lambda self: self.model)
    @rule(place=places)
    def stop(self, place: int) -> None:
        """In the window it is noted, and holds when the press command's exit is read."""
        task_id, task = self._one(place)
        done = self._try(self._rack.stop(task_id))
        assert done == (task.status in (PENDING, RUNNING))
        if task.at == "window":
            self._script.gates[task_id].say("go")
        if done:
            self.model[task_id] = task.ended(FAILED, unknown=task.at in ("window", "watch"))

    @precondition(lambda self: self.model)
    @rule(place=places)
    def retry(self, place: int) -> None:
        task_id, task = self._one(place)
        done = self._try(self._rack.retry(task_id))
        assert done == (task.status is FAILED and not task.unknown)
        if done:
            self.model[task_id] = replace(task, status=PENDING)

    @precondition(lambda self: self.model)
    @rule(place=places)
    def delete(self, place: int) -> None:
        task_id, task = self._one(place)
        if task.at == "window":
            return  # it waits for the press, which waits for the test
        assert self._do(self._rack.delete([task_id])).deleted_count == 1
        del self.model[task_id]

    @precondition(lambda self: self.model)
    @rule(place=places, posted=booleans)
    def resolve(self, place: int, posted: bool) -> None:
        task_id, task = self._one(place)
        done = self._try(self._rack.resolve(task_id, posted=posted))
        assert done == task.unknown
        if done:
            self.model[task_id] = task.ended(COMPLETED if posted else FAILED)

    @rule(thaw_first=booleans)
    def crash(self, thaw_first: bool) -> None:
        """Close without draining; a press on its way arrives before the next start, or after."""
        self._do(self._die())
        pressed = {task_id for task_id, task in self.model.items() if task.at == "watch"}
        if thaw_first:
            self._script.thaw()
            pressed |= {task_id for task_id, task in self.model.items() if task.at == "window"}
        for task_id, task in self.model.items():
            if task.status is RUNNING:
                self.model[task_id] = (
                    task.ended(FAILED, unknown=True) if task_id in pressed else task.ended(PENDING)
                )
        self._do(self._open())
        self._do(self._calm())
        self._script.thaw()

    @precondition(lambda self: self._hours < LAST_HOUR)
    @rule()
    def an_hour_passes(self) -> None:
        self._hours += 1
        self._clock.go_on(3600)
        self._rack._scheduler.wake()

    # what must hold after each of them

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        if not hasattr(self, "_rack"):
            return
        self._do(self._calm())
        stats = self._do(self._rack.stats())
        counted = (stats.pending, stats.running, stats.completed, stats.failed)
        assert sum(counted) == stats.total == len(self.model)
        for task_id, expected in self.model.items():
            task = self._do(self._rack.task(task_id))
            assert task.status is expected.status, (task, expected)
            assert (task.reason is Reason.OUTCOME_UNKNOWN) == expected.unknown, (task, expected)
        truths = {phone.serial: phone.truth for phone in self._phones}
        assert broken(self._database, truths) == []

    async def _calm(self) -> None:
        """Wait until each free phone with a due task runs one, and every attempt at its gate."""
        async with asyncio.timeout(CALM_S):
            while not await self._is_calm():
                await asyncio.sleep(0.001)

    async def _is_calm(self) -> bool:
        for task_id, task in self.model.items():
            now = await self._rack.task(task_id)
            gate = self._script.gates.get(task_id)
            if task.status is PENDING and now.status is RUNNING:
                assert self._may_start(task), (now, self.model)
                self.model[task_id] = replace(task, status=RUNNING, at="before")
                return False
            if now.status is not task.status or (task.at and (not gate or gate.at != task.at)):
                return False
        busy = {task.phone for task in self.model.values() if task.status is RUNNING}
        return not any(
            self._may_start(task) for task in self.model.values() if task.status is PENDING
        ) and set(self._rack._fleet.hands) == {self._phones[n].serial for n in busy}

    def _may_start(self, task: Expected) -> bool:
        running = {one.phone for one in self.model.values() if one.status is RUNNING}
        return task.due_h <= self._hours and task.phone not in running

    # the rack

    @property
    def _database(self) -> Path:
        return self._folder / "rack.db"

    async def _open(self) -> None:
        self._rack = await opened(self._database, self._phones, self._clock)

    async def _die(self) -> None:
        """End as a kill does: nothing is written any more, and no hand is waited for."""
        store = self._rack._store
        await store._database.write.close()
        self._script.die()
        self._rack.hurry()
        for task in self._rack._crew._tasks:
            task.cancel()
        await self._rack.__aexit__(None, None, None)

    def _one(self, place: int) -> tuple[int, Expected]:
        return list(self.model.items())[place % len(self.model)]

    def _try(self, asking: Coroutine[Any, Any, object]) -> bool:
        try:
            self._do(asking)
        except (BadInput, NotFound):
            return False
        return True

    def _do(self, deed: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(deed)

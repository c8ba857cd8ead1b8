"""What the scheduler starts, and when it looks again."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tmcore.rules.plan import Head, Plan, plan

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)


def moment(second: int) -> datetime:
    return NOW + timedelta(seconds=second)


@st.composite
def racks(draw: st.DrawFn) -> list[Head]:
    """Idle devices, some with a due task, some with a later one."""
    heads = []
    for number in range(draw(st.integers(0, 12))):
        due = draw(st.none() | st.integers(-50, 0))
        later = draw(st.none() | st.integers(1, 50))
        heads.append(
            Head(
                serial=f"phone{number}",
                task_id=None if due is None else 100 + number,
                due_at=None if due is None else moment(due),
                next_at=None if later is None else moment(later),
            )
        )
    return draw(st.permutations(heads))


counts = st.integers(0, 15)


@given(racks(), counts, counts)
def test_the_longest_due_start_up_to_the_limit(heads: list[Head], running: int, limit: int) -> None:
    """As many due tasks as there are free places, the longest due first, no device twice."""
    started = plan(heads, running, limit, NOW).start

    due = [head for head in heads if head.task_id is not None]
    by_age = sorted((head.due_at, head.task_id) for head in due if head.due_at is not None)
    assert [(head.due_at, head.task_id) for head in started] == by_age[: len(started)]
    assert len(started) == max(0, min(len(due), limit - running))
    assert len({head.serial for head in started}) == len(started)


@given(racks(), counts, counts)
def test_the_wake_is_never_late(heads: list[Head], running: int, limit: int) -> None:
    """It is the earliest later start of a device left idle; without one there is no wake."""
    todo = plan(heads, running, limit, NOW)

    waiting = [head.next_at for head in heads if head not in todo.start and head.next_at]
    assert todo.wake_at == min(waiting, default=None)


@given(racks(), counts, counts)
def test_the_order_of_the_rows_does_not_matter(heads: list[Head], running: int, limit: int) -> None:
    """The same heads in another order make the same plan."""
    in_order = sorted(heads, key=lambda head: head.serial)

    assert plan(in_order, running, limit, NOW) == plan(heads, running, limit, NOW)


def test_a_head_that_is_not_due_after_all_waits() -> None:
    """A clock that went back starts nothing early, and wakes when it is time."""
    head = Head("phone1", task_id=1, due_at=moment(5), next_at=moment(9))

    assert plan([head], 0, 5, NOW) == Plan(start=(), wake_at=moment(5))


def test_a_lowered_limit_starts_nothing() -> None:
    """More running than allowed is no reason to fail, only to wait."""
    assert plan([Head("phone1", 1, NOW)], running=9, limit=3, now=NOW).start == ()


@dataclass
class Job:
    """One task of the simulated rack."""

    id: int
    serial: str
    due_s: int
    lasts_s: int
    started_s: int | None = None


@dataclass
class Rack:
    """A rack whose clock jumps from event to event: a wake, or a task that ends."""

    jobs: list[Job]
    limit: int
    now_s: int = 0
    running: dict[str, Job] = field(default_factory=dict)
    most: int = 0

    def heads(self) -> list[Head]:
        return [
            self.head(serial)
            for serial in {job.serial for job in self.jobs}
            if serial not in self.running
        ]

    def head(self, serial: str) -> Head:
        waiting = [job for job in self.jobs if job.serial == serial and job.started_s is None]
        due = min(
            (job for job in waiting if job.due_s <= self.now_s),
            key=lambda job: (job.due_s, job.id),
            default=None,
        )
        later = min((job.due_s for job in waiting if job.due_s > self.now_s), default=None)
        return Head(
            serial,
            task_id=due.id if due else None,
            due_at=moment(due.due_s) if due else None,
            next_at=None if later is None else moment(later),
        )

    def turn(self) -> bool:
        """Do what the plan says, then jump to the next event; False when none is left."""
        todo = plan(self.heads(), len(self.running), self.limit, moment(self.now_s))
        for head in todo.start:
            self.start(next(job for job in self.jobs if job.id == head.task_id))
        self.most = max(self.most, len(self.running))
        events = [
            job.started_s + job.lasts_s
            for job in self.running.values()
            if job.started_s is not None
        ]
        if todo.wake_at:
            events.append(int((todo.wake_at - NOW).total_seconds()))
        if not events:
            return False
        self.now_s = min(events)
        self.running = {
            serial: job
            for serial, job in self.running.items()
            if job.started_s is None or job.started_s + job.lasts_s > self.now_s
        }
        return True

    def start(self, job: Job) -> None:
        assert job.serial not in self.running, "two at once on a device"
        assert job.due_s <= self.now_s, "started early"
        job.started_s = self.now_s
        self.running[job.serial] = job


jobs = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 60), st.integers(1, 30)), max_size=25
).map(lambda rows: [Job(n, f"phone{d}", due, lasts) for n, (d, due, lasts) in enumerate(rows)])


@given(jobs, st.integers(1, 6))
def test_a_rack_runs_everything_in_time(tasks: list[Job], limit: int) -> None:
    """Nobody starves, the limit holds, and a device that could start a task does so when due."""
    rack = Rack(tasks, limit)
    while rack.turn():
        pass

    assert all(task.started_s is not None for task in tasks)
    assert rack.most <= limit
    if limit >= 5:  # a place for every device: each waits only for its own queue
        for serial in {task.serial for task in tasks}:
            free_s = 0
            own = [task for task in tasks if task.serial == serial]
            for task in sorted(own, key=lambda task: (task.started_s or 0, task.due_s, task.id)):
                assert task.started_s == max(task.due_s, free_s)
                free_s = task.started_s + task.lasts_s


@given(st.integers(2, 5), st.integers(1, 30))
def test_a_busy_device_does_not_starve_the_others(devices: int, backlog: int) -> None:
    """With one place for all, a device with a long queue and the rest take turns by age."""
    tasks = [Job(n, "phone0", due_s=n, lasts_s=10) for n in range(backlog)]
    tasks += [Job(1000 + d, f"phone{d}", due_s=5, lasts_s=10) for d in range(1, devices)]
    rack = Rack(tasks, limit=1)
    while rack.turn():
        pass

    order = sorted(tasks, key=lambda task: task.started_s or 0)
    assert [task.due_s for task in order] == sorted(task.due_s for task in tasks)

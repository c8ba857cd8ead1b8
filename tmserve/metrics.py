"""GET /metrics: what Prometheus reads. Labels are words of ours, never a serial or a name.

What moves while the process runs is counted as it happens; what simply is (tasks, phones) is asked
of the rack at each reading.
"""

import asyncio
from collections import Counter as Count
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tmcore.devices import Device, DeviceState
from tmcore.measure import Measure, listen
from tmcore.model import Health, TaskStatus, Vitals
from tmserve.routes.route import Served

PARTS = ("database", "scheduler", "adb")
LOOK_S = 0.5  # how often the loop is timed
_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SLOW = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
_Values = Mapping[tuple[str, ...], float]  # by the values of its labels
_COUNTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

# one for the process: what is measured lies too deep to know of a rack
registry = CollectorRegistry()
_changes = Counter(
    "tm_task_changes", "Moves of tasks, by their reason.", ["change", "reason"], registry=registry
)
_timed = {
    Measure.ADB: Histogram(
        "tm_adb_seconds", "Exchanges with a phone that were answered.",
        ["doing"], buckets=_FAST, registry=registry,
    ),
    Measure.STEP: Histogram(
        "tm_step_seconds", "Steps of scripts that succeeded.",
        ["step"], buckets=_SLOW, registry=registry,
    ),
}  # fmt: skip
_plain = {
    Measure.DELAY: Histogram(
        "tm_start_delay_seconds", "From when a task was due to its start.",
        buckets=_FAST + _SLOW[6:], registry=registry,
    ),
    Measure.BATCH: Histogram(
        "tm_writer_batch", "Writes in one commit.", buckets=_COUNTS, registry=registry
    ),
}  # fmt: skip
_lag = Histogram(
    "tm_loop_lag_seconds", "How late the event loop was.", buckets=_FAST, registry=registry
)


async def exposition(rack: Served) -> bytes:
    """Return every figure as Prometheus reads it."""
    now = CollectorRegistry()
    now.register(_Now(await rack.vitals(), await rack.devices(), await rack.health()))
    return generate_latest(now) + generate_latest(registry)


async def watch_loop() -> None:
    """Count until cancelled: what the library measures, and how late this loop is."""
    listen(_hear)
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + LOOK_S
        await asyncio.sleep(LOOK_S)
        _lag.observe(max(clock() - due, 0.0))


def _hear(measure: Measure, value: float, label: str) -> None:
    if measure is Measure.CHANGE:
        change, _, reason = label.partition(" ")
        _changes.labels(change, reason).inc(value)
    elif timed := _timed.get(measure):
        timed.labels(label).observe(value)
    else:
        _plain[measure].observe(value)


class _Now(Collector):
    """What is at this moment."""

    def __init__(self, vitals: Vitals, devices: Sequence[Device], health: Health) -> None:
        self._vitals, self._devices, self._health = vitals, devices, health

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield _gauge("tm_tasks", "Tasks by status and reason.", self._tasks())
        states = Count(dict.fromkeys(DeviceState, 0))
        states.update(device.state for device in self._devices)
        phones: _Values = {(str(state),): n for state, n in states.items()}
        yield _gauge("tm_phones", "Phones by state.", phones, ["state"])
        health = self._health
        parts: _Values = {(part,): not getattr(health, part) for part in PARTS}
        yield _gauge("tm_up", "1 where this part works.", parts, ["part"])
        tasks = len(asyncio.all_tasks())
        yield _gauge("tm_loop_tasks", "What the event loop works on.", {(): tasks}, [])
        yield _gauge(
            "tm_queue_age_seconds", "How long the oldest due task waits.", {(): self._age()}, []
        )

    def _tasks(self) -> _Values:
        none: dict[tuple[str, ...], float] = {(status.name.lower(), ""): 0 for status in TaskStatus}
        counted = {(c.status.name.lower(), c.reason): float(c.n) for c in self._vitals.tasks}
        return none | counted

    def _age(self) -> float:
        oldest = self._vitals.oldest_due_at
        return max((datetime.now(UTC) - oldest).total_seconds(), 0.0) if oldest else 0.0


def _gauge(
    name: str,
    says: str,
    values: _Values,
    labels: Sequence[str] = ("status", "reason"),
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=labels)
    for label, value in values.items():
        family.add_metric(label, value)
    return family

"""How long each step of the scripts took, as seen while this console was open. No Textual."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from tmcore.model import Task, TaskStatus

RUNNING = TaskStatus.RUNNING


@dataclass
class Times:
    """The times of one step, in seconds."""

    count: int = 0
    total_s: float = 0.0
    most_s: float = 0.0

    def take(self, seconds: float) -> None:
        self.count += 1
        self.total_s += seconds
        self.most_s = max(self.most_s, seconds)

    @property
    def mean_s(self) -> float:
        return self.total_s / self.count


class StepTimes:
    """Hears of every change of a task, and notes when its step ends."""

    def __init__(self) -> None:
        self._now: dict[int, tuple[str, datetime]] = {}
        self._times: defaultdict[str, Times] = defaultdict(Times)

    def saw(self, task: Task, at: datetime) -> None:
        step, since = self._now.get(task.id, ("", at))
        now = task.step if task.status is RUNNING else ""
        if now == step:
            return
        if step:
            self._times[step].take(max(0.0, (at - since).total_seconds()))
        if now:
            self._now[task.id] = (now, at)
        else:
            self._now.pop(task.id, None)

    def slowest(self) -> list[tuple[str, Times]]:
        """The steps by their mean time, the slowest first."""
        return sorted(self._times.items(), key=lambda pair: -pair[1].mean_s)

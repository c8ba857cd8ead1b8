"""How long a filter or a sort of 10,000 tasks takes, beside a bare sort of as many."""

import time
from collections.abc import Callable

from tests.bench.source import BusyRack
from tests.bench.table import Row
from tmcore.model import Task
from tmtui.columns import TASKS
from tmtui.store import Store
from tmtui.view import View

COUNT, TIMES = 10_000, 7


def measure() -> list[Row]:
    store = Store()
    for task in BusyRack(500, COUNT, 0, 0).rows.values():
        store.put(task)
    view: View[int, Task] = View(store, "tasks", TASKS, "id", reverse=True)
    serials = [task.serial for task in store.tasks.values()]
    floor = _best(lambda: sorted(serials))
    acts: dict[str, Callable[[], None]] = {
        "filter by a field": lambda: view.filter("status:running"),
        "filter by a word": lambda: view.filter("rack"),
        "filter by three parts": lambda: view.filter("status:pending serial:R58M0001 !failed"),
        "sort by device": lambda: view.sort_by("serial"),
        "sort by status": lambda: view.sort_by("status"),
    }
    rows = []
    for name, act in acts.items():
        view.filter("")
        took = _best(act)
        rows.append(
            Row(f"{name}, {COUNT:,} tasks", f"{took * 1000:.1f} ms",
                f"{floor * 1000:.1f} ms sorted() of the serials", took / floor, "≤ 50 ms")
        )  # fmt: skip
    return rows


def _best(act: Callable[[], object]) -> float:
    """The quickest of a few: what it costs where nothing else runs."""
    times = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        act()
        times.append(time.perf_counter() - begin)
    return min(times)

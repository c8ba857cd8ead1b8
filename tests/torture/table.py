"""The tables that `make torture` prints: what came of the kills, and of the week."""

from collections.abc import Mapping, Sequence

from tests.torture.history import Count, History
from tests.torture.kills import Row

HEAD = ("policy", "kills", "frozen", "tasks", "posted", "doubles", "lost", "false failed",
        "unknown", "promises broken")  # fmt: skip
WEEK = ("schedule", "due", "fired", "missed", "skipped", "made up", "tasks", "posts", "unknown")


def show(rows: Sequence[Row]) -> None:
    """Print it; `frozen` of the kills were SIGSTOP, a second owner, SIGCONT and then the kill."""
    _print([HEAD, *map(_cells, rows)])


def show_week(history: History, counts: Mapping[str, Count]) -> None:
    """Print what became of each schedule's times, and when the server was away."""
    _print([WEEK, *(_counts(name, count) for name, count in counts.items())])
    for absence in history.absences:
        print(f"no server from {absence.since:%F %T} to {absence.until:%F %T} UTC")
    print(f"webhooks: {len(history.happened)} events, {len(history.heard)} messages")


def _print(cells: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[n]) for row in cells) for n in range(len(cells[0]))]
    for row in cells:
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join((row[0].ljust(len(first)), *rest)))


def _counts(name: str, count: Count) -> tuple[str, ...]:
    outcomes = (count.outcomes[what] for what in ("fired", "missed", "skipped"))
    counts = (count.due, *outcomes, count.made_up, count.tasks, count.posts, count.unknown)
    return (name, *map(str, counts))


def _cells(row: Row) -> tuple[str, ...]:
    counts = (row.count(what) for what in
              ("tasks", "posted", "doubles", "lost", "false_failed", "unknown"))  # fmt: skip
    return (row.policy, *map(str, (row.kills, row.frosts, *counts, len(row.broken))))

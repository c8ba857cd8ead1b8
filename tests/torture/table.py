"""The table that `make torture` prints: what each policy made of its kills."""

from collections.abc import Sequence

from tests.torture.kills import Row

HEAD = ("policy", "kills", "frozen", "tasks", "posted", "doubles", "lost", "false failed",
        "unknown", "promises broken")  # fmt: skip


def show(rows: Sequence[Row]) -> None:
    """Print it; `frozen` of the kills were SIGSTOP, a second owner, SIGCONT and then the kill."""
    cells = [HEAD, *map(_cells, rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(HEAD))]
    for row in cells:
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join((row[0].ljust(len(first)), *rest)))


def _cells(row: Row) -> tuple[str, ...]:
    counts = (row.count(what) for what in
              ("tasks", "posted", "doubles", "lost", "false_failed", "unknown"))  # fmt: skip
    return (row.policy, *map(str, (row.kills, row.frosts, *counts, len(row.broken))))

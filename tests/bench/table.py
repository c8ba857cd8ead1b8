"""The table that `make bench` prints: each figure beside the floor of the same run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured thing; `ratio` is to the floor named in `beside`."""

    what: str
    figure: str
    beside: str = ""
    ratio: float | None = None
    aim: str = ""


def show(rows: list[Row]) -> None:
    cells = [("what", "measured", "beside", "ratio", "aim")]
    cells += [
        (r.what, r.figure, r.beside, f"{r.ratio:.2f}" if r.ratio else "", r.aim) for r in rows
    ]
    widths = [max(len(row[i]) for row in cells) for i in range(5)]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(line.rstrip())


def percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]

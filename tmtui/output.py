"""Results on stdout, talk on stderr; colour and boxes only where a person looks."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tmcore.format import safe
from tmtui.tables import Cell, Grid

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console
    from rich.table import Table

_FOLDED = 20  # the least that the last column of a drawn table is folded to


def say(text: object) -> None:
    """Talk: what is happening, and what went wrong. Never a result."""
    print(safe(text), file=sys.stderr, flush=True)


def confirmed(question: str, *, unasked: bool = True) -> bool:
    """Ask on a terminal; elsewhere `unasked` is the answer: who runs us has decided already."""
    if not sys.stdin.isatty():
        return unasked
    say(f"{question} [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def show_json(value: "BaseModel | Mapping[str, Any]") -> None:
    """Print one document, as the API spells it."""
    from pydantic_core import to_json

    print(to_json(value, indent=2).decode())


def show(table: Grid) -> None:
    """Draw a table: with colour on a terminal, plain aligned text elsewhere."""
    if sys.stdout.isatty():
        _draw(table)
    else:
        print(plain(table))


def plain(table: Grid) -> str:
    """Align the columns with spaces, two between them."""
    from tmcore.table import aligned

    return "\n".join(aligned(table.columns, ([cell.text for cell in row] for row in table.rows)))


def _draw(table: Grid) -> None:
    """Leave out what is empty; where the terminal is too narrow, a row becomes lines."""
    screen, filled = console(), _filled(table)
    if _least_width(filled) > screen.width:
        print("\n\n".join(plain(_upright(filled, row)) for row in filled.rows))
    else:
        screen.print(_columns(filled))


def _filled(table: Grid) -> Grid:
    rows = table.rows
    kept = [i for i in range(len(table.columns)) if not rows or any(row[i].text for row in rows)]
    columns = tuple(table.columns[i] for i in kept)
    return Grid(columns, tuple(tuple(row[i] for i in kept) for row in rows))


def _least_width(table: Grid) -> int:
    """How wide a table is whose last column alone is folded."""
    from rich.cells import cell_len

    lines = [table.columns, *([cell.text for cell in row] for row in table.rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    return sum(width + 2 for width in widths[:-1]) + min(widths[-1], _FOLDED)


def _upright(table: Grid, row: tuple[Cell, ...]) -> Grid:
    names = (Cell(name.removeprefix(">")) for name in table.columns)
    pairs = zip(names, row, strict=True)
    return Grid(("", ""), tuple((name, cell) for name, cell in pairs if cell.text))


def _columns(table: Grid) -> "Table":
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, show_header=any(table.columns), header_style="bold")
    for name in table.columns:
        right = name.startswith(">")
        last = name is table.columns[-1]
        drawn.add_column(
            name.removeprefix(">"), justify="right" if right else "left", no_wrap=not last
        )
    for row in table.rows:
        drawn.add_row(*map(_text, row))
    return drawn


def _text(cell: Cell) -> Any:
    from rich.text import Text

    return Text(cell.text, style=cell.style)  # a Text is no markup: [red] is shown as written


def console(*, stderr: bool = False) -> "Console":
    """Return a rich console that reads nothing into what it prints."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)

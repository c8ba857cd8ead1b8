"""A small table of foreign text, as plain text and as HTML; nothing in it is obeyed.

The HTML names no colours, so that it can be read in dark and light notebooks alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Self

from wcwidth import clip, ljust, rjust, width

from tmcore.format import safe, shortened

WIDEST, LAST = 48, 96  # characters of a field, and of a row's last; a title tells the whole
MOST_TOLD = 2000  # characters of such a title
MOST_ROWS = 100


@dataclass(frozen=True)
class Table:
    """Columns and rows; a column whose name begins with > is aligned to the right."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, title: str, columns: str, rows: Iterable[Sequence[object]]) -> Self:
        """Make a table without the columns that are empty in every row."""
        names = columns.split("|")
        made = [["" if field is None else str(field) for field in row] for row in rows]
        kept = [i for i in range(len(names)) if any(row[i] for row in made)]
        return cls(
            title, tuple(names[i] for i in kept), tuple(tuple(row[i] for i in kept) for row in made)
        )

    @classmethod
    def facts(cls, title: str, facts: Iterable[tuple[str, object]]) -> Self:
        """Make a table of names and values, without what is empty."""
        pairs = tuple((name, str(value)) for name, value in facts if value not in (None, "", ()))
        return cls(title, ("", ""), pairs)

    def text(self) -> str:
        """Align the columns with spaces, two between them."""
        drawn = aligned(self.columns, map(_shortened, self.rows[:MOST_ROWS]))
        return "\n".join(filter(None, (safe(self.title), *drawn, self._rest)))

    def html(self) -> str:
        """Return one <table>; it is well-formed XML, too."""
        drawn = "".join(
            f"<tr>{''.join(map(_cell, row, _shortened(row), self.columns))}</tr>"
            for row in self.rows[:MOST_ROWS]
        )
        title = " ".join(filter(None, (self.title, self._rest and f"({self._rest})")))
        return (
            f'<table><caption style="text-align:left">{_escaped(title)}</caption>'
            f"{self._head()}<tbody>{drawn}</tbody></table>"
        )

    def _head(self) -> str:
        if not any(self.columns):
            return ""
        named = (
            f'<th scope="col" style="{_side(name)}">{_escaped(name.removeprefix(">"))}</th>'
            for name in self.columns
        )
        return f"<thead><tr>{''.join(named)}</tr></thead>"

    @property
    def _rest(self) -> str:
        left = len(self.rows) - MOST_ROWS
        return f"… and {left} more" if left > 0 else ""


def aligned(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the columns' names, where they have any, and the rows, two spaces between fields."""
    head = [name.removeprefix(">") for name in columns]
    lines = [head] * any(head) + list(map(list, rows))
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    return ["  ".join(map(_padded, line, widths, columns)).rstrip() for line in lines]


def fitted(line: str, columns: int) -> str:
    """Return the line, cut where a terminal of so many columns would break it."""
    return line if width(line) <= columns else clip(line, 0, columns - 1) + "…"


def _padded(text: str, wide: int, column: str) -> str:
    return rjust(text, wide) if column.startswith(">") else ljust(text, wide)


def _shortened(row: Sequence[str]) -> list[str]:
    widest = [WIDEST] * (len(row) - 1) + [LAST]
    return list(map(shortened, row, widest))


def _cell(field: str, short: str, column: str) -> str:
    told = "" if short == safe(field) else f' title="{_escaped(shortened(field, MOST_TOLD))}"'
    return f'<td style="{_side(column)}"{told}>{escape(short)}</td>'


def _side(column: str) -> str:
    return f"text-align:{'right' if column.startswith('>') else 'left'}"


def _escaped(text: str) -> str:
    return escape(safe(text))

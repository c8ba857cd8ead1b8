"""One list as a person arranged it: filter, sort, faults only, marks and cursor by key. No Textual.

A change repaints rows; the whole list is arranged anew only when a row came, went, or moved.
What needs a person leads, however the list is sorted: what waits longest is never on page 40.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from tmtui.columns import Column
from tmtui.query import Field, Query, Value, parse
from tmtui.store import LISTS, Key, Store, is_fault

Row = TypeVar("Row")
K = TypeVar("K", bound=Key)


@dataclass
class View(Generic[K, Row]):
    """`keys` are the rows to show, in order; `marked` may hold rows that the filter hides."""

    store: Store
    name: str  # of the list in the store
    columns: Sequence[Column[Any]]
    sort: str
    reverse: bool = False
    faults: bool = False
    hidden: frozenset[str] = frozenset()
    cursor: K | None = None
    marked: set[K] = field(default_factory=set)
    keys: list[K] = field(default_factory=list)
    places: dict[K, int] = field(default_factory=dict)
    query: Query[Row] = field(default_factory=lambda: Query("", ()))
    _sorted_by: dict[K, tuple[bool, Any]] = field(default_factory=dict)
    _led: frozenset[Key] = frozenset()  # what led when it was arranged
    _hay: dict[K, tuple[int, str]] = field(default_factory=dict)

    def rows(self) -> Mapping[K, Row]:
        """Every row there is, in no order."""
        return self.store.rows(self.name)

    def filter(self, text: str) -> None:
        self.query = parse(text, self.fields, self._haystack)
        self.arrange()

    def sort_by(self, column: str) -> None:
        """Sort by a column; once more reverses."""
        self.reverse = not self.reverse if self.sort == column else False
        self.sort = column
        self.arrange()

    @property
    def fields(self) -> dict[str, Field[Row]]:
        found = {c.id: c.value for c in self.columns}
        return found | {"tag": _tags}

    @property
    def total(self) -> int:
        return len(self.rows())

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows().get(self.cursor) if self.cursor is not None else None

    def shown(self, most: int | None = None) -> list[Row]:
        """Return the rows in their order, or the first of them."""
        rows = self.rows()
        return [rows[key] for key in self.keys[:most] if key in rows]

    @property
    def targets(self) -> list[K]:
        """What an act is done to: the marked rows, else the one under the cursor."""
        if self.marked:
            return sorted(self.marked & self.rows().keys(), key=lambda k: self.places.get(k, 0))
        return [self.cursor] if self.cursor is not None and self.cursor in self.rows() else []

    def mark(self, keys: Iterable[K]) -> None:
        """Turn the marks of these over."""
        self.marked ^= set(keys)

    def mark_all(self) -> None:
        """Mark everything shown; if it is already, unmark it."""
        shown = set(self.keys)
        self.marked = self.marked - shown if shown <= self.marked else self.marked | shown

    def arrange(self) -> None:
        """Filter and sort everything; the cursor stays on its row while that is shown."""
        value = self._value
        rows = self.rows()
        kept = [
            (_order(value(row), self.reverse), key) for key, row in rows.items() if self._shows(row)
        ]
        kept.sort(key=lambda pair: (pair[0], pair[1]), reverse=self.reverse)
        was = self.places.get(self.cursor, 0) if self.cursor is not None else 0
        self.keys = [key for _, key in kept]
        self._led = frozenset(self.store.needing[self.name])
        if self._led:
            self.keys.sort(key=lambda key: key not in self._led)
        self._sorted_by = {key: order for order, key in kept}
        self.places = {key: place for place, key in enumerate(self.keys)}
        self.marked &= rows.keys()
        if self.cursor not in self.places:
            self.cursor = self.keys[min(was, len(self.keys) - 1)] if self.keys else None

    def changed(self, dirty: Iterable[Key]) -> tuple[list[K], bool]:
        """Return which shown rows changed, and whether the list had to be arranged anew."""
        mine = [cast("K", key) for key in dirty if key in self.places or key in self.rows()]
        if any(map(self._moved, mine)):
            self.arrange()
            return list(self.keys), True
        return [key for key in mine if key in self.places], False

    def _moved(self, key: K) -> bool:
        """Whether a changed row came, went, or sorts elsewhere now."""
        row = self.rows().get(key)
        shown = row is not None and self._shows(row)
        if row is None or not shown or key not in self.places:
            return shown != (key in self.places)
        if (key in self._led) != (key in self.store.needing[self.name]):
            return True
        return self._sorted_by[key] != _order(self._value(row), self.reverse)

    def move(self, to: int) -> None:
        if self.keys:
            self.cursor = self.keys[max(0, min(to, len(self.keys) - 1))]

    @property
    def place(self) -> int:
        return self.places.get(self.cursor, 0) if self.cursor is not None else 0

    def _shows(self, row: Row) -> bool:
        return (not self.faults or is_fault(row)) and self.query(row)

    @property
    def _value(self) -> Field[Row]:
        return next(c.value for c in self.columns if c.id == self.sort)

    def _haystack(self, row: Row) -> str:
        """Everything shown of the row in lower case; made once for each version of it."""
        key: Any = getattr(row, LISTS[type(row)][1])
        known = self._hay.get(key)
        if known is None or known[0] != id(row):
            values = (column.value(row) for column in self.columns)
            text = "\n".join(v for v in values if isinstance(v, str)).lower() + f"\n{key}".lower()
            known = self._hay[key] = (id(row), text + _config(row))
        return known[1]


def _config(row: object) -> str:
    config = getattr(row, "script_config", None) or {}
    return "\n" + str(config.get("captions", "")).lower()


def _tags(row: object) -> Value:
    return " ".join(map(str, getattr(row, "tags", ())))


def _order(value: Value, reverse: bool) -> tuple[bool, Any]:
    """Rows without a value come last, also in reverse; text without regard to case."""
    if value is None:
        return not reverse, ""
    return reverse, value.lower() if isinstance(value, str) else value

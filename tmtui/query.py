"""The filter language: `state:offline temp>40 !vrt "two words"`; every part must hold.

`field:text` the field holds the text (a number: equals it) · `field>3` `<` `>=` `<=` `=` compare ·
a bare word: any field holds it · `!` before a part: it must not hold. Case does not count.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
Value = str | float | None
Field = Callable[[Row], Value]
Test = Callable[[Row], bool]

_PART = re.compile(r'!?(?:[A-Za-z_]+(?:>=|<=|:>|:<|[:=<>]))?(?:"[^"]*"?|\S+)?')
_FIELD = re.compile(r"([A-Za-z_]+)(>=|<=|:>|:<|[:=<>])(.*)", re.DOTALL)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ":>": operator.gt, "<": operator.lt, ":<": operator.lt,
    ">=": operator.ge, "<=": operator.le, "=": operator.eq, ":": operator.eq,
}  # fmt: skip
_AGES = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Query(Generic[Row]):
    """A filter, ready to be asked of rows; `error` says which part was not understood."""

    text: str
    tests: tuple[Test[Row], ...]
    error: str = ""

    def __call__(self, row: Row) -> bool:
        return all(test(row) for test in self.tests)

    @property
    def words(self) -> tuple[str, ...]:
        """The bare words, for highlighting."""
        return tuple(w for w in parts(self.text) if not _FIELD.match(w) and not w.startswith("!"))


def parts(text: str) -> list[str]:
    return [part.replace('"', "") for part in _PART.findall(text) if part not in {"", "!"}]


def parse(
    text: str, fields: Mapping[str, Field[Row]], haystack: Callable[[Row], str]
) -> Query[Row]:
    """Read a filter; a part that names no field is left out and named in the error."""
    tests: list[Test[Row]] = []
    error = ""
    for part in parts(text):
        try:
            tests.append(_test(part, fields, haystack))
        except ValueError as refused:
            error = str(refused)
    return Query(text, tuple(tests), error)


def _test(part: str, fields: Mapping[str, Field[Row]], haystack: Callable[[Row], str]) -> Test[Row]:
    if part.startswith("!"):
        inner = _test(part[1:], fields, haystack)
        return lambda row: not inner(row)
    found = _FIELD.match(part)
    if found is None:
        word = part.lower()
        return lambda row: word in haystack(row)
    name, op, wanted = found[1].lower(), found[2], found[3].lower()
    if name not in fields:
        raise ValueError(f"no field {found[1]!r}; there are {', '.join(sorted(fields))}")
    return _field_test(fields[name], op, wanted)


def _field_test(field: Field[Row], op: str, wanted: str) -> Test[Row]:
    limit, compare = _number(wanted), _COMPARE[op]

    def test(row: Row) -> bool:
        value = field(row)
        if isinstance(value, str):
            return wanted in value.lower() if op == ":" else op == "=" and wanted == value.lower()
        if value is None:
            return False
        return compare(value, limit) if limit is not None else not wanted

    return test


def _number(text: str) -> float | None:
    """Read 40, 40%, 40C, 5m (an age, in seconds)."""
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*([a-z%°]*)", text)
    return float(found[1]) * _AGES.get(found[2], 1) if found else None

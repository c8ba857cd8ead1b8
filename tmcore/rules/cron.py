"""Which cron expressions are taken: five fields, and nothing that two programs read differently.

croniter takes more than it says: seconds and years as further fields, random and hashed values,
steps longer than their field, and `1-1` as every minute. Here an expression is taken only where
its words and its times agree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cron_descriptor import ExpressionDescriptor, Options
from croniter import CroniterError, croniter

from tmcore.errors import BadInput, FieldError

FIELD = "cron"
LONGEST = 200
_SAMPLE = datetime(2026, 1, 1)  # noqa: DTZ001 - any wall time: whether there is a next one at all


@dataclass(frozen=True, slots=True)
class Part:
    """One of the five fields: its values, their names, and what it takes besides."""

    name: str
    first: int
    last: int
    words: tuple[str, ...] = ()
    special: re.Pattern[str] | None = None

    def faults(self, text: str) -> Iterator[str]:
        """Say what is wrong with each item of the field."""
        if self.special and self.special.fullmatch(text):
            return
        items = text.split(",")
        for item in items:
            if fault := self._fault(item, alone=len(items) == 1):
                yield f"{self.name} {text!r}: {fault}"

    def _fault(self, item: str, *, alone: bool) -> str | None:
        span, _, step = item.partition("/")
        if "/" in item and not 1 <= _number(step) <= self.last - self.first:
            return f"the step {step!r} is not 1 to {self.last - self.first}"
        if span == "*":
            return None if alone else "* stands alone, or as */n alone"
        ends = [self._value(end) for end in span.split("-")]
        if len(ends) > 2 or None in ends:
            return f"{item!r} is not {self._allowed()}"
        if len(ends) == 2 and ends[0] == ends[1]:
            return f"{span!r} is one value; write it once"
        if "/" in item and len(ends) == 1:
            return f"{item!r} has no end, and programs differ in what it means; write a-b/n"
        return None

    def _value(self, text: str) -> int | None:
        if text.lower() in self.words:
            return self.words.index(text.lower()) + self.first
        return value if self.first <= (value := _number(text)) <= self.last else None

    def _allowed(self) -> str:
        names = f" or {self.words[0]} to {self.words[-1]}" if self.words else ""
        return f"{self.first} to {self.last}{names}, *, */n, a-b, a-b/n, or a list with commas"


_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PARTS = (
    Part("minute", 0, 59),
    Part("hour", 0, 23),
    Part("day of the month", 1, 31, special=re.compile("L")),
    Part("month", 1, 12, _MONTHS),
    Part("day of the week", 0, 7, _DAYS, re.compile("L[0-6]|[0-6]#[1-5]")),
)


def plain(text: str) -> str:
    """Return the expression with single spaces. Raises BadInput saying what it may be."""
    fields = text.split() if len(text) <= LONGEST and text.isascii() else []
    if len(fields) != len(PARTS):
        raise BadInput.of(FIELD, f"{_short(text)} {_wrong_count(fields)}")
    pairs = zip(PARTS, fields, strict=True)
    if faults := [fault for part, field in pairs for fault in part.faults(field)]:
        raise BadInput(*(FieldError(FIELD, fault) for fault in faults))
    cron, day, weekday = " ".join(fields), fields[2], fields[4]
    if day != "*" and ("#" in weekday or "L" in weekday):  # croniter: both days at once
        raise BadInput.of(FIELD, f"{weekday!r} needs * as the day of the month, not {day!r}")
    try:
        croniter(cron, _SAMPLE).get_next(datetime)
    except CroniterError as error:
        raise BadInput.of(FIELD, f"{cron!r} never comes ({error})") from None
    return cron


def is_fixed(cron: str) -> bool:
    """Whether it names times of day; one with a * in minute or hour follows the clock's beat."""
    return not any("*" in field for field in cron.split()[:2])


def in_words(cron: str) -> str:
    """Say what an expression means, such as `At 09:00, Monday through Friday`."""
    options = Options()
    options.use_24hour_time_format, options.locale_code = True, "en_US"
    said: str = ExpressionDescriptor(cron, options).get_full_description()
    *_, day, _month, weekday = cron.split()
    return said if "*" in (day, weekday) else f"{said} (either day is enough)"


def _number(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,2}", text) else -1


def _wrong_count(fields: list[str]) -> str:
    if fields and fields[0].startswith("@"):
        return "is a nickname; write its five fields, such as 0 9 * * *"
    count = f"has {len(fields)} fields" if fields else "is no cron expression"
    return f"{count}; exactly five are needed: minute hour day month weekday"


def _short(text: str) -> str:
    return repr(text) if len(text) <= 60 else repr(text[:60]) + "…"

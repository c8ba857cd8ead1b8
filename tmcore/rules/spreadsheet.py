"""A spreadsheet as people save it: its encoding, its separators, its rows, its dates.

What cannot be read for certain is refused by row and column, or named where it was guessed: a
caption in the wrong letters, or a post on 4 March instead of 3 April, is seen by everybody.
"""

import csv
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

from tmcore.errors import BadInput, FieldError
from tmcore.rules.calendar import resolve
from tmcore.rules.spelling import unknown_keys

FIELD = "csv"
MOST_ROWS = 5000
MOST_ERRORS = 100
SEPARATORS = ";,\t|"
COLUMNS = ("account", "device", "tag", "file", "caption", "date", "time", "at")
ALIASES = {
    "username": "account", "user": "account", "serial": "device", "phone": "device",
    "media": "file", "video": "file", "captions": "caption", "text": "caption", "start_at": "at",
}  # fmt: skip
_NO_TEXT = (
    (b"PK", "an Excel or zip file"), (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"%PDF", "a PDF"),
)  # fmt: skip
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ERROR_CELL = re.compile(r"#(NAME|REF|VALUE|DIV/0|N/A|NULL|NUM)[!?]?", re.IGNORECASE)
_FORMULA = re.compile(r"=[\w$\"(+-]")
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[T ](?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.0+)?)?"
    r" ?(?P<offset>Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)
_OTHER_DATES = (
    (r"\d{1,2}\.\d{1,2}\.\d{2,4}", "has the day first; write the date as 2026-01-31"),
    (r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}", "may be day or month first; write the date as 2026-01-31"),
    (r"\d{5}([.,]\d+)?", "is a count of days, as Excel keeps dates; format the cells yyyy-mm-dd"),
)
_OTHER_TIMES = (
    (r"\d{1,2}([:.]\d\d)* ?[ap]\.?m\.?", "is of a 12-hour clock; write 18:30"),
    (r"0?[.,]\d+", "is a part of a day, as Excel keeps times; format the cells hh:mm"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A file as text, and what was guessed about it."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row by its columns, without empty cells; the header is row 1."""

    number: int
    cells: Mapping[str, str]
    loose: int = 0  # cells that hold something, beyond the header's last


@dataclass(frozen=True, slots=True)
class Moment:
    """When a row is due, and what is odd about it."""

    at: datetime
    note: str = ""


def decode(data: bytes) -> Text:
    """Read a file's bytes as text. Raises BadInput where they are none."""
    for start, what in _NO_TEXT:
        if data.startswith(start):
            raise BadInput.of(FIELD, f"is {what}; save the sheet as CSV UTF-8")
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8")
    try:
        return Text(data.decode(encoding))
    except UnicodeDecodeError:
        return _guessed(data)


def _guessed(data: bytes) -> Text:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1}"
        raise BadInput.of(FIELD, f"{place} fits neither UTF-8 nor Windows-1252") from None
    sample = re.search(r"\w*[^\x00-\x7f]\w*", text)
    shown = f": is {sample[0][:40]!r} right?" if sample else ""
    return Text(text, f"this is not UTF-8; it was read as Windows-1252{shown}")


def read(text: str, options: Collection[str]) -> list[Row]:
    """Split into rows that hold something. Raises BadInput about the header or the quotes.

    `options` are the further columns that are allowed.
    """
    return sheet(text, lambda names: header_of(names, options))


def sheet(text: str, columns_of: Callable[[Sequence[str]], Sequence[str]]) -> list[Row]:
    """Split into rows by the columns that a header means. Raises BadInput, also from there."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise BadInput.of(FIELD, "holds NUL characters; save the sheet as CSV UTF-8")
    text, separator = _separator(text)
    records = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(_rows(records, columns_of(next(records, []))))
    except csv.Error as error:
        raise BadInput.of(FIELD, f"line {records.line_num}: {error}") from None


def listed(rows: Sequence[Mapping[str, str]], options: Collection[str]) -> list[Row]:
    """Take rows that a program sends, counted from 1. Raises BadInput about their columns."""
    if len(rows) > MOST_ROWS:
        raise BadInput.of("rows", f"has {len(rows)} entries; at most {MOST_ROWS} are allowed")
    if not rows:
        raise BadInput.of("rows", "is an empty list; name at least one")
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    columns = dict(zip(names, header_of(names, options), strict=True))
    return [
        Row(number, {columns[name]: cell.strip() for name, cell in row.items() if cell.strip()})
        for number, row in enumerate(rows, start=1)
    ]


def header_of(names: Sequence[str], options: Collection[str]) -> tuple[str, ...]:
    """Return the columns by their own names. Raises BadInput about one unknown, twice or absent."""
    columns = tuple(_column(name) for name in names)
    known = [name for name in (*COLUMNS, *options) if name]
    errors = [*unknown_keys(filter(None, columns), known)]
    twice = {name for name in columns if name and columns.count(name) > 1}
    errors += (FieldError(name, "is a column twice") for name in sorted(twice))
    if not {"account", "device", "tag"} & set(columns):
        errors.append(FieldError("account", "is missing: a column account or device says who"))
    if "file" not in columns:
        errors.append(FieldError("file", "is missing: a column file says what"))
    if "at" not in columns and "date" not in columns:
        errors.append(FieldError("date", "is missing: columns date and time, or at, say when"))
    if errors:
        raise BadInput(*errors)
    return columns


def _rows(records: Iterator[list[str]], columns: Sequence[str]) -> Iterator[Row]:
    count = 0
    for number, record in enumerate(records, start=2):
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise BadInput.of(FIELD, f"has more than {MOST_ROWS} rows; make it several files")
        named = {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell}
        yield Row(number, named, sum(map(bool, cells[len(columns) :])))


def row_faults(row: Row) -> Iterator[FieldError]:
    """Say what no row may hold, whatever it means: errors and formulas of the sheet."""
    if row.loose:
        yield FieldError(
            "", "has more cells than the header; a cell with a separator in it needs quotes"
        )
    for column, cell in row.cells.items():
        if _ERROR_CELL.fullmatch(cell):
            yield FieldError(column, f"{cell!r} is an error of the spreadsheet")
        elif _FORMULA.match(cell):
            yield FieldError(column, f"{cell[:40]!r} is a formula; save the sheet with its values")


def moment(cells: Mapping[str, str], zone: ZoneInfo) -> Moment:
    """Return when a row is due. Raises BadInput saying how a date is written."""
    if "at" in cells and ("date" in cells or "time" in cells):
        raise BadInput.of("at", "is given beside date and time; use one of them")
    column = "at" if "at" in cells else "date"
    said = cells.get("at") or " ".join(filter(None, (cells.get("date"), cells.get("time"))))
    found = _MOMENT.fullmatch(said)
    if found is None:
        raise _no_moment(cells, column, said)
    try:
        clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
        wall = datetime.combine(date.fromisoformat(found["day"]), clock)
    except ValueError as error:
        raise BadInput.of(column, f"{said!r} is no time: {error}") from None
    if found["offset"]:
        return Moment(datetime.fromisoformat(f"{wall.isoformat()}{found['offset']}"))
    return _in_zone(wall, zone)


def _in_zone(wall: datetime, zone: ZoneInfo) -> Moment:
    [due] = resolve(wall, zone, fixed=True)
    passes = resolve(wall, zone, fixed=False)
    if not passes:
        shown = due.astimezone(zone)
        return Moment(due, f"{wall} does not exist in {zone.key}; it is due at {shown:%H:%M}")
    if len(passes) > 1:
        return Moment(due, f"{wall} comes twice in {zone.key}; the first is meant")
    return Moment(due)


def shifted(at: datetime, zone: ZoneInfo, days: int, minutes: int) -> datetime:
    """Move a time: by days on the zone's clock, which keeps its hour, then by minutes."""
    wall = at.astimezone(zone)
    moved = wall.replace(tzinfo=None) + timedelta(days=days)
    [due] = resolve(moved, zone, fixed=True) if days else (at,)
    return due + timedelta(minutes=minutes)


def _no_moment(cells: Mapping[str, str], column: str, said: str) -> BadInput:
    if not said:
        return BadInput.of(column, "is empty; say when, such as 2026-01-31")
    day, clock = cells.get("date", said), cells.get("time", "")
    for pattern, why in _OTHER_DATES:
        if re.match(pattern, day):
            return BadInput.of(column, f"{day[:40]!r} {why}")
    for pattern, why in _OTHER_TIMES:
        if re.fullmatch(pattern, clock, re.IGNORECASE):
            return BadInput.of("time", f"{clock!r} {why}")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", said):
        return BadInput.of("time", "is empty; write it as 18:30")
    return BadInput.of(column, f"{said[:40]!r} is not such as 2026-01-31 18:30")


def _separator(text: str) -> tuple[str, str]:
    """Find what separates the cells; Excel may say it in a line of its own, before the header."""
    first, _, rest = text.partition("\n")
    said = re.fullmatch(r"\"?sep=(.)\"?\r?", first)
    if said:
        return rest, said[1]
    counts = {separator: first.count(separator) for separator in SEPARATORS}
    return text, max(SEPARATORS, key=counts.__getitem__)


def _column(name: str) -> str:
    word = re.sub(r"[\s-]+", "_", name.strip().lower())
    return ALIASES.get(word, word)

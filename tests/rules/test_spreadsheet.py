"""Spreadsheets as people save them."""

import csv
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.test_calendar import TRANSITIONS, at
from tmcore.errors import BadInput
from tmcore.rules.spreadsheet import MOST_ROWS, decode, listed, moment, read, row_faults, shifted

BERLIN = ZoneInfo("Europe/Berlin")
OPTIONS = ("app", "upload_wait_time")
HEADER = "account;file;caption;date;time"
ROW = "ann;a.mp4;Grüße;2026-12-01;18:30"
CELLS = {"account": "ann", "file": "a.mp4", "caption": "Grüße", "date": "2026-12-01",
         "time": "18:30"}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_excel_and_others_save(encoding: str, separator: str, end: str) -> None:
    """Any of their encodings, separators and line ends is the same table."""
    text = end.join((HEADER, ROW, ""))
    data = text.replace(";", separator).encode(encoding)

    [row] = read(decode(data).text, OPTIONS)

    assert (row.number, row.cells) == (2, CELLS)
    assert decode(data).note == ""


def test_windows_1252_is_named_as_a_guess() -> None:
    """With a word by which a person sees whether it was right."""
    found = decode(f"{HEADER}\n{ROW}".encode("cp1252"))

    assert read(found.text, OPTIONS)[0].cells == CELLS
    assert "Windows-1252: is 'Grüße' right?" in found.note


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"PK\x03\x04...", "Excel or zip"),
        (b"\xd0\xcf\x11\xe0....", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"abc \x81 \x8d", "byte 5"),
    ],
)
def test_what_is_no_text(data: bytes, named: str) -> None:
    """A workbook is named as one, since it is what people try first."""
    with pytest.raises(BadInput, match=named):
        decode(data)


def test_the_separator_may_be_said() -> None:
    """Excel writes a line of its own for it, and does not count that line."""
    [row] = read(f"sep=,\r\n{HEADER}\n{ROW}".replace(";", ","), OPTIONS)

    assert (row.number, row.cells) == (2, CELLS)


def test_quoted_cells_hold_anything() -> None:
    """Line breaks, separators and quotes; the rows after them keep their numbers."""
    text = f'{HEADER}\nann;a.mp4;"one;\r\n""two""";2026-12-01;18:30\n\n;;;;\n{ROW}'

    first, second = read(text, OPTIONS)

    assert (first.number, first.cells["caption"]) == (2, 'one;\r\n"two"')
    assert (second.number, second.cells) == (5, CELLS)


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_whatever_was_written_is_read(captions: list[str]) -> None:
    """What the csv module writes comes back, cell by cell, without spaces around it."""
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=";")
    writer.writerow(["account", "file", "caption", "date"])
    writer.writerows(["ann", "a.mp4", caption, "x"] for caption in captions)

    rows = read(decode(file.getvalue().encode()).text, OPTIONS)

    assert [row.cells.get("caption", "") for row in rows] == [c.strip() for c in captions]
    assert [row.number for row in rows] == list(range(2, len(captions) + 2))


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("account;file;dat;time", "did you mean date"),
        ("account;file;date;upload_wait_tme", "did you mean upload_wait_time"),
        ("account;file;date;Account", "account: is a column twice"),
        ("file;date", "account: is missing"),
        ("account;date", "file: is missing"),
        ("account;file;time", "date: is missing"),
        ("", "file: is missing"),
    ],
)
def test_a_header_that_is_wrong(header: str, named: str) -> None:
    """Misspelt, twice or missing: by name."""
    with pytest.raises(BadInput, match=named):
        read(f"{header}\n", OPTIONS)


def test_headers_as_people_write_them() -> None:
    """Case, spaces and the API's own names do not matter; an empty column is ignored."""
    [row] = read("User Name,Serial,Video,Text,Start at,\nann,R1,a,b,c,".replace(
        "User Name", "USERNAME"), OPTIONS)  # fmt: skip

    assert row.cells == {"account": "ann", "device": "R1", "file": "a", "caption": "b", "at": "c"}


def test_the_limit_of_rows() -> None:
    """5,000 are taken, one more is refused; a hundred thousand are not read to their end."""
    assert len(read("\n".join([HEADER, *[ROW] * MOST_ROWS]), OPTIONS)) == MOST_ROWS
    for count in (MOST_ROWS + 1, 100_000):
        with pytest.raises(BadInput, match="5000"):
            read("\n".join([HEADER, *[ROW] * count]), OPTIONS)
    with pytest.raises(BadInput, match="5000"):
        listed([CELLS] * (MOST_ROWS + 1), OPTIONS)


def test_a_quote_that_is_never_closed() -> None:
    """It would swallow the rest of the file as one caption."""
    with pytest.raises(BadInput, match=r"line \d"):
        read(f'{HEADER}\nann;a.mp4;"oops;2026-12-01;18:30\n{ROW}\n', OPTIONS)


@pytest.mark.parametrize(
    ("caption", "named"),
    [
        ("#NAME?", "error of the spreadsheet"),
        ("#REF!", "error of the spreadsheet"),
        ("=A1&B1", "formula"),
        ('=HYPERLINK("http://x")', "formula"),
    ],
)
def test_what_a_sheet_should_have_computed(caption: str, named: str) -> None:
    """An error or a formula would be posted as it stands."""
    [row] = listed([CELLS | {"caption": caption}], OPTIONS)

    [fault] = row_faults(row)

    assert (fault.field, named in fault.message) == ("caption", True)


@pytest.mark.parametrize("caption", ["#one #two", "@ann", "-10 %", "+1", "= love", "a=b"])
def test_captions_that_only_look_odd(caption: str) -> None:
    """Hashtags, mentions and signs are captions."""
    [row] = listed([CELLS | {"caption": caption}], OPTIONS)

    assert list(row_faults(row)) == []


def test_a_cell_too_many() -> None:
    """As a comma inside a caption makes one."""
    [row] = read("account,file,caption,date\nann,a.mp4,one, two,2026-12-01", OPTIONS)

    [fault] = row_faults(row)

    assert "needs quotes" in fault.message


@pytest.mark.parametrize(
    ("cells", "due"),
    [
        ({"date": "2026-12-01", "time": "18:30"}, "2026-12-01 17:30"),
        ({"date": "2026-12-01", "time": "9:05"}, "2026-12-01 08:05"),
        ({"date": "2026-07-01", "time": "18:30:15"}, "2026-07-01 16:30:15"),
        ({"date": "2026-12-01 18:30"}, "2026-12-01 17:30"),
        ({"at": "2026-12-01T18:30"}, "2026-12-01 17:30"),
        ({"at": "2026-12-01T18:30:00Z"}, "2026-12-01 18:30"),
        ({"at": "2026-12-01 18:30+05:30"}, "2026-12-01 13:00"),
    ],
)
def test_a_time_is_iso(cells: dict[str, str], due: str) -> None:
    """In the plan's zone, unless an offset says otherwise."""
    assert moment(cells, BERLIN).at == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "column", "why"),
    [
        ({"date": "01.12.2026", "time": "18:30"}, "date", "day first"),
        ({"date": "12/01/2026", "time": "18:30"}, "date", "month first"),
        ({"date": "01-12-26", "time": "18:30"}, "date", "month first"),
        ({"date": "46357", "time": "18:30"}, "date", "count of days"),
        ({"date": "46357,77", "time": ""}, "date", "count of days"),
        ({"date": "1 Dec 2026", "time": "18:30"}, "date", "2026-01-31"),
        ({"date": "2026-13-01", "time": "18:30"}, "date", "no time"),
        ({"date": "2026-02-30", "time": "18:30"}, "date", "no time"),
        ({"date": "2026-12-01", "time": "24:00"}, "date", "no time"),
        ({"date": "2026-12-01", "time": "6:30 PM"}, "time", "12-hour"),
        ({"date": "2026-12-01", "time": "0,77"}, "time", "part of a day"),
        ({"date": "2026-12-01"}, "time", "empty"),
        ({}, "date", "empty"),
        ({"at": "tomorrow"}, "at", "2026-01-31"),
        ({"at": "2026-12-01 18:30", "time": "18:30"}, "at", "beside"),
        ({"date": "٢٠٢٦-12-01", "time": "18:30"}, "date", "2026-01-31"),
    ],
)
def test_other_dates_are_named(cells: dict[str, str], column: str, why: str) -> None:
    """What could be read in two ways is not read in either."""
    with pytest.raises(BadInput) as caught:
        moment(cells, BERLIN)

    [error] = caught.value.errors
    assert error.field == column
    assert why in error.message


def test_a_time_that_the_clock_skips_or_repeats() -> None:
    """The first instant after, or the first of two; and it is said."""
    gap = moment({"at": "2026-03-29 02:30"}, BERLIN)
    fold = moment({"at": "2026-10-25 02:30"}, BERLIN)

    assert (gap.at, "due at 03:00" in gap.note) == (at("2026-03-29 03:00"), True)
    assert (fold.at, "twice" in fold.note) == (at("2026-10-25 02:30"), True)


@given(
    st.sampled_from(TRANSITIONS), st.integers(-3, 3), st.integers(-1440, 1440),
    st.integers(-40 * 60, 40 * 60),
)  # fmt: skip
def test_a_move_by_days_keeps_the_hour(
    transition: tuple[str, str], days: int, minutes: int, offset: int
) -> None:
    """Across a change of the clock, too; minutes are real ones."""
    zone = ZoneInfo(transition[0])
    start = datetime.fromisoformat(transition[1]).replace(tzinfo=UTC).timestamp() + offset * 60
    due = datetime.fromtimestamp(start, UTC)

    moved = shifted(due, zone, days, 0)

    wall, before = moved.astimezone(zone), due.astimezone(zone)
    assert shifted(due, zone, 0, minutes).timestamp() == start + minutes * 60
    assert shifted(due, zone, days, minutes).timestamp() == moved.timestamp() + minutes * 60
    assert (wall.hour, wall.minute) == (before.hour, before.minute) or was_skipped(moved, zone)


def was_skipped(moved: datetime, zone: ZoneInfo) -> bool:
    """Whether an instant is the first after a gap."""
    just_before = datetime.fromtimestamp(moved.timestamp() - 1, UTC).astimezone(zone)
    offset, later = just_before.utcoffset(), moved.astimezone(zone).utcoffset()
    assert offset is not None
    assert later is not None
    return offset < later

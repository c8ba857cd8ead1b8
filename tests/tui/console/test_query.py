from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmtui.query import Field, parse


@dataclass(frozen=True)
class Row:
    state: str
    temp: float | None
    text: str = ""


FIELDS: dict[str, Field[Row]] = {"state": lambda r: r.state, "temp": lambda r: r.temp}
ROWS = (Row("offline", 41.0, "hub two"), Row("ready", 30.0, "hub one"), Row("ready", None, "x"))


def found(text: str) -> list[int]:
    query = parse(text, FIELDS, lambda row: f"{row.state} {row.text}".lower())
    return [index for index, row in enumerate(ROWS) if query(row)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [0, 1, 2]),
        ("state:ready", [1, 2]),
        ("STATE:Ready hub", [1]),
        ("!state:ready", [0]),
        ("temp>40", [0]),
        ("temp<=30", [1]),
        ("!temp>40", [1, 2]),
        ('"hub one"', [1]),
        ("hub !one", [0]),
        ("state:", [0, 1, 2]),
        ("temp>", [0, 1]),  # still being typed
    ],
)
def test_every_part_must_hold(text: str, rows: list[int]) -> None:
    """Fields compare, bare words are looked for everywhere, ! turns a part round."""
    assert found(text) == rows


def test_an_unknown_field_is_named_and_left_out() -> None:
    """The list does not go empty because of a slip; the error says which fields there are."""
    query = parse("stat:ready hub", FIELDS, lambda row: row.text)

    assert "'stat'" in query.error
    assert "state, temp" in query.error
    assert [r for r in ROWS if query(r)] == list(ROWS[:2])


@given(st.text(max_size=60))
def test_no_text_breaks_the_filter(text: str) -> None:
    """Whatever is typed, each row is either kept or not."""
    query = parse(text, FIELDS, lambda row: row.text)

    assert all(query(row) in (True, False) for row in ROWS)

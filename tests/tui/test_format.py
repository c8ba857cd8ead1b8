"""What comes from outside is shown, never obeyed; what is aligned stays aligned."""

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tmcore.format import safe, seconds, shortened, size
from tmtui.output import _draw, _text, plain
from tmtui.tables import Cell, grid

HOSTILE = (
    "\x1b]0;owned\x07\x1b[31m \u202etxt.exe\u202c \x9b2J [red]b[/] \u2066x\u2069\u200b\r\n\t\0"
)


@given(st.text(st.characters(codec=None)))
def test_nothing_invisible_is_left(text: str) -> None:
    """No text of any kind leaves a control, a direction mark or half a character in the output."""
    shown = safe(text)

    left = {unicodedata.category(char) for char in shown if char != "\u200d"}
    assert not left & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    shown.encode()


def test_plain_text_is_left_alone() -> None:
    """Words of any language, emoji and brackets are shown as they are."""
    text = "Grüße, मस्ते, 你好 👩‍👧 [red] {a|b} #tag"

    assert safe(text) == text


def test_hostile_text_is_spelled_out() -> None:
    """An escape sequence can be read, and does nothing."""
    shown = safe(HOSTILE)

    assert shown.startswith("␛]0;owned␇␛[31m \\u202etxt.exe")
    assert "\\x9b2J [red]b[/]" in shown


def test_markup_is_not_obeyed_on_a_terminal() -> None:
    """rich draws foreign brackets as brackets."""
    console = Console(file=io.StringIO(), force_terminal=True, width=80)

    console.print(_text(Cell(safe("[red]b[/red] [link=http://x]y"))))

    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().strip() == "[red]b[/red] [link=http://x]y"


def test_plain_table_is_aligned() -> None:
    """Columns begin at the same place in each line, numbers end there, wide signs count double."""
    table = grid("name|>n", [("ab", 1), ("日本", 200)])

    assert plain(table) == "name    n\nab      1\n日本  200"


@pytest.mark.parametrize("columns", [40, 60])
def test_a_narrow_terminal_cuts_nothing(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a table does not fit, each row becomes lines; what is empty is left out."""
    monkeypatch.setenv("COLUMNS", str(columns))
    wide = "a remark that is long enough to be folded"

    _draw(grid("serial|reason|step|remark", [("R58M34FGHIJ", "outcome_unknown", "", wide)]))

    out = capsys.readouterr().out
    assert ("R58M34FGHIJ" in out, "outcome_unknown" in out, "…" in out) == (True, True, False)
    assert ("step" in out, "\nreason  " in out) == (False, columns == 40)


def test_a_table_of_hostile_text_has_a_line_each() -> None:
    """A newline in a caption cannot fake another row."""
    table = grid("caption", [(HOSTILE,), ("a\nb",)])

    assert len(plain(table).split("\n")) == 3


def test_figures() -> None:
    """Figures are short, and unreadable is empty."""
    assert [size(n) for n in (None, 12_000_000, 2_500_000_000)] == ["", "12 MB", "2.5 GB"]
    assert [seconds(s) for s in (4.21, 75, 7200, 86400 * 3)] == ["4.2 s", "75 s", "2 h", "3 d"]
    assert shortened("abcdef", 4) == "abc…"

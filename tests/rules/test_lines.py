"""What a row of a plan asks for, and by what it is known again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tmcore.errors import BadInput, FieldError
from tmcore.rules.lines import Line, column_of, late_fault, line_of
from tmcore.rules.spreadsheet import Row

UTC_ZONE = ZoneInfo("UTC")
CELLS = {"account": "@Ann", "file": "a.mp4", "caption": "hello", "at": "2026-12-01 18:30"}


def line(**cells: str) -> Line:
    wanted = {name: cell for name, cell in (CELLS | cells).items() if cell}
    return line_of(Row(2, wanted), "/media", UTC_ZONE)


def test_a_row_becomes_a_request() -> None:
    """One post: who, what, when, and every other column as an option."""
    request = line(device="R1", upload_wait_time="60").request

    assert (request.usernames, request.serials) == (("@Ann",), ("R1",))
    assert request.script_config == {
        "material_list": ["/media/a.mp4"], "captions": "hello", "upload_wait_time": "60",
    }  # fmt: skip
    assert request.start_at == datetime(2026, 12, 1, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("a.mp4", "/media/a.mp4"),
        ("monday/a.mp4", "/media/monday/a.mp4"),
        ("/srv/a.mp4", "/srv/a.mp4"),
        ("C:\\clips\\a.mp4", "C:\\clips\\a.mp4"),  # refused later, as the Windows path it is
    ],
)
def test_a_bare_name_lies_beside_the_spreadsheet(file: str, path: str) -> None:
    """A full path is taken as it is."""
    config = line(file=file).request.script_config
    assert config
    assert config["material_list"] == [path]


def test_a_tag_means_every_phone_that_has_it() -> None:
    """As a request names it."""
    assert line(account="", tag="EU").request.serials == ("tag:EU",)
    assert line(account="", tag="tag:EU").slot == line(account="", tag="EU").slot


def test_the_same_post_is_known_again() -> None:
    """However the account is written; another who, what or when is another post."""
    same = [line(), line(account="ann"), line(account="ANN"), line(at="2026-12-01T18:30:00Z")]
    others = [
        line(account="bob"), line(account="", device="ann"), line(file="b.mp4"),
        line(at="2026-12-01 18:31"), line(device="R1"), line(app="instagram"),
    ]  # fmt: skip

    assert len({one.slot for one in same}) == 1
    assert len({one.slot for one in (*same, *others)}) == 1 + len(others)


def test_another_caption_is_the_same_post_with_other_content() -> None:
    """So that a corrected caption is not posted beside the old one."""
    plain, corrected, option = line(), line(caption="hallo"), line(upload_wait_time="60")

    assert plain.slot == corrected.slot == option.slot
    assert len({plain.content, corrected.content, option.content}) == 3


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"account": ""}, "account: is empty, and so are device and tag"),
        ({"tag": "EU"}, "tag: stands beside account"),
        ({"file": ""}, "file: is empty"),
        ({"caption": "one\ntwo"}, "caption: has a line break"),
        ({"caption": "#REF!"}, "caption: '#REF!'"),
        ({"at": "1.12.2026"}, "at: '1.12.2026' has the day first"),
    ],
)
def test_what_is_wrong_is_named_by_its_column(cells: dict[str, str], named: str) -> None:
    """In the spreadsheet's words."""
    with pytest.raises(BadInput) as caught:
        line(**cells)

    assert str(caught.value).startswith(named)


def test_all_that_is_wrong_is_told() -> None:
    """So that a sheet is corrected in one round."""
    with pytest.raises(BadInput) as caught:
        line(account="", file="", at="soon")

    assert [error.field for error in caught.value.errors] == ["account", "file", "at"]


def test_a_time_that_has_passed() -> None:
    """Refused; a minute late is meant as now."""
    one = line()

    assert late_fault(one, one.due + timedelta(seconds=59)) is None
    fault = late_fault(one, one.due + timedelta(seconds=61))
    assert fault is not None
    assert "2026-12-01 18:30" in fault.message


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("script_config.captions", "caption"),
        ("script_config.material_list", "file"),
        ("script_config.upload_wait_time", "upload_wait_time"),
        ("usernames", "account"),
        ("serials", "device"),
        ("start_at", "date"),
    ],
)
def test_a_refused_field_is_told_as_its_column(field: str, column: str) -> None:
    """Nobody has to know what a request calls it."""
    assert column_of(FieldError(field, "line 1 is too long")) == FieldError(column, "is too long")

"""`tm schedule` and `tm plan` against a running server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.tui.conftest import Served

DAY = (datetime.now(UTC) + timedelta(days=3)).date()


@pytest.fixture
def serial(served: Served) -> str:
    return served.phones.serials[0]


@pytest.fixture(autouse=True)
def clean(served: Served) -> Iterator[None]:
    """Leave no schedule and no pending post of a plan to other tests."""
    yield
    for one in served.tm("schedule", "list", "--json").json["schedules"]:
        served.tm("schedule", "delete", str(one["id"]))
    for one in served.tm("plan", "list", "--json").json["plans"]:
        served.tm("plan", "withdraw", str(one["id"]), "--yes")


def test_a_schedule_is_shown_before_it_is_saved(served: Served, serial: str, video: Path) -> None:
    """In words, with its next five times on its zone's clock; --preview saves nothing."""
    words = ("morning", "30 9 * * 1-5", str(video), "--serial", serial, "--zone", "Asia/Tokyo")

    shown = served.tm("schedule", "add", *words, "--preview")
    empty = served.tm("schedule", "list")
    saved = served.tm("schedule", "add", *words, "--caption", "good morning")
    listed = served.tm("schedule", "list")

    assert shown.code == 0, shown.err
    assert "At 09:30, Monday through Friday" in shown.out
    assert shown.out.count(" 09:30 JST") == 5
    assert "each run  1 task" in shown.out
    assert "no schedules; for example" in empty.err
    assert saved.code == 0, saved.err
    assert "is saved" in saved.out
    assert "morning  At 09:30, Monday through Friday  Asia/Tokyo" in listed.out


def test_a_schedule_is_changed_paused_run_and_deleted(
    served: Served, serial: str, video: Path
) -> None:
    """A change keeps what it does not name; each command shows what it has become."""
    added = served.tm(
        "schedule", "add", "n", "0 9 * * *", str(video), "--serial", serial, "--zone", "UTC",
        "--overlap", "queue", "--catch-up", "30", "--caption", "again", "--json",
    )  # fmt: skip
    number = str(added.json["id"])

    changed = served.tm("schedule", "change", number, "--cron", "0 18 * * *", "--json").json
    paused = served.tm("schedule", "pause", number)
    resumed = served.tm("schedule", "resume", number)
    run = served.tm("schedule", "run", number, "--json").json
    shown = served.tm("schedule", "show", number)
    served.tm("stop", *map(str, run["task_ids"]))
    deleted = served.tm("schedule", "delete", number)
    gone = served.tm("schedule", "show", number)

    assert (changed["words"], changed["overlap"], changed["catch_up_minutes"]) == (
        "At 18:00", "queue", 30,
    )  # fmt: skip
    assert changed["template"]["script_config"]["captions"] == "again"
    assert "paused" in paused.out
    assert "paused" not in resumed.out
    assert run["created_count"] == 1
    assert "by a person  fired" in shown.out
    assert "run by a person" in shown.out
    assert (deleted.code, gone.code) == (0, 5)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("* * * * * *", "--serial", "X"), "6 fields"),
        (("0 0 31 2 *", "--serial", "X"), "never comes"),
        (("0 9 * * *", "--serial", "X", "--zone", "Mars/Base"), "Mars/Base"),
        (("0 9 * * *",), "template.serials"),
    ],
)
def test_a_schedule_that_is_refused(
    served: Served, video: Path, words: tuple[str, ...], named: str
) -> None:
    """By name, with the exit code of wrong usage."""
    run = served.tm("schedule", "add", "n", words[0], str(video), *words[1:])

    assert (run.code, named in run.err) == (2, True), run.err


def sheet(folder: Path, serial: str, *rows: str, encoding: str = "utf-8-sig") -> Path:
    """A CSV file as Excel saves it."""
    lines = ["device;file;caption;date;time", *(f"{serial};{row}" for row in rows)]
    path = folder / "week.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def test_a_plan_is_shown_made_and_known_again(served: Served, serial: str, video: Path) -> None:
    """A preview first, then all; the same file a second time makes nothing."""
    rows = [f"{video.name};hello {hour};{DAY};{hour}:00" for hour in (9, 10)]
    path = str(sheet(video.parent, serial, *rows))

    looked = served.tm("plan", path, "--zone", "UTC")
    made = served.tm("plan", path, "--zone", "UTC", "--yes")
    again = served.tm("plan", path, "--zone", "UTC", "--yes")
    listed = served.tm("plan", "list", "--json").json["plans"]
    shown = served.tm("plan", "show", str(listed[0]["id"]))

    assert looked.code == 0, looked.err
    assert f"2 will post; from {DAY:%a %Y-%m-%d} 09:00 UTC" in looked.out
    assert "nothing was made; --yes makes them" in looked.err
    assert made.code == 0, made.err
    assert "with 2 posts" in made.out
    assert (again.code, again.out.strip()) == (0, "0 will post, 2 are planned already")
    assert (listed[0]["name"], listed[0]["pending"]) == ("week", 2)
    assert "hello 10" in shown.out


def test_a_plan_with_a_wrong_row(served: Served, serial: str, video: Path) -> None:
    """Rows and columns are named, nothing is made, and the exit code says so."""
    rows = [
        f"{video.name};ok;{DAY};9:00",
        f"gone.mp4;ok;{DAY};9:00",
        f"{video.name};ok;1.2.27;9:00",
    ]

    run = served.tm("plan", str(sheet(video.parent, serial, *rows)), "--yes")

    assert run.code == 2
    assert "row 3, file: " in run.err
    assert "row 4, date: '1.2.27' has the day first" in run.err
    assert "1 will post, 2 are refused" in run.out
    assert served.tm("stats", "--json").json["pending"] == 0


def test_a_plan_moves_and_is_withdrawn(served: Served, serial: str, video: Path) -> None:
    """As one."""
    path = sheet(video.parent, serial, f"{video.name};café;{DAY};9:00", encoding="cp1252")
    made = served.tm("plan", str(path), "--zone", "Europe/Berlin", "--yes", "--json")
    number = str(made.json["plan"]["id"])

    moved = served.tm("plan", "move", number, "--days", "1", "--minutes", "-30")
    withdrawn = served.tm("plan", "withdraw", number)

    assert "Windows-1252: is 'café' right?" in made.err
    assert f"{DAY + timedelta(days=1):%a %Y-%m-%d} 08:30 CE" in moved.out
    assert withdrawn.code == 0
    assert served.tm("stats", "--json").json["pending"] == 0


def test_what_is_no_spreadsheet(served: Served, tmp_path: Path) -> None:
    """A workbook, a file that is not there, a plan that does not exist."""
    workbook = tmp_path / "week.xlsx"
    workbook.write_bytes(b"PK\x03\x04")

    wrong = served.tm("plan", str(workbook))
    missing = served.tm("plan", str(tmp_path / "gone.csv"))
    nobody = served.tm("plan", "withdraw", "99999")

    assert (wrong.code, "save the sheet as CSV" in wrong.err) == (2, True)
    assert (missing.code, "cannot be read" in missing.err) == (2, True)
    assert (nobody.code, "plan 99999" in nobody.err) == (5, True)

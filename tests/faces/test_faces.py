"""What a notebook is shown is true, and what comes from outside is shown, never obeyed."""

import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter
from lxml import etree, html

from tmcore.accounts import Account
from tmcore.devices import Device, DeviceState, PhoneScreen
from tmcore.faces import Accounts, Devices
from tmcore.model import (
    COMPLETED,
    FAILED,
    Attempt,
    Created,
    CreatedTask,
    LogLine,
    Skipped,
    Stats,
    Step,
    Task,
    TaskDetail,
    TaskPage,
)
from tmcore.reasons import Reason
from tmcore.table import MOST_ROWS

NOW = datetime(2026, 1, 31, 14, 5, tzinfo=UTC)
HOSTILE = (
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "</td></table><img src=x onerror=alert(1)>",
    "\x1b]0;owned\x07\x1b[2J\x9b31m",
    "\u202etxt.exe\u202c\u2066\u200f\u061c",
    "a\nb\r\n\0\ud800\ufffe",
    "<!--", "]]>", "&lt;script&gt;", "$\\LaTeX$",
)  # fmt: skip
texts = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(codec=None), max_size=80))


def everything(text: str) -> list[Any]:
    """One of each that has a face, with the text in every field that can hold one."""
    device = Device.model_construct(
        serial=text, state=DeviceState.OFFLINE, why=text, address=text, model=text, android=text,
        paused=text, accounts=(text, text),
    )  # fmt: skip
    account = Account.model_construct(
        id=1, app="tiktok", username=text, serial=text, enabled=True, created_at=NOW
    )
    attempt = Attempt(
        id=7, started_at=NOW, ended_at=NOW, outcome=text, remark=text, evidence=(text,),
        steps=(Step(name=text, started_at=NOW, outcome=text),), log=(LogLine(at=NOW, text=text),),
    )  # fmt: skip
    facts: dict[str, Any] = {
        "id": 3, "serial": text, "username": text, "script_name": text, "status": FAILED,
        "script_config": {"captions": text, text: text}, "remark": text, "step": text,
        "reason": Reason.OUTCOME_UNKNOWN, "start_at": NOW, "created_at": NOW,
    }  # fmt: skip
    task = Task(**facts)
    made = CreatedTask(id=1, serial=text, username=text, start_at=NOW, media=text)
    return [
        device,
        Devices([device]),
        account,
        Accounts([account]),
        task,
        TaskDetail(**facts, caption=text, media=text, attempts=(attempt,)),
        TaskPage(tasks=(task,), total=1, page=1, page_size=20),
        Created(task_ids=(1,), created_count=1, tasks=(made,), zone=text, warnings=(text,)),
        Skipped(task_id=1, reason=text),  # has no face of its own
    ]


@given(texts)
def test_nothing_foreign_is_obeyed(text: str) -> None:
    """Whatever a field holds, the HTML has our tags only, and neither form a control character."""
    for value in everything(text):
        shown = value._repr_mimebundle_()
        for kind in ("text/html", "text/plain"):
            left = {unicodedata.category(char) for char in shown[kind] if char not in "\n\u200d"}
            assert not left & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        tree = etree.fromstring(f"<div>{shown['text/html']}</div>")  # strict: well-formed XML
        assert {element.tag for element in tree.iter()} <= {
            "div", "table", "caption", "thead", "tbody", "tr", "th", "td",
        }  # fmt: skip
        names = {str(name) for element in tree.iter() for name in element.attrib}
        assert names <= {"style", "scope", "title"}
        assert "\x1b" not in repr(value)


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1))
def test_a_browser_reads_what_was_written(text: str) -> None:
    """A remark's words arrive whole: in the cell, or in the title of a cell that was cut."""
    task = everything(text)[4].model_copy(update={"remark": text})

    cells = html.fragment_fromstring(task._repr_mimebundle_()["text/html"]).findall(".//td")

    assert text in {cell.get("title") or cell.text or "" for cell in cells}


def test_a_long_caption_is_cut_and_told_by_its_title() -> None:
    """A table stays small; the whole text is one hover away."""
    caption = "word " * 100
    task = everything("x")[4].model_copy(update={"script_config": {"captions": caption}})
    page = TaskPage(tasks=(task,), total=1, page=1, page_size=20)

    shown = page._repr_mimebundle_()

    [cut] = html.fragment_fromstring(shown["text/html"]).xpath("//td[@title]")
    assert cut.get("title") == caption
    assert len(cut.text or "") < 60
    assert max(map(len, shown["text/plain"].splitlines())) < 250


def test_a_table_of_devices() -> None:
    """State stands as a word, a virtual phone is named one, an empty column is left out."""
    devices = Devices(
        [
            Device(serial="B", state=DeviceState.READY, battery_percent=87, virtual=True),
            Device(serial="日本", state=DeviceState.OFFLINE, why="replug it"),
        ]
    )

    assert devices._repr_mimebundle_()["text/plain"] == (
        "2 devices\n"
        "serial  state    model      battery  why\n"
        "B       ready    (virtual)     87 %\n"
        "日本    offline                      replug it"
    )
    assert "color" not in devices._repr_mimebundle_()["text/html"]


def test_counts_and_parts() -> None:
    """A page says which part it is of how many; stats keep the failed apart; nothing is said."""
    task = everything("x")[4]
    page = TaskPage(tasks=(task, task), total=45, page=3, page_size=2)
    stats = Stats(total=3, failed=3, stopped=2, needs_review=1)

    assert page._repr_mimebundle_()["text/plain"].startswith("5 to 6 of 45 tasks")
    assert "of these stopped  needs you" in stats._repr_mimebundle_()["text/plain"]
    assert Devices()._repr_mimebundle_()["text/plain"] == "0 devices"
    etree.fromstring(Devices()._repr_mimebundle_()["text/html"])


def test_a_large_rack_is_cut_and_says_so() -> None:
    """500 phones are a table of 100 and the number of the rest."""
    many = Devices(Device(serial=f"R{n}", state=DeviceState.READY) for n in range(500))

    shown = many._repr_mimebundle_()

    assert shown["text/html"].count("<tr>") == MOST_ROWS + 1
    assert "… and 400 more" in shown["text/html"]
    assert shown["text/plain"].endswith("… and 400 more")


def test_a_task_tells_what_to_do() -> None:
    """The advice for its reason names the task; attempts, steps and log stand below the facts."""
    detail = next(v for v in everything("x") if isinstance(v, TaskDetail))

    text = detail._repr_mimebundle_()["text/plain"]

    assert "tm resolve 3 --posted" in text
    assert all(part in text for part in ("1 attempt", "steps of attempt 7", "log of attempt 7"))
    done = detail.model_copy(update={"status": COMPLETED, "attempts": ()})
    assert "attempt" not in done._repr_mimebundle_()["text/plain"]


def test_a_screen_is_a_picture() -> None:
    """What a phone shows is drawn, not printed."""
    shown = PhoneScreen(png=b"\x89PNG", xml="<x/>")._repr_mimebundle_()

    assert shown["image/png"] == b"\x89PNG"
    assert "\x89" not in shown["text/plain"]


@pytest.mark.parametrize("value", everything("x"), ids=lambda value: type(value).__name__)
def test_ipython_takes_our_words(value: Any) -> None:
    """IPython's own formatter shows our text and our HTML of each, lists too."""
    data, _ = DisplayFormatter().format(value)

    assert {kind: data[kind] for kind in ("text/plain", "text/html")} == value._repr_mimebundle_()

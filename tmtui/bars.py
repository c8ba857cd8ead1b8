"""The one-line bars: where we are, the tabs with the filter's count, the keys, the banner."""

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.text import Text

from tmcore.format import safe, seconds, when
from tmtui.actions import BY_ID, Situation, spelled
from tmtui.columns import state_word
from tmtui.detail import Line, counters
from tmtui.panes import PANES, LogsPane
from tmtui.store import Link

if TYPE_CHECKING:
    from tmtui.app import Console

FOOT = {  # what a person most likely wants next, the first first
    "devices": ("let_go", "open", "post", "look", "pause"),
    "grid": ("open", "post", "look", "pause"),
    "tasks": ("resolve", "stop", "retry", "retry_all", "open", "evidence", "delete"),
    "logs": ("follow", "save"), "stats": (), "accounts": ("release", "disable", "enable", "open"),
    "schedules": ("run", "hold", "go_on", "open", "remove"),
    "materials": ("add", "tags", "take_out", "open"), "settings": ("edit",),
}  # fmt: skip
# letters of a pane's name and what stands behind it: they give way to what the list shows
TABS = ((9, " "), (9, ""), (5, ""), (3, ""), (0, ""))


def top(console: "Console") -> Text:
    """Which rack, how it stands, and the counts that are never mixed."""
    width = console.size.width - 2
    states = Counter(map(state_word, console.store.devices.values()))
    phones = ", ".join(f"{n} {word}" for word, n in states.most_common(3)) or "none"
    link = console.store.connection
    sign = {Link.LIVE: "live", Link.CONNECTING: "connecting", Link.LOST: "LOST"}[link.link]
    sign = "asked every second" if link.polls and link.link is Link.LIVE else sign
    sign += "  READ-ONLY" if console.options.read_only else ""
    where = safe(console.options.where).removeprefix("http://")
    left = Text(f"{sign}  tm {where}", no_wrap=True)
    right = _spans(console, counters(console.store.stats, console.store.waiting))
    middle = Text(f"  phones {len(console.store.devices)}: {phones}")
    if left.cell_len + middle.cell_len + right.cell_len + 2 <= width:
        left.append_text(middle)
    gap = width - left.cell_len - right.cell_len
    if gap < 1:
        left.truncate(max(8, width - right.cell_len - 1), overflow="ellipsis")
        gap = max(1, width - left.cell_len - right.cell_len)
    return left + Text(" " * gap) + right


def _spans(console: "Console", line: Line) -> Text:
    """In the colours of the lists, whatever the theme."""
    text = Text(no_wrap=True)
    for part, name in line:
        text.append(part, style=console.table().style(name))
    return text


def tabs(console: "Console") -> Text:
    """The panes with their keys, then the filter and how much it shows."""
    shown = _shown(console)
    for letters, gap in TABS:
        text = _panes(console, letters, gap)
        if text.cell_len + shown.cell_len + 2 <= console.size.width - 2:
            break
    return text.append("  ").append_text(shown)


def _panes(console: "Console", letters: int, gap: str) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    for name in PANES:
        here = name == console.pane
        key = spelled(console.keymap.keys[name])
        label = f"{key} {name.title()[: None if here else letters]}".strip()
        text.append(f" {label}{gap}", style="reverse bold" if here else "")
    return text


def _shown(console: "Console") -> Text:
    text = Text()
    shown = console.panes[console.pane]
    if isinstance(shown, LogsPane):
        text.append("held still, " if shown.held else "following")
        text.append(f"{shown.waiting} new below" if shown.held else "", style="bold")
        return text
    view = console.table().view
    if console.pane == "stats":
        return text
    if view.faults:
        text.append("faults only  ", style="bold")
    if view.query.text:
        text.append(f"/{safe(view.query.text)}  ", style="bold")
    text.append(f"{len(view.keys)} of {view.total}")
    if view.marked:
        text.append(f"  {len(view.marked)} marked", style="bold")
    if view.query.error:
        text.append(f"  {safe(view.query.error)}", style="bold")
    return text


def foot(console: "Console", at: Situation) -> Text:
    """The keys that do something here and now."""
    text = Text(no_wrap=True, overflow="ellipsis")
    inside = console.alone or console.query_one("#filter").has_class("on")
    named = ("back",) * inside + (
        "help",
        "quit",
        "next",
        *FOOT[at.pane],
        "filter",
        "faults",
        "mark",
        "sort",
    )
    for action in (a for name in named if not (a := BY_ID[name]).refusal(at)):
        key = spelled(console.keymap.keys[action.id].split(",")[0])
        if text.cell_len + len(key) + len(action.label) + 3 <= console.size.width:
            text.append(key, style="bold")
            text.append(f" {action.label}  ")
    return text


def banner(console: "Console") -> Text:
    """Why nothing is started or what is shown may be old, in words; empty while all is well."""
    store, link = console.store, console.store.connection
    trouble = safe("; ".join(store.trouble)).rstrip(".")
    trouble = f" Nothing is started. {trouble}." if trouble else ""
    if link.link is Link.LIVE:
        return Text(trouble or ("posts end with this window" if console.options.embedded else ""))
    if link.link is Link.CONNECTING:
        return Text(" connecting …" if not store.devices else "")
    now = datetime.now(UTC)
    lost = seconds(round((now - link.lost_at).total_seconds())) if link.lost_at else ""
    left = max(0, round((link.retry_at - now).total_seconds())) if link.retry_at else 0
    text = trouble or f" Server lost {_whole(lost)} ago: {safe(link.cause)}"
    text += f" Next try in {left} s (r: now)." if left else " Trying now …"
    if link.fresh_at:
        text += f" What you see is of {when(link.fresh_at)}; nothing can be changed."
    return Text(text)


def _whole(text: str) -> str:
    return text.replace(".0 s", " s")

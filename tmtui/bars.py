"""The one-line bars: where we are, the tabs with the filter's count, the keys, the banner."""

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.text import Text

from tmtui.actions import ACTIONS, Situation, spelled
from tmtui.columns import state_word
from tmtui.detail import counters
from tmtui.format import safe, seconds, when
from tmtui.panes import PANES, LogsPane
from tmtui.store import Link

if TYPE_CHECKING:
    from tmtui.app import Console

COLOURS = {"good": "green", "bad": "bold red", "busy": "cyan", "warn": "yellow", "dim": "dim",
           "ask": "bold magenta"}  # fmt: skip


def top(console: "Console") -> Text:
    """Which rack, how it stands, and the counts that are never mixed."""
    width = console.size.width - 2
    states = Counter(map(state_word, console.store.devices.values()))
    phones = ", ".join(f"{n} {word}" for word, n in states.most_common(3)) or "none"
    link = console.store.connection
    sign = {Link.LIVE: "live", Link.CONNECTING: "connecting", Link.LOST: "LOST"}[link.link]
    sign = "asked every second" if link.polls and link.link is Link.LIVE else sign
    left = Text(f"tm {safe(console.options.where)}  {sign}", no_wrap=True)
    left.append("  READ-ONLY" if console.options.read_only else "")
    right = _spans(counters(console.store.stats))
    middle = Text(f"  phones {len(console.store.devices)}: {phones}")
    if left.cell_len + middle.cell_len + right.cell_len + 2 <= width:
        left.append_text(middle)
    gap = width - left.cell_len - right.cell_len
    if gap < 1:
        left.truncate(max(8, width - right.cell_len - 1), overflow="ellipsis")
        gap = max(1, width - left.cell_len - right.cell_len)
    return left + Text(" " * gap) + right


def _spans(line: object) -> Text:
    text = Text(no_wrap=True)
    for part, style in line:  # type: ignore[attr-defined]  # a Line of detail.py
        text.append(part, style=COLOURS.get(style, ""))
    return text


def tabs(console: "Console") -> Text:
    """The panes with their keys, then the filter and how much it shows."""
    text = Text(no_wrap=True, overflow="ellipsis")
    for name in PANES:
        here = name == console.pane
        key = spelled(console.keymap.keys[name])
        text.append(f" {key} {name.title()} ", style="reverse bold" if here else "")
    text.append("  ")
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
    usable = [a for a in ACTIONS if at.pane in a.panes and not a.refusal(at)]
    usable.sort(key=lambda a: ("open", "mark").count(a.id) + 2 * (a.group == "Everywhere"))
    room = console.size.width - 2
    must = [a for a in usable if a.id in {"help", "quit", "filter"}]
    for action in [*must, *(a for a in usable if a not in must)]:
        key = spelled(console.keymap.keys[action.id].split(",")[0])
        if text.cell_len + len(key) + len(action.label) + 3 > room:
            break
        text.append(key, style="bold")
        text.append(f" {action.label}  ")
    return text


def banner(console: "Console") -> Text:
    """Why what is shown may be old, in words; empty while all is well."""
    store, link = console.store, console.store.connection
    if link.link is Link.LIVE:
        return Text("posts end with this window" if console.options.embedded else "")
    if link.link is Link.CONNECTING:
        return Text(" connecting …" if not store.devices else "")
    now = datetime.now(UTC)
    lost = seconds(round((now - link.lost_at).total_seconds())) if link.lost_at else ""
    left = max(0, round((link.retry_at - now).total_seconds())) if link.retry_at else 0
    text = f" Server lost {_whole(lost)} ago: {safe(link.cause)}"
    text += f" Next try in {left} s (r: now)." if left else " Trying now …"
    if link.fresh_at:
        text += f" What you see is of {when(link.fresh_at)}; nothing can be changed."
    return Text(text)


def _whole(text: str) -> str:
    return text.replace(".0 s", " s")

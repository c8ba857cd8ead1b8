"""What is done before the next key is looked at: moving about, lists, dialogs that open."""

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tmcore.format import safe
from tmcore.needs import need
from tmtui import terminal
from tmtui.actions import spelled
from tmtui.panes import PANES, LogsPane
from tmtui.screens.text import Page, help_lines
from tmtui.store import paused
from tmtui.widgets.table import Table

if TYPE_CHECKING:
    from tmtui.app import Console

# moving about


async def _help(c: "Console") -> None:
    await c.push_screen(Page("Keys", help_lines(c.keymap.keys, c.situation)))


async def _palette(c: "Console") -> None:
    c.action_command_palette()


def _to(pane: str) -> "Deed":
    async def go(c: "Console") -> None:
        c.go(pane)

    return go


async def _filter(c: "Console") -> None:
    from textual.widgets import Input  # noqa: PLC0415

    field = c.query_one("#filter", Input)
    field.add_class("on")
    shown = c.panes[c.pane]
    field.value = (
        " ".join(shown.words) if isinstance(shown, LogsPane) else c.table().view.query.text
    )
    c.screen.set_focus(field)


async def _faults(c: "Console") -> None:
    c.table().view.faults = not c.table().view.faults
    c.rearranged()


async def _back(c: "Console") -> None:
    view = c.table().view
    if c.alone:
        c.alone = c.detail.opened = False
        c.screen.set_focus(c.panes[c.pane])
        c.layout()
    elif view.query.text or view.faults:
        view.faults = False
        c.set_filter("")
        c.rearranged()
    else:
        view.marked.clear()
        c.rearranged()


async def _next(c: "Console") -> None:
    """Round and round through what waits for a person, list after list."""
    store = c.store
    waiting = [
        (name, key)
        for name, keys in store.needing.items()
        for key in sorted(keys, key=lambda key: (c.table(name).view.places.get(key, 0), str(key)))
    ]
    here = (c.pane, c.table().view.cursor)
    pane, key = waiting[(waiting.index(here) + 1) % len(waiting) if here in waiting else 0]
    c.go(pane)
    view = c.table().view
    if key not in view.places:
        view.faults = False
        c.set_filter("")
    c.table().move_to(view.places[key])
    c.moved()
    c.say(f"{waiting.index((pane, key)) + 1} of {len(waiting)}: {safe(need(view.row))}")


async def _full(c: "Console") -> None:
    c.split = False
    c.layout()


async def _split(c: "Console") -> None:
    was, c.split, c.alone = c.split and not c.alone, True, False
    c.layout()
    if c.size.width < 100:
        c.say("split: needs 100 columns; Enter opens the detail here")
    elif was:
        c.say("split: it is; + gives the list the whole width")


async def _reconnect(c: "Console") -> None:
    c.feed.retry_now()


async def _mouse(c: "Console") -> None:
    driver: Any = c._driver  # noqa: SLF001 - Textual has no public way to release the mouse
    on = getattr(c, "mouse_released", False)
    getattr(driver, "_enable_mouse_support" if on else "_disable_mouse_support", lambda: None)()
    c.mouse_released = not on  # type: ignore[attr-defined]  # only here
    c.say("the mouse is the console's again" if on else "the mouse is the terminal's: select text")


async def _examples(c: "Console") -> None:
    await c.push_screen(Page("Paste these in another terminal", [
        [(line, "")] for line in c.options.examples.splitlines()
    ]))  # fmt: skip


async def _quit(c: "Console") -> None:
    c.exit()


# lists


async def _open(c: "Console") -> None:
    if c.pane == "grid":
        c.go("devices")
    c.alone = c.detail.opened = True
    c.detail.read_again()
    c.layout()
    c.screen.set_focus(c.detail)


async def _mark(c: "Console") -> None:
    view, table = c.table().view, c.panes[c.pane]
    if view.cursor is not None:
        view.mark([view.cursor])
    if isinstance(table, Table):
        table.changed([view.cursor])
        table.move_to(view.place + 1)
    else:
        c.rearranged()


async def _mark_all(c: "Console") -> None:
    c.table().view.mark_all()
    c.rearranged()


async def _invert(c: "Console") -> None:
    c.table().view.mark(c.table().view.keys)
    c.rearranged()


async def _left(c: "Console") -> None:
    c.table().move_column(-1)
    _say_column(c)


async def _right(c: "Console") -> None:
    c.table().move_column(1)
    _say_column(c)


def _say_column(c: "Console") -> None:
    table = c.table()
    c.say(f"column {table.columns[table.column].id}: o sorts by it, c hides it")


async def _sort(c: "Console") -> None:
    table = c.table()
    table.view.sort_by(table.columns[table.column].id)
    c.rearranged()
    c.say(f"sorted by {table.view.sort}{', reversed' if table.view.reverse else ''}")


async def _columns(c: "Console") -> None:
    table = c.table()
    gone = table.columns[table.column]
    if len(table.columns) == 1:
        c.say(f"{gone.title} is the last one; {_key(c, 'all_columns')} shows all again")
        return
    table.view.hidden |= {gone.id}
    c.rearranged()
    c.say(f"{gone.title} is hidden; {_key(c, 'all_columns')} shows all again")


async def _all_columns(c: "Console") -> None:
    c.table().view.hidden = frozenset()
    c.rearranged()
    c.say("all columns are shown again, where there is room")


def _key(c: "Console", action: str) -> str:
    return spelled(c.keymap.keys[action])


async def _look(c: "Console") -> None:
    from tmtui.screens.hands import HandsScreen  # noqa: PLC0415  # the first picture, not the start

    device = c.situation.devices[0]
    held = paused(device)
    refusal = "to act by hand, pause the phone first (esc, then p)" if held is None else ""
    refusal = "this console is read-only" if c.options.read_only else refusal
    await c.push_screen(
        HandsScreen(
            c.rack,
            device.serial,
            refusal=refusal,
            pixels=terminal.mirror(os.environ, device.address or device.serial),
        )
    )


async def _follow(c: "Console") -> None:
    log = c.panes["logs"]
    assert isinstance(log, LogsPane)
    log.held = not log.held
    log.rearranged() if not log.held else None
    c.bars()


Deed = Callable[["Console"], Awaitable[None]]
AT_ONCE: dict[str, Deed] = {  # done before the next key is looked at
    "help": _help, "palette": _palette, "filter": _filter, "faults": _faults, "back": _back,
    "next": _next, "full": _full, "split": _split, "reconnect": _reconnect, "mouse": _mouse,
    "examples": _examples, "quit": _quit, "open": _open, "mark": _mark, "mark_all": _mark_all,
    "invert": _invert, "left": _left, "right": _right, "sort": _sort, "columns": _columns,
    "all_columns": _all_columns,
    "look": _look, "follow": _follow,
    **{pane: _to(pane) for pane in PANES},
}  # fmt: skip

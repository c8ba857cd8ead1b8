"""The console: one screen over a RackApi; store.py holds its state, deeds.py and acts.py do.

Events only note keys in the store; one tick, at most four times a second, paints what is visible.
"""

import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import App, ComposeResult, SystemCommand
from textual.containers import Horizontal
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Input, Static

from tmcore.api import RackApi
from tmcore.errors import TmError
from tmcore.format import safe
from tmtui import bars, terminal
from tmtui.actions import ACTIONS, BY_ID, LISTS, Situation
from tmtui.acts import DEEDS, Outcome, act_on
from tmtui.deeds import AT_ONCE
from tmtui.feed import UNTOLD, Feed
from tmtui.panes import PANES, GridPane, LogsPane, Pane, make
from tmtui.panes.detail import DetailPane
from tmtui.state import Keymap, Memory
from tmtui.store import Store
from tmtui.themes import THEMES, mixed
from tmtui.widgets.lines import PLAIN
from tmtui.widgets.table import Table

TICK_S, SLOWEST_TICK_S = 0.25, 2.0
REST_S = 0.2  # a held key passes many rows; the detail beside them is painted where it stops
TTY_S = 2.0  # between looks whether the terminal is still there
WIDE, THREE = 100, 160
SMALL = (60, 15)


@dataclass(frozen=True)
class Options:
    """How the console was asked for."""

    where: str = ""
    read_only: bool = False
    ascii: bool = False
    notes: tuple[str, ...] = ()  # said at the start
    examples: str = ""  # of the demo
    embedded: bool = False  # the rack ends with this window
    state: Path | None = None
    keys: Path | None = None


@dataclass
class Said:
    """The line above the footer: what was last done, and how it went."""

    text: str = ""
    style: str = ""
    outcome: Outcome | None = None


class Console(App[None]):
    """Shows a rack and lets a person act on it."""

    CSS_PATH = "styles/console.tcss"
    TITLE = "tm"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "f12"  # ours is an action, so that the keymap can change it
    BINDINGS: ClassVar = []

    def __init__(self, rack: RackApi, options: Options | None = None) -> None:
        super().__init__()
        self.rack, self.options = rack, options or Options()
        self.ascii = self.options.ascii
        self.store = Store()
        self.feed = Feed(rack, self.store)
        self.memory, self.keymap = Memory.load(self.options.state), Keymap.load(self.options.keys)
        self.panes: dict[str, Pane] = make(self.store)
        self.detail = DetailPane(rack, self.store)
        self.tail = LogsPane(self.store, id="tail")
        self.pane, self.alone, self.split = "devices", False, True
        self.said = Said()
        self._tick_s, self._due, self._minute = TICK_S, 0.0, -1
        self._shown: dict[str, Text] = {}
        for theme in THEMES:
            self.register_theme(theme)
        wish = terminal.theme(os.environ, str(self.memory.data.get("theme", "")))
        known = wish in self.available_themes
        self.theme = self._given_theme = wish if known else "tm-dark"
        self._theme_problem = "" if known else f"there is no theme {safe(wish)!r}; it is ignored"
        for action in ACTIONS:
            # before the focused widget: what is typed after `/` comes in one packet on a slow line
            self._bindings.bind(
                self.keymap.keys[action.id], f"do('{action.id}')", show=False, priority=True
            )

    def get_css_variables(self) -> dict[str, str]:
        colours = super().get_css_variables()
        return colours | mixed(colours)

    def compose(self) -> ComposeResult:
        yield Static(id="top", classes="bar", markup=False)
        yield Static(id="tabs", classes="bar", markup=False)
        yield Input(placeholder="state:offline temp>40 words !not", id="filter")
        with Horizontal(id="body"):
            with ContentSwitcher(id="lists", initial="devices"):
                yield from self.panes.values()
            yield self.detail
            yield self.tail
        yield Static(id="banner", markup=False)
        yield Static(id="said-line", classes="bar", markup=False)
        yield Static(id="foot", classes="bar", markup=False)

    def on_mount(self) -> None:
        self.set_class(self.ascii, "ascii")
        self._remembered()
        problems = (self.memory.problem, self._theme_problem, *self.keymap.problems)
        notes = (*self.options.notes, *map(safe, problems))
        self.say(" · ".join(filter(None, notes)))
        with suppress(ValueError, NotImplementedError):
            signal.signal(signal.SIGHUP, lambda *_: self.call_later(self.exit))
        self._resting = self.set_timer(REST_S, self.moved)
        self.run_worker(self.feed.run(), exit_on_error=False)
        self._due = self._clock()
        self.set_timer(self._tick_s, self._tick)
        if not self.is_headless:
            self.set_interval(TTY_S, self._still_there)

    def _remembered(self) -> None:
        for name in sorted(LISTS):
            self.memory.arrange(name, self.table(name).view)
        self.split = self.memory.data.get("split", True) is not False
        self.go(str(self.memory.data.get("pane", "devices")))

    def _still_there(self) -> None:
        """A terminal that is gone sends no key for ever: Textual would spin on its end."""
        with suppress(OSError, ValueError):
            if sys.__stdin__ is not None and os.isatty(sys.__stdin__.fileno()):
                return
        self.exit()

    # what is shown

    def table(self, name: str = "") -> Table:
        """The table of that name; of the present pane, or of the phones where it has none."""
        found = self.panes[name or self.pane]
        if isinstance(found, Table):
            return found
        devices = self.panes["devices"]
        assert isinstance(devices, Table)
        return devices

    @property
    def situation(self) -> Situation:
        view = self.table().view
        rows = view.rows()
        chosen = tuple(rows[key] for key in view.targets if key in rows)
        name = "devices" if self.pane == "grid" else self.pane
        lists: dict[str, Any] = {"devices": self._marked_devices()}
        lists |= {name: chosen} if name in LISTS else {}
        connection = self.store.connection
        stats = self.store.stats
        return Situation(
            pane=self.pane,
            **lists,
            needing=self.store.waiting,
            marked=len(view.marked),
            failed=stats.failed - stats.stopped - stats.needs_review,
            offline="" if self.store.live else connection.cause or "not connected yet",
            read_only=self.options.read_only,
            hidden=len(view.hidden),
            again=len(self.said.outcome.refused) if self.said.outcome else 0,
            examples=bool(self.options.examples),
            shell=not self.is_headless and not self.is_web,
        )

    def _marked_devices(self) -> tuple[Any, ...]:
        view = self.table("devices").view
        return tuple(self.store.devices[key] for key in view.targets if view.marked)

    def say(self, text: str, style: str = "", outcome: Outcome | None = None) -> None:
        """Put a sentence above the footer."""
        self.said = Said(text, style, outcome or self.said.outcome)
        self.bars()

    def go(self, pane: str) -> None:
        """Show another pane."""
        self.pane = pane if pane in PANES else "devices"
        self.alone = False
        self.said = Said(outcome=self.said.outcome)
        self.query_one("#lists", ContentSwitcher).current = self.pane
        self.rearranged()
        self.screen_stack[0].set_focus(self.panes[self.pane])
        self.layout()
        if self.pane in UNTOLD and self.store.live:
            self._read_again()

    @work(exclusive=True, group="untold", exit_on_error=False)
    async def _read_again(self) -> None:
        with suppress(TmError, OSError):  # a lost server is the feed's to tell
            await self.feed.read_untold()

    def rearranged(self) -> None:
        """Show the present list as it is arranged now."""
        shown = self.panes[self.pane]
        self.table().view.arrange()
        shown.rearranged()
        self.moved()

    def moved(self) -> None:
        """The cursor is on another row, or the row is another one."""
        self.detail.look_at(self.table().view.row)
        self.bars()

    def layout(self) -> None:
        """One, two or three columns, as the width and the person allow."""
        body, (width, height) = self.query_one("#body"), self.size
        lists = self.pane in LISTS | {"grid"}
        body.set_class(self.alone and lists, "alone")
        body.set_class(lists and self.split and width >= WIDE and not self.alone, "detail")
        body.set_class(lists and self.split and width >= THREE and not self.alone, "three")
        small = width < SMALL[0] or height < SMALL[1]
        for name in ("#top", "#said-line"):
            self.query_one(name).display = not small
        if self.tail.display:
            self.tail.rearranged()
        self.call_after_refresh(self.moved)

    def bars(self) -> None:
        """Bring the bars up to date; a bar that says the same is not painted again."""
        if not self.is_running:
            return
        at = self.situation
        self._put("#top", bars.top(self))
        self._put("#tabs", bars.tabs(self))
        self._put("#foot", bars.foot(self, at))
        self._put("#said-line", Text(self.said.text, style=self.said.style))
        banner = bars.banner(self)
        self._put("#banner", banner)
        self.screen_stack[0].set_class(not self.store.live and bool(self.store.devices), "stale")
        self.query_one("#banner").set_class(bool(banner.plain), "on")

    def _put(self, where: str, text: Text) -> None:
        if self.ascii:
            text.plain = text.plain.translate(PLAIN)
        if self._shown.get(where) != text:
            self._shown[where] = text
            self.screen_stack[0].query_one(where, Static).update(text)

    # the tick

    def _tick(self) -> None:
        late = self._clock() - self._due
        slow = late > self._tick_s
        self._tick_s = (
            min(SLOWEST_TICK_S, self._tick_s * 2) if slow else max(TICK_S, self._tick_s / 2)
        )
        self._due = self._clock() + self._tick_s
        self.set_timer(self._tick_s, self._tick)
        self._paint()

    def _paint(self) -> None:
        dirty = self.store.take()
        shown = self.panes[self.pane]
        if dirty:
            self._paint_list(shown, dirty)
            if self.table().view.cursor in dirty:
                self.detail.look_at(self.table().view.row)
        for log in (self.panes["logs"], self.tail):
            if log.display and isinstance(log, LogsPane):
                log.changed()
        stands = not self.store.live or self.store.trouble or self._shown.get("#banner")
        if dirty or stands or self._aged():
            self.bars()

    def _paint_list(self, shown: Pane, dirty: frozenset[Any]) -> None:
        if isinstance(shown, Table | GridPane):
            keys, anew = shown.view.changed(dirty)
            shown.rearranged() if anew else shown.changed(keys)
        else:
            shown.changed(dirty)

    def _aged(self) -> bool:
        """Once a minute ages are written anew; in between, an idle rack paints nothing."""
        minute = datetime.now(UTC).minute
        if minute == self._minute:
            return False
        self._minute = minute
        if isinstance(self.panes[self.pane], Table):
            self.panes[self.pane].rearranged()
        return True

    def _clock(self) -> float:
        return datetime.now(UTC).timestamp()

    # what a person does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave a key to a dialog, to a line that is being typed in, to the grid's own moves."""
        if action != "do":
            return super().check_action(action, parameters)
        name = parameters[0]
        if len(self.screen_stack) > 1:
            return False
        if isinstance(self.focused, Input):
            return name in {"back", "open"}
        return not (self.pane == "grid" and name in {"left", "right"})

    async def action_do(self, name: str) -> None:
        """Do an action of the registry, or say why not."""
        if isinstance(self.focused, Input):
            self.close_filter()
            return
        if name == "retry" and not self.store.live:
            name = "reconnect"  # r, while the server is lost
        if name == "open" and self.pane == "settings":
            name = "edit"  # the row says all there is
        at = self.situation
        refusal = BY_ID[name].refusal(at)
        if refusal:
            self.say(refusal, "bold")
        elif name in AT_ONCE:
            await AT_ONCE[name](self)
        else:
            self._do(name, at)

    @work(exit_on_error=False)
    async def _do(self, name: str, at: Situation) -> None:
        """Do what asks or waits to what was chosen at the key; meanwhile the screen goes on."""
        try:
            if name in DEEDS:
                await DEEDS[name](self, at)
            else:
                await act_on(self, BY_ID[name], at)
        except Exception as error:  # noqa: BLE001 - whatever an act met is said; the screen stays
            self.say(f"{BY_ID[name].label}: {error or type(error).__name__}", "bold")

    def get_system_commands(
        self,
        screen: Screen[Any],  # noqa: ARG002 - Textual's own signature
    ) -> Iterable[SystemCommand]:
        """The palette: what can be done now, and the themes."""
        at = self.situation
        for action in ACTIONS:
            if action.id != "palette" and not action.refusal(at):
                yield SystemCommand(
                    action.label, action.help, partial(self.call_later, self.action_do, action.id)
                )
        yield SystemCommand("theme", "Choose the colours.", self.action_change_theme)

    def on_table_moved(self, _: Table.Moved) -> None:
        self._resting.stop()
        self._resting = self.set_timer(REST_S, self.moved)

    async def on_table_chosen(self, _: Table.Chosen) -> None:
        await self.action_do("open")

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id == "filter":
            self.set_filter(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "filter":  # where `open` has another key than Enter
            self.close_filter()

    def set_filter(self, text: str) -> None:
        shown = self.panes[self.pane]
        if isinstance(shown, LogsPane):
            shown.filter(text)
        else:
            self.table().view.filter(text)
            shown.rearranged()
        self.moved()

    def close_filter(self) -> None:
        self.query_one("#filter").remove_class("on")
        self.screen_stack[0].set_focus(self.panes[self.pane])

    def on_resize(self, _: Resize) -> None:
        if self.is_running and self.screen_stack:
            self.layout()

    def on_unmount(self) -> None:
        for name in sorted(LISTS):
            self.memory.remember(name, self.table(name).view)
        self.memory.data |= {"pane": self.pane, "split": self.split}
        if self.theme != self._given_theme:  # chosen by a person, not by this terminal's colours
            self.memory.data["theme"] = self.theme
        self.memory.save()

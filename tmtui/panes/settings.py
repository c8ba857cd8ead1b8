"""Settings: every one that the server knows, with its sentence; a new one appears by itself."""

from collections.abc import Iterator

from tmcore.format import safe, shortened
from tmcore.settings import Setting
from tmtui.columns import Column, Shown
from tmtui.detail import facts
from tmtui.widgets.lines import Spans
from tmtui.widgets.table import Table

S = Column[Setting]
LONGEST = 16  # of a value in the list, beside which its sentence must stand; the detail has it all


def setting_lines(one: Setting) -> Iterator[Spans]:
    """What it does, what it is and what it may be."""
    yield [(f"{safe(one.name)}  ", "head"), (safe(one.value), "warn" if one.changed else "")]
    yield []
    yield [(safe(one.sentence), "")]
    yield []
    yield from facts((("default", one.default), ("allowed", one.allowed)))


def _value(one: Setting) -> Shown:
    return Shown(shortened(one.value, LONGEST), "warn" if one.changed else "")


COLUMNS: tuple[S, ...] = (
    S("name", "SETTING", 20, lambda s, _: safe(s.name), lambda s: s.name),
    S("value", "VALUE", 12, lambda s, _: _value(s), lambda s: s.value),
    S("default", "DEFAULT", 10, lambda s, _: safe(s.default), lambda s: s.default, 2),
    S("sentence", "WHAT IT DOES", 20, lambda s, _: safe(s.sentence), lambda s: s.sentence, 1,
      grows=True),
)  # fmt: skip


class SettingsPane(Table):
    pane, title = "settings", "Settings"
    every, sort = COLUMNS, "name"
    empty = "the server has not told its settings yet"

"""Materials: the library that posts are taken from, and what became of each file."""

from collections.abc import Iterator
from pathlib import PurePath

from tmcore import columns
from tmcore.format import safe, size, when
from tmcore.materials import Material
from tmtui.columns import Column, column
from tmtui.detail import facts
from tmtui.widgets.lines import Spans
from tmtui.widgets.table import Table


def material_lines(one: Material) -> Iterator[Spans]:
    """What the file is, who may post it, and each post of it."""
    yield [(f"{safe(_name(one))}  ", "head"), (one.kind, "")]
    yield []
    yield from facts((
        ("path", one.path), ("size", size(one.size_bytes)), ("length", _m["length"].text(one)),
        ("pixels", f"{one.width}x{one.height}"), ("tags", ", ".join(one.tags)),
        ("caption", one.caption), ("account", one.username), ("sort", one.sort),
        ("added", when(one.added_at)), ("sha256", one.sha256),
        ("waits", ", ".join(f"task {task_id} will post it" for task_id in one.reserved_by)),
    ))  # fmt: skip
    yield []
    yield [(f"Posts  {len(one.uses)}", "head")]
    for use in reversed(one.uses):
        yield [(f"  #{use.task_id:<6} ", ""), (f"{safe(use.outcome):<10} ", ""),
               (f"{when(use.at)}  ", "dim"), (safe(f"@{use.account}, {use.app}"), "")]  # fmt: skip
    if not one.uses:
        yield [("  none yet", "dim")]


def _name(one: Material) -> str:
    return PurePath(one.path).name


_m = columns.MATERIALS
COLUMNS: tuple[Column[Material], ...] = (
    column(_m["id"], 5),
    column(_m["file"], 20, show=lambda m: safe(_name(m)), value=_name, grows=True),
    column(_m["kind"], 5, 3),
    column(_m["length"], 6, 4),
    column(_m["size"], 6, 5),
    column(_m["tags"], 14, 1),
    column(_m["account"], 12, 6),
    column(_m["used"], 20, 2),
)


class MaterialsPane(Table):
    pane, title = "materials", "Materials"
    every, sort = COLUMNS, "id"
    empty = "no files; A adds one that lies on the server's computer"

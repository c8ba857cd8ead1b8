"""Materials: the library that posts are taken from, and what became of each file."""

from collections.abc import Iterator
from pathlib import PurePath

from tmcore.format import safe, seconds, size, when
from tmcore.materials import Material, used
from tmtui.columns import Column
from tmtui.detail import facts
from tmtui.store import Store
from tmtui.view import View
from tmtui.widgets.lines import Spans
from tmtui.widgets.table import Table

M = Column[Material]


class MaterialsPane(Table):
    pane, title = "materials", "Materials"

    def __init__(self, store: Store) -> None:
        view: View[int, Material] = View(store, "materials", COLUMNS, "id")
        super().__init__(view, id=self.pane)
        self.empty = "no files; A adds one that lies on the server's computer"


def material_lines(one: Material) -> Iterator[Spans]:
    """What the file is, who may post it, and each post of it."""
    yield [(f"{safe(PurePath(one.path).name)}  ", "head"), (one.kind, "")]
    yield []
    yield from facts((
        ("path", one.path), ("size", size(one.size_bytes)), ("length", _length(one)),
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


def _length(one: Material) -> str:
    return seconds(one.duration_s) if one.duration_s else ""


COLUMNS: tuple[M, ...] = (
    M("id", "ID", 5, lambda m, _: str(m.id), lambda m, _: m.id, right=True),
    M("file", "FILE", 20, lambda m, _: safe(PurePath(m.path).name),
      lambda m, _: PurePath(m.path).name, grows=True),
    M("kind", "KIND", 5, lambda m, _: m.kind, lambda m, _: m.kind, 3),
    M("length", "LENGTH", 6, lambda m, _: _length(m), lambda m, _: m.duration_s, 4, right=True),
    M("size", "SIZE", 6, lambda m, _: size(m.size_bytes), lambda m, _: m.size_bytes, 5,
      right=True),
    M("tags", "TAGS", 14, lambda m, _: safe(", ".join(m.tags)), lambda m, _: ", ".join(m.tags), 1),
    M("account", "ACCOUNT", 12, lambda m, _: safe(m.username or ""), lambda m, _: m.username, 6),
    M("used", "USED", 20, lambda m, _: safe(used(m)), lambda m, _: len(m.uses), 2),
)  # fmt: skip

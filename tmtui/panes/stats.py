"""Stats: counts, failures by reason, how many an hour."""

from collections.abc import Iterable

from tmtui.detail import stats_lines
from tmtui.store import Key, Store
from tmtui.widgets.lines import Lines


class StatsPane(Lines):
    pane, title = "stats", "Stats"

    def __init__(self, store: Store) -> None:
        super().__init__(id=self.pane)
        self._store = store

    def rearranged(self) -> None:
        self.show(stats_lines(self._store, self.size.width))

    def on_resize(self) -> None:
        self.rearranged()

    def changed(self, dirty: Iterable[Key]) -> None:
        if any(isinstance(key, int) for key in dirty):
            self.rearranged()

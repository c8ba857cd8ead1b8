"""The panes: a new one is a file and a line here. Each knows the store, none the rack."""

from typing import TYPE_CHECKING

from tmtui.panes.accounts import AccountsPane
from tmtui.panes.devices import DevicesPane
from tmtui.panes.grid import GridPane
from tmtui.panes.logs import LogsPane
from tmtui.panes.materials import MaterialsPane
from tmtui.panes.schedules import SchedulesPane
from tmtui.panes.settings import SettingsPane
from tmtui.panes.stats import StatsPane
from tmtui.panes.tasks import TasksPane
from tmtui.widgets.table import Table

if TYPE_CHECKING:
    from tmtui.store import Store

Pane = Table | LogsPane | StatsPane | GridPane
# in the order of their keys
PANES = ("devices", "tasks", "logs", "stats", "accounts", "schedules", "materials", "settings",
         "grid")  # fmt: skip


__all__ = ["PANES", "GridPane", "LogsPane", "Pane", "make"]


def make(store: "Store") -> dict[str, Pane]:
    devices = DevicesPane(store)
    made = (devices, TasksPane(store), LogsPane(store), StatsPane(store),
            AccountsPane(store), SchedulesPane(store), MaterialsPane(store), SettingsPane(store),
            GridPane(store, devices.view))  # fmt: skip
    return {pane.pane: pane for pane in made}

"""Tasks: the queue, newest first."""

from tmcore.model import Task
from tmtui.columns import TASKS
from tmtui.store import Store
from tmtui.view import View
from tmtui.widgets.table import Table


class TasksPane(Table):
    pane, title = "tasks", "Tasks"

    def __init__(self, store: Store) -> None:
        view: View[int, Task] = View(store, "tasks", TASKS, "id", reverse=True)
        super().__init__(view, id=self.pane)
        self.empty = "no tasks; go to Devices (1) and press n to post a video"

"""Tasks: the queue, newest first."""

from tmtui.columns import TASKS
from tmtui.widgets.table import Table


class TasksPane(Table):
    pane, title = "tasks", "Tasks"
    every, sort = TASKS, "id"
    reverse = True
    empty = "no tasks; go to Devices (1) and press n to post a video"

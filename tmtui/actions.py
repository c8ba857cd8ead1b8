"""Everything that can be done in the console: one registry for keys, footer, help, palette, tests.

An action says why it cannot be done now; a key that does nothing does not exist. Actions with an
`act` are done to each target through the RackApi; the others are methods `do_<id>` of the console.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tmcore.accounts import Account, AccountChange
from tmcore.api import RackApi
from tmcore.devices import Device
from tmcore.materials import Material
from tmcore.model import NewTask, Source, Task, TaskStatus
from tmcore.needs import need
from tmcore.reasons import Reason
from tmcore.schedules import Schedule
from tmcore.settings import Setting
from tmtui.store import paused

Act = Callable[[RackApi, Any], Awaitable[object]]
LISTS = frozenset({"devices", "tasks", "accounts", "schedules", "materials", "settings"})


@dataclass(frozen=True)
class Situation:
    """What an action is judged by: where the person is, and on what."""

    pane: str = "devices"
    tasks: tuple[Task, ...] = ()  # the marked ones, or the one under the cursor
    devices: tuple[Device, ...] = ()
    accounts: tuple[Account, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    materials: tuple[Material, ...] = ()
    settings: tuple[Setting, ...] = ()
    marked: int = 0
    needing: int = 0  # rows of all lists that wait for a person
    failed: int = 0  # in the whole queue
    offline: str = ""  # why the rack cannot be asked; "" when it can
    read_only: bool = False
    hidden: int = 0  # columns of the present list
    again: int = 0  # how many of the last act's targets were refused
    examples: bool = False
    shell: bool = True

    @property
    def rows(self) -> tuple[Any, ...]:
        """What an act is done to, of whatever list."""
        return (self.tasks or self.devices or self.accounts or self.schedules or self.materials
                or self.settings)  # fmt: skip

    def keys(self, group: str) -> list[str | int]:
        """What an act of that group is done to, by key."""
        name, key = TARGETS[group]
        return [getattr(row, key) for row in getattr(self, name)]


TARGETS = {  # the list that an act of a group is done to, and the name of its keys
    "Phones": ("devices", "serial"), "Accounts": ("accounts", "id"), "Tasks": ("tasks", "id"),
    "Schedules": ("schedules", "id"), "Materials": ("materials", "id"),
    "Settings": ("settings", "name"),
}  # fmt: skip


def _yes(_: Situation) -> str:
    return ""


@dataclass(frozen=True)
class Action:
    """`id` is the name in a keymap file, `label` stands in the footer, `help` is the sentence."""

    id: str
    keys: str
    label: str
    help: str
    refuse: Callable[[Situation], str] = _yes
    group: str = "Everywhere"
    panes: frozenset[str] = frozenset()  # where the footer names it; empty: nowhere
    mutates: bool = False
    asks: str = ""  # the question before an irreversible act, with {n} and {names}
    act: Act | None = None

    def refusal(self, at: Situation) -> str:
        """Say why this cannot be done now; "" when it can."""
        if self.mutates and at.read_only:
            return f"{self.label}: this console is read-only"
        if (self.mutates or self.act) and at.offline:
            return f"{self.label}: the server is lost ({at.offline}); nothing was sent"
        why = self.refuse(at)
        return f"{self.label}: {why}" if why else ""


_NOBODY = {
    "tasks": "no task is chosen; go to Tasks (2) and put the cursor on one",
    "devices": "no phone is chosen; go to Devices (1) and put the cursor on one",
    "accounts": "no account is chosen; go to Accounts (5) and put the cursor on one",
    "schedules": "no schedule is chosen; go to Schedules (6) and put the cursor on one",
    "materials": "no file is chosen; go to Materials (7) and put the cursor on one",
    "settings": "no setting is chosen; go to Settings (8) and put the cursor on one",
}


def _chosen(
    name: str, wanted: Callable[[Any], bool] = lambda _: True, otherwise: str = ""
) -> Callable[[Situation], str]:
    """Refuse where no row of that list is chosen, or none that is wanted."""

    def refuse(at: Situation) -> str:
        rows = getattr(at, name)
        if not rows:
            return _NOBODY[name]
        return "" if any(map(wanted, rows)) else otherwise

    return refuse


def _one(name: str) -> Callable[[Situation], str]:
    """Refuse where not exactly one row of that list is chosen."""
    where = {"tasks": "one task in Tasks (2)", "devices": "one phone in Devices (1)",
             "settings": "one setting in Settings (8)"}[name]  # fmt: skip
    return lambda at: "" if len(getattr(at, name)) == 1 else f"choose {where}"


def _in_list(at: Situation) -> str:
    return "" if at.pane in LISTS | {"grid"} else "only in a list"


def _in_table(at: Situation) -> str:
    return "" if at.pane in LISTS else "only in a list with columns, such as Devices (1)"


def _with_faults(at: Situation) -> str:
    return _in_list(at) or (
        "nothing goes wrong here" if at.pane in {"materials", "settings"} else ""
    )


def open_(task: Task) -> bool:
    return task.status in {TaskStatus.PENDING, TaskStatus.RUNNING}


def retryable(task: Task) -> bool:
    return task.status is TaskStatus.FAILED and task.reason is not Reason.OUTCOME_UNKNOWN


def unknown(task: Task) -> bool:
    return task.reason is Reason.OUTCOME_UNKNOWN


def _matching(serial: str) -> NewTask:
    return NewTask(
        serials=(serial,), script_name="match_accounts", script_config={}, source=Source.UI
    )


def _resolve(*, posted: bool) -> Act:
    return lambda rack, task_id: rack.resolve(task_id, posted=posted)


_ON, _OFF = AccountChange(enabled=True), AccountChange(enabled=False)
_TASKS = frozenset({"tasks"})
_DEVICES = frozenset({"devices", "grid"})
_ACCOUNTS = frozenset({"accounts"})
_SCHEDULES = frozenset({"schedules"})
_MATERIALS, _SETTINGS = frozenset({"materials"}), frozenset({"settings"})
_LOGS = frozenset({"logs"})
_ALL = LISTS | _DEVICES | {"logs", "stats"}

ACTIONS: tuple[Action, ...] = (
    Action("help", "question_mark", "help", "Every key and what it does.", panes=_ALL),
    Action("palette", "ctrl+p,colon", "commands", "Find a command by its name."),
    Action("devices", "1", "Devices", "The phones."),
    Action("tasks", "2", "Tasks", "The queue: what waits, runs, was done and failed."),
    Action("logs", "3", "Logs", "What scripts and people did, as it happens."),
    Action("stats", "4", "Stats", "Counts, failures by reason, and how many an hour."),
    Action("accounts", "5", "Accounts", "Who is logged in where, and who waits for you."),
    Action("schedules", "6", "Schedules", "What the calendar posts by itself, and when next."),
    Action("materials", "7", "Materials", "The files to post from, and what became of each."),
    Action("settings", "8", "Settings", "Every setting, what it does and what it may be."),
    Action("grid", "g", "Grid", "The whole rack at a glance, a tile for each phone."),
    Action("filter", "slash", "filter", "Show only what matches, such as state:offline temp>40.",
           lambda at: "" if at.pane != "stats" else "there is no list here",
           panes=_ALL - {"stats"}),
    Action("faults", "exclamation_mark", "faults", "Only what went wrong; once more shows all.",
           _with_faults, panes=LISTS),
    Action("next", "N", "needs you", "Go to the next thing that waits for you, in whatever list.",
           lambda at: "" if at.needing else "nothing waits for you", panes=_ALL),
    Action("back", "escape", "back", "Close the detail; else clear the filter; else the marks."),
    Action("full", "plus", "full", "Give the pane the whole width."),
    Action("split", "underscore", "split", "Show the pane and its detail side by side."),
    Action("reconnect", "ctrl+r", "reconnect", "Try the lost server now (r does it too, then).",
           lambda at: "" if at.offline else "the server answers"),
    Action("mouse", "M", "mouse", "Give the mouse to the terminal, to select text; or back."),
    Action("examples", "e", "curl", "The API calls of the demo, to paste in another terminal.",
           lambda at: "" if at.examples else "only `tm demo` has examples; see docs/tour.md"),
    Action("quit", "q,ctrl+q,ctrl+c", "quit", "Leave. The server and its posts go on.", panes=_ALL),
    Action("open", "enter", "details", "Show everything about the row.", _in_list, "Lists",
           LISTS | {"grid"}),
    Action("mark", "space", "mark", "Mark the row; acts are then done to all marked.", _in_list,
           "Lists", LISTS),
    Action("mark_all", "a", "mark all", "Mark everything that the filter shows, or nothing of it.",
           _in_list, "Lists"),
    Action("invert", "asterisk", "invert", "Mark what is not marked, and the other way round.",
           _in_list, "Lists"),
    Action("left", "h,left", "column left", "Choose the column to sort by.", _in_table, "Lists"),
    Action("right", "l,right", "column right", "Choose the column to sort by.", _in_table, "Lists"),
    Action("sort", "o", "sort", "Sort by the chosen column; once more reverses.", _in_table,
           "Lists", LISTS),
    Action("columns", "c", "hide column", "Hide the chosen column; what it took, others get.",
           _in_table, "Lists"),
    Action("all_columns", "C", "all columns", "Show every column again, where there is room.",
           lambda at: _in_table(at) or ("" if at.hidden else "no column is hidden"), "Lists"),
    Action("copy", "y", "copy", "Copy the row to the clipboard (OSC 52), or to a file.",
           lambda at: "" if at.rows else "no row is chosen", "Lists"),
    Action("stop", "s", "stop", "Stop waiting or running tasks.",
           _chosen("tasks", open_, "it is not waiting or running"), "Tasks", _TASKS, mutates=True,
           asks="Stop {n} tasks? {names}", act=lambda rack, key: rack.stop(key)),
    Action("retry", "r", "retry", "Queue failed tasks again.",
           _chosen("tasks", retryable,
                   "it did not fail, or its outcome is unknown (u settles that)"),
           "Tasks", _TASKS, mutates=True, act=lambda rack, key: rack.retry(key)),
    Action("retry_all", "R", "retry all", "Queue every failed task again but the unknown ones.",
           lambda at: "" if at.failed else "nothing has failed", "Tasks", _TASKS, mutates=True,
           asks="Queue all {n} failed tasks again? What was stopped by hand is left alone."),
    Action("delete", "d", "delete", "Delete tasks; what was posted stays remembered.",
           _chosen("tasks"), "Tasks", _TASKS, mutates=True,
           asks="Delete {n} tasks for good? {names}"),
    Action("resolve", "u", "settle",
           "Say whether a post of unknown outcome is there, its screens in view.",
           _chosen("tasks", unknown, "its outcome is known"), "Tasks", _TASKS, mutates=True),
    Action("evidence", "E", "evidence",
           "See what was kept of a task: its screens, as pictures and text.",
           lambda at: "the server is lost" if at.offline else _one("tasks")(at), "Tasks", _TASKS),
    Action("save", "w", "save", "Save as a file: the kept screen of a task, a phone's, the log.",
           lambda at: "" if at.pane == "logs" or len(at.tasks) == 1 or len(at.devices) == 1
           else "choose one task or one phone, or go to Logs (3)", "Tasks", _LOGS),
    Action("again", "full_stop", "again", "Repeat the last act on those that refused it.",
           lambda at: "" if at.again else "nothing was refused by the last act", mutates=True,
           group="Tasks"),
    Action("post", "n", "new post", "Post a video from the marked phones.",
           lambda at: "" if at.devices else "no phone is chosen; mark some in Devices (1)",
           "Phones", _DEVICES, mutates=True),
    Action("pause", "p", "pause", "Let phones take no new task, with a reason for others to read.",
           _chosen("devices", lambda d: paused(d) is None,
                   "it is paused already (P lets it work again)"),
           "Phones", _DEVICES, mutates=True),
    Action("resume", "P", "resume", "Let paused phones work again.",
           _chosen("devices", lambda d: paused(d) is not None, "it is not paused"), "Phones",
           mutates=True, act=lambda rack, key: rack.resume(key)),
    Action("look", "v", "look", "See the phone's screen; on a paused phone, act by hand.",
           lambda at: "the server is lost" if at.offline else _one("devices")(at), "Phones",
           _DEVICES),
    Action("shell", "S", "shell", "Open a shell on the phone, by this computer's adb.",
           lambda at: _one("devices")(at) if at.shell else "not from this terminal", "Phones",
           mutates=True),
    Action("let_go", "F", "release",
           "Let quarantined phones work again, once you have seen to them.",
           _chosen("devices", lambda d: bool(need(d)), "it is not quarantined"), "Phones",
           _DEVICES, mutates=True, act=lambda rack, key: rack.upkeep.release(key)),
    Action("match", "m", "match", "Read the accounts that are logged in on phones, and bind them.",
           _chosen("devices"), "Phones", _DEVICES, mutates=True,
           act=lambda rack, key: rack.create(_matching(key))),
    Action("release", "U", "release", "Let held accounts post again, once you have seen to them.",
           _chosen("accounts", lambda a: a.held is not None, "it is not held"), "Accounts",
           _ACCOUNTS, mutates=True, act=lambda rack, key: rack.release_account(key)),
    Action("disable", "b", "disable", "Let accounts post nothing for now; their tasks wait.",
           _chosen("accounts", lambda a: a.enabled, "it is disabled (B enables it)"), "Accounts",
           _ACCOUNTS, mutates=True, act=lambda rack, key: rack.change_account(key, _OFF)),
    Action("enable", "B", "enable", "Let disabled accounts post again.",
           _chosen("accounts", lambda a: not a.enabled, "it is not disabled"), "Accounts",
           _ACCOUNTS, mutates=True, act=lambda rack, key: rack.change_account(key, _ON)),
    Action("run", "x", "run now", "Make the tasks of schedules now, whatever the clock says.",
           _chosen("schedules"), "Schedules", _SCHEDULES, mutates=True,
           asks="Run {n} schedules now? {names}", act=lambda rack, key: rack.schedules.run(key)),
    Action("hold", "z", "hold", "Let schedules make nothing; their times then are no misses.",
           _chosen("schedules", lambda s: not s.paused, "it is paused (Z lets it go on)"),
           "Schedules", _SCHEDULES, mutates=True, act=lambda rack, key: rack.schedules.pause(key)),
    Action("go_on", "Z", "go on", "Let paused schedules go on, with their next time from now.",
           _chosen("schedules", lambda s: s.paused, "it is not paused"), "Schedules", _SCHEDULES,
           mutates=True, act=lambda rack, key: rack.schedules.resume(key)),
    Action("remove", "D", "remove", "Delete schedules; tasks that they have made stay.",
           _chosen("schedules"), "Schedules", _SCHEDULES, mutates=True,
           asks="Delete {n} schedules? {names}", act=lambda rack, key: rack.schedules.delete(key)),
    Action("add", "A", "add", "Add a file that lies on the server's computer to the library.",
           lambda at: "" if at.pane == "materials" else "only in Materials (7)", "Materials",
           _MATERIALS, mutates=True),
    Action("tags", "t", "tags", "Give files other tags, the words that posts choose them by.",
           _chosen("materials"), "Materials", _MATERIALS, mutates=True),
    Action("take_out", "X", "take out", "Take files out of the library; they stay on the disk.",
           _chosen("materials"), "Materials", _MATERIALS, mutates=True,
           asks="Take {n} files out of the library? {names}",
           act=lambda rack, key: rack.materials.delete(key)),
    Action("edit", "i", "edit", "Change the setting, in force at once; Enter does it too.",
           _one("settings"), "Settings", _SETTINGS, mutates=True),
    Action("follow", "f", "follow", "Hold the log still, or follow it again.",
           lambda at: "" if at.pane == "logs" else "only in Logs (3)", "Logs", _LOGS),
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}
POSTED, NOT_POSTED = _resolve(posted=True), _resolve(posted=False)

SHOWN = {
    "question_mark": "?", "slash": "/", "exclamation_mark": "!", "plus": "+", "underscore": "_",
    "asterisk": "*", "full_stop": ".", "colon": ":", "escape": "esc", "space": "space",
    "ctrl+p": "^p", "ctrl+q": "^q", "ctrl+c": "^c", "ctrl+r": "^r", "left": "←", "right": "→",
}  # fmt: skip


def spelled(keys: str) -> str:
    """Return keys as they stand on a keyboard."""
    return " ".join(SHOWN.get(key, key) for key in keys.split(","))

"""Everything that can be done in the console: one registry for keys, footer, help, palette, tests.

An action says why it cannot be done now; a key that does nothing does not exist. Actions with an
`act` are done to each target through the RackApi; the others are methods `do_<id>` of the console.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tmcore.accounts import AccountChange
from tmcore.api import RackApi
from tmcore.model import Account, Device, NewTask, Source, Task, TaskStatus
from tmcore.reasons import Reason
from tmcore.schedules import Schedule
from tmtui.store import paused

Act = Callable[[RackApi, Any], Awaitable[object]]


@dataclass(frozen=True)
class Situation:
    """What an action is judged by: where the person is, and on what."""

    pane: str = "devices"
    tasks: tuple[Task, ...] = ()  # the marked ones, or the one under the cursor
    devices: tuple[Device, ...] = ()
    accounts: tuple[Account, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    marked: int = 0
    failed: int = 0  # in the whole queue
    offline: str = ""  # why the rack cannot be asked; "" when it can
    read_only: bool = False
    hidden: int = 0  # columns of the present list
    again: int = 0  # how many of the last act's targets were refused
    examples: bool = False
    shell: bool = True

    def keys(self, group: str) -> list[str | int]:
        """What an act of that group is done to, by key."""
        if group == "Phones":
            return [device.serial for device in self.devices]
        if group == "Accounts":
            return [account.id for account in self.accounts]
        if group == "Schedules":
            return [schedule.id for schedule in self.schedules]
        return [task.id for task in self.tasks]


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


def _tasks(wanted: Callable[[Task], bool], otherwise: str) -> Callable[[Situation], str]:
    def refuse(at: Situation) -> str:
        if not at.tasks:
            return "no task is chosen; go to Tasks (2) and put the cursor on one"
        return "" if any(map(wanted, at.tasks)) else otherwise

    return refuse


def _devices(wanted: Callable[[Device], bool], otherwise: str) -> Callable[[Situation], str]:
    def refuse(at: Situation) -> str:
        if not at.devices:
            return "no phone is chosen; go to Devices (1) and put the cursor on one"
        return "" if any(map(wanted, at.devices)) else otherwise

    return refuse


def _accounts(wanted: Callable[[Account], bool], otherwise: str) -> Callable[[Situation], str]:
    def refuse(at: Situation) -> str:
        if not at.accounts:
            return "no account is chosen; go to Accounts (5) and put the cursor on one"
        return "" if any(map(wanted, at.accounts)) else otherwise

    return refuse


def _schedules(wanted: Callable[[Schedule], bool], otherwise: str) -> Callable[[Situation], str]:
    def refuse(at: Situation) -> str:
        if not at.schedules:
            return "no schedule is chosen; go to Schedules (6) and put the cursor on one"
        return "" if any(map(wanted, at.schedules)) else otherwise

    return refuse


def _in_list(at: Situation) -> str:
    return "" if at.pane in _LISTS | _DEVICES else "only in a list"


def _in_table(at: Situation) -> str:
    where = "only in Devices (1), Tasks (2), Accounts (5) and Schedules (6)"
    return "" if at.pane in _LISTS else where


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
_LISTS = frozenset({"devices", "tasks", "accounts", "schedules"})
_LOGS = frozenset({"logs"})
_ALL = frozenset({"devices", "tasks", "logs", "stats", "accounts", "schedules", "grid"})

ACTIONS: tuple[Action, ...] = (
    Action("help", "question_mark", "help", "Every key and what it does.", panes=_ALL),
    Action("palette", "ctrl+p,colon", "commands", "Find a command by its name."),
    Action("devices", "1", "Devices", "The phones."),
    Action("tasks", "2", "Tasks", "The queue: what waits, runs, was done and failed."),
    Action("logs", "3", "Logs", "What scripts and people did, as it happens."),
    Action("stats", "4", "Stats", "Counts, failures by reason, and how many an hour."),
    Action("accounts", "5", "Accounts", "Who is logged in where, and who waits for you."),
    Action("schedules", "6", "Schedules", "What the calendar posts by itself, and when next."),
    Action("grid", "g", "Grid", "The whole rack at a glance, a tile for each phone."),
    Action("filter", "slash", "filter", "Show only what matches, such as state:offline temp>40.",
           lambda at: "" if at.pane != "stats" else "there is no list here",
           panes=_ALL - {"stats"}),
    Action("faults", "exclamation_mark", "faults", "Only what went wrong; once more shows all.",
           _in_list, panes=_LISTS),
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
           _LISTS | {"grid"}),
    Action("mark", "space", "mark", "Mark the row; acts are then done to all marked.", _in_list,
           "Lists", _LISTS),
    Action("mark_all", "a", "mark all", "Mark everything that the filter shows, or nothing of it.",
           _in_list, "Lists"),
    Action("invert", "asterisk", "invert", "Mark what is not marked, and the other way round.",
           _in_list, "Lists"),
    Action("left", "h,left", "column left", "Choose the column to sort by.", _in_table, "Lists"),
    Action("right", "l,right", "column right", "Choose the column to sort by.", _in_table, "Lists"),
    Action("sort", "o", "sort", "Sort by the chosen column; once more reverses.", _in_table,
           "Lists", _LISTS),
    Action("columns", "c", "hide column", "Hide the chosen column; what it took, others get.",
           _in_table, "Lists"),
    Action("all_columns", "C", "all columns", "Show every column again, where there is room.",
           lambda at: _in_table(at) or ("" if at.hidden else "no column is hidden"), "Lists"),
    Action("copy", "y", "copy", "Copy the row to the clipboard (OSC 52), or to a file.",
           lambda at: "" if at.tasks or at.devices or at.accounts or at.schedules
           else "no row is chosen", "Lists"),
    Action("stop", "s", "stop", "Stop waiting or running tasks.",
           _tasks(open_, "it is not waiting or running"), "Tasks", _TASKS, mutates=True,
           asks="Stop {n} tasks? {names}", act=lambda rack, key: rack.stop(key)),
    Action("retry", "r", "retry", "Queue failed tasks again.",
           _tasks(retryable, "it did not fail, or its outcome is unknown (u settles that)"),
           "Tasks", _TASKS, mutates=True, act=lambda rack, key: rack.retry(key)),
    Action("retry_all", "R", "retry all", "Queue every failed task again but the unknown ones.",
           lambda at: "" if at.failed else "nothing has failed", "Tasks", _TASKS, mutates=True,
           asks="Queue all {n} failed tasks again? What was stopped by hand is left alone."),
    Action("delete", "d", "delete", "Delete tasks; what was posted stays remembered.",
           _tasks(lambda _: True, ""), "Tasks", _TASKS, mutates=True,
           asks="Delete {n} tasks for good? {names}"),
    Action("resolve", "u", "settle", "Say whether a post of unknown outcome is there.",
           _tasks(unknown, "its outcome is known"), "Tasks", _TASKS, mutates=True),
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
           _devices(lambda d: paused(d) is None, "it is paused already (P lets it work again)"),
           "Phones", _DEVICES, mutates=True),
    Action("resume", "P", "resume", "Let paused phones work again.",
           _devices(lambda d: paused(d) is not None, "it is not paused"), "Phones", mutates=True,
           act=lambda rack, key: rack.resume(key)),
    Action("look", "v", "look", "See the phone's screen; on a paused phone, act by hand.",
           lambda at: "the server is lost" if at.offline else
           "" if len(at.devices) == 1 else "choose one phone in Devices (1)", "Phones", _DEVICES),
    Action("shell", "S", "shell", "Open a shell on the phone, by this computer's adb.",
           lambda at: "not from this terminal" if not at.shell else
           "" if len(at.devices) == 1 else "choose one phone in Devices (1)", "Phones",
           mutates=True),
    Action("match", "m", "match", "Read the accounts that are logged in on phones, and bind them.",
           _devices(lambda _: True, ""), "Phones", _DEVICES, mutates=True,
           act=lambda rack, key: rack.create(_matching(key))),
    Action("release", "U", "release", "Let held accounts post again, once you have seen to them.",
           _accounts(lambda a: a.held is not None, "it is not held"), "Accounts", _ACCOUNTS,
           mutates=True, act=lambda rack, key: rack.release_account(key)),
    Action("disable", "b", "disable", "Let accounts post nothing for now; their tasks wait.",
           _accounts(lambda a: a.enabled, "it is disabled (B enables it)"), "Accounts", _ACCOUNTS,
           mutates=True, act=lambda rack, key: rack.change_account(key, _OFF)),
    Action("enable", "B", "enable", "Let disabled accounts post again.",
           _accounts(lambda a: not a.enabled, "it is not disabled"), "Accounts", _ACCOUNTS,
           mutates=True, act=lambda rack, key: rack.change_account(key, _ON)),
    Action("run", "x", "run now", "Make the tasks of schedules now, whatever the clock says.",
           _schedules(lambda _: True, ""), "Schedules", _SCHEDULES, mutates=True,
           asks="Run {n} schedules now? {names}", act=lambda rack, key: rack.schedules.run(key)),
    Action("hold", "z", "hold", "Let schedules make nothing; their times then are no misses.",
           _schedules(lambda s: not s.paused, "it is paused (Z lets it go on)"), "Schedules",
           _SCHEDULES, mutates=True, act=lambda rack, key: rack.schedules.pause(key)),
    Action("go_on", "Z", "go on", "Let paused schedules go on, with their next time from now.",
           _schedules(lambda s: s.paused, "it is not paused"), "Schedules", _SCHEDULES,
           mutates=True, act=lambda rack, key: rack.schedules.resume(key)),
    Action("remove", "D", "remove", "Delete schedules; tasks that they have made stay.",
           _schedules(lambda _: True, ""), "Schedules", _SCHEDULES, mutates=True,
           asks="Delete {n} schedules? {names}", act=lambda rack, key: rack.schedules.delete(key)),
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

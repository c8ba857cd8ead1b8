"""The embedded library: a queue of posts and the phones that make them.

    from tmcore import NewTask, Rack

    async with Rack("rack.db") as rack:
        new = NewTask(serials=["R58M…"], script_name="post", script_config={…})
        created = await rack.create(new)

Names are loaded when they are first used, so that one name does not cost the whole library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tmcore.accounts import Account, NewAccount
    from tmcore.api import RackApi
    from tmcore.devices import Device, DeviceState
    from tmcore.errors import BadInput, NotFound, TmError
    from tmcore.model import Created, NewTask, Stats, Task, TaskDetail, TaskQuery, TaskStatus
    from tmcore.phone.server import AdbServer
    from tmcore.rack import Rack
    from tmcore.reasons import Reason
    from tmcore.settings import Settings

__all__ = [
    "Account",
    "AdbServer",
    "BadInput",
    "Created",
    "Device",
    "DeviceState",
    "NewAccount",
    "NewTask",
    "NotFound",
    "Rack",
    "RackApi",
    "Reason",
    "Settings",
    "Stats",
    "Task",
    "TaskDetail",
    "TaskQuery",
    "TaskStatus",
    "TmError",
]

_HOMES = {
    "Account": "accounts",
    "AdbServer": "phone.server",
    "BadInput": "errors",
    "Device": "devices",
    "DeviceState": "devices",
    "NewAccount": "accounts",
    "NotFound": "errors",
    "Rack": "rack",
    "RackApi": "api",
    "Reason": "reasons",
    "Settings": "settings",
    "TmError": "errors",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'tmcore' has no attribute {name!r}")
    return getattr(import_module(f"tmcore.{_HOMES.get(name, 'model')}"), name)


def __dir__() -> list[str]:
    return __all__

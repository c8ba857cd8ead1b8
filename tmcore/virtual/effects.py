"""What each fault does to a phone when it takes hold, and how it lets go."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tmcore.virtual.conditions import change
from tmcore.virtual.faults import Fault
from tmcore.virtual.packages import package_of

if TYPE_CHECKING:
    from tmcore.virtual.phone import Phone

Effect = Callable[["Phone", Fault], None]


def take_hold(phone: "Phone", fault: Fault) -> None:
    """Most faults are only looked up where they matter; these do something at once."""
    fault.undo = change(phone, fault)
    if effect := _HOLD.get(fault.name):
        effect(phone, fault)


def let_go(phone: "Phone", fault: Fault) -> None:
    """Undo it."""
    if fault.undo:
        fault.undo()
    if effect := _LET_GO.get(fault.name):
        effect(phone, fault)


def _offline(phone: "Phone", _: Fault) -> None:
    phone.is_silent = True
    phone.spawn(phone.cable.show_offline())


def _unauthorized(phone: "Phone", _: Fault) -> None:
    phone.is_unauthorized = True
    phone.spawn(phone.cable.ask_authorization())


def _online(phone: "Phone", fault: Fault) -> None:
    if fault.name == "offline":
        phone.is_silent = False
    else:
        phone.is_unauthorized = False
    phone.spawn(phone.cable.show_online())


def _lock(phone: "Phone", _: Fault) -> None:
    phone.locked = True


def _unlock(phone: "Phone", _: Fault) -> None:
    phone.locked = False


def _fill(phone: "Phone", fault: Fault) -> None:
    phone.files.room = int(fault.number("bytes", 0))


def _empty(phone: "Phone", _: Fault) -> None:
    phone.files.room = None


def _crash(phone: "Phone", fault: Fault) -> None:
    package = phone.apps.meant(fault).package
    phone.log.append(f"E AndroidRuntime: FATAL EXCEPTION: main Process: {package}")
    phone.stop_app(package)


def _remove(phone: "Phone", fault: Fault) -> None:
    phone.stop_app(package_of(fault.text("app")) or phone.apps.first)


def _cover(phone: "Phone", fault: Fault) -> None:
    phone.apps.meant(fault).cover(fault.text("kind", "contacts"))


def _uncover(phone: "Phone", fault: Fault) -> None:
    for app in phone.apps:
        if fault.concerns(app.package):
            app.uncover()


_HOLD: dict[str, Effect] = {
    "app_crash": _crash,
    "app_missing": _remove,
    "dialog": _cover,
    "freeze": lambda phone, _: phone.freeze(),
    "locked": _lock,
    "offline": _offline,
    "reboot": lambda phone, fault: phone.reboot(fault.number("down", 1), fault.number("boot", 1)),
    "storage_full": _fill,
    "u2_dies": lambda phone, _: phone.running.end(),
    "unauthorized": _unauthorized,
    "unplugged": lambda phone, _: phone.cable.unplug(),
}
_LET_GO: dict[str, Effect] = {
    "dialog": _uncover,
    "freeze": lambda phone, _: phone.thaw(),
    "locked": _unlock,
    "offline": _online,
    "storage_full": _empty,
    "unauthorized": _online,
    "unplugged": lambda phone, _: phone.spawn(phone.cable.plug()),
}

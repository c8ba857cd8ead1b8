"""am and monkey: starting, stopping, broadcasts. Errors exit 0, as real ones do."""

import base64
import binascii
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from tmcore.virtual.packages import (
    ADB_KEYBOARD,
    IMES,
    MAIN_ACTIVITIES,
    META_ACTIONS,
    SHARE_ACTIVITIES,
    has_activity,
)
from tmcore.virtual.shell.call import Call

_META_APP = {"source_application", "com.instagram.platform.extra.APPLICATION_ID"}


def am(call: Call) -> int:
    """Start, force-stop, broadcast, get-current-user."""
    verb = call.args.pop(0) if call.args else ""
    run = _VERBS.get(verb)
    if run is None:
        call.error(f"Error: unknown command '{verb}'")
        return 255
    return run(call)


def monkey(call: Call) -> int:
    """-p PACKAGE -c LAUNCHER 1: how adbutils starts an app."""
    package = call.option("-p") or ""
    if not _is_startable(call, package) or package not in MAIN_ACTIVITIES:
        call.print("** No activities found to run, monkey aborted.")
        return 252
    call.phone.start_app(package)
    call.print(
        "Events injected: 1",
        "## Network stats: elapsed time=12ms (0ms mobile, 0ms wifi, 12ms not connected)",
    )
    return 0


def _start(call: Call) -> int:
    component, action, data = call.option("-n"), call.option("-a"), call.option("-d")
    extras = _extras(call)
    call.option("-c")
    call.option("--user")
    package = call.option("-p") or (component or "").partition("/")[0]
    package = package or next((a for a in reversed(call.args) if a in MAIN_ACTIVITIES), "")
    waits = call.flag("-W")
    intent = f"cmp={component}" if component else f"act={action} pkg={package}"
    call.print(f"Starting: Intent {{ {intent} }}")
    if not package and action:
        return 0  # some other app's business, such as opening a link
    if not _is_startable(call, package) or (component and not has_activity(component)):
        call.error(
            "Error type 3", f"Error: Activity class {{{component or package}}} does not exist."
        )
        return 0
    if call.phone.is_in_front(package):
        call.print("Warning: Activity not started, its current task has been brought to the front")
    if action == "android.intent.action.VIEW" and data:
        if not call.phone.view(package, data):
            call.error("Error: Activity not started, unable to resolve Intent")
        return 0
    target = _share_target(component or "", action or "", extras)
    if target:
        call.phone.share(package, extras.get("android.intent.extra.STREAM") or data or "", target)
    else:
        call.phone.start_app(package)
    if waits:
        call.print(
            "Status: ok",
            "LaunchState: COLD",
            f"Activity: {component}",
            "TotalTime: 412",
            "WaitTime: 418",
            "Complete",
        )
    return 0


def _share_target(component: str, action: str, extras: dict[str, str]) -> str:
    """What a file is shared for, or nothing: Meta's actions want the id of a registered app."""
    if action in META_ACTIONS:
        known = _META_APP & extras.keys()
        return META_ACTIONS[action] if known else ""
    package, _, name = component.partition("/")
    return SHARE_ACTIVITIES.get(package, {}).get(name, "")


def _is_startable(call: Call, package: str) -> bool:
    found = call.phone.package(package)
    return found is not None and found.enabled


def _force_stop(call: Call) -> int:
    call.option("--user")
    for package in call.args:
        call.phone.stop_app(package)
    return 0


def _broadcast(call: Call) -> int:
    action, data = call.option("-a") or "", call.option("-d") or ""
    extras = _extras(call)
    call.print(
        f"Broadcasting: Intent {{ act={action} flg=0x400000{' (has extras)' if extras else ''} }}"
    )
    if action.endswith("MEDIA_SCANNER_SCAN_FILE"):
        call.phone.media.scan(unquote(urlsplit(data).path))
    elif action.startswith("ADB_"):
        _keyboard(call, action, extras)
    call.print("Broadcast completed: result=0")
    return 0


def _extras(call: Call) -> dict[str, str]:
    found = {}
    for flag in ("--es", "--ei", "--ez", "--eu", "-e"):
        while flag in call.args:
            at = call.args.index(flag)
            name, value = call.args[at + 1 : at + 3]
            found[name] = value
            del call.args[at : at + 3]
    return found


def _keyboard(call: Call, action: str, extras: dict[str, str]) -> None:
    """ADBKeyBoard: silent when it is not the input method or no field has the focus."""
    phone = call.phone
    if phone.settings["secure"]["default_input_method"] != IMES[ADB_KEYBOARD]:
        return
    if action == "ADB_INPUT_B64":
        try:
            phone.commit(base64.b64decode(extras.get("msg", "")).decode())
        except (binascii.Error, UnicodeDecodeError):
            return
    elif action == "ADB_INPUT_TEXT":
        phone.commit(extras.get("msg", ""))
    elif action == "ADB_CLEAR_TEXT":
        phone.select_all()
        phone.key(67)


def _get_current_user(call: Call) -> int:
    call.print(str(call.phone.user))
    return 0


def _nothing(_: Call) -> int:
    return 0


_VERBS: dict[str, Callable[[Call], int]] = {
    "start": _start,
    "start-activity": _start,
    "force-stop": _force_stop,
    "kill": _force_stop,
    "broadcast": _broadcast,
    "get-current-user": _get_current_user,
    "wait-for-broadcast-idle": _nothing,
}

"""What is on the screen: uiautomator, screencap, wm."""

import asyncio
from dataclasses import replace

from tmcore.virtual.app.dump import all_windows, plain
from tmcore.virtual.app.node import Window, active
from tmcore.virtual.screencap import picture
from tmcore.virtual.shell.call import Call
from tmcore.virtual.u2.server import REGISTERED

DEFAULT_FILE = "/sdcard/window_dump.xml"
NOT_IDLE = "ERROR: could not get idle state."
NULL_ROOT = "ERROR: null root node returned by UiTestAutomationBridge."
_IDLE_WAIT_S = (
    1.0  # how long a failing dump takes on a lifelike phone, ten times less than a real one
)


async def uiautomator(call: Call) -> int:
    """Dump; its errors go to stderr and still exit 0."""
    if call.args[:1] != ["dump"]:
        call.error("Usage: uiautomator <subcommand> [options]")
        return 1
    call.args.pop(0)
    compressed, windows = call.flag("--compressed"), call.flag("--windows")
    path = call.args[0] if call.args else DEFAULT_FILE
    if call.phone.running.automated:
        call.error(f'Exception in thread "main" {REGISTERED}')
        return 1
    call.phone.running.automated = True
    try:
        await call.phone.wait_for_dump()
    finally:
        call.phone.running.automated = False
    if problem := _problem(call, compressed=compressed):
        call.error(problem)
        return 0
    shown = call.phone.windows()
    if _is_empty(call):
        shown = [Window(replace(active(shown).root, children=[]))]
    xml = (
        all_windows(shown, call.phone.size)
        if windows
        else plain(active(shown), compressed=compressed)
    )
    call.phone.dumped()
    if path == "/dev/tty":
        call.write(xml.encode())
    else:
        call.phone.files.write(call.path(path), xml.encode())
    call.print(f"UI hierchary dumped to: {path}")  # the typo is Android's
    return 0


async def screencap(call: Call) -> int:
    """-p to stdout or a file."""
    call.option("-d")
    call.flag("-p")
    await asyncio.sleep(0)
    if "screencap_fails" in call.phone.faults:
        return 1
    data = picture(call.phone.windows(), call.phone.size)
    if call.args:
        call.phone.files.write(call.path(call.args[0]), data)
    else:
        call.write(data)
    return 0


def wm(call: Call) -> int:
    """Size, density, dismiss-keyguard."""
    match call.args:
        case ["size"]:
            call.print("Physical size: {}x{}".format(*call.phone.size))
        case ["density"]:
            call.print(f"Physical density: {call.phone.identity.density}")
        case ["dismiss-keyguard"]:
            call.phone.dismiss_keyguard()
        case _:
            call.error("wm: not on a virtual phone")
            return 255
    return 0


def _is_empty(call: Call) -> bool:
    fault = call.phone.faults.get("empty_tree")
    return bool(fault and call.phone.never_idle and fault.count_down())


def _problem(call: Call, *, compressed: bool) -> str:
    error = call.phone.faults.get("dump_error")
    if error and error.count_down():
        return error.text("text", NOT_IDLE)
    if "never_idles" in call.phone.faults and call.phone.never_idle and not compressed:
        return NOT_IDLE
    return "" if call.phone.windows() else NULL_ROOT

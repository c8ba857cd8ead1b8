"""dumpsys, one function a service."""

from collections.abc import Callable

from tmcore.virtual.packages import Package
from tmcore.virtual.shell.call import Call


def dumpsys(call: Call) -> int:
    """One service's state."""
    call.option("-t")
    if not call.args:
        call.print("Currently running services:", *(f"  {n}" for n in sorted(_SERVICES)))
        return 0
    service = call.args.pop(0)
    show = _SERVICES.get(service)
    if show is None:
        call.print(f"Can't find service: {service}")
        return 0
    show(call)
    return 0


def _battery(call: Call) -> None:
    battery = call.phone.battery
    if call.args:
        return  # `dumpsys battery set …` is not for us
    call.print(
        "Current Battery Service state:",
        f"  AC powered: {_flag(battery.charging)}",
        f"  USB powered: {_flag(battery.charging)}",
        "  Wireless powered: false",
        "  Dock powered: false",
        "  Max charging current: 500000",
        "  Max charging voltage: 5000000",
        "  Charge counter: 3500000",
        f"  status: {2 if battery.charging else 3}",
        "  health: 2",
        "  present: true",
        f"  level: {battery.level}",
        "  scale: 100",
        "  voltage: 4123",
        f"  temperature: {battery.temperature}",
        "  technology: Li-ion",
    )


def _power(call: Call) -> None:
    awake = call.phone.awake
    stays = call.phone.settings["global"].get("stay_on_while_plugged_in", "0") != "0"
    call.print(
        "POWER MANAGER (dumpsys power)",
        "",
        f"  mWakefulness={'Awake' if awake else 'Asleep'}",
        "  mIsPowered=true",
        f"  mStayOn={_flag(stays)}",
        f"  mHoldingDisplaySuspendBlocker={_flag(awake)}",
        f"Display Power: state={'ON' if awake else 'OFF'}",
    )


def _window(call: Call) -> None:
    phone = call.phone
    locked = _flag(phone.locked)
    focus = f"Window{{7f3a9c1 u0 {phone.front_component}}}"
    call.print(
        "WINDOW MANAGER POLICY STATE (dumpsys window policy)",
        f"    isKeyguardShowing={locked}",
        f"    showing={locked}",
        f"  mShowingLockscreen={locked} mDreamingLockscreen={locked}",
        "WINDOW MANAGER WINDOWS (dumpsys window windows)",
        f"  Window #0 {focus}:",
        f"  mCurrentFocus={focus}",
        f"  mFocusedApp=ActivityRecord{{2b1 u0 {phone.front_component} t12}}",
        f"  mInputMethodWindow shown={_flag(phone.keyboard)}",
    )


def _display(call: Call) -> None:
    width, height = call.phone.size
    view = "DisplayViewport{type=INTERNAL, valid=true, displayId=0, uniqueId='local:1'"
    call.print(
        "DISPLAY MANAGER (dumpsys display)",
        f"  mViewports=[{view}, orientation=0, logicalFrame=Rect(0, 0 - {width}, {height})}}]",
        f"  mScreenState={'ON' if call.phone.awake else 'OFF'}",
    )


def _package(call: Call) -> None:
    package = call.phone.package(call.args[0]) if call.args else None
    if package is None:
        call.print(f"Unable to find package: {call.args[0] if call.args else ''}")
        return
    call.print(
        "Packages:",
        f"  Package [{package.name}] (5f1d3a2):",
        "    userId=10231",
        f"    codePath={package.path.rpartition('/')[0]}",
        f"    versionCode={package.code} minSdk=24 targetSdk=34",
        f"    versionName={package.version}",
        "    signatures=PackageSignatures{4f3c [5e8f16c]}",
        "    pkgFlags=[ HAS_CODE ALLOW_CLEAR_USER_DATA ]",
        "    firstInstallTime=2026-01-05 10:11:12",
        "    lastUpdateTime=2026-01-05 10:11:12",
        "    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false"
        f" enabled={0 if package.enabled else 2}",
        "      runtime permissions:",
        *(
            f"        {name}: granted={_flag(granted)}, flags=[ USER_SET ]"
            for name, granted in _granted(call, package)
        ),
    )


def _granted(call: Call, package: Package) -> list[tuple[str, bool]]:
    return [(name, call.phone.allows(package.name, name)) for name in package.permissions]


def _activity(call: Call) -> None:
    component = call.phone.front_component
    pid = call.phone.processes().get(call.phone.front, 0)
    record = f"ActivityRecord{{8c21f u0 {component} t12}}"
    call.print(
        "ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)",
        "Display #0 (activities from top to bottom):",
        f"  topResumedActivity={record}",
        f"    mResumedActivity: {record}",
        f"  ACTIVITY {component} 8c21f pid={pid}",
    )


def _input_method(call: Call) -> None:
    shown = _flag(call.phone.keyboard)
    call.print(
        "Current Input Method Manager state:",
        f"  mCurMethodId={call.phone.settings['secure']['default_input_method']}",
        f"  mShowRequested={shown} mShowExplicitlyRequested=false mShowForced=false"
        f" mInputShown={shown}",
    )


def _trust(call: Call) -> None:
    call.print(
        "Trust manager state:",
        ' User "Owner" (id=0, flags=0x4c13) (current): trustState=UNTRUSTED,'
        f" deviceLocked={int(call.phone.needs_pin)}",
    )


def _connectivity(call: Call) -> None:
    online = call.phone.is_online
    call.print("Current state:", "  Active default network: " + ("101" if online else "none"))
    if online:
        call.print(
            "  NetworkAgentInfo{network{101} ni{WIFI CONNECTED} Capabilities: INTERNET&VALIDATED}"
        )


def _flag(value: bool) -> str:
    return "true" if value else "false"


_SERVICES: dict[str, Callable[[Call], None]] = {
    "activity": _activity,
    "battery": _battery,
    "connectivity": _connectivity,
    "display": _display,
    "input_method": _input_method,
    "package": _package,
    "power": _power,
    "trust": _trust,
    "window": _window,
}

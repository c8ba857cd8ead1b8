"""pm and cmd."""

from collections.abc import Callable

from tmcore.virtual.packages import MAIN_ACTIVITIES, SHARE_ACTIVITIES, Package
from tmcore.virtual.shell.call import Call
from tmcore.virtual.shell.commands import activity, settings


async def pm(call: Call) -> int:
    """Path, list, grant, revoke, clear, install, uninstall."""
    call.option("--user")
    verb = call.args.pop(0) if call.args else ""
    if verb == "install":
        return await _install(call)
    run = _VERBS.get(verb)
    if run is None:
        call.error(f"Unknown command: {verb}")
        return 255
    return run(call)


async def cmd(call: Call) -> int:
    """Package, activity, settings, and a few that are only asked whether they exist."""
    service = call.args.pop(0) if call.args else ""
    if service == "package":
        return await pm(call)
    if service == "activity":
        return activity.am(call)
    if service == "settings":
        return settings.settings(call)
    if service == "input_method":
        return settings.ime(call)
    if service == "statusbar":
        return 0
    call.error(f"cmd: Can't find service: {service}")
    return 20


def _path(call: Call) -> int:
    found = call.phone.package(call.args[0]) if call.args else None
    if found:
        call.print(f"package:{found.path}")
    return int(not found)


def _list(call: Call) -> int:
    if call.args[:1] == ["packages"]:
        call.args.pop(0)
    third, system, paths = call.flag("-3"), call.flag("-s"), call.flag("-f")
    enabled, disabled = call.flag("-e"), call.flag("-d")
    call.flag("-i")
    wanted = call.args[0] if call.args else ""
    for package in call.phone.installed():
        if (enabled and not package.enabled) or (disabled and package.enabled):
            continue
        if (third and package.system) or (system and not package.system):
            continue
        if wanted in package.name:
            call.print(
                f"package:{package.path}={package.name}" if paths else f"package:{package.name}"
            )
    return 0


def _grant(call: Call) -> int:
    return _permit(call, granted=True)


def _revoke(call: Call) -> int:
    return _permit(call, granted=False)


def _permit(call: Call, *, granted: bool) -> int:
    name, permission = call.args[:2]
    package = call.phone.package(name)
    if package is None:
        call.error(
            "Exception occurred while executing 'grant':",
            f"java.lang.IllegalArgumentException: Unknown package: {name}",
        )
        return 255
    call.phone.grant(name, permission, granted=granted)
    return 0


def _clear(call: Call) -> int:
    if not call.phone.package(call.args[0]):
        call.print("Failed")
        return 1
    call.phone.stop_app(call.args[0])
    call.print("Success")
    return 0


def _uninstall(call: Call) -> int:
    if call.phone.packages.pop(call.args[-1], None):
        call.print("Success")
        return 0
    call.print("Failure [DELETE_FAILED_INTERNAL_ERROR]")
    return 1


async def _install(call: Call) -> int:
    """An APK from a file or stdin; its name stands in for what its manifest would say."""
    size = call.option("-S")
    call.flag("-r", "-t", "-g", "-d")
    call.option("-i")
    if size:
        await call.stdin(int(size))
        name = "virtual.installed"
    else:
        path = call.path(call.args[-1])
        if not call.phone.files.find(path):
            call.error(f"Error: Unable to open file: {path}")
            return 255
        name = path.rpartition("/")[2].removesuffix(".apk")
    if call.phone.files.room == 0:
        call.print("Failure [INSTALL_FAILED_INSUFFICIENT_STORAGE]")
        return 1
    call.phone.packages[name] = Package(name, "1.0", 1, f"/data/app/{name}/base.apk")
    call.print("Success")
    return 0


def _resolve(call: Call) -> int:
    call.flag("--brief", "--components")
    call.option("-a")
    call.option("-c")
    package = call.args[-1] if call.args else ""
    if not call.phone.package(package) or package not in MAIN_ACTIVITIES:
        call.print("No activity found")
        return 0
    call.print(
        "priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=false",
        f"{package}/{MAIN_ACTIVITIES[package]}",
    )
    return 0


def _query(call: Call) -> int:
    call.flag("--brief", "--components")
    call.option("-a")
    call.option("-t")
    wanted = [call.args[-1]] if call.args else list(SHARE_ACTIVITIES)
    found = [
        f"{package}/{name}"
        for package in wanted
        for name in (SHARE_ACTIVITIES.get(package, ()) if call.phone.package(package) else ())
    ]
    if not found:
        call.print("No activities found")
        return 0
    call.print(f"{len(found)} activities found:")
    for number, name in enumerate(found):
        call.print(f"  Activity #{number}:", f"    {name}")
    return 0


_VERBS: dict[str, Callable[[Call], int]] = {
    "path": _path,
    "list": _list,
    "grant": _grant,
    "revoke": _revoke,
    "clear": _clear,
    "uninstall": _uninstall,
    "resolve-activity": _resolve,
    "query-activities": _query,
}

"""settings and ime."""

from tmcore.virtual.packages import IMES
from tmcore.virtual.shell.call import Call


def settings(call: Call) -> int:
    """Get, put, delete and list of global, secure and system."""
    call.option("--user")
    if len(call.args) < 2:
        call.error("usage: settings [get|put|delete|list] NAMESPACE [KEY] [VALUE]")
        return 255
    verb, space, *rest = call.args
    table = call.phone.settings.setdefault(space, {})
    match verb, rest:
        case "get", [key]:
            call.print(table.get(key, "null"))
        case "put", [key, value, *_]:
            table[key] = value
        case "delete", [key]:
            call.print(f"Deleted {int(table.pop(key, None) is not None)} rows")
        case "list", []:
            call.print(*(f"{k}={v}" for k, v in sorted(table.items())))
        case _:
            call.error(f"Invalid command: {' '.join(call.args)}")
            return 255
    return 0


def ime(call: Call) -> int:
    """List, enable, set, reset."""
    phone = call.phone
    secure = phone.settings["secure"]
    installed = [i for p, i in IMES.items() if phone.package(p)]
    enabled = secure["enabled_input_methods"].split(":")
    match call.args:
        case ["list", *flags]:
            call.print(*(installed if "-a" in flags else [i for i in installed if i in enabled]))
        case ["enable", name] if name in installed:
            secure["enabled_input_methods"] = ":".join(dict.fromkeys([*enabled, name]))
            call.print(f"Input method {name}: now enabled for user #0")
        case ["disable", name] if name in installed:
            secure["enabled_input_methods"] = ":".join(i for i in enabled if i != name)
            call.print(f"Input method {name}: now disabled for user #0")
        case ["set", name] if name in installed and name in enabled:
            secure["default_input_method"] = name
            call.print(f"Input method {name} selected for user #0")
        case ["reset"]:
            secure["default_input_method"] = installed[0]
            call.print("Input method reset")
        case [_, name]:
            call.error(f"Unknown input method {name} cannot be selected for user #0")
            return 255
        case _:
            call.error("ime: unknown command")
            return 255
    return 0

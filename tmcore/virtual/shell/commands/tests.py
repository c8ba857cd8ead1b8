"""test and [."""

import operator
from collections.abc import Callable

from tmcore.virtual.shell.call import Call

_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "-lt": operator.lt,
    "-gt": operator.gt,
    "-le": operator.le,
    "-ge": operator.ge,
    "-eq": operator.eq,
    "-ne": operator.ne,
}


def bracket(call: Call) -> int:
    """[ … ]."""
    if call.args[-1:] != ["]"]:
        call.fail("missing ]", 2)
    call.args.pop()
    return test(call)


def test(call: Call) -> int:
    """Strings, numbers, files, !, -a and -o."""
    return int(not _any(call, call.args))


def _any(call: Call, args: list[str]) -> bool:
    return any(_all(call, part) for part in _split(args, "-o"))


def _all(call: Call, args: list[str]) -> bool:
    return all(_one(call, part) for part in _split(args, "-a"))


def _one(call: Call, args: list[str]) -> bool:
    match args:
        case []:
            return False
        case [left, "=" | "==", right]:
            return left == right
        case [left, "!=", right]:
            return left != right
        case [left, sign, right] if sign in _NUMBERS:
            return _NUMBERS[sign](_number(call, left), _number(call, right))
        case ["!", *rest]:
            return not _one(call, rest)
        case ["-n", value]:
            return value != ""
        case ["-z", value]:
            return value == ""
        case [flag, name] if flag in ("-e", "-f", "-d", "-s", "-r", "-w", "-x"):
            return _file(call, flag, name)
        case [value]:
            return value != ""
        case _:
            return call.fail(f"{' '.join(args)}: unexpected operator/operand", 2)


def _file(call: Call, flag: str, name: str) -> bool:
    entry = call.phone.files.find(call.path(name)) if name else None
    if entry is None:
        return False
    return {"-d": entry.is_dir, "-f": not entry.is_dir, "-s": entry.size > 0}.get(flag, True)


def _number(call: Call, text: str) -> int:
    try:
        return int(text.strip())
    except ValueError:
        call.fail(f"{text}: bad number", 2)


def _split(args: list[str], word: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for arg in args:
        if arg == word:
            parts.append([])
        else:
            parts[-1].append(arg)
    return parts

"""What `tm` ends with: a fixed number for each kind of end, for programs to read."""

import os
import sys
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

from tmcore import errors
from tmtui.output import say


class Exit(IntEnum):
    """The exit codes; a script may rely on them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNKNOWN = 3
    UNREACHABLE = 4
    NOT_FOUND = 5
    NO_START = 6
    INTERRUPTED = 130


MEANING = {
    Exit.OK: "everything was done",
    Exit.FAILED: "a task failed, the server refused, or `tm doctor` found a fault",
    Exit.USAGE: "wrong usage or bad input; nothing was changed",
    Exit.UNKNOWN: "the outcome of a task is unknown; a person must look (`tm resolve`)",
    Exit.UNREACHABLE: "no server answers (or no adb server)",
    Exit.NOT_FOUND: "no such task, device or account",
    Exit.NO_START: "it cannot start: port taken, or the database in use, newer or unreadable",
    Exit.INTERRUPTED: "stopped by Ctrl-C before the end",
}


def describe() -> str:
    """List the codes as `tm --help` shows them."""
    codes = (f"- **{code:d}** {said}" for code, said in MEANING.items())
    return "\n".join(["Exit codes:", "", *codes])


def of(error: errors.TmError) -> Exit:
    """Choose the code for one of our errors."""
    kinds = (
        (errors.BadInput, Exit.USAGE),
        (errors.NotFound, Exit.NOT_FOUND),
        (errors.ServerUnreachable, Exit.UNREACHABLE),
        (errors.AdbUnreachable, Exit.UNREACHABLE),
        (errors.StoreError, Exit.NO_START),
    )
    return next((code for kind, code in kinds if isinstance(error, kind)), Exit.FAILED)


def run(app: Callable[..., Any], words: Sequence[str]) -> int:
    """Run one command of the cyclopts app and return its exit code."""
    for stream in (sys.stdout, sys.stderr):  # in order even in a pipe, whatever the encoding
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]  # text, as Python opens it
    try:
        return int(app(words, result_action="return_value") or Exit.OK)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:  # `tm tasks | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except errors.TmError as error:
        say(error)
        return of(error)

"""The help is light, complete and in words."""

import os
import subprocess
import sys

import pytest

from tests.tui.conftest import TM, tm
from tmtui.cli import app
from tmtui.exits import MEANING, Exit

LIGHT = """
import sys
from tmtui import cli
try:
    cli.app(["--help"])
except SystemExit:
    pass
print(sorted({"sanic", "textual", "tortoise", "httpx", "pydantic"} & sys.modules.keys()))
"""
COMMANDS = (
    "account", "connect", "delete", "demo", "device", "devices", "disconnect", "doctor", "install",
    "license", "plan", "post", "prepare", "rack", "resolve", "retry", "schedule", "serve",
    "settings", "stats", "stop", "task", "tasks",
)  # fmt: skip


def test_help_loads_nothing_heavy() -> None:
    """`tm --help` loads neither the server, the console, the database nor the models."""
    said = subprocess.check_output([sys.executable, "-c", LIGHT], text=True)

    assert said.splitlines()[-1] == "[]"


FLOOR = "import asyncio, cyclopts, rich.console, rich.markdown"  # what any such help loads


def test_help_is_quick() -> None:
    """`tm --help` costs at most 2.5 times what loading its libraries does."""
    ratios = [_cost(TM, "--help") / _cost(sys.executable, "-c", FLOOR) for _ in range(3)]

    assert min(ratios) <= 2.5


def _cost(*command: str) -> float:
    """Return the processor time of a process, since the machine may be busy."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command's help says in a sentence what it does."""
    app([command, "--help"], result_action="return_value")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"Usage: tm {command}")
    assert "." in " ".join(lines[2:5])


def test_a_misspelt_command() -> None:
    """It is named, with the command that was meant."""
    run = tm("taks")

    assert (run.code, run.err.strip()) == (2, "taks: unknown; did you mean tasks?")


def test_bare_tm_without_a_terminal() -> None:
    """The console needs a terminal: it says so, shows plain tables, and starts nothing."""
    run = tm(env=os.environ | {"TM_URL": "http://127.0.0.1:9"})  # a demo may hold the usual port

    assert run.code == Exit.UNREACHABLE
    assert "no terminal for the console" in run.err


def test_help_lists_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """The table of exit codes in the help is the table in the code."""
    app(["--help"], result_action="return_value")

    said = " ".join(capsys.readouterr().out.split())
    assert set(MEANING) == set(Exit)
    assert all(
        f"{code:d} {' '.join(MEANING[code].replace('`', '').split())}" in said for code in Exit
    )

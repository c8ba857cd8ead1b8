"""A server that cannot use its database says why in a sentence, and with its exit code."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tmcore.virtual.adb_server import PrivateAdb


def a_folder(path: Path) -> None:
    path.mkdir()


def a_text(path: Path) -> None:
    path.write_text("groceries, and not a database at all" * 50)


def another_programs(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE invoice (id)")
        db.commit()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (a_folder, "is a folder; name a file"),
        (a_text, "file is not a database; put a backup in its place"),
        (another_programs, "is another program's database"),
    ],
)
@pytest.mark.parametrize(("command", "code"), [(("tmtui", "serve"), 6), (("tmserve",), 1)])
def test_a_database_that_cannot_be_used(
    tmp_path: Path,
    adb: PrivateAdb,
    harm: Callable[[Path], None],
    said: str,
    command: tuple[str, ...],
    code: int,
) -> None:
    """`tm serve` ends with 6, `python -m tmserve` with 1; both name the file and the way out."""
    db = tmp_path / "rack.db"
    harm(db)

    ended = subprocess.run(
        [sys.executable, "-m", *command, "--db", str(db), "--port", "0"],
        env={**os.environ, "ANDROID_ADB_SERVER_PORT": str(adb.port)},
        capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip

    words = ended.stdout + ended.stderr
    assert ended.returncode == code, words
    assert str(db) in words
    assert said in words
    assert "Traceback" not in words

"""kill -9 on either side of every commit and every call to a phone, and what is left of it.

Every seventeenth moment in the suite; all of them with `make kills`.
"""

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.promises.checker import broken
from tests.promises.child import Point
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

PATIENCE_S = 50
# so many commits and calls has the way of a post; a moment past its end kills nothing
COMMITS, CALLS = 48, 76
POINTS = [
    (kind, side, number)
    for kind, most in (("commit", COMMITS), ("adb", CALLS))
    for number in range(1, most + 1)
    for side in ("before", "after")
]
CHOSEN = POINTS if "TM_ALL_KILLS" in os.environ else POINTS[::17]


@dataclass
class Life:
    """A database and its phones, over the deaths of the program."""

    folder: Path
    adb: PrivateAdb
    phones: VirtualRack
    video: Path

    @property
    def database(self) -> Path:
        return self.folder / "rack.db"

    def run(self, point: Point | None = None) -> int:
        words = [str(word) for word in point or ()]
        return subprocess.run(
            [sys.executable, "-m", "tests.promises.child", str(self.database), str(self.adb.port),
             str(self.video), str(self.folder / "report"), *words, self.phones.serials[0]],
            timeout=PATIENCE_S, check=False,
        ).returncode  # fmt: skip

    @property
    def told(self) -> set[int]:
        report = self.folder / "report"
        return set(json.loads(report.read_bytes())["told"]) if report.exists() else set()


@pytest.fixture
def life(tmp_path: Path, adb: PrivateAdb, phones: VirtualRack, video: Path) -> Life:
    return Life(tmp_path, adb, phones, video)


@pytest.mark.parametrize("point", CHOSEN, ids=lambda point: "-".join(map(str, point)))
@pytest.mark.timeout(2 * PATIENCE_S + 10)
def test_a_kill_breaks_no_promise(life: Life, point: Point, record_property: object) -> None:
    """Killed there and started again: nothing lost, nothing twice, and no false failure."""
    assert life.run(point) in (-9, 0)
    told = life.told
    assert life.run() == 0

    serial = life.phones.serials[0]
    truth = life.phones.truth(serial)
    assert broken(life.database, {serial: truth}) == []
    assert told <= life.told
    assert truth["presses"] <= 1
    ends = Counter(outcomes(life.database))
    assert ends.keys() <= {"confirmed", "outcome_unknown"}
    record_property("ends", dict(ends))  # type: ignore[operator]


def outcomes(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as db:
        return [reason for (reason,) in db.execute("SELECT reason FROM task")]


def test_the_moments_cover_the_whole_way(life: Life) -> None:
    """An undisturbed post has no more commits and calls than are tried."""
    assert life.run() == 0

    seen = json.loads((life.folder / "report").read_bytes())["seen"]
    assert COMMITS - 16 <= seen["commit"] <= COMMITS
    assert CALLS - 26 <= seen["adb"] <= CALLS

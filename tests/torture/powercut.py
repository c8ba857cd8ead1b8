"""A power cut, simulated: the writer is killed, and only what it had fsynced is looked at."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tmcore.store.writer import connect

LONGEST_S = 0.4


@dataclass(frozen=True)
class Cut:
    """What one power cut left."""

    answered: int  # the last commit that was acknowledged
    kept: int  # the last one in the image
    sound: bool

    @property
    def lost(self) -> int:
        return max(self.answered - self.kept, 0)


def cut(folder: Path, library: Path, mode: str, dice: Random) -> Cut:
    """Let it write for a random while, cut the power, and open what is left."""
    image, database = folder / "image", folder / "rack.db"
    image.mkdir(parents=True)
    with closing(connect(database)) as db:  # as it is after its first start
        db.execute("CREATE TABLE done (n INTEGER PRIMARY KEY)")
    shutil.copy(database, image)
    environment = os.environ | {"LD_PRELOAD": str(library), "IMAGE": str(image)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.writing", str(database), mode],
        stdout=subprocess.PIPE, env=environment,
    )  # fmt: skip
    assert process.stdout
    with process.stdout as out:
        first = out.readline()
        time.sleep(dice.uniform(0, LONGEST_S))
        process.kill()
        answered = (first + out.read()).splitlines(keepends=True)
    process.wait()
    whole = [int(line) for line in answered if line.endswith(b"\n")]
    return Cut(whole[-1], *_left(image / "rack.db"))


def _left(database: Path) -> tuple[int, bool]:
    with closing(sqlite3.connect(database)) as db:
        sound = db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        kept: int = db.execute("SELECT COALESCE(MAX(n), 0) FROM done").fetchone()[0]
        return kept, sound

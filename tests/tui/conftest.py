"""One adb server, one virtual rack and one `tm serve` a session: real parts, started once."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tmcore.media.sample import make_video
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack
from tmtui.cli import app
from tmtui.exits import run

TM = str(Path(sys.executable).with_name("tm"))
TALK_S = 30


@dataclass(frozen=True)
class Run:
    """How one `tm` ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Served:
    """A running `tm serve` with phones behind it, and a hand to run `tm` against it."""

    url: str
    home: Path
    phones: VirtualRack
    environment: dict[str, str]

    def tm(self, *words: str) -> Run:
        return tm_here(*words, env=self.environment | {"TM_URL": self.url})

    def sees_all_ready(self) -> bool:
        found = self.tm("devices", "--state", "ready", "--json").json["devices"]
        return {device["serial"] for device in found} >= set(self.phones.serials)


def tm_here(*words: str, env: Mapping[str, str] = os.environ) -> Run:
    """Run one command in this process: a start of Python each would be most of the time."""
    said, talk = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with (
        patch.dict(os.environ, dict(env), clear=True),
        redirect_stdout(said),
        redirect_stderr(talk),
    ):
        code = _ended(words)
    return Run(code, *(stream.buffer.getvalue().decode() for stream in (said, talk)))


def _ended(words: tuple[str, ...]) -> int:
    try:
        return run(app, words)
    except SystemExit as end:  # cyclopts, about wrong usage
        return int(end.code or 0)


def tm(*words: str, env: dict[str, str] | None = None, within_s: float = TALK_S) -> Run:
    """Run one command to its end, without a terminal."""
    done = subprocess.run(
        [TM, *words], capture_output=True, text=True, env=env, timeout=within_s, check=False
    )
    return Run(done.returncode, done.stdout, done.stderr)


@contextmanager
def running(*words: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start a command that stays; it is killed if the test leaves it running."""
    process = subprocess.Popen(
        [TM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def hear(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """Read what it says on stderr until a line matches."""
    assert process.stderr
    heard = []
    for line in process.stderr:
        heard.append(line)
        if found := re.search(pattern, line):
            return found
    raise AssertionError(f"{pattern!r} was never said, but: {''.join(heard)}")


@pytest.fixture(scope="session")
def adb() -> Iterator[PrivateAdb]:
    with PrivateAdb() as server:
        yield server


@pytest.fixture(scope="session")
def phones(adb: PrivateAdb) -> Iterator[VirtualRack]:
    with VirtualRack(adb.port, 3) as rack:
        yield rack


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def environment(adb: PrivateAdb, home: Path) -> dict[str, str]:
    """What a user's shell holds who has this adb server and this home."""
    return os.environ | {
        "ANDROID_ADB_SERVER_PORT": str(adb.port),
        "HOME": str(home),
        "COLUMNS": "100",
    }


@pytest.fixture(scope="session")
def video(home: Path) -> Path:
    return make_video(home / "clip.mp4")


@pytest.fixture(scope="session")
def session_server(
    phones: VirtualRack, home: Path, environment: dict[str, str], migrated: Path
) -> Iterator[Served]:
    shutil.copyfile(migrated, home / "rack.db")
    with running("serve", "--db", str(home / "rack.db"), "--port", "0", env=environment) as process:
        url = hear(process, r"serving at (\S+)")[1]
        yield Served(url, home, phones, environment)
        process.terminate()
        assert process.wait(20) == 0


@pytest.fixture
def served(session_server: Served) -> Served:
    """The server, with phones as new; tasks of earlier tests are still in its list."""
    session_server.phones.reset()
    end = time.monotonic() + TALK_S
    while not session_server.sees_all_ready():
        assert time.monotonic() < end, session_server.tm("devices").out
        time.sleep(0.05)  # the API has no events yet
    return session_server

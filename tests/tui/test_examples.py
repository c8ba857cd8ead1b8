"""The examples are run, not only read."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.conftest import TALK_S
from tmcore.configuration import configured
from tmcore.virtual.client import VirtualRack
from tmtui.curl import Filling, examples

FOLDER = Path(__file__).parents[2] / "examples"
SHOWN = Filling(
    url="http://127.0.0.1:50809",
    serials=("R58M34FGHIJ", "R58M34FGHIK"),
    username="ann",
    video="/home/ann/clip.mp4",
    task_ids=(1, 2),
)


def test_ten_lines(
    phones: VirtualRack, environment: dict[str, str], video: Path, tmp_path: Path
) -> None:
    """The library's example posts a video, in ten lines of its own."""
    phones.reset()
    script = FOLDER / "post.py"
    command = [sys.executable, str(script), str(video), str(tmp_path / "rack.db")]

    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=TALK_S, check=False
    )

    assert "completed, confirmed>" in done.stdout, done.stderr
    posts = [post["caption"].strip() for serial in phones.serials for post in phones.posts(serial)]
    assert posts == ["Hello from ten lines #tm"]


def test_curl_examples_are_those_of_the_demo() -> None:
    """examples/curl.sh holds the lines that the demo prints, which its test runs."""
    shown = (FOLDER / "curl.sh").read_text()

    assert shown.endswith(examples(SHOWN))


@pytest.mark.parametrize("name", ["tmrack.service", "Containerfile"])
def test_what_starts_the_server_says_what_it_knows(
    name: str, environment: dict[str, str], tmp_path: Path
) -> None:
    """The options and the settings in the unit and the container file exist."""
    text = (FOLDER / name).read_text()
    said = dict(re.findall(r"(TMRACK_\w+)='?(\[.*?\])", text))
    [options] = re.findall(r'tm"?,? "?serve"?,? (.*--db[^\n]*)', text)
    words = options.replace('", "', " ").strip('"]').split()

    configured(tmp_path / "tmrack.toml", said)
    help_ = subprocess.run(
        [sys.executable, "-m", "tmtui", "serve", "--help"],
        capture_output=True, text=True, env=environment, timeout=TALK_S, check=True,
    ).stdout  # fmt: skip

    assert said
    assert [word for word in words if word.startswith("--") and word not in help_] == []

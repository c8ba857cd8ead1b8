"""The examples are run, not only read."""

import subprocess
import sys
from pathlib import Path

from tests.tui.conftest import TALK_S
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

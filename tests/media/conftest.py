from pathlib import Path

import pytest

from tmcore.media.sample import make_video


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A true MP4 of three seconds, its index behind the pictures."""
    return make_video(tmp_path_factory.mktemp("video") / "clip.mp4")


@pytest.fixture(scope="session")
def web_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with its index in front, so that it opens when its end is missing."""
    return make_video(tmp_path_factory.mktemp("video") / "web.mp4", index_first=True)

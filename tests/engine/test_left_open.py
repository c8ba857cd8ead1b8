"""An app that may not be restarted, since a post may still upload, is led home from anywhere."""

from pathlib import Path

import pytest

from tests.engine.paper import Clock, PaperPhone, PaperRun, pages, posted


async def test_a_draft_that_a_killed_run_left_open_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The composer lies over the app's home when it comes up; the post is made all the same."""
    phone = PaperPhone(Clock(monkeypatch), pages())
    phone.over["home"] = "composer"
    monkeypatch.setattr(PaperRun, "fresh_app", False)

    run = await posted(phone, tmp_path, "Hello")

    assert run.ended
    assert phone.presses == 1

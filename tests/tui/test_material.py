"""tm material against a running server: results, JSON and exit codes."""

from pathlib import Path

import pytest
from PIL import Image as Pillow

from tests.tui.conftest import Served
from tmcore.media.sample import make_video


@pytest.fixture
def clip(served: Served, tmp_path: Path) -> Path:
    """A video of its own in the server's home."""
    return make_video(served.home / f"{tmp_path.name}.mp4", 1, hash(tmp_path.name) % 1000)


def test_a_file_is_kept_posted_and_told(served: Served, clip: Path) -> None:
    """add, list, a post that takes it, and show: who posted it; delete leaves the file."""
    added = served.tm("material", "add", str(clip), "--tag", "Sea", "--caption", "Hi", "--json")
    [made] = added.json["materials"]
    serial = served.phones.serials[0]

    posted = served.tm("post", "--serial", serial, "--set", "materials_tags=sea", "--wait")

    assert (added.code, posted.code) == (0, 0), posted.err
    listed = served.tm("material", "list", "--tag", "sea")
    assert clip.name in listed.out
    shown = served.tm("material", "show", str(made["id"]), "--json").json
    assert [use["outcome"] for use in shown["uses"]] == ["confirmed"]
    assert served.tm("material", "show", str(made["id"])).out.count("confirmed") == 1
    again = served.tm("post", "--serial", serial, "--set", "materials_tags=sea")
    assert again.code == 2
    assert "no video left" in again.err
    words = ("--tag", "Sun", "--untag", "SEA", "--caption", "Bye")
    changed = served.tm("material", "change", str(made["id"]), *words, "--json")
    assert [(one["tags"], one["caption"]) for one in changed.json["materials"]] == [
        (["sun"], "Bye")
    ]
    assert served.tm("material", "change", str(made["id"]), "--tag", "a,b").code == 2
    assert served.tm("material", "change", "999", "--tag", "a").code == 5
    assert served.tm("material", "change", "--tag", "a").code == 2
    assert served.tm("material", "delete", str(made["id"])).out == "1 taken out\n"
    assert clip.exists()


def test_the_first_refusal_ends_it(served: Served, clip: Path, tmp_path: Path) -> None:
    """What was added before is shown; what is wrong is said."""
    photo = served.home / f"{tmp_path.name}.jpg"
    Pillow.new("RGB", (90, 90), "navy").save(photo)
    text = served.home / "notes.mp4"
    text.write_text("no video")

    run = served.tm("material", "add", str(photo), str(text), str(clip), "--json")

    assert run.code == 2
    assert [one["path"] for one in run.json["materials"]] == [str(photo)]
    assert "notes.mp4' is not a video" in run.err
    assert served.tm("material", "delete", str(run.json["materials"][0]["id"])).code == 0
    assert served.tm("material", "show", "999").code == 5
    assert served.tm("material", "add").code == 2
    assert "no files" in served.tm("material", "list", "--tag", "nothing").err


def test_a_file_is_sent(served: Served, tmp_path: Path) -> None:
    """--upload sends what the server may not read; the file here is not needed afterwards."""
    clip = make_video(tmp_path / "mine.mp4", 1, 77)

    added = served.tm("material", "add", str(clip), "--upload", "--tag", "sent", "--json")
    clip.unlink()
    gone = served.tm("material", "add", str(clip), "--upload")

    assert added.code == 0, added.err
    [made] = added.json["materials"]
    assert made["path"].endswith("-mine.mp4")
    assert Path(made["path"]).is_relative_to(served.home / "rack.uploads")
    assert (gone.code, "mine.mp4' cannot be read" in gone.err) == (2, True)
    served.tm("material", "delete", str(made["id"]))

"""`tm profile`: what a screen is taken for, and recording one."""

from pathlib import Path

from PIL import Image

from tests.screens import FIXTURES
from tests.tui.conftest import Served, tm_here
from tmcore.phone.screen import parse_dump


def test_check_shows_the_screen_and_its_targets(environment: dict[str, str]) -> None:
    """App, screen, and each target with where it is."""
    run = tm_here("profile", "check", str(FIXTURES / "tiktok_gallery.xml"), env=environment)

    assert run.code == 0, run.err
    assert "<screen gallery" in run.err
    (line,) = [line for line in run.out.splitlines() if line.startswith("newest_tile")]
    assert "[5,310][295,600]" in line


def test_check_as_json(environment: dict[str, str]) -> None:
    """One document, for programs."""
    file = str(FIXTURES / "instagram_composer_post.xml")

    run = tm_here("profile", "check", file, "--version", "999", "--json", env=environment)

    assert (run.json["app"], run.json["screen"], run.json["known"]) == (
        "instagram", "composer", False,
    )  # fmt: skip


def test_check_of_an_unknown_screen_fails(environment: dict[str, str]) -> None:
    """So that a folder of dumps can be checked by a script."""
    run = tm_here("profile", "check", str(FIXTURES / "android_launcher.xml"), env=environment)

    assert run.code == 1
    assert "unknown" in run.err


def test_check_says_what_is_wrong_with_a_file(environment: dict[str, str], tmp_path: Path) -> None:
    """No dump, no file, or an own profile with a slip in it: usage, by name."""
    (tmp_path / "note.xml").write_text("hello", "utf-8")
    (tmp_path / "mine.toml").write_text('app = "tiktok"\n[targets.pst_button]\n', "utf-8")
    good = str(FIXTURES / "tiktok_gallery.xml")

    none = tm_here("profile", "check", str(tmp_path / "none.xml"), env=environment)
    text = tm_here("profile", "check", str(tmp_path / "note.xml"), env=environment)
    slip = tm_here("profile", "check", good, "--folder", str(tmp_path), env=environment)

    assert "cannot be read" in none.err
    assert "no screen dump" in text.err
    assert "mine.toml:2 targets.pst_button" in slip.err
    assert 0 not in {none.code, text.code, slip.code}


def test_record_saves_what_the_phone_shows(served: Served, tmp_path: Path) -> None:
    """A dump and a picture of one name each; a second one does not overwrite the first."""
    serial = served.phones.serials[0]

    first = served.tm("profile", "record", serial, "--to", str(tmp_path / "new"))
    second = served.tm("profile", "record", serial, "--to", str(tmp_path / "new"), "--raw")

    (shown,) = [line for line in served.tm("devices").out.splitlines() if line.startswith(serial)]
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert "uiautomator2" in shown  # the eye that read it
    saved = [Path(run.out.strip()) for run in (first, second)]
    assert saved[0] != saved[1]
    assert all(parse_dump(path.read_bytes()).nodes for path in saved)
    with Image.open(saved[0].with_suffix(".png")) as picture:
        assert picture.size == parse_dump(saved[0].read_bytes()).size


def test_record_of_a_phone_that_is_not_there(served: Served, tmp_path: Path) -> None:
    """Nothing is saved."""
    run = served.tm("profile", "record", "NOBODY", "--to", str(tmp_path / "new"))

    assert run.code == 5
    assert not (tmp_path / "new").exists()

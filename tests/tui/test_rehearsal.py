"""`tm rehearse` and the options of `tm post`, against a running server with virtual phones."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.tui.conftest import Served
from tmcore.scripts.post.args import PostArgs
from tmtui.commands.options import BY_FILE, NAMES, PostOptions, said

PNG = b"\x89PNG"


@pytest.fixture
def serial(served: Served) -> str:
    return served.phones.serials[0]


def test_a_rehearsal_ends_with_a_table(
    served: Served, serial: str, video: Path, tmp_path: Path
) -> None:
    """How it ended, how far it came, how often it looked, and where its picture is."""
    words = (str(video), "--serial", serial, "--caption", "hello", "--save", str(tmp_path / "p"))

    run = served.tm("rehearse", *words)

    assert run.code == 0, run.err
    assert "rehearsed  discard" in run.out
    [picture] = (tmp_path / "p").iterdir()
    assert str(picture) in run.out
    assert picture.read_bytes().startswith(PNG)
    truth = served.phones.truth(serial)
    assert (truth["presses"], truth["posts"]) == (0, [])


def test_post_rehearse_is_the_same(served: Served, serial: str, video: Path) -> None:
    """It waits and says how to fetch the picture; one that fails says where, and ends with 1."""
    served.phones.fault(serial, "app_missing")
    words = ("post", str(video), "--serial", serial, "--rehearse")

    failed = served.tm(*words)
    served.phones.reset()
    done = served.tm(*words)

    assert failed.code == 1
    assert "app_missing  check" in failed.out
    assert "none: it did not come so far" in failed.out
    assert (done.code, "--evidence" in done.out) == (0, True), done.err


def test_a_plan_is_rehearsed_before_and_after_it_is_made(
    served: Served, serial: str, video: Path, tmp_path: Path
) -> None:
    """One post of each account, now; the plan itself is made by `tm plan` alone."""
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    rows = [f"{serial},{video},hi {hour},{day},{hour}:00" for hour in (11, 12)]
    (sheet := tmp_path / "r.csv").write_text("\n".join(["device,file,caption,date,time", *rows]))

    before = served.tm("plan", str(sheet), "--rehearse", "--json").json["tasks"]
    plans = served.tm("plan", "list", "--json").json["plans"]
    made = served.tm("plan", str(sheet), "--yes", "--json").json["plan"]
    after = served.tm("rehearse", "--plan", str(made["id"]), "--json").json["tasks"]
    served.tm("plan", "withdraw", str(made["id"]), "--yes")

    assert "r" not in {plan["name"] for plan in plans}
    for tasks in (before, after):
        [task] = tasks
        assert (task["reason"], task["caption"]) == ("rehearsed", "hi 11")


def test_every_key_is_an_option(served: Served, serial: str, tmp_path: Path) -> None:
    """Each key of a post's configuration has one; a wrong value is refused by name."""
    told = " ".join(served.tm("post", "--help").out.split())
    for key in PostArgs.model_fields.keys() - {BY_FILE}:
        assert f"{NAMES.get(key, '--' + key.replace('_', '-'))} " in told

    loud = served.tm("post", "--serial", serial, "--from-library", "--add-sound-volume", "101")
    empty = served.tm("post", "--serial", serial, "--folder", str(tmp_path))
    both = served.tm("post", "a.mp4", "--serial", serial, "--folder", str(tmp_path))
    save = served.tm("post", "a.mp4", "--serial", serial, "--save", str(tmp_path))
    other = served.tm("post", "--serial", serial, "--from-library", "--placement", "wall")

    assert [run.code for run in (loud, empty, both, other, save)] == [2] * 5
    assert "script_config.add_sound_volume" in loud.err
    assert "material_path" in empty.err
    assert "stands beside FILE" in both.err
    assert "--placement" in other.err


def test_options_become_keys(tmp_path: Path) -> None:
    """What was not named is not sent, so that the server's defaults count."""
    options = PostOptions(placement="story", rehearse=True, material_path=tmp_path)  # type: ignore[call-arg]  # made from a model

    named = dict(said(options))

    assert named == {"placement": "story", "rehearse": True, "material_path": str(tmp_path)}


def test_all_phones_or_those_of_a_tag(served: Served, video: Path) -> None:
    """--all means every connected phone; a tag that nobody has is said."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    words = ("post", str(video), "--start-at", tomorrow, "--allow-repeat", "--json")

    made = served.tm(*words, "--all").json
    served.tm("delete", *map(str, made["task_ids"]), "--yes")
    nobody = served.tm(*words, "--tag", "MARS")
    mixed = served.tm(*words, "--all", "--username", "ann")

    assert {task["serial"] for task in made["tasks"]} == set(served.phones.serials)
    assert (nobody.code, mixed.code) == (5, 2)
    assert "MARS" in nobody.err

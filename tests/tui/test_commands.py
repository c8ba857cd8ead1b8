"""Every command against a running server with virtual phones: results, JSON and exit codes."""

import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.contract.conftest import no_adb
from tests.tui.conftest import TM, Run, Served, tm_here

AGAIN = ("--set", "allow_repeat=true")  # every test posts the same file on the same accounts


@pytest.fixture
def serial(served: Served) -> str:
    return served.phones.serials[0]


def later(served: Served, serial: str, video: Path) -> int:
    """Queue a task that stays pending for the test."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    run = served.tm("post", str(video), "--serial", serial, "--start-at", tomorrow, "--json")
    assert run.code == 0, run.err
    task_id: int = run.json["task_ids"][0]
    return task_id


def test_post_and_wait(served: Served, video: Path) -> None:
    """`tm post --wait` ends with 0 when the phones hold the post, once each."""
    serials = served.phones.serials[:2]
    words = ["--caption", "Hello [red] #one", "--set", "upload_wait_time=20", "--wait", *AGAIN]

    run = served.tm("post", str(video), *(w for s in serials for w in ("--serial", s)), *words)

    assert run.code == 0, run.err
    assert run.out.count("completed  confirmed") == 2
    assert f"on {serials[1]}: watch" in run.err
    posts = [served.phones.posts(serial) for serial in serials]
    assert [[post["caption"].strip() for post in of] for of in posts] == [["Hello [red] #one"]] * 2


def test_post_that_fails(served: Served, serial: str, video: Path) -> None:
    """A failed task is exit code 1, and what to do about it is said."""
    served.phones.fault(serial, "app_missing")

    run = served.tm("post", str(video), "--serial", serial, "--wait", "--json")

    task = run.json["tasks"][0]
    assert (run.code, task["status_text"], task["reason"]) == (1, "failed", "app_missing")
    assert f"task {task['id']}: install the app on the phone" in run.err


def test_unknown_outcome(served: Served, serial: str, video: Path) -> None:
    """A press that shows nothing is exit code 3; a person settles it with `tm resolve`."""
    served.phones.fault(serial, "swallow_press")
    words = ("post", str(video), "--serial", serial, "--set", "upload_wait_time=1", "--wait")

    run = served.tm(*words, *AGAIN, "--json")
    task_id = str(run.json["tasks"][0]["id"])
    shown = served.tm("task", task_id)
    kept = served.tm("task", task_id, "--evidence", "--json").json["evidence"]
    picture = served.home / "shot.png"
    [name] = [name for name in kept if name.endswith(".png")][:1]
    fetched = served.tm("task", task_id, "--evidence", name, "--out", str(picture))
    newer = str(later(served, serial, video))
    newest, first = (served.tm("tasks", "--page-size", "1", *json) for json in (["--json"], []))
    waiting = served.tm("tasks", "--reason", "outcome_unknown", "--json")
    served.tm("delete", newer, "--yes")
    settled = served.tm("resolve", task_id, "--posted", "--json")

    assert run.code == 3
    assert f"tm resolve {task_id} --posted|--not-posted" in run.err
    assert f"tm resolve {task_id}" in shown.out
    assert (fetched.code, picture.read_bytes()[:4]) == (0, b"\x89PNG")
    assert [line.split()[0] for line in first.out.splitlines()[1:]] == [task_id, newer]
    assert [str(one["id"]) for one in newest.json["tasks"]] == [newer]
    assert [str(one["id"]) for one in waiting.json["tasks"]] == [task_id]
    assert (settled.code, settled.json["status_text"]) == (0, "completed")


def test_a_task_is_stopped_retried_and_deleted(served: Served, serial: str, video: Path) -> None:
    """stop, retry, retry --all and delete do what they say, and show the task."""
    task_id = str(later(served, serial, video))

    stopped = served.tm("stop", task_id)
    again = served.tm("retry", task_id, "--json")
    served.tm("stop", task_id)
    without = served.tm("retry", "--all", "--no-stopped", "--json")
    served.tm("stop", *map(str, without.json["task_ids"]))  # those of other tests
    deleted = served.tm("delete", task_id, "--yes", "--json")

    assert "failed" in stopped.out
    assert "stopped" in stopped.out
    assert again.json["tasks"][0]["status_text"] == "pending"
    assert int(task_id) not in without.json["task_ids"]
    assert deleted.json == {"deleted_count": 1, "not_found": []}


def test_one_refusal_does_not_keep_the_others_from_it(
    served: Served, serial: str, video: Path
) -> None:
    """Of several tasks, those that can be stopped are; the exit code is of the refusal."""
    task_id = later(served, serial, video)

    run = served.tm("stop", "999999", str(task_id), "--json")

    assert (run.code, [task["id"] for task in run.json["tasks"]]) == (5, [task_id])
    assert "task 999999 does not exist" in run.err


def test_lists(served: Served, serial: str, video: Path) -> None:
    """Tasks, counts and phones are shown as plain aligned text, without colour."""
    later(served, serial, video)

    tasks = served.tm("tasks", "--status", "pending", "--serial", serial, "--page-size", "1")
    stats = served.tm("stats")
    devices = served.tm("devices", "--state", "ready")

    assert re.match(r"id +serial +account +script +status", tasks.out)
    assert len(tasks.out.splitlines()) == 2
    assert "needs you" in stats.out
    assert re.search(rf"^{serial} .*ready ", devices.out, re.MULTILINE)
    assert "(virtual)" in devices.out
    assert "\x1b" not in tasks.out + stats.out + devices.out


def test_json_is_one_document_as_the_api_has_it(served: Served) -> None:
    """With --json stdout holds one document with the words of the API."""
    said = {
        words: set(served.tm(*words.split(), "--json").json)
        for words in ("tasks", "stats", "devices", "account list", "settings", "license")
    }

    assert said["tasks"] == {"tasks", "total", "page", "page_size"}
    assert {"total", "pending", "needs_review"} <= said["stats"]
    assert said["devices"] == {"devices", "total"}
    assert said["account list"] == {"accounts", "total"}
    assert {"auto_retry", "media_folders"} <= said["settings"]
    assert "plan_name" in said["license"]


def test_accounts(served: Served, serial: str) -> None:
    """An account is bound, listed and unbound."""
    added = served.tm("account", "add", "@Ann", "--serial", serial, "--json")
    listed = served.tm("account", "list", "--serial", serial)
    gone = served.tm("account", "delete", str(added.json["id"]))

    assert added.json["username"] == "ann"
    assert "ann" in listed.out
    assert (gone.code, gone.out) == (0, "1 unbound\n")


def test_settings(served: Served, tmp_path: Path) -> None:
    """A setting is changed at once; an allowed folder is added to the others."""
    changed = served.tm("settings", "--set", "max_retry_count=5", "--json")
    wider = served.tm("settings", "--allow-folder", str(tmp_path), "--json")
    refused = served.tm("settings", "--set", "max_retry_count=50")

    assert changed.json["max_retry_count"] == 5
    assert wider.json["media_folders"] == [str(served.home), str(tmp_path)]
    assert (refused.code, "max_retry_count" in refused.err) == (2, True)
    crossed = served.tm("settings", "--set", "retry_delay_min_s=70")
    assert crossed.err.startswith("retry_delay_max_s: 60 is too small; at least retry_delay_min_s")
    assert "How often auto_retry may try." in served.tm("settings").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("task 999999", 5),
        ("task 0", 2),
        ("post missing.mp4 --serial nowhere", 5),
        ("post missing.mp4", 2),
        ("post --serial nowhere --set nonsense", 2),
        ("tasks --page-size 101", 2),
        ("tasks --status sideways", 2),
        ("tasks --nonsense", 2),
        ("retry", 2),
        ("retry 1 --all", 2),
        ("stop", 2),
        ("delete", 2),
        ("delete 999999", 5),
        ("resolve 999999 --posted", 5),
        ("account delete 999999", 5),
        ("sideways", 2),
    ],
)
def test_exit_codes(served: Served, words: str, code: int) -> None:
    """Each refusal has its documented code and a sentence on stderr, and nothing on stdout."""
    run = served.tm(*words.split())

    assert (run.code, run.out) == (code, ""), run.err
    assert run.err.strip()
    assert "Traceback" not in run.err


def test_starter_says_how_to_leave_it(served: Served) -> None:
    """Under Starter the refusal prints the command that opens the API again, and that one works."""
    served.tm("settings", "--set", "plan=Starter")
    refused = served.tm("stats")
    words = refused.err.split("tm settings ", 1)[1].split()
    opened = served.tm("settings", *words)

    assert (refused.code, opened.code, served.tm("stats").code) == (1, 0, 0)


def test_an_address_without_http() -> None:
    """The sentence says how an address is written, not that no server answers."""
    run = tm_here("stats", "--url", "127.0.0.1:50809")

    assert (run.code, "http://127.0.0.1:50809" in run.err) == (2, True)


@pytest.mark.parametrize("words", ["devices", "stats", "post a.mp4 --serial x", "license"])
def test_no_server(words: str) -> None:
    """Where no server answers the code is 4, and the sentence names `tm serve`."""
    run = tm_here(*words.split(), "--url", f"http://127.0.0.1:{no_adb().port}")

    assert (run.code, run.out) == (4, "")
    assert "tm serve" in run.err


def test_a_closed_pipe_is_no_error(served: Served) -> None:
    """`tm … | head` ends in silence."""
    line = f"'{TM}' settings --json --url {served.url} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("0\n", "")


def test_hostile_words_reach_no_terminal(served: Served) -> None:
    """An escape sequence in an argument comes back spelled out."""
    run: Run = served.tm("account", "add", "ann", "--serial", "x\x1b[31m")

    assert run.code == 2
    assert "\x1b" not in run.err

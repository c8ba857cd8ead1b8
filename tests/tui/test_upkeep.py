"""tm device, prepare, install, connect: what people do with phones between tasks."""

import zipfile
from pathlib import Path

import pytest

from tests.tui.conftest import Served


@pytest.fixture
def serial(served: Served) -> str:
    return served.phones.serials[0]


@pytest.fixture
def tagged(served: Served, serial: str) -> str:
    """The first phone, alone with the tag EU."""
    run = served.tm("device", serial, "--label", "Desk 3", "--tag", "EU")
    assert run.code == 0, run.err
    return serial


@pytest.fixture
def apk(home: Path) -> Path:
    with zipfile.ZipFile(home / "com.example.app.apk", "w") as archive:
        archive.writestr("AndroidManifest.xml", b"\x03\x00\x08\x00")
    return home / "com.example.app.apk"


def test_a_tag_means_its_phones(served: Served, tagged: str, video: Path) -> None:
    """A tag is accepted wherever a serial is, and the list shows it."""
    listed = served.tm("devices", "--tag", "eu", "--json").json["devices"]
    posted = served.tm("post", str(video), "--serial", "tag:EU", "--start", "03:00", "--json").json
    task_id = str(posted["task_ids"][0])
    tasks = served.tm("tasks", "--serial", "tag:EU", "--json").json["tasks"]
    paused = served.tm("pause", "tag:EU", "--json").json
    served.tm("resume", "tag:EU")
    served.tm("delete", task_id)

    assert [(d["serial"], d["label"], d["tags"]) for d in listed] == [(tagged, "Desk 3", ["EU"])]
    assert posted["tasks"][0]["serial"] == tagged
    assert {task["serial"] for task in tasks} == {tagged}
    assert (paused["serial"], paused["state"]) == (tagged, "paused")


def test_tags_come_and_go(served: Served, tagged: str) -> None:
    """One is added to those that are there; another is taken away."""
    both = served.tm("device", tagged, "--tag", "new", "--json").json
    one = served.tm("device", tagged, "--untag", "EU", "--untag", "NEW", "--json").json

    assert (both["tags"], both["label"]) == (["EU", "new"], "Desk 3")
    assert one["tags"] == []


def test_a_quarantined_phone_is_released(served: Served, tagged: str) -> None:
    """It says so, for programs as for people; one that was not quarantined is as it was."""
    run = served.tm("device", tagged, "--release", "--json")

    assert (run.code, run.json["state"], run.json["quarantined"]) == (0, "ready", None)


@pytest.mark.parametrize(
    "words",
    [
        ("pause", "tag:US"),
        ("device", "tag:US", "--release"),
        ("prepare", "--tag", "US"),
        ("install", "/a.apk", "tag:US"),
    ],
)
def test_a_tag_of_nobody(served: Served, words: tuple[str, ...]) -> None:
    """It is named, with exit code 5."""
    run = served.tm(*words)

    assert run.code == 5
    assert "no device has the tag 'US'" in run.err


def test_a_bad_tag(served: Served, serial: str) -> None:
    """What no tag may hold is refused, and nothing is changed."""
    run = served.tm("device", serial, "--tag", "a b")

    assert run.code == 2
    assert "a b" in run.err
    assert "a b" not in served.tm("devices").out


def test_nothing_is_prepared_without_a_yes(served: Served, tagged: str) -> None:
    """Where nobody can be asked, the phone stays as it is, and the way on is said."""
    run = served.tm("prepare", tagged)

    assert run.code == 1
    assert "animations" in run.out
    assert "needed" in run.out
    assert "--yes" in run.err


def test_prepare(served: Served, tagged: str) -> None:
    """It is done, told in a table, and the second time there is nothing to do."""
    first = served.tm("prepare", "--tag", "EU", "--yes", "--json").json["phones"]
    again = served.tm("prepare", tagged, "--json").json["phones"]

    for phones, found in ((first, "done"), (again, "fine")):
        how = {finding["name"]: finding["found"] for finding in phones[0]["findings"]}
        assert (how["animations"], how["stay awake"]) == (found, found)
    assert [phone["serial"] for phone in again] == [tagged]
    assert "needed" not in {finding["found"] for finding in again[0]["findings"]}


def test_install(served: Served, tagged: str, apk: Path) -> None:
    """A line a phone; one that refuses does not keep the others from it."""
    other = served.phones.serials[1]
    served.phones.fault(other, "storage_full", bytes=10)

    run = served.tm("install", str(apk), "tag:EU", other, "--json")

    results = {one["serial"]: one for one in run.json["phones"]}
    assert run.code == 1
    assert results[tagged]["installed"]
    assert not results[other]["installed"]
    assert "No space left" in results[other]["said"]
    assert results[other]["advice"]


def test_no_phones_are_named(served: Served, apk: Path) -> None:
    """All phones are never meant by saying nothing."""
    run = served.tm("install", str(apk))

    assert run.code == 2
    assert "--all" in run.err


def test_connect_and_disconnect(served: Served, serial: str) -> None:
    """A phone that is connected already is remembered, and let go again."""
    address = served.phones.addresses[serial]

    there = served.tm("connect", address)
    gone = served.tm("disconnect", address)
    again = served.tm("disconnect", "192.0.2.9:5555")

    assert (there.code, there.out) == (0, f"{address}: {serial}\n")
    assert gone.code == 0, gone.err
    assert again.code == 5

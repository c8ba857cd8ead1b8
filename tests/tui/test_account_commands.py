"""`tm account …` against a running server: what is bound, what waits, and what a person does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.conftest import Served


@pytest.fixture
def serial(served: Served) -> Iterator[str]:
    """A phone without bound accounts, before and after."""
    serial = served.phones.serials[0]
    forget(served, serial)
    yield serial
    forget(served, serial)


def forget(served: Served, serial: str) -> None:
    for account in served.tm("account", "list", "--serial", serial, "--json").json["accounts"]:
        served.tm("account", "delete", str(account["id"]))


def test_match_binds_what_is_logged_in(served: Served, serial: str) -> None:
    """One command, and the phone's accounts can be named."""
    served.phones.set(serial, accounts=["ann", "bob"])

    run = served.tm("account", "match", serial, "--app", "tiktok")
    listed = served.tm("account", "list", "--serial", serial, "--json").json["accounts"]

    assert run.code == 0, run.err
    assert "matched" in run.out
    assert [(account["username"], account["held"]) for account in listed] == [
        ("ann", None), ("bob", None),
    ]  # fmt: skip
    assert listed[0]["open_at"]
    assert listed[1]["open_at"] is None


def test_a_held_account_is_shown_and_released(served: Served, serial: str, video: Path) -> None:
    """The list says why and since when; release lets it go on."""
    served.phones.set(serial, accounts=["ann"])
    added = served.tm("account", "add", "@ann", "--serial", serial, "--json")
    number = str(added.json["id"])
    served.phones.fault(serial, "dialog", kind="captcha", when={"screen": "composer"})

    failed = served.tm("post", str(video), "--serial", serial, "--set", "allow_repeat=true",
                       "--wait")  # fmt: skip
    listed = served.tm("account", "list", "--serial", serial)
    released = served.tm("account", "release", number, "--json")

    assert failed.code == 1
    assert "security_check" in listed.out
    assert (released.code, released.json["accounts"][0]["held"]) == (0, None)


def test_an_account_is_disabled_and_enabled(served: Served, serial: str, video: Path) -> None:
    """While it is disabled nothing can be created for it."""
    added = served.tm("account", "add", "ann", "--serial", serial, "--json")
    number = str(added.json["id"])

    disabled = served.tm("account", "disable", number)
    refused = served.tm("post", str(video), "--username", "ann")
    enabled = served.tm("account", "enable", number, "--json")

    assert (disabled.code, "disabled" in disabled.out) == (0, True)
    assert (refused.code, "disabled" in refused.err) == (2, True)
    assert enabled.json["accounts"][0]["enabled"]


def test_a_clone_is_bound_by_its_package(served: Served, serial: str) -> None:
    """A package that is no package is refused by name."""
    words = ("account", "add", "ann", "--serial", serial, "--package")

    bad = served.tm(*words, "not a package")
    bound = served.tm(*words, "com.example.clone", "--json")

    assert (bad.code, "package" in bad.err) == (2, True)
    assert (bound.code, bound.json["package"]) == (0, "com.example.clone")


@pytest.mark.parametrize("verb", ["release", "enable", "disable"])
def test_accounts_that_are_not_there(served: Served, verb: str) -> None:
    """An unknown number is exit code 5, and none at all is wrong usage."""
    assert served.tm("account", verb, "999999").code == 5
    assert served.tm("account", verb).code == 2


def test_drift_says_which_profile_each_app_is_read_with(served: Served, serial: str) -> None:
    """In a table and as one document; nothing drifts on apps that the profiles were written for."""
    made = served.tm("account", "match", serial, "--app", "instagram", "--json")

    shown = served.tm("profile", "drift")
    told = served.tm("profile", "drift", "--json").json

    assert (made.code, shown.code) == (0, 0), made.err + shown.err
    assert "the profile for" in shown.out
    assert (told["met"][-1]["known"], told["drifts"]) == (True, [])


def test_accounts_go_to_a_sheet_and_back(served: Served, serial: str, tmp_path: Path) -> None:
    """What was exported binds nothing new; after they were unbound it binds them again."""
    for name in ("ann", "bob"):
        served.tm("account", "add", name, "--serial", serial)
    sheet = tmp_path / "accounts.csv"

    written = served.tm("account", "export", str(sheet))
    same = served.tm("account", "import", str(sheet))
    forget(served, serial)
    again = served.tm("account", "import", str(sheet), "--json")

    assert (written.code, same.code, again.code) == (0, 0, 0), written.err + same.err + again.err
    assert same.out.startswith("0 bound")
    assert {account["username"] for account in again.json["accounts"]} >= {"ann", "bob"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b"app,username\ntiktok,ann\n", "serial: is missing as a column"),
        (b"app,username,serial,colour\n", "colour"),
        (b"app,username,serial\n", "holds no accounts"),
        (b"\xef\xbb\xbfapp;username;serial\ntiktok;ann;PHONE\nfacebook;bob;PHONE\n", "row 3, app"),
        (b"app,username,serial\ntiktok,ann,NOBODY\n", "row 2, serial: device 'NOBODY'"),
        (b"app,username,serial,enabled\ntiktok,ann,PHONE,maybe\n", "row 2, enabled"),
        (b"app,username,serial\ntiktok,=A1,PHONE\n", "row 2, username"),
        (b"PK\x03\x04", "an Excel or zip file"),
    ],
)
def test_a_wrong_sheet_binds_nothing(
    served: Served, serial: str, tmp_path: Path, text: bytes, named: str
) -> None:
    """The row and the column are named, whatever is wrong with it."""
    sheet = tmp_path / "accounts.csv"
    sheet.write_bytes(text.replace(b"PHONE", serial.encode()))

    run = served.tm("account", "import", str(sheet))

    assert run.code == 2
    assert named in run.err
    assert served.tm("account", "list", "--serial", serial, "--json").json["total"] == 0

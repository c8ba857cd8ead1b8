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

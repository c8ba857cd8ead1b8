"""tm token, and the token that every command sends."""

import asyncio
from pathlib import Path

import pytest

from tests.serve.fake import FakeRack
from tests.tui.conftest import Run, tm_here
from tmserve.app import Server

NOBODY = "http://127.0.0.1:9"  # discard: nothing of ours listens there


def tm(tmp_path: Path, *words: str, **env: str) -> Run:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "COLUMNS": "100"}
    return tm_here(*words, env=home | {"TM_URL": NOBODY} | env)


def test_before_the_first_start(tmp_path: Path) -> None:
    """Where no server runs the database is opened: made, listed, revoked, and gone."""
    made = tm(tmp_path, "token", "add", "desk", "--scope", "post")
    listed = tm(tmp_path, "token", "list")
    revoked = tm(tmp_path, "token", "revoke", "desk")
    empty = tm(tmp_path, "token", "list", "--json")

    assert made.out.startswith("tm_")
    assert len(made.out.splitlines()) == 1
    assert "no server answers" in made.err
    assert "desk" in listed.out
    assert "post" in listed.out
    assert made.out.strip() not in listed.out + listed.err
    assert (revoked.code, empty.json["total"]) == (0, 0)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    """--db names the database of a server that does not run."""
    db = tmp_path / "else" / "rack.db"

    tm(tmp_path, "token", "add", "desk", "--scope", "read", "--db", str(db))

    assert tm(tmp_path, "token", "list", "--json", "--db", str(db)).json["total"] == 1
    assert tm(tmp_path, "token", "list", "--json").json["total"] == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "two words", "--scope", "read"), 2),
        (("add", "x", "--scope", "root"), 2),
        (("add", "x"), 2),
        (("revoke", "nobody"), 5),
    ],
)
def test_what_cannot_be(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    """A bad name or scope is usage; a token that is not there is not found."""
    assert tm(tmp_path, "token", *words).code == code


def test_help_does_not_show_the_token(tmp_path: Path) -> None:
    """The environment's token is a default that no help prints."""
    for command in ("tasks", "token", "post"):
        run = tm(tmp_path, command, "--help", TM_TOKEN="tm_sekret")
        assert run.code == 0
        assert "sekret" not in run.out + run.err


async def test_every_command_sends_its_token(tmp_path: Path) -> None:
    """--token or TM_TOKEN; without either, what is needed is said."""

    rack = FakeRack()
    await rack.keys.one_of_each()
    await rack.change_settings({"require_token": True})
    async with Server(rack, port=0) as server:
        url = {"TM_URL": server.url}
        none = await asyncio.to_thread(tm, tmp_path, "stats", **url)
        said = await asyncio.to_thread(tm, tmp_path, "stats", "--token", "tm_read", **url)
        kept = await asyncio.to_thread(tm, tmp_path, "stats", **url, TM_TOKEN="tm_read")
        less = await asyncio.to_thread(tm, tmp_path, "token", "list", **url, TM_TOKEN="tm_read")

    assert (none.code, said.code, kept.code, less.code) == (1, 0, 0, 1)
    assert "tm token add" in none.err
    assert "tm_read" not in none.err + said.err + kept.err + less.err

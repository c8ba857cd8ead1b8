import base64
import shlex
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcore.phone import commands
from tmcore.phone.commands import Folder

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=500)


def _typed(command: str) -> str:
    """What Android's `input text` makes of the command, by its own rule for %s."""
    text = ""
    for piece in _calls(shlex.split(command)):
        shown, escape = "", False
        for char in piece:
            if escape and char == "s":
                shown = shown[:-1] + " "
            else:
                shown += char
            escape = char == "%"
        text += shown
    return text


def _calls(argv: list[str]) -> list[str]:
    """The text of each `input text TEXT && …`."""
    assert argv[0::4] == ["input"] * len(argv[0::4])
    assert argv[1::4] == ["text"] * len(argv[1::4])
    assert argv[3::4] == ["&&"] * len(argv[3::4])
    return argv[2::4]


@given(PRINTABLE.filter(bool))
def test_typed_text_arrives(text: str) -> None:
    """Every printable text is typed as it is: spaces, quotes, `$(reboot)` and a literal %s."""
    assert _typed(commands.type_text(text)) == text


@pytest.mark.parametrize("text", ["100%sure", "%s", "%%s", "% s", "a b", "$(reboot)`x`;&'\"\\"])
def test_hard_texts_arrive(text: str) -> None:
    """The texts that a shell or `input` would read as something else."""
    assert _typed(commands.type_text(text)) == text


@given(PRINTABLE.filter(bool))
def test_typed_in_pieces(text: str) -> None:
    """No piece is longer than Android takes at once."""
    assert all(
        len(p.replace("%s", " ")) <= 200 for p in _calls(shlex.split(commands.type_text(text)))
    )


@given(st.text())
def test_words_are_one_argument(text: str) -> None:
    """Foreign text is one argument, whatever is in it."""
    assert shlex.split(commands.words("echo", text)) == ["echo", text]


@pytest.mark.parametrize("name", ["", ".x", "a b", "x'", "../x", "x\n", "ü", "a" * 129, "$(x)"])
def test_names_are_ours(name: str) -> None:
    """A file name of another alphabet never gets into a command."""
    with pytest.raises(ValueError, match="is not made of"):
        commands.named(name)
    with pytest.raises(ValueError, match="is not made of"):
        Folder("owner").press(1, name, 1, 1)


def test_press_is_one_command() -> None:
    """The press checks the epoch, makes the marker and taps, each only after the one before."""
    assert Folder("u-1").press(7, "press-9-1", 10, 20) == (
        '[ "$(cat /data/local/tmp/tm/u-1/epoch 2>/dev/null)" = 7 ] || exit 75; '
        "mkdir /data/local/tmp/tm/u-1/press-9-1 || exit 76; sync; input tap 10 20 || exit 79"
    )


@pytest.mark.parametrize("text", ["", "a", "it's $(reboot)\n", "\U0001f305" * 400, "مرحبا " * 300])
def test_a_committed_text_arrives_whole(text: str) -> None:
    """In pieces of 600 bytes at most, none of which ends within a character."""
    words = shlex.split(commands.commit_text(text).replace("&&", ";"))
    pieces = [base64.b64decode(after) for word, after in pairwise(words) if word == "msg"]

    assert b"".join(pieces).decode() == text
    assert all(piece.decode() is not None and len(piece) <= 600 for piece in pieces)

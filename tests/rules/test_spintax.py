"""Spintax: what a text can become, and what it can become at worst."""

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcore.errors import BadInput
from tmcore.rules.spintax import FIELD, MAX_CHARS, MAX_DEPTH, Text, parse, resolve, worst

plain = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\\{|}"), max_size=6
)


def escape(text: str) -> str:
    return "".join("\\" + sign if sign in "\\{|}" else sign for sign in text)


def every(text: Text) -> set[str]:
    """Enumerate all results: what worst() must not do, and what it is measured against."""
    parts = (
        {part} if isinstance(part, str) else set().union(*(every(o.text) for o in part.options))
        for part in text
    )
    return {"".join(choice) for choice in product(*parts)}


def choices(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    braces = st.lists(inner, min_size=1, max_size=3).map(lambda o: "{" + "|".join(o) + "}")
    return st.lists(inner | braces, max_size=3).map("".join)


spintax = st.recursive(
    plain | st.sampled_from([r"\{", r"\|", r"\}", r"\\", "#", "##", "#a", "a"]),
    choices,
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "results"),
    [
        ("hello", {"hello"}),
        ("", {""}),
        ("{a|b}", {"a", "b"}),
        ("{a|b} {c|d}", {"a c", "a d", "b c", "b d"}),
        ("{a|{b|c}}!", {"a!", "b!", "c!"}),
        ("{a}", {"a"}),
        ("{}", {""}),
        ("{a|}", {"a", ""}),
        ("x|y", {"x|y"}),
        (r"\{a\|b\}", {"{a|b}"}),
        (r"{\||\}}", {"|", "}"}),
        (r"a\\{b|c}", {r"a\b", r"a\c"}),
        (r"C:\temp\ ", {r"C:\temp\ "}),
        ("\\", {"\\"}),
        ("#fun 🎉 {é|日本}", {"#fun 🎉 é", "#fun 🎉 日本"}),
    ],
)
def test_what_a_text_can_become(text: str, results: set[str]) -> None:
    """Choices nest, escapes make signs plain, and outside braces | is a letter."""
    assert every(parse(text)) == results
    assert {resolve(text, Random(seed)) for seed in range(200)} == results


@given(spintax, st.integers())
def test_a_result_is_one_of_all(text: str, seed: int) -> None:
    """resolve() picks one of the possible results."""
    assert resolve(text, Random(seed)) in every(parse(text))


def vowels(state: int, signs: str) -> tuple[int, int]:
    """Counts an a that directly follows a b, wherever the parts of the text meet."""
    gain = 0
    for sign in signs:
        gain += sign == "a" and state == 1
        state = int(sign == "b")
    return state, gain


@given(st.recursive(st.text("ab", max_size=4), choices, max_leaves=8))
def test_the_worst_is_what_trying_all_would_find(text: str) -> None:
    """For each state in which a reading can end, the most that any reading counts."""
    tried: dict[int, int] = {}
    for result in every(parse(text)):
        state, gain = vowels(0, result)
        tried[state] = max(gain, tried.get(state, 0))

    found = worst(parse(text), vowels)

    assert {state: way.gain for state, way in found.items()} == tried


def test_the_option_that_counts_most_is_named() -> None:
    """The innermost of those inside each other, as it was written and where it stands."""
    text = "{a|bb} {c|{d|{baba|a}}} tail"

    [blamed] = {way.blame for way in worst(parse(text), lambda s, signs: (s, signs.count("a")))
                .values()}  # fmt: skip

    assert blamed
    assert (blamed.source, text[blamed.at :][:4]) == ("baba", "baba")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200), st.integers())
def test_an_escaped_text_comes_out_as_it_was(text: str, seed: int) -> None:
    """Whatever is escaped is posted letter by letter."""
    assert resolve(escape(text), Random(seed)) == text


@given(st.text(st.sampled_from("{|}\\ab"), max_size=60), st.integers())
def test_any_braces_are_read_or_refused(text: str, seed: int) -> None:
    """Nothing but BadInput with a position inside the text comes out of broken spintax."""
    try:
        resolve(text, Random(seed))
    except BadInput as refusal:
        (error,) = refusal.errors
        position = int(error.message.removeprefix("character ").split(":")[0])
        assert error.field == FIELD
        assert text[position - 1] in "{}"


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a {b|c", 3),
        ("{a|{b|c}", 1),
        ("a} b", 2),
        ("{a}}", 4),
        ("{" * 2000, MAX_DEPTH + 1),
        ("{a|" * 2000, MAX_CHARS + 1),
        ("{a|" * 1000, MAX_DEPTH * 3 + 1),
        ("{" * 2000 + "x" + "}" * 2000, MAX_DEPTH + 1),
        ("x" * (MAX_CHARS + 1), MAX_CHARS + 1),
        ("tab\there", 4),
        ("nul\0", 4),
        ("half \ud83d", 6),
    ],
)
def test_what_cannot_be_read_is_named_with_its_position(text: str, position: int) -> None:
    """Unbalanced, too deep, too long, or untypable: the position says where."""
    with pytest.raises(BadInput, match=rf"{FIELD}: character {position}: "):
        parse(text)


def test_the_deepest_nesting_allowed_works() -> None:
    """Sixteen braces in each other are fine."""
    assert resolve("{" * MAX_DEPTH + "x" + "}" * MAX_DEPTH, Random(1)) == "x"

"""Spintax and the dealing of lines."""

from itertools import product
from random import Random
from timeit import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcore.errors import BadInput
from tmcore.rules.captions import (
    FIELD,
    LIMITS,
    MAX_CHARS,
    MAX_DEPTH,
    MAX_ERRORS,
    Caption,
    Text,
    caption_errors,
    deal,
    longest,
    parse,
    resolve,
    split_title,
)

plain = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\\{|}"), max_size=6
)


def escape(text: str) -> str:
    return "".join("\\" + sign if sign in "\\{|}" else sign for sign in text)


def every(text: Text) -> set[str]:
    """Enumerate all results: what longest() must not do, and what it is measured against."""
    parts = (
        {part} if isinstance(part, str) else set().union(*map(every, part.options)) for part in text
    )
    return {"".join(choice) for choice in product(*parts)}


def choices(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    braces = st.lists(inner, min_size=1, max_size=3).map(lambda o: "{" + "|".join(o) + "}")
    return st.lists(inner | braces, max_size=3).map("".join)


spintax = st.recursive(plain | st.sampled_from([r"\{", r"\|", r"\}", r"\\"]), choices, max_leaves=8)


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
def test_a_result_is_one_of_all_and_none_is_longer(text: str, seed: int) -> None:
    """resolve() picks one of the possible results; longest() is the length of the longest."""
    results = every(parse(text))

    assert resolve(text, Random(seed)) in results
    assert longest(text) == max(len(result.encode("utf-16-le")) // 2 for result in results)


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


@pytest.mark.parametrize(
    "text", ["{" * 2000, "{a|" * 2000, "{a|b}" * 800, "{" * 16 + "|" * 2000 + "}" * 16, "\\" * 4096]
)
def test_no_text_takes_long(text: str) -> None:
    """The worst captions are read or refused in less than 50 ms, without deep recursion."""
    took_s = min(repeat(lambda: caption_errors(text, "tiktok"), number=1, repeat=3))

    assert took_s < 0.05


def test_the_deepest_nesting_allowed_works() -> None:
    """Sixteen braces in each other are fine."""
    assert resolve("{" * MAX_DEPTH + "x" + "}" * MAX_DEPTH, Random(1)) == "x"


def test_lines_are_dealt_in_turn() -> None:
    """One caption a line, blank ones skipped, any line end, and from the front again."""
    assert deal("one\r\n\r\n  two \n \t\nthree\rfour", 6) == (
        *("one", "two", "three", "four"),
        *("one", "two"),
    )


@pytest.mark.parametrize("captions", ["", "\n \r\n"])
def test_no_lines_are_empty_captions(captions: str) -> None:
    """Posting without a caption is allowed."""
    assert deal(captions, 2) == ("", "")


def test_a_separator_inside_a_caption_is_no_line_end() -> None:
    """U+2028 and the like belong to the caption, whatever str.splitlines thinks."""
    assert deal("a\u2028b", 1) == ("a\u2028b",)


def test_a_caption_may_be_as_long_as_the_app_allows() -> None:
    """The longest possible choice counts, in the app's own units: an emoji is two."""
    fits = "{a|" + "x" * (LIMITS["tiktok"] - 2) + "}🎉"

    assert caption_errors(fits, "tiktok") == ()
    (error,) = caption_errors(f"fine\n{fits}!", "tiktok")
    assert error.field == FIELD
    assert error.message == "line 2 can become 4001 characters long; tiktok takes 4000"
    assert caption_errors("x" * 2201, "instagram")


def test_every_wrong_line_is_named() -> None:
    """All lines are checked, not only the first that is wrong, and the answer stays short."""
    errors = caption_errors("{a\nfine\nb}", "tiktok")

    assert [error.message.split(":")[0] for error in errors] == [
        "line 1, character 1",
        "line 3, character 2",
    ]
    assert len(caption_errors("}\n" * 1000, "tiktok")) == MAX_ERRORS


@pytest.mark.parametrize(
    ("caption", "parts"),
    [
        ("Title##Description", Caption("Title", "Description")),
        ("Title ## a ##b", Caption("Title", "a ##b")),
        ("no title #fun", Caption("", "no title #fun")),
        ("##only", Caption("", "only")),
        ("", Caption("", "")),
    ],
)
def test_a_title_ends_at_the_first_mark(caption: str, parts: Caption) -> None:
    """Without ## everything is the description."""
    assert split_title(caption) == parts

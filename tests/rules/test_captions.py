"""Captions: the lines of a text, and what each of them can become at worst."""

import re
from timeit import repeat

import pytest
from hypothesis import given

from tests.rules.test_spintax import every, spintax
from tmcore.rules.captions import (
    MAX_ERRORS,
    Caption,
    CaptionLimits,
    caption_errors,
    lines,
    measure,
    split_title,
)
from tmcore.rules.spintax import FIELD, parse

VIDEO = CaptionLimits("tiktok", description=4000, hashtags=5)
PHOTO = CaptionLimits("tiktok", description=20, hashtags=2, title=5)


def said(captions: str, limits: CaptionLimits = VIDEO) -> list[str]:
    return [error.message for error in caption_errors(captions, limits)]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def tags(*texts: str) -> int:
    return sum(len(re.findall(r"#\w", text)) for text in texts)


@given(spintax)
def test_the_worst_of_a_text_without_titles(text: str) -> None:
    """The longest and the one with most hashtags are what trying all results would find."""
    results = every(parse(text))

    most = measure(parse(text), titled=False)

    assert most.description.gain == max(map(units, results))
    assert most.hashtags.gain == max(map(tags, results))
    assert most.title.gain == 0


@given(spintax)
def test_the_worst_of_a_text_with_titles(text: str) -> None:
    """The mark may come together from two options, or be there in one of them only."""
    cut = [result.partition("##") for result in every(parse(text))]

    most = measure(parse(text), titled=True)

    assert most.title.gain == max(units(head) if mark else 0 for head, mark, _ in cut)
    assert most.description.gain == max(units(tail if mark else head) for head, mark, tail in cut)
    assert most.hashtags.gain == max(tags(head, tail) for head, _, tail in cut)


def test_a_product_of_branches_is_not_enumerated() -> None:
    """A text of 400 choices has more results than there are atoms; its longest is known."""
    [problem] = said("{#a|#bb c}" * 400, CaptionLimits("x", description=10, hashtags=9999))

    assert problem.startswith("line 1 can become 2000 characters long with the branch ")


@pytest.mark.parametrize(
    "text", ["{" * 2000, "{a|" * 2000, "{a|b}" * 800, "{" * 16 + "|" * 2000 + "}" * 16, "\\" * 4096]
)
def test_no_text_takes_long(text: str) -> None:
    """The worst captions are read or refused within a moment, without deep recursion."""
    took_s = min(repeat(lambda: caption_errors(text, PHOTO), number=1, repeat=3))

    assert took_s < 0.5


def test_lines_are_captions() -> None:
    """One caption a line, blank ones skipped, any line end."""
    assert lines("one\r\n\r\n  two \n \t\nthree\rfour") == ("one", "two", "three", "four")
    assert lines("\n \r\n") == ()
    assert lines("a\u2028b") == ("a\u2028b",)  # whatever str.splitlines thinks


def test_a_caption_may_be_as_long_as_the_app_allows() -> None:
    """The longest possible choice counts, in the app's own units: an emoji is two."""
    fits = "{a|" + "x" * (VIDEO.description - 2) + "}🎉"

    assert said(fits) == []
    [problem] = said(f"fine\n{fits}!")
    assert problem == (
        f'line 2 can become 4001 characters long with the branch "{"x" * 40}…" at character 4; '
        "tiktok takes 4000"
    )


def test_a_branch_over_a_limit_is_named() -> None:
    """One branch with too many hashtags is enough, and is told from those beside it."""
    [problem] = said("#a #b {fine|#c #d #e #f|#c} {x|yy}")

    assert problem == (
        'line 1 can have 6 hashtags with the branch "#c #d #e #f" at character 13; tiktok takes 5'
    )


def test_a_title_has_a_limit_of_its_own() -> None:
    """Where the app has one: elsewhere ## are two letters."""
    assert said("{long title|t}##text", PHOTO) == [
        (
            'line 1 can become a title of 10 characters with the branch "long title" '
            "at character 2; tiktok takes 5"
        )
    ]
    assert said("title##" + "x" * 20, PHOTO) == []
    assert said("{long title|t}##text") == []


def test_every_wrong_line_is_named() -> None:
    """All lines are checked, not only the first that is wrong, and the answer stays short."""
    assert [problem.split(":")[0] for problem in said("{a\nfine\nb}")] == [
        "line 1, character 1",
        "line 3, character 2",
    ]
    assert len(said("}\n" * 1000)) == MAX_ERRORS


def test_lines_of_a_file_are_named_by_it() -> None:
    """The field stays what the request has; the place is said in front of the line."""
    [error] = caption_errors("ok\n{", VIDEO, "script_config.material_path", "caption.txt, ")

    assert error.field == "script_config.material_path"
    assert error.message.startswith("caption.txt, line 2, character 1: ")
    assert caption_errors("{", VIDEO)[0].field == FIELD


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

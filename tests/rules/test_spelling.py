"""Unknown keys and what was meant."""

import time

import pytest

from tmcore.rules.spelling import MOST_ERRORS, nearest, unknown_keys

KEYS = ("captions", "content_type", "material_list", "material_path", "post_way", "add_sound")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("caption", "captions"),
        ("materialList", "material_list"),
        ("material-list", "material_list"),
        ("MATERIAL_PATH", "material_path"),
        ("post_wya", "post_way"),
        ("banana", None),
        ("", None),
        ("c" * 3_000_000, None),
    ],
)
def test_the_nearest_name(word: str, meant: str | None) -> None:
    """A slip, another case or other separators find the name; something else finds none."""
    assert nearest(word, KEYS) == meant


def test_unknown_keys_are_named_with_what_was_meant() -> None:
    """Every unknown key is one error; without a guess the allowed names are listed."""
    errors = unknown_keys(["captoins", "post_way", "banana"], KEYS, "script_config.")

    assert [error.field for error in errors] == ["script_config.captoins", "script_config.banana"]
    assert errors[0].message == "unknown; did you mean captions?"
    assert all(name in errors[1].message for name in KEYS)


def test_ten_thousand_keys_are_answered_quickly_and_briefly() -> None:
    """The answer to a flood is bounded, in errors, letters and time."""
    started = time.perf_counter()
    errors = unknown_keys((f"captionz{n}" + "x" * n for n in range(10_000)), KEYS)

    assert len(errors) == MOST_ERRORS
    assert time.perf_counter() - started < 1
    assert all(len(error.field) < 100 for error in errors)

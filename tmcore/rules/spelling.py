"""Unknown keys, answered with what was probably meant."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from itertools import islice

from tmcore.errors import FieldError

LONGEST_WORD = 64  # a name longer than this is not a slip of the finger
MOST_ERRORS = 20  # each costs a comparison with every name; a body of 10,000 keys is not a typo


def unknown_keys(
    keys: Iterable[str], allowed: Collection[str], prefix: str = ""
) -> tuple[FieldError, ...]:
    """One error for each key that is not allowed, as sent; `prefix` as in `script_config.`."""
    unknown = (key for key in keys if key not in allowed)
    return tuple(
        FieldError(prefix + _short(key), _advice(key, allowed))
        for key in islice(unknown, MOST_ERRORS)
    )


def nearest(word: str, allowed: Collection[str]) -> str | None:
    """Name the allowed word most like this one, if any is; case and separators do not count."""
    if len(word) > LONGEST_WORD:
        return None
    by_letters = {_letters(name): name for name in allowed}
    found = get_close_matches(_letters(word), by_letters, n=1, cutoff=0.7)
    return by_letters[found[0]] if found else None


def _advice(key: str, allowed: Collection[str]) -> str:
    if guess := nearest(key, allowed):
        return f"unknown; did you mean {guess}?"
    return f"unknown; allowed are {', '.join(allowed)}"


def _letters(word: str) -> str:
    return "".join(filter(str.isalnum, word.casefold()))


def _short(key: str) -> str:
    return key if len(key) <= LONGEST_WORD else key[:LONGEST_WORD] + "…"

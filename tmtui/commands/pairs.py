"""`--set name=value`: how a value on the command line becomes JSON."""

import json
from collections.abc import Iterable
from typing import Any

from tmcore.errors import BadInput


def read_pairs(pairs: Iterable[str]) -> dict[str, Any]:
    """Read name=value; a value that is JSON (60, true, ["a"], "60") is that, else it is text.

    Raises BadInput where there is no `=`.
    """
    return dict(map(_read, pairs))


def _read(pair: str) -> tuple[str, Any]:
    name, equals, value = pair.partition("=")
    if not (name and equals):
        raise BadInput.of("--set", f"{pair!r} should be NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value

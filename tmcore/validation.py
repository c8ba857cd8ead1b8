"""Turns what a model refuses into errors that name the field, the value and what is allowed."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tmcore.errors import BadInput, FieldError
from tmcore.rules.spelling import unknown_keys

M = TypeVar("M", bound=BaseModel)
SHOWN = 60  # characters of a refused value
MOST_ERRORS = 50  # a list of 1,000 wrong entries is wrong in one way


def checked(model: type[M], data: dict[str, Any], prefix: str = "") -> M:
    """Validate JSON-like data. Raises BadInput with every error, misspelt keys first."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise BadInput(*field_errors(error, model.model_fields, prefix)) from None


def field_errors(
    error: ValidationError, allowed: Collection[str], prefix: str = ""
) -> tuple[FieldError, ...]:
    details = error.errors(include_url=False)
    unknown = [str(d["loc"][-1]) for d in details if d["type"] == "extra_forbidden"]
    wrong = [d for d in details if d["type"] != "extra_forbidden" and not _follows(d, details)]
    return unknown_keys(unknown, tuple(allowed), prefix) + tuple(
        FieldError(prefix + (_path(d["loc"]) or "body"), _sentence(d)) for d in wrong[:MOST_ERRORS]
    )


def _follows(detail: ErrorDetails, details: Sequence[ErrorDetails]) -> bool:
    """A list is called too short where its entries are wrong; they say it better."""
    where = detail["loc"]
    return detail["type"] == "too_short" and any(
        other["loc"][: len(where)] == where and other["loc"] != where for other in details
    )


def shown(value: object) -> str:
    """A value as an error may quote it: short, as JSON has it, its control characters escaped."""
    words = {None: "null", True: "true", False: "false"}
    text = words[value] if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _path(location: tuple[int | str, ...]) -> str:
    """`serials[3]`, `accounts[3].app`; what pydantic adds (union branches) is left out."""
    path = str(location[0]) if location else ""
    for before, part in pairwise(location):
        if isinstance(part, int):
            path += f"[{part}]"
        elif isinstance(before, int):  # a field of an entry
            path += f".{part}"
    return path


def _sentence(detail: ErrorDetails) -> str:
    kind = detail["type"]
    words = _WORDS.get(kind) or _FAMILIES.get(kind.split("_", 1)[0], _as_it_says)
    return words(shown(detail["input"]), {"msg": detail["msg"], **detail.get("ctx", {})})


_Words = Callable[[str, Mapping[str, Any]], str]


def _is_no(what: str) -> _Words:
    return lambda value, _: f"{value} is not {what}"


def _as_it_says(value: str, about: Mapping[str, Any]) -> str:
    return f"{value}: {about['msg']}"


def _is_none_of(value: str, about: Mapping[str, Any]) -> str:
    return f"{value} is not allowed; allowed: {about['expected']}"


def _does_not_fit(value: str, about: Mapping[str, Any]) -> str:
    """Say which characters a pattern such as `^[A-Za-z0-9._]{1,64}$` takes, and how many."""
    found = re.search(r"\[(?P<characters>.+)\]\{1,(?P<most>\d+)\}", about["pattern"])
    if found is None:
        return f"{value} does not fit {about['pattern']}"
    return f"{value} is not allowed; use 1 to {found['most']} characters of {found['characters']}"


_FAMILIES: dict[str, _Words] = {
    "int": _is_no("a whole number"),
    "float": _is_no("a number"),
    "bool": _is_no("true or false"),
    "string": _is_no("a text"),
    "tuple": _is_no("a list"),
    "list": _is_no("a list"),
    "dict": _is_no("an object"),
    "model": _is_no("an object"),
    "datetime": _is_no("a time such as 2026-01-31T14:05:00Z"),
    "timezone": _is_no("a time with a zone, such as 2026-01-31T14:05:00Z"),
}

_WORDS: dict[str, _Words] = {
    "missing": lambda _value, _about: "is required",
    "enum": _is_none_of,
    "literal_error": _is_none_of,
    "greater_than_equal": lambda value, about: f"{value} is too small; at least {about['ge']}",
    "less_than_equal": lambda value, about: f"{value} is too large; at most {about['le']}",
    "string_pattern_mismatch": _does_not_fit,
    "string_too_short": lambda value, about: (
        f"{value} is too short; at least {about['min_length']}"
    ),
    "string_too_long": lambda value, about: f"{value} is too long; at most {about['max_length']}",
    "value_error": lambda _value, about: str(about["error"]),
}

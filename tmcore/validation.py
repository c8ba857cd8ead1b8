"""Turns what a model refuses into errors that name the field, the value and what is allowed."""

from collections.abc import Collection
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tmcore.errors import BadInput, FieldError
from tmcore.rules.spelling import unknown_keys

M = TypeVar("M", bound=BaseModel)
SHOWN = 60  # characters of a refused value


def checked(model: type[M], data: dict[str, Any], prefix: str = "") -> M:
    """Validate JSON-like data. Raises BadInput with every error, misspelt keys first."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise BadInput(*field_errors(error, model.model_fields, prefix)) from None


def field_errors(
    error: ValidationError, allowed: Collection[str], prefix: str = ""
) -> tuple[FieldError, ...]:
    details = error.errors(include_url=False, include_context=False)
    unknown = [str(d["loc"][-1]) for d in details if d["type"] == "extra_forbidden"]
    wrong = [d for d in details if d["type"] != "extra_forbidden"]
    return unknown_keys(unknown, tuple(allowed), prefix) + tuple(
        FieldError(prefix + (_path(d["loc"]) or "body"), _sentence(d)) for d in wrong
    )


def _path(location: tuple[int | str, ...]) -> str:
    """`serials[3]`; what pydantic adds of its own (union branches) is left out."""
    head, *rest = location or ("",)
    return str(head) + "".join(f"[{part}]" for part in rest if isinstance(part, int))


def _sentence(detail: Any) -> str:
    message = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    if detail["type"] == "missing":
        return "is required"
    return f"{shown(detail['input'])} is not allowed; it should be {message}"


def shown(value: object) -> str:
    """A value as an error may quote it: short, and with its control characters escaped."""
    text = ascii(value) if not isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"

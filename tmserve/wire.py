"""The envelope, and JSON as the wire may carry it. The only place where values have no type yet."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic_core import to_json

from tmcore.errors import BadInput, BodyTooLarge, FieldError, NotJson, TmError
from tmcore.validation import shown

MAX_BODY = 256 * 1024
MAX_DEPTH = 32
MAX_LIST = 10_000  # entries; each wrong one costs an error in the answer
INT_LIMIT = 2**63
FILE_TYPE = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class File:
    """An answer outside the envelope: bytes and what they are."""

    content: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def success(data: Any) -> bytes:
    """Return the envelope around models, and lists and objects of them.

    pydantic's own writer, not orjson: computed fields such as status_text appear, UTC is a 'Z'.
    """
    envelope = {"code": 0, "message": "success", "data": data}
    return to_json(envelope, inf_nan_mode="null")


def failure(error: TmError) -> bytes:
    """Return the envelope of an error; its HTTP status is `error.code // 100`."""
    data = {"errors": error.errors} if isinstance(error, BadInput) else None
    return orjson.dumps({"code": error.code, "message": str(error), "data": data})


def demand_json(content_type: str | None) -> None:
    """Refuse a body that does not call itself application/json: a foreign page could send it."""
    media_type = (content_type or "").split(";", 1)[0].strip().lower()
    if media_type == "application/json":
        return
    named = shown(media_type) if media_type else "no content type"
    raise NotJson(f"The body must be sent as application/json; it came with {named}.")


def is_file(content_type: str | None) -> bool:
    """Whether a body is a file as it is: no page of another site may send that type unasked."""
    return (content_type or "").split(";", 1)[0].strip().lower() == FILE_TYPE


def demand_size(size: int, most: int = MAX_BODY) -> None:
    """Refuse a body over the limit."""
    if size > most:
        raise BodyTooLarge(f"The body is too large; at most {most} bytes.")


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a body, or raise BadInput saying what about it is wrong."""
    text = body.removeprefix(BOM).strip()  # PowerShell 5.1 writes a byte order mark
    if not text:
        raise BadInput.of("body", "is empty; a JSON object is expected")
    value = _parse(text)
    if not isinstance(value, dict):
        raise BadInput.of("body", f"{shown(value)} is not a JSON object")
    errors = tuple(_faults(value))
    if errors:
        raise BadInput(*errors)
    return value


def _parse(text: bytes) -> Any:
    try:
        return orjson.loads(text)  # refuses NaN, Infinity and lone surrogates
    except orjson.JSONDecodeError as error:
        raise BadInput.of("body", f"is not valid JSON: {error}") from None


def _faults(value: dict[str, Any]) -> Iterator[FieldError]:
    """Yield what JSON allows and nothing behind it could keep: too deep, too long, NUL."""
    waiting: list[tuple[str, int, Any]] = [("", 1, value)]
    while waiting:
        path, depth, item = waiting.pop()
        if depth > MAX_DEPTH:
            yield FieldError("body", f"is nested deeper than {MAX_DEPTH} levels")
            return
        if fault := _fault(item):
            yield FieldError(path, fault)
            continue
        waiting.extend((name, depth + 1, child) for name, child in _children(path, item))


def _children(path: str, item: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(item, list):
        yield from ((f"{path}[{i}]", child) for i, child in enumerate(item))
    if isinstance(item, dict):
        yield from ((f"{path}.{key}".removeprefix("."), child) for key, child in item.items())


def _fault(item: Any) -> str | None:
    match item:
        case list() if len(item) > MAX_LIST:
            return f"has {len(item)} entries; at most {MAX_LIST}"
        case str() if "\0" in item:
            return f"{shown(item)} holds a NUL character"
        # orjson reads an integer over 64 bit as a float: no number that large means anything here
        case int() | float() if abs(item) >= INT_LIMIT or not math.isfinite(item):
            return f"{shown(item)} does not fit into 64 bit"
        case _:
            return None

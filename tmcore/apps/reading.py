"""Reading a TOML file into a model, with the line of every fault.

tomllib gives no positions for what is well-formed but wrong, so the line is looked for: the table,
then the key in it, then the element or the value.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tmcore.errors import BadInput, FieldError

M = TypeVar("M", bound=BaseModel)
Where = tuple[str | int, ...]
Faults = Callable[[M], Iterable[tuple[Where, str]]]


def read_profile(model: type[M], path: Path, faults: Faults[M]) -> M:
    """Read `path` as `model`; raises BadInput with every fault as `file:line key`."""
    try:
        source = path.read_text("utf-8")
        profile = model.model_validate(tomllib.loads(source))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput.of(path.name, f"cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput.of(
            f"{path.name}:{_line_named(str(error))}", f"is no TOML: {error}"
        ) from error
    except ValidationError as error:
        raise BadInput(
            *(
                _fault(path, source, each["loc"], _sentence(each["msg"]), each["input"])
                for each in error.errors(include_url=False)
            )
        ) from error
    found = [_fault(path, source, where, message) for where, message in faults(profile)]
    if found:
        raise BadInput(*found)
    return profile


def line_of(source: str, where: Where, value: object = None) -> int:
    """Return the line, from 1, on which the key stands that `where` leads to."""
    lines = source.splitlines()
    first, last, rest = _table(lines, where)
    if not rest:
        return first + 1
    at = next((i for i in range(first, last) if _assigns(lines[i], rest[0])), None)
    if at is None:
        return first + 1
    end = next((i for i in range(at + 1, last) if re.match(r"[A-Za-z_]\w*\s*=", lines[i])), last)
    return _deeper(lines, at, end, rest[1:], value) + 1


def _table(lines: list[str], where: Where) -> tuple[int, int, Where]:
    """Return where the table of `where` begins and ends, and what is left of `where` in it."""
    heads = [i for i, line in enumerate(lines) if line.lstrip().startswith("[") and line[0] == "["]
    for header, used in _headers(where):
        own = [i for i in heads if lines[i].split("#")[0].strip() == header]
        nth = where[1] if header.startswith("[[") and isinstance(where[1], int) else 0
        if nth < len(own):
            return own[nth], next((i for i in heads if i > own[nth]), len(lines)), where[used:]
    return 0, heads[0] if heads else len(lines), where


def _headers(where: Where) -> Iterable[tuple[str, int]]:
    if len(where) > 1 and isinstance(where[1], int):
        yield f"[[{where[0]}]]", 2
    elif len(where) > 1:
        yield f"[{where[0]}.{where[1]}]", 2
    if where:
        yield f"[{where[0]}]", 1


def _assigns(line: str, key: str | int) -> bool:
    return re.match(rf"\s*\"?{re.escape(str(key))}\"?\s*=", line) is not None


def _deeper(lines: list[str], at: int, end: int, rest: Where, value: object) -> int:
    """Return the line of an element in a list that spreads over several lines."""
    elements = [i for i in range(at + 1, end) if lines[i].lstrip().startswith("{")]
    if rest and isinstance(rest[0], int) and rest[0] < len(elements):
        return elements[rest[0]]
    if isinstance(value, str) and value:
        return next((i for i in range(at, end) if value in lines[i]), at)
    return at


def _fault(path: Path, source: str, where: Where, message: str, value: object = None) -> FieldError:
    key = ".".join(str(part) for part in where)
    return FieldError(f"{path.name}:{line_of(source, where, value)} {key}", message)


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ")


def _line_named(message: str) -> str:
    found = re.search(r"at line (\d+)", message)
    return found[1] if found else "end"

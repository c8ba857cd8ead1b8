"""Files that lie over each other: what an app looks like, and what an operator changed of it.

Merging is by part: `[targets.post_button]` in a later file replaces the earlier part as a whole, so
that what stands in a file is what holds, whatever an update of the program ships. A replaced part
keeps its rank; an added one comes first, because whoever adds it knows the screen that was misread.

Every part remembers its file, so that a fault names the line where it can be mended.
"""

import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tmcore.errors import BadInput, FieldError

M = TypeVar("M", bound=BaseModel)
Where = tuple[str | int, ...]
SECTIONS = ("screens", "targets", "lists", "dialogs", "blocks", "evidence")
_CLOSERS = ("", "]", "]]")  # what a file may lack that is cut off after a line


@dataclass(frozen=True, eq=False)
class Layer:
    """One file."""

    path: Path
    source: str
    data: dict[str, Any]

    def fault(self, where: Where, message: str) -> FieldError:
        """Return the complaint as `file:line key`."""
        key = ".".join(map(str, where))
        return FieldError(f"{self.path.name}:{line_of(self.source, where)} {key}", message)


def read_layer(path: Path) -> Layer:
    """Read a file; raises BadInput with its name, and the line that is no TOML."""
    try:
        source = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput.of(path.name, f"cannot be read: {error}") from error
    try:
        return Layer(path, source, tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        line = _line_named(str(error)) or len(source.splitlines())
        raise BadInput.of(f"{path.name}:{line}", f"is no TOML: {error}") from error


class Stack:
    """Layers, merged; knows where each part came from."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)
        self.data: dict[str, Any] = {}
        self._from: dict[Where, Layer] = {}
        for layer in layers:
            self._lay(layer)

    def read(self, model: type[M]) -> M:
        """Return the model; raises BadInput with every fault of its parts."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            found = error.errors(include_url=False)
            raise BadInput(
                *(self.fault(each["loc"], _sentence(each["msg"])) for each in found)
            ) from error

    def fault(self, where: Where, message: str) -> FieldError:
        layer = self._from.get(where[:2]) or self._from.get(where[:1]) or self.layers[-1]
        return layer.fault(where, message)

    def _lay(self, layer: Layer) -> None:
        for key, value in layer.data.items():
            self._from[key,] = layer
            if key in SECTIONS and isinstance(value, dict):
                self._from |= {(key, name): layer for name in value}
                known = self.data.get(key, {})
                added = {name: part for name, part in value.items() if name not in known}
                self.data[key] = added | {name: value.get(name, known[name]) for name in known}
            else:
                self.data[key] = value


def line_of(source: str, where: Where) -> int:
    """Return the line, from 1, on which stands what `where` leads to, or what it would stand in.

    tomllib gives no positions, so it is asked for ever longer beginnings of the file: the line
    that is wanted is the last one of the shortest beginning that holds the key.
    """
    lines = source.splitlines()
    beginnings = _Beginnings(lines)
    for length in range(len(where), 0, -1):
        if _leads(beginnings[len(lines)], where[:length]):
            found = bisect_left(
                range(len(lines) + 1), 1, key=lambda n: _leads(beginnings[n], where[:length])
            )
            return max(found, 1)
    return 1


class _Beginnings:
    """The data of the first n lines; of fewer, where a text goes on over the end of those."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def __getitem__(self, count: int) -> dict[str, Any]:
        for shorter in range(count, 0, -1):
            beginning = "\n".join(self._lines[:shorter])
            for closer in _CLOSERS:
                with suppress(tomllib.TOMLDecodeError):
                    return tomllib.loads(f"{beginning}\n{closer}")
        return {}


def _leads(data: Any, where: Where) -> bool:
    for key in where:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ")


def _line_named(message: str) -> int | None:
    words = message.replace(",", " ").split()
    return next((int(after) for word, after in pairwise(words) if word == "line"), None)


def refuse(faults: Iterable[FieldError]) -> None:
    """Raise BadInput if there are any."""
    if found := tuple(faults):
        raise BadInput(*found)

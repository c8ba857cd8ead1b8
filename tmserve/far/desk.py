"""What the desks of a far rack share: how it is asked."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from pydantic import BaseModel

from tmcore.errors import NotFound

T = TypeVar("T")
PATIENCE_S = 300.0  # thousands of new files are looked at and hashed
DOTS = {"", ".", ".."}  # as path parts they would mean another path


class Ask(Protocol):
    """Sends a request and reads its answer; raises what a Rack raises."""

    async def __call__(
        self, kind: type[T], method: str, path: str, body: Any = None, *, read_s: float = ...
    ) -> T: ...


class Desk:
    """The far end of some verbs of a rack."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask


def dump(model: BaseModel) -> Mapping[str, Any]:
    return model.model_dump(exclude_unset=True)


def part(text: str) -> str:
    """Return foreign text as one part of a path. Raises NotFound where it would mean another."""
    if text in DOTS:
        raise NotFound(f"{text!r} does not exist")
    return quote(text, safe="")

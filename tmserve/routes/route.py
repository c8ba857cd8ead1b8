"""What a route is, and a request as its handler sees it; no Sanic in here."""

import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote

from tmcore.api import RackApi
from tmcore.errors import BadInput, NotFound
from tmcore.model import Model
from tmcore.validation import SHOWN, checked, shown
from tmserve.wire import INT_LIMIT, parse_object

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Call:
    """One request: what stood in its path and query, percent-decoded, and its body."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def id(self, thing: str) -> int:
        """Return the id in the path: a positive integer, however large."""
        text = self.path["id"]
        if not re.fullmatch(r"[0-9]+", text) or not text.strip("0"):
            raise BadInput.of("id", f"{shown(text)} is not a positive whole number")
        digits = text.lstrip("0")
        if len(digits) > len(str(INT_LIMIT)) or int(digits) >= INT_LIMIT:
            raise NotFound(f"{thing} {digits[:SHOWN]} does not exist")
        return int(digits)

    def filters(self, model: type[M]) -> M:
        """Return the query as a model: unknown parameters are ignored, blank ones absent."""
        known = {name: self.query[name] for name in model.model_fields if self.query.get(name)}
        return checked(model, known)

    def object(self) -> dict[str, Any]:
        """Return the JSON object in the body."""
        return parse_object(self.body)

    def json(self, model: type[M]) -> M:
        """Return the JSON object in the body as a model."""
        return checked(model, self.object())


Handler = Callable[[RackApi, Call], Coroutine[Any, Any, Any]]


@dataclass(frozen=True)
class Route:
    """One line of the table. A licensed route is closed to the plan Starter."""

    method: str
    path: str
    handler: Handler
    takes_body: bool = False
    licensed: bool = False

    def matches(self, path: str) -> bool:
        """Whether the path is one of this route's."""
        pattern = re.sub("<[a-z]+>", "[^/]+", self.path)
        return re.fullmatch(pattern, path) is not None


def unquoted(path: Mapping[str, str]) -> dict[str, str]:
    """Return path parts decoded: a router hands them on as they were sent (`%2F`, `%ff`)."""
    return {name: unquote(part) for name, part in path.items()}

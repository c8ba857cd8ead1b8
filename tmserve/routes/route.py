"""What a route is, and a request as its handler sees it; no Sanic in here."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote

from tmcore.api import RackApi
from tmcore.errors import BadInput, NotFound
from tmcore.events import Batch
from tmcore.keys import Locks, Scope
from tmcore.model import Created, Model, NewTask, Vitals
from tmcore.validation import SHOWN, checked, shown
from tmserve.wire import INT_LIMIT, MAX_BODY, parse_object

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Call:
    """One request: what stood in its path and query, percent-decoded, and its body."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    key: str | None = None  # under which it may be sent again
    owner: str = ""  # whose token was sent
    content: AsyncIterator[bytes] | None = None  # a file that is sent as it is, on its way

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


class Served(RackApi, Protocol):
    """A rack that can be served: one in this process, with its keys."""

    @property
    def keys(self) -> Locks: ...

    async def create(self, new: NewTask, *, key: str | None = None, owner: str = "") -> Created: ...

    def batches(self, after: int | None = None) -> AsyncGenerator[Batch]: ...

    async def vitals(self) -> Vitals: ...


class Gone(Model):
    """How many things were deleted."""

    deleted_count: int = 1


Handler = Callable[[Served, Call], Coroutine[Any, Any, Any]]


@dataclass(frozen=True)
class Route:
    """One line of the table; the contract in /openapi.json is made from it.

    A licensed route is closed to the plan Starter. What it answers is what its handler returns.
    """

    method: str
    path: str
    handler: Handler
    says: str = ""  # what it does, in a sentence
    scope: Scope | None = None  # the least that a token must allow; None: only an admin's
    query: type[Model] | None = None
    body: type[Model] | None = None
    takes_body: bool = False  # without a model: any JSON object
    most_bytes: int = MAX_BODY
    most_upload_bytes: int = (
        0  # of a file that is sent as it is, instead of the body; 0: takes none
    )
    licensed: bool = False
    keyed: bool = False  # takes an Idempotency-Key
    public: bool = False  # whoever asks needs no token
    bare: bool = False  # outside the envelope, and also without the prefix: where monitors look
    sends: str = "application/json"
    codes: tuple[int, ...] = ()  # that it may answer besides those that follow from the above

    @property
    def reads_body(self) -> bool:
        return self.takes_body or self.body is not None

    def matches(self, path: str) -> bool:
        """Whether the path is one of this route's."""
        pattern = re.sub("<[a-z]+>", "[^/]+", self.path)
        return re.fullmatch(pattern, path) is not None


def unquoted(path: Mapping[str, str]) -> dict[str, str]:
    """Return path parts decoded: a router hands them on as they were sent (`%2F`, `%ff`)."""
    return {name: unquote(part) for name, part in path.items()}

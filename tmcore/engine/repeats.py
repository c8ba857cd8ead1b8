"""Creates that carry a key: whoever lost the answer asks again, and gets the first one."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from tmcore.engine.prepared import Maker, Prepared
from tmcore.errors import Conflict
from tmcore.model import Created, NewTask
from tmcore.request_key import demand_key
from tmcore.store.answers import AnswerShelf, Keyed


class Repeats:
    """Makes each keyed request once. What was refused is not kept: mended, it may come again."""

    def __init__(self, shelf: AnswerShelf, maker: Maker) -> None:
        self._shelf, self._maker = shelf, maker
        self._at_work: set[str] = set()

    async def make(self, new: NewTask, key: str, owner: str) -> Created:
        """Create, or return the first answer. Raises BadInput, NotFound, Conflict."""
        asked = _keyed(new, key, owner)
        with self._working_on(asked):
            if first := await self._shelf.first(asked):
                return Created.model_validate_json(first)
            return await self._maker.make(new, partial(self._save, asked))

    async def _save(self, asked: Keyed, prepared: Prepared) -> Created:
        said = await self._shelf.insert(
            asked, prepared.drafts, lambda ids: prepared.created(ids).model_dump_json()
        )
        return Created.model_validate_json(said)

    @contextmanager
    def _working_on(self, asked: Keyed) -> Iterator[None]:
        if asked.key in self._at_work:
            raise Conflict("The request with that Idempotency-Key is still at work; ask again.")
        self._at_work.add(asked.key)
        try:
            yield
        finally:
            self._at_work.discard(asked.key)


def _keyed(new: NewTask, key: str, owner: str) -> Keyed:
    """Name a request by whose it is and its key; no key of one owner is one of another's."""
    demand_key(key)
    # without defaults: a field that a newer version brings does not make it another body
    body = json.dumps(new.model_dump(exclude_defaults=True), sort_keys=True, default=str)
    return Keyed(f"{owner} {key}", hashlib.sha256(body.encode()).hexdigest())

"""A request that has been found right, with the tasks it makes, before they are created."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tmcore.model import Created, CreatedTask, NewTask
from tmcore.store.changes import Draft
from tmcore.store.reservations import MaterialTaken


@dataclass(frozen=True)
class Prepared:
    """Tasks ready to be created, and what to say of them."""

    drafts: Sequence[Draft]
    zone: str
    warnings: tuple[str, ...]

    def created(self, ids: Sequence[int]) -> Created:
        """Return the answer to the request, once its tasks have their ids."""
        return Created(
            task_ids=tuple(ids),
            created_count=len(ids),
            tasks=tuple(map(_created, ids, self.drafts)),
            zone=self.zone,
            warnings=self.warnings,
        )


Prepare = Callable[[NewTask], Awaitable[Prepared]]  # raises BadInput, NotFound; creates nothing
Save = Callable[
    [Sequence[Draft]], Awaitable[list[int]]
]  # raises MaterialTaken; creates all or none
Finish = Callable[[Prepared], Awaitable[Created]]  # saves, and keeps what is answered


class Maker:
    """Creates a request's tasks; deals again where another request was faster with a file.

    Who was too slow once waits for the others that were, so that all of them come through.
    """

    MOST = 100  # how often others may be faster; a queue that full is no place to wait in

    def __init__(self, prepare: Prepare, save: Save) -> None:
        self._prepare, self._save = prepare, save
        self._again = asyncio.Lock()

    async def make(self, new: NewTask, finish: Finish | None = None) -> Created:
        """Raises BadInput, NotFound; nothing is created then."""
        finish = finish or self._finish
        try:
            return await finish(await self._prepare(new))
        except MaterialTaken:
            async with self._again:
                return await self._try_on(new, finish)

    async def _try_on(self, new: NewTask, finish: Finish) -> Created:
        for _ in range(self.MOST):
            with suppress(MaterialTaken):
                return await finish(await self._prepare(new))
        return await finish(await self._prepare(new))

    async def _finish(self, prepared: Prepared) -> Created:
        return prepared.created(await self._save(prepared.drafts))


def _created(task_id: int, draft: Draft) -> CreatedTask:
    return CreatedTask(
        id=task_id,
        serial=draft.serial,
        username=draft.username,
        start_at=draft.start_at,
        media=str(draft.media) if draft.media else None,
        more=tuple(str(media.path) for media in draft.more),
    )

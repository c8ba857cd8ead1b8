"""The calendar's verbs: schedules are checked, shown in words, saved, paused and run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from tmcore.engine.prepared import Maker, Prepare, Prepared
from tmcore.errors import BadInput, FieldError, NotFound
from tmcore.model import Created, NewTask, Source
from tmcore.rules import cron
from tmcore.rules.schedule import next_times
from tmcore.schedules import (
    NewSchedule,
    Schedule,
    ScheduleDetail,
    SchedulePreview,
    Schedules,
)
from tmcore.settings import Settings
from tmcore.store.schedules import Saved, ScheduleShelf, Wish
from tmcore.validation import checked

OURS = ("start_time", "start_at", "source")  # what the schedule itself says


@dataclass(frozen=True)
class Calendar:
    """Satisfies SchedulesApi; `woken` lets the clockwork look at what has changed."""

    shelf: ScheduleShelf
    prepare: Prepare
    settings: Callable[[], Settings]
    clock: Callable[[], datetime]
    woken: Callable[[], None]

    async def preview(self, new: NewSchedule) -> SchedulePreview:
        wish = self._wish(new)
        prepared = await self._prepared(wish)
        return SchedulePreview(
            cron=wish.cron,
            zone=wish.zone,
            words=cron.in_words(wish.cron),
            next_times=next_times(wish.cron, ZoneInfo(wish.zone), self.clock()),
            tasks=len(prepared.drafts),
            warnings=prepared.warnings,
        )

    async def add(self, new: NewSchedule) -> Schedule:
        wish = self._wish(new)
        await self._prepared(wish)
        return await self._changed(await self.shelf.add(wish))

    async def every(self) -> Schedules:
        return Schedules(map(self._shown, await self.shelf.every()))

    async def one(self, schedule_id: int) -> ScheduleDetail:
        shown = self._shown(await self.shelf.one(schedule_id))
        return ScheduleDetail(**dict(shown), runs=await self.shelf.runs(schedule_id))

    async def change(self, schedule_id: int, new: NewSchedule) -> Schedule:
        await self.shelf.one(schedule_id)
        wish = self._wish(new)
        await self._prepared(wish)
        await self.shelf.replace(schedule_id, wish)
        return await self._changed(schedule_id)

    async def delete(self, schedule_id: int) -> None:
        await self.shelf.remove(schedule_id)
        self.woken()

    async def pause(self, schedule_id: int) -> Schedule:
        await self.shelf.pause(schedule_id, paused=True)
        return await self._changed(schedule_id)

    async def resume(self, schedule_id: int) -> Schedule:
        await self.shelf.pause(schedule_id, paused=False)
        return await self._changed(schedule_id)

    async def run(self, schedule_id: int) -> Created:
        saved = await self.shelf.one(schedule_id)
        maker = Maker(self.prepare, partial(self.shelf.run, schedule_id))
        created = await maker.make(request_of(saved.template))
        self.woken()
        return created

    def _wish(self, new: NewSchedule) -> Wish:
        settings = self.settings()
        catch_up = new.catch_up_minutes
        return Wish(
            name=new.name,
            cron=cron.plain(new.cron),
            zone=new.zone or settings.time_zone,
            overlap=new.overlap,
            catch_up_minutes=settings.catch_up_minutes if catch_up is None else catch_up,
            template=new.template,
        )

    async def _prepared(self, wish: Wish) -> Prepared:
        """Check a template as its request would be. Raises BadInput, NotFound."""
        try:
            return await self.prepare(request_of(wish.template))
        except BadInput as error:
            raise type(error)(
                *(FieldError(f"template.{e.field}", e.message) for e in error.errors)
            ) from None

    async def _changed(self, schedule_id: int) -> Schedule:
        self.woken()
        return self._shown(await self.shelf.one(schedule_id))

    def _shown(self, saved: Saved) -> Schedule:
        zone, now = ZoneInfo(saved.zone), self.clock()
        return Schedule(
            id=saved.id,
            name=saved.name,
            cron=saved.cron,
            zone=saved.zone,
            overlap=saved.overlap,
            catch_up_minutes=saved.catch_up_minutes,
            template=saved.template,
            paused=saved.paused,
            created_at=saved.created_at,
            words=cron.in_words(saved.cron),
            next_times=() if saved.paused else next_times(saved.cron, zone, now),
            last_run=saved.last_run,
        )


def request_of(template: dict[str, object]) -> NewTask:
    """Return the create request that a template stands for. Raises BadInput."""
    if said := [field for field in OURS if template.get(field) is not None]:
        raise BadInput(*(FieldError(field, "is what the schedule itself says") for field in said))
    return checked(NewTask, {**template, "source": Source.SCHEDULE})


REFUSALS = (BadInput, NotFound)

"""Keeps the store true: reads everything once, then follows the events; never gives up.

What is lost stays on the screen, marked; the wait before the next try grows from 0.5 to 30 s.
"""

import asyncio
import random
from collections.abc import Awaitable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from tmcore.api import RackApi
from tmcore.errors import NotFound, TmError
from tmcore.events import Event, EventKind
from tmcore.model import TaskQuery
from tmcore.settings import listed
from tmtui.store import Connection, Line, Link, Store

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
PING_S, PATIENCE_S = 5.0, 8.0  # a frozen server is named within 13 s
POLL_S = 1.0  # of a server without events
AGAIN_S = 60.0  # everything is read anew, in case an event was missed
PAGE, AT_ONCE, MOST_TASKS = 100, 4, 20_000

UNTOLD = frozenset({"materials", "settings"})  # read again when a person goes there

HEALTH = {"database", "scheduler", "adb"}

T = TypeVar("T")


class Feed:
    """One reader of one rack."""

    def __init__(self, rack: RackApi, store: Store) -> None:
        self._rack, self._store = rack, store
        self._now = asyncio.Event()
        self._wait_s = FIRST_WAIT_S
        self._heard: list[Event] | None = None  # what arrives while everything is being read

    def retry_now(self) -> None:
        self._now.set()

    async def run(self) -> None:
        """Follow for ever."""
        while True:
            try:
                await self._session()
            except TmError as error:
                await self._lost(str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, the screen stays up and says so
                await self._lost(f"{type(error).__name__}: {error}")

    async def read_all(self) -> None:
        """Read everything; only what differs is noted as changed."""
        self._heard = []
        self._store.put_all("devices", await self._ask(self._rack.devices()))
        self._store.put_all("accounts", await self._ask(self._rack.accounts()))
        await self._read_schedules()
        ids = await self._read_tasks()
        self._store.keep_tasks(ids)
        heard, self._heard = self._heard, None
        for event in heard:
            self._store.apply(event)
        self._store.complete = True
        self._fresh()

    async def _session(self) -> None:
        """One time of being connected; ends to be begun anew, or raises."""
        parts = [asyncio.create_task(part()) for part in (self._listen, self._look)]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def _listen(self) -> None:
        """Follow the events; a server that has none is asked every second."""
        try:
            events = self._rack.events(self._store.last_event)
            self._store.connection.polls = False
            async for event in events:
                if event.kind is EventKind.LOST:
                    self._store.last_event = None
                    return
                if event.kind is EventKind.SCHEDULE:
                    await self._read_schedules()
                if self._heard is not None:
                    self._heard.append(event)
                else:
                    self._store.apply(event)
        except (NotFound, AttributeError, NotImplementedError):
            self._store.connection.polls = True
            while True:
                await asyncio.sleep(POLL_S)
                await self._poll()
        raise TmError("the server ended the stream of events")

    async def _look(self) -> None:
        """Read everything, then see every few seconds whether the server still answers."""
        await self._feel()
        await self.read_all()
        self._wait_s = FIRST_WAIT_S
        self._say(Connection(Link.LIVE, polls=self._store.connection.polls))
        await self.read_untold()
        again = datetime.now(UTC) + timedelta(seconds=AGAIN_S)
        while True:
            await asyncio.sleep(PING_S)
            await self._feel()
            self._store.put_all("accounts", await self._ask(self._rack.accounts()))
            self._fresh()
            if datetime.now(UTC) > again:
                await self.read_all()
                await self.read_untold()
                again = datetime.now(UTC) + timedelta(seconds=AGAIN_S)

    async def _feel(self) -> None:
        """Ask whether the rack can work; what nobody answers for is no trouble known of it."""
        try:
            health = await self._ask(self._rack.health())
        except TmError as error:
            self._store.trouble = ()
            if not isinstance(error, NotFound):  # which is an older server
                raise
            return
        parts = health.model_dump(include=HEALTH).items()
        self._store.trouble = tuple(f"{part}: {why}" for part, why in parts if why)

    async def _poll(self) -> None:
        self._store.put_all("devices", await self._ask(self._rack.devices()))
        self._store.put_all("accounts", await self._ask(self._rack.accounts()))
        page = await self._ask(self._rack.tasks(TaskQuery(page_size=PAGE)))
        for task in page.tasks:
            self._store.put(task)
        if page.total <= PAGE:
            self._store.keep_tasks({task.id for task in page.tasks})
        self._fresh()

    async def _read_schedules(self) -> None:
        with suppress(NotFound):  # an older server has none
            self._store.put_all("schedules", await self._ask(self._rack.schedules.every()))

    async def read_untold(self) -> None:
        """Read what no event tells of: the library and the settings."""
        try:
            self._store.put_all("materials", await self._ask(self._rack.materials.every()))
            self._store.put_all("settings", listed(await self._ask(self._rack.settings())))
        except (NotFound, ValueError) as error:  # a server of another version: the rest goes on
            text = f"the library and the settings cannot be read: {error}"
            self._store.note(Line(datetime.now(UTC), text))

    async def _read_tasks(self) -> set[int]:
        """Read page after page, the newest first, so that the screen fills at once."""
        ids: set[int] = set()
        number, total = 1, 1
        while (number - 1) * PAGE < min(total, MOST_TASKS):
            pages = range(number, number + (AT_ONCE if number > 1 else 1))
            asked = (self._rack.tasks(TaskQuery(page=n, page_size=PAGE)) for n in pages)
            for page in await self._ask(asyncio.gather(*asked)):
                total = page.total
                for task in page.tasks:
                    self._store.put(task)
                    ids.add(task.id)
            number = pages.stop
        return ids

    async def _ask(self, question: Awaitable[T]) -> T:
        """Ask, and do not wait for ever: a frozen server keeps its connections open."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await question
        except TimeoutError:
            raise TmError(f"the server has not answered for {PATIENCE_S:.0f} s") from None

    def _fresh(self) -> None:
        self._store.connection.fresh_at = datetime.now(UTC)

    def _say(self, connection: Connection) -> None:
        connection.fresh_at = connection.fresh_at or self._store.connection.fresh_at
        self._store.connection = connection

    async def _lost(self, cause: str) -> None:
        """Say why, and wait: longer each time, or until somebody presses r."""
        self._heard = None
        now = datetime.now(UTC)
        wait_s = self._wait_s * random.uniform(0.8, 1.2)  # noqa: S311 - so that two consoles do not knock as one
        before = self._store.connection
        self._say(
            Connection(
                Link.LOST, cause, lost_at=before.lost_at or now,
                retry_at=now + timedelta(seconds=wait_s),
            )
        )  # fmt: skip
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
        self._now.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._now.wait()

"""A week of schedules in three zones, with only the wall clock scaled; see docs/torture.md.

The server is the shipped one, over a real adb server. It is stopped twice and killed once; what
came of the week is judged by tests.torture.history.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random
from unittest.mock import patch
from zoneinfo import ZoneInfo

from tests.promises.checker import Truths
from tests.serve.process import Service, service
from tests.serve.receiver import Receiver
from tests.torture.almanac import MINUTE, due_times
from tests.torture.clips import make_another
from tests.torture.history import TOLD, Absence, Entry, History, is_recorded, is_told
from tests.torture.soak import at_work, until_known
from tests.torture.wallclock import WallClock
from tmcore.media.sample import make_video
from tmcore.model import NewTask
from tmcore.schedules import NewSchedule, Overlap
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack
from tmcore.webhooks import NewWebhook
from tmserve.client import RemoteRack

# Berlin skips an hour on the first night; a week later Lord Howe goes back by half an hour, and
# Auckland by one. Of each: a time of day that is skipped or shown twice, and a beat
START = datetime(2027, 3, 27, 20, tzinfo=UTC)
ZONES = {
    "Europe/Berlin": ("30 2 * * *", "0 */2 * * *"),
    "Australia/Lord_Howe": ("45 1 * * *", "45 * * * 0"),
    "Pacific/Auckland": ("30 2 * * *", "0 */2 * * *"),
}
GENEROUS, MEAN = timedelta(hours=24), timedelta(hours=4)  # in which a missed time is made up
SKIP, QUEUE = Overlap.SKIP, Overlap.QUEUE
SHORT_STOP, LONG_STOP = timedelta(minutes=40), timedelta(hours=14)
JUST_NOW = timedelta(seconds=30)  # a time that came since then may have an outcome, or not yet
BEFORE, BETWEEN = timedelta(minutes=10), timedelta(hours=4)
UPLOAD_S = 1.5
HURRY = 20_000  # times as fast, while there is no server
GLANCE_S, SETTLE_S, PATIENCE_S = 0.05, 30.0, 180.0
REACTION_S = 10.0  # how late a loaded machine may look at a time that has come


@dataclass(frozen=True)
class Blow:
    """When the server is stopped or killed, and how long it stays away."""

    at: datetime
    stays_away: timedelta = timedelta()
    kill: bool = False

    @property
    def until(self) -> datetime:
        return self.at + self.stays_away


@dataclass(frozen=True)
class Week:
    """How much of it."""

    days: int = 7
    phones: int = 50
    rate: int = 1300  # times as fast as the real clock
    brief: bool = False  # one stop and one kill; what lapses is due once only, in that stop

    async def run(self, folder: Path, seed: int) -> History:
        """Live through it; return all that is known of it."""
        folder.mkdir(parents=True)
        dice, clock, receiver = Random(seed), WallClock(folder, START), Receiver()
        receiver.answers = ["503 Later", "200 OK"]
        with PrivateAdb() as adb, self._rack(adb, clock) as phones:
            desk = Desk(folder / "rack.db", adb, phones, clock, receiver, self._end)
            blows = self._blows(dice)
            async with receiver.open() as url:
                async with desk.served() as server:
                    await desk.open(server, url, self._entries(dice, phones.serials, blows))
                    await desk.go_on(server, self.rate, blows[0])
                for blow in blows[1:]:
                    async with desk.served() as server:
                        await desk.go_on(server, self.rate, blow)
                async with desk.served() as server:
                    await desk.finish(server, self.rate)
            return desk.history(timedelta(seconds=REACTION_S * self.rate), phones.truth())

    @property
    def _end(self) -> datetime:
        return START + timedelta(days=self.days)

    def _rack(self, adb: PrivateAdb, clock: WallClock) -> VirtualRack:
        with patch.dict(os.environ, clock.environment):  # a phone shows the time of day, too
            phones = VirtualRack(adb.port, self.phones, prefix=f"W{os.getpid()}X")
        for serial in phones.serials:
            phones.set(serial, upload_seconds=UPLOAD_S)
        return phones

    def _blows(self, dice: Random) -> Sequence[Blow]:
        """Draw a kill at a due time, a long and a short stop over others; apart, in order."""
        fixed = [
            at
            for zone, (cron, _) in ZONES.items()
            for at in due_times(cron, zone, START, self._end)
        ]
        while True:
            within = timedelta(minutes=dice.randrange(10, LONG_STOP // MINUTE - 10))
            drawn = (
                Blow(dice.choice(fixed), kill=True),
                Blow(dice.choice(fixed) - within, LONG_STOP),
                Blow(dice.choice(fixed) - BEFORE, SHORT_STOP),
            )
            blows = sorted(drawn[:2] if self.brief else drawn, key=lambda blow: blow.at)
            ends = [START, *(blow.until for blow in blows)]
            begins = [*(blow.at for blow in blows), self._end]
            if all(at - end >= BETWEEN for end, at in zip(ends, begins, strict=True)):
                return blows

    def _entries(
        self, dice: Random, serials: Sequence[str], blows: Sequence[Blow]
    ) -> Sequence[Entry]:
        """Three schedules a zone; each phone is in one of them, or more."""
        dealt = cycle(dice.sample(serials, len(serials)))
        absence = max(blows, key=lambda blow: blow.stays_away)
        many = max(1, self.phones // (2 * len(ZONES)))
        entries = []
        for hour, (zone, (fixed, beat)) in enumerate(ZONES.items(), 1):
            city, within = zone.partition("/")[2], timedelta(hours=hour, minutes=dice.randrange(60))
            at = (absence.at + within).astimezone(ZoneInfo(zone))
            days = f"{at.day} {at.month} *" if self.brief else "* * *"
            lapsing = f"{at.minute} {at.hour} {days}"
            entries += [
                Entry(f"{city} fixed", fixed, zone, GENEROUS, QUEUE, tuple(islice(dealt, many))),
                Entry(f"{city} lapsing", lapsing, zone, MEAN, SKIP, tuple(islice(dealt, many))),
                Entry(f"{city} beat", beat, zone, GENEROUS, SKIP, (next(dealt),)),
            ]
        return entries


class Desk:
    """Orders the week, and holds the server through it."""

    def __init__(
        self,
        database: Path,
        adb: PrivateAdb,
        phones: VirtualRack,
        clock: WallClock,
        receiver: Receiver,
        end: datetime,
    ) -> None:
        self._database, self._adb, self._phones = database, adb, phones
        self._clock, self._receiver, self._end = clock, receiver, end
        self._entries: Sequence[Entry] = ()
        self._absences: list[Absence] = []
        self._gone_since: datetime | None = None
        self._secret = ""
        self._first = self._last = START

    def __repr__(self) -> str:
        return f"<Desk of {len(self._entries)} schedules, {self._clock!r}>"

    @asynccontextmanager
    async def served(self) -> AsyncIterator[Service]:
        """Run the server until it is stopped or killed; it has its phones."""
        async with service(self._database, self._adb.port, **self._clock.environment) as server:
            if self._gone_since:
                self._absences.append(Absence(self._gone_since, self._clock.now()))
            async with RemoteRack(server.url, "") as rack:
                await until_known(rack, set(self._phones.serials))
            await _until_idle(server)  # what it made up for has ended
            yield server

    async def open(self, server: Service, url: str, entries: Sequence[Entry]) -> None:
        """Save the schedules, each with a folder of files, and have the receiver told."""
        self._entries, folder = entries, self._database.parent
        video = make_video(folder / "sample.mp4")
        async with RemoteRack(server.url, "") as rack:
            await rack.change_settings({"media_folders": [str(folder)]})
            given = await rack.webhooks.add(NewWebhook(url=url, events=TOLD))
            self._secret = given.secret
            for number, entry in enumerate(entries, 1):
                saved = await rack.schedules.add(_schedule(entry, self._stocked(entry, video)))
                assert saved.id == number, "a new database counts from 1"
        self._first = self._clock.now()

    def _stocked(self, entry: Entry, video: Path) -> Path:
        """Make a folder with a file for each post that may come, also past the end."""
        folder = self._database.with_name(entry.name)
        folder.mkdir()
        runs = due_times(entry.cron, entry.zone, START, self._end + timedelta(days=1))
        for number in range(len(runs) * len(entry.serials)):
            make_another(video, folder / f"{number}.mp4")
        return folder

    async def go_on(self, server: Service, rate: int, blow: Blow) -> None:
        """Let time run until the blow, strike, and let time run without a server."""
        self._clock.run(rate)
        await self._until(blow.at)
        if blow.kill:
            await _until_some_run(server)
        self._clock.run(1)
        self._gone_since = self._clock.now()
        await (server.kill() if blow.kill else _stop(server))
        self._clock.run(HURRY)
        await self._until(blow.until)
        self._clock.run(1)

    async def finish(self, server: Service, rate: int) -> None:
        """Let time run to the end, and what was begun come to its end; then stop the server."""
        self._clock.run(rate)
        await self._until(self._end)
        self._clock.run(1)
        await self._wait(is_recorded)
        await _until_idle(server)
        await self._wait(is_told)
        self._last = self._clock.now() - JUST_NOW
        await _stop(server)

    async def _wait(self, holds: Callable[[History], bool]) -> None:
        """Wait until it holds of the history, but not for ever: the judge says what is left."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                while not holds(self.history(timedelta(), {}, self._clock.now() - JUST_NOW)):
                    await asyncio.sleep(0.2)

    def history(self, lag: timedelta, truths: Truths, last: datetime | None = None) -> History:
        return History(
            database=self._database,
            entries=self._entries,
            first=self._first,
            last=last or self._last,
            absences=self._absences,
            lag=lag,
            truths=truths,
            secret=self._secret,
            heard=self._receiver.heard,
        )

    async def _until(self, at: datetime) -> None:
        while (left_s := self._clock.real_s(at)) > 0:
            await asyncio.sleep(min(left_s, GLANCE_S))


def _schedule(entry: Entry, source: Path) -> NewSchedule:
    files = {"material_source": "localFolder", "material_path": str(source)}
    config = {"captions": entry.name, "upload_wait_time": 2, **files}
    return NewSchedule(
        name=entry.name,
        cron=entry.cron,
        zone=entry.zone,
        catch_up_minutes=entry.catch_up // MINUTE,
        overlap=entry.overlap,
        template=NewTask(serials=entry.serials, script_name="post", script_config=config),
    )


async def _stop(server: Service) -> None:
    code = await server.end()
    assert code == 0, f"exit code {code}: {server.said[-20:]}"


async def _until_idle(server: Service) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await at_work(server):
            await asyncio.sleep(GLANCE_S)


async def _until_some_run(server: Service) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not (await at_work(server)).get("running"):
            await asyncio.sleep(GLANCE_S)

"""What every reader of events is promised, however many there are and whatever they do."""

import asyncio
import gc
import random
import weakref
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from tmcore.engine import news
from tmcore.engine.news import News
from tmcore.errors import StoreFailed
from tmcore.events import Batch, Event, EventKind

NOW = datetime(2026, 1, 31, 14, 5, tzinfo=UTC)


class Log:
    """Durable events as a database has them: an answer shows what was there when it was asked."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.newest = self.asked = 0
        self.open = asyncio.Event()
        self.open.set()
        self.broken: Exception | None = None
        self.news = News(self.fetch, lambda: self.newest)

    async def fetch(self, after: int, limit: int) -> list[Event]:
        self.asked += 1
        found = [number for number in self.ids if number > after][:limit]
        await asyncio.sleep(0)
        await self.open.wait()
        if self.broken:
            raise self.broken
        return [Event(id=number, kind=EventKind.TASK, at=NOW) for number in found]

    def commit(self, count: int = 1, *, step: int = 1) -> None:
        for _ in range(count):
            self.newest += step
            self.ids.append(self.newest)
        self.news.wake()

    def tell(self, text: str = "") -> None:
        self.news.tell(Event(kind=EventKind.LOG, at=NOW, text=text))


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """Few events fill a round, and few rounds are kept."""
    for name, small in (("MOST", 5), ("KEPT", 12), ("BATCH", 3), ("GROUP", 2)):
        monkeypatch.setattr(news, name, small)
    monkeypatch.setattr(news, "PACE_S", 0.001)
    monkeypatch.setattr(news, "PACE_PER_READER_S", 0.0001)
    return Log()


class Listener:
    """Follows, and remembers what it was told; `pause` holds it up between two batches."""

    def __init__(self, log: Log, after: int | None = None) -> None:
        self.start = 0
        self.heard: list[Event] = []
        self.batches: list[Batch] = []
        self.follows, self.free = asyncio.Event(), asyncio.Event()
        self.free.set()
        self.task = asyncio.create_task(self._listen(log, after))

    @property
    def ids(self) -> list[int]:
        return [event.id for event in self.heard if event.id is not None]

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.heard if event.kind is EventKind.LOG]

    @property
    def lost(self) -> int:
        return sum(event.kind is EventKind.LOST for event in self.heard)

    async def _listen(self, log: Log, after: int | None) -> None:
        self.start = min(log.newest if after is None else after, log.newest)
        async with aclosing(log.news.follow(after)) as batches:
            async for batch in batches:
                self.follows.set()
                self.heard += batch.events
                self.batches += [batch] if batch.events else []
                await self.free.wait()

    async def hears(self, newest: int) -> None:
        """Wait until it was told of this event."""
        async with asyncio.timeout(5):
            while newest not in self.ids[-1:]:
                assert not self.task.done()
                await asyncio.sleep(0.001)


async def listeners(log: Log, count: int) -> list[Listener]:
    """As many that hear everything from now on."""
    found = [Listener(log) for _ in range(count)]
    for one in found:
        await one.follows.wait()
    return found


async def end(log: Log, *listening: Listener) -> None:
    """Close, and see that every stream ends by itself."""
    log.news.close()
    for one in listening:
        one.free.set()
    await asyncio.wait_for(asyncio.gather(*(one.task for one in listening)), 5)


async def test_many_readers_cost_one_query(log: Log) -> None:
    """They are told the very same batch, so that its bytes can be made once as well."""
    crowd = await listeners(log, 50)

    log.commit(4)
    for one in crowd:
        await one.hears(4)

    assert log.asked == 1
    assert len({id(one.batches[-1]) for one in crowd}) == 1
    await end(log, *crowd)


async def test_rounds_keep_a_distance(monkeypatch: pytest.MonkeyPatch, log: Log) -> None:
    """What is committed in quick succession is told together."""
    monkeypatch.setattr(news, "PACE_S", 0.2)
    monkeypatch.setattr(news, "MOST", 1000)
    [one] = await listeners(log, 1)
    for _ in range(100):
        log.commit()
        await asyncio.sleep(0)

    await one.hears(100)

    assert len(one.batches) < 10
    await end(log, one)


async def test_a_live_event_stands_between_what_was_committed_before_and_after(log: Log) -> None:
    """Although one round tells all three, and the query has found both durable ones."""
    [one] = await listeners(log, 1)
    log.tell("first")
    log.commit()
    log.tell("between")
    log.commit()
    log.tell("last")

    await one.hears(2)
    await asyncio.sleep(0.01)

    said = [event.id or event.text for event in one.heard]
    assert said == ["first", 1, "between", 2, "last"]
    await end(log, one)


async def test_who_comes_while_a_round_is_made_misses_nothing(log: Log) -> None:
    """Neither what its query has found nor what is committed after it; nor is any told twice."""
    log.commit(3)
    [first] = await listeners(log, 1)
    log.open.clear()
    log.commit(2)
    while not log.asked:
        await asyncio.sleep(0)
    starts = (0, 2, 3, 4, 5, None)
    later = [Listener(log, after) for after in starts]
    for one in later:
        await one.follows.wait()
    log.commit(2)
    log.open.set()

    for one in (first, *later):
        await one.hears(7)

    assert [one.ids[0] for one in later] == [1, 3, 4, 5, 6, 6]
    assert all(one.ids == list(range(one.start + 1, 8)) for one in (first, *later))
    await end(log, first, *later)


async def test_a_slow_reader_costs_the_others_nothing(log: Log) -> None:
    """They hear at once, nothing is kept for it, and in the end it has heard all the same."""
    slow, fast = await listeners(log, 2)
    slow.free.clear()
    log.commit()
    await fast.hears(1)
    kept = weakref.ref(fast.batches[0])
    for number in range(10):
        log.commit(4)
        await fast.hears(5 + 4 * number)

    fast.batches.clear()
    slow.batches.clear()
    gc.collect()
    assert kept() is None
    slow.free.set()
    await slow.hears(41)
    assert slow.ids == fast.ids == list(range(1, 42))
    assert not slow.lost  # of what it had missed, everything was in the database
    await end(log, slow, fast)


async def test_a_slow_reader_is_told_that_live_events_are_lost(log: Log) -> None:
    """Once, before whatever comes next; who keeps up has heard them."""
    slow, fast = await listeners(log, 2)
    slow.free.clear()
    for number in range(1, 31):
        log.commit()
        log.tell(str(number))
        await fast.hears(number)

    slow.free.set()
    await slow.hears(30)
    log.tell("now")
    log.commit()
    await slow.hears(31)

    assert fast.texts == [str(number) for number in range(1, 31)] + ["now"]
    assert (slow.lost, fast.lost) == (1, 0)
    assert slow.texts == fast.texts[-len(slow.texts) :]
    assert slow.ids == fast.ids
    await end(log, slow, fast)


async def test_more_live_events_than_a_round_holds_are_told_as_lost(log: Log) -> None:
    """Rather than kept without bound while a query takes its time."""
    [one] = await listeners(log, 1)
    log.open.clear()
    log.commit()
    while not log.asked:
        await asyncio.sleep(0)
    for number in range(7):
        log.tell(str(number))
    log.open.set()

    await one.hears(1)
    await asyncio.sleep(0.01)

    assert (one.lost, one.texts) == (1, ["6"])
    await end(log, one)


async def test_an_id_that_is_still_to_come_is_told_as_lost(log: Log) -> None:
    """It was read from another database; the reader goes on from the newest one."""
    log.commit(3)
    one = Listener(log, after=99)
    await one.follows.wait()
    log.commit()

    await one.hears(4)

    assert [event.kind for event in one.heard] == [EventKind.LOST, EventKind.TASK]
    await end(log, one)


async def test_deleted_events_hold_nobody_up(log: Log) -> None:
    """What was deleted before it was read will not come; what is behind it does."""
    log.commit(9)
    log.ids.clear()
    early = Listener(log, after=0)
    await early.follows.wait()
    log.commit(3)
    del log.ids[-1]
    log.tell("after the deleted one")

    async with asyncio.timeout(5):
        while not early.texts:
            await asyncio.sleep(0.001)

    assert early.ids == [10, 11]
    await end(log, early)


async def test_a_query_that_fails_ends_every_stream(log: Log) -> None:
    """With its error; whoever comes back when it is mended misses nothing."""
    crowd = await listeners(log, 3)
    log.broken = StoreFailed("the database could not be read: gone")
    log.commit(2)

    ended = await asyncio.wait_for(
        asyncio.gather(*(one.task for one in crowd), return_exceptions=True), 5
    )
    assert [type(error) for error in ended] == [StoreFailed] * 3
    log.broken = None
    again = Listener(log, after=0)
    await again.hears(2)
    await end(log, again)


async def test_the_last_reader_takes_everything_with_it(log: Log) -> None:
    """Nothing runs or is kept for nobody, nor is that told to the next one."""
    before = asyncio.all_tasks()
    [one] = await listeners(log, 1)
    log.commit()
    log.tell("old")
    one.task.cancel()
    await asyncio.gather(one.task, return_exceptions=True)
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == before
    log.tell("to nobody")

    [next_one] = await listeners(log, 1)
    log.commit()
    await next_one.hears(2)

    assert [event.id for event in next_one.heard] == [2]
    await end(log, next_one)


@pytest.mark.parametrize("seed", range(60))
async def test_any_order_of_things_gives_each_reader_what_is_past_its_start(
    log: Log, seed: int
) -> None:
    """Each once and rising; live ones where they were told, all of them unless it says LOST."""
    dice = random.Random(seed)
    crowd: list[Listener] = []
    told: list[tuple[int, int]] = []  # of each live event, how many came before; its durable one
    for _ in range(120):
        match dice.randrange(6):
            case 0 | 1:
                log.commit(dice.choice((1, 1, 2, 7)), step=dice.choice((1, 1, 3)))
            case 2:
                log.tell(f"{len(told)}")
                told.append((len(told), log.newest))
            case 3 if len(crowd) < 12:
                crowd.append(Listener(log, dice.choice((None, 0, dice.randint(0, log.newest)))))
            case 4 if crowd:
                one = dice.choice(crowd)
                (one.free.clear if dice.random() < 0.5 else one.free.set)()
            case 5 if crowd and dice.random() < 0.1:
                crowd.pop(dice.randrange(len(crowd))).task.cancel()
        for _ in range(dice.choice((0, 0, 1, 3))):
            await asyncio.sleep(0)
        if dice.random() < 0.2:
            await asyncio.sleep(0.002)
    crowd.append(Listener(log, 0))
    for one in crowd:
        one.free.set()
        await one.follows.wait()
    log.commit()
    for one in crowd:
        await one.hears(log.newest)

    for one in crowd:
        assert one.ids == [number for number in log.ids if number > one.start]
        numbers = [int(text) for text in one.texts]
        assert numbers == sorted(set(numbers))
        if numbers and not one.lost:
            assert numbers == list(range(numbers[0], len(told)))
        newest = one.start
        for event in one.heard:
            if event.kind is EventKind.LOG:
                place = told[int(event.text)][1]
                assert newest == max(one.start, place)
            newest = event.id or newest
    await end(log, *crowd)

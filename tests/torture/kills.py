"""One trial: a policy, its blows, several racks at once, and one row of the table."""

import os
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from random import Random

from tests.torture.life import Life
from tests.torture.points import NAMES, Blow, chosen, plan
from tests.torture.verdict import Verdict
from tmcore.media.sample import make_video
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

PHONES = 3  # a rack; each with a task of its own at the moment of a blow
LONGEST = 30  # blows in one life
TRIES = 4  # rounds in which what was missed is tried again, each in a life of its own


@dataclass(frozen=True)
class Trial:
    """How many blows a policy gets, and from which dice."""

    policy: str
    seed: int
    each: int = 1  # for every named moment
    unchosen: int = 0
    most: int | None = None  # only so many of them
    racks: int = 1

    def run(self, folder: Path) -> "Row":
        """Strike until the plan is through; several racks share it."""
        work = Work(self)
        with ThreadPoolExecutor(self.racks) as pool:
            ended = pool.map(
                lambda number: list(self._lives(folder, number, work)), range(self.racks)
            )
            lives = [life for some in ended for life in some]
        return Row(self.policy, [life for life, _ in lives], [verdict for _, verdict in lives])

    def _lives(self, folder: Path, number: int, work: "Work") -> Iterator[tuple[Life, Verdict]]:
        """One after the other: unproved presses add up, and phones that have one run otherwise."""
        for turn in count():
            if not work.goes_on:
                return
            with living(folder / f"{number}-{turn}", self.policy, number=number) as life:
                for blows in islice(work, work.longest):
                    work.note(life.strike(blows))
                yield life, life.end()


@contextmanager
def living(folder: Path, policy: str, phones: int = PHONES, number: int = 0) -> Iterator[Life]:
    """Set up a database and phones of its own; their serials are nobody else's, for the locks."""
    folder.mkdir(parents=True)
    video = make_video(folder / "sample.mp4")
    prefix = f"T{os.getpid()}X{number}X"
    with PrivateAdb() as adb, VirtualRack(adb.port, phones, prefix=prefix) as rack:
        yield Life(folder, adb.port, rack, video, policy)


class Work:
    """The plan, handed out to whoever is free; a named moment that was missed comes again."""

    def __init__(self, trial: Trial) -> None:
        self._trial, self._dice = trial, Random(trial.seed)
        whole = plan(self._dice, trial.each, trial.unchosen)
        self._waiting = deque(whole[: trial.most])
        self._rounds = TRIES if trial.most is None else 0
        self._is_first = True
        self.hits: Counter[str] = Counter()

    @property
    def goes_on(self) -> bool:
        return bool(self._waiting) or self._again()

    @property
    def longest(self) -> int:
        return LONGEST if self._is_first else 1

    def __iter__(self) -> Iterator[Sequence[Blow]]:
        while self._waiting:
            yield self._waiting.popleft()

    def note(self, hits: Counter[str]) -> None:
        self.hits += hits

    def _again(self) -> bool:
        if self._rounds:
            self._rounds -= 1
            self._is_first = False
            missed = [name for name in NAMES if self.hits[name] < self._trial.each]
            self._waiting.extend(chosen(name, self._dice, visit=1) for name in missed)
        return bool(self._waiting)


@dataclass(frozen=True)
class Row:
    """What a policy made of its blows."""

    policy: str
    lives: Sequence[Life]
    verdicts: Sequence[Verdict]
    hits: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hits", sum((life.hits for life in self.lives), Counter()))

    def __repr__(self) -> str:
        return f"<{self.policy}: {self.kills} kills, {self.count('doubles')} doubles>"

    @property
    def kills(self) -> int:
        return self.hits.total()

    @property
    def frosts(self) -> int:
        return sum(life.frosts for life in self.lives)

    @property
    def broken(self) -> list[str]:
        return [said for verdict in self.verdicts for said in verdict.broken]

    def count(self, what: str) -> int:
        return sum(getattr(verdict, what) for verdict in self.verdicts)

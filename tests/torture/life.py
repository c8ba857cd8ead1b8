"""A database and its phones, over the deaths of those who own them."""

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from tests.torture.owner import DRAIN
from tests.torture.points import Blow
from tests.torture.process import Owner
from tests.torture.verdict import Verdict, judge
from tmcore.phone.locks import common_folder
from tmcore.virtual.client import VirtualRack

UNCHOSEN = "unchosen"
READY_S, REACH_S, DRAIN_S = 30.0, 12.0, 120.0
AWAKE_S = 0.4  # how long one that was thawed may do what it was about to do
UPLOAD_S = 1.5


class Life:
    """Blow after blow on one rack; the phones outlive every owner, and they alone say what was."""

    def __init__(
        self, folder: Path, adb_port: int, phones: VirtualRack, video: Path, policy: str
    ) -> None:
        self._folder, self._phones, self._policy = folder, phones, policy
        self.database = folder / "rack.db"
        self._words = [str(self.database), str(adb_port), str(video), policy]
        self._frozen: Owner | None = None
        self.hits: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        self.frosts = 0

    def __repr__(self) -> str:
        return f"<Life of {self._policy}, {self.hits.total()} blows>"

    def strike(self, blows: Iterable[Blow]) -> Counter[str]:
        """Let one owner after the other work until its blow; return which moments were hit."""
        before = self.hits.copy()
        for blow in blows:
            self._strike(blow)
        return self.hits - before

    def _strike(self, blow: Blow) -> None:
        owner = self._start(*astuple(blow.point)) if blow.point else self._start()
        with self._sleeper(blow, owner):
            if blow.point and owner.hears(REACH_S, "held"):
                self.hits[blow.point.name] += 1
            else:  # or its moment did not come
                time.sleep(0 if blow.point else blow.after_s)
                self.hits[UNCHOSEN] += 1
            if blow.freeze:
                owner.freeze()
                self.frosts += 1
        if blow.freeze:
            self._frozen = owner
        else:
            owner.close()
            time.sleep(blow.rest_s)

    @contextmanager
    def _sleeper(self, blow: Blow, successor: Owner) -> Iterator[None]:
        """Let who is frozen go on beside its successor, for a moment, and then kill it."""
        sleeper, self._frozen = self._frozen, None
        ready = successor.hears(READY_S, "ready", "held")
        if sleeper and (blow.wake_early or not ready):
            sleeper.thaw()
        yield
        if sleeper:
            sleeper.thaw()
            time.sleep(AWAKE_S)
            sleeper.close()

    def end(self) -> Verdict:
        """Let a last owner work through the queue, undisturbed, and ask the phones."""
        if self._frozen:
            self._frozen.close()
            self._frozen = None
        owner = self._start(DRAIN)
        try:
            code = owner.ends(DRAIN_S)
            self.passed = Counter(json.loads(owner.said.partition("passed ")[2] or "{}"))
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            owner.close()
        time.sleep(UPLOAD_S)
        truths = {serial: self._phones.truth(serial) for serial in self._phones.serials}
        return judge(self.database, truths, ended=code == 0)

    def _start(self, point: str = "", visit: int = 1) -> Owner:
        if self._frozen:
            self._steal_locks()
        words = [*self._words, point, str(visit), *self._phones.serials]
        return Owner(words, self._folder / "log")

    def _steal_locks(self) -> None:
        """Do what an operator does to a lock of a process that does not answer."""
        stolen = [self.database.with_name(f"{self.database.name}.lock")]
        for serial in self._phones.serials:
            stolen += common_folder().glob(f"{serial}-*.lock")
        for lock in stolen:
            lock.unlink(missing_ok=True)

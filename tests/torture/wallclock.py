"""A wall clock that runs as fast as it is told, for any process that has it preloaded.

Only the wall clock: what phones, deadlines, leases and sleeps are measured by stays real.
"""

import mmap
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from struct import pack, pack_into

from tests.torture.preload import compiled

MOST = 100  # legs
LEAD_NS = 20_000_000  # a leg begins a moment later, so that nobody has seen a later time than its
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WallClock:
    """Begins at `start`, and at first runs as the real one does."""

    def __init__(self, folder: Path, start: datetime) -> None:
        library, path = compiled("wallclock.c", folder), folder / "wallclock"
        path.write_bytes(bytes(8 + 24 * MOST))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self.environment = {"LD_PRELOAD": str(library), "WALLCLOCK": str(path)}
        self._legs: list[tuple[int, int, int]] = []
        self._add(time.monotonic_ns(), (start - EPOCH) // timedelta(microseconds=1) * 1000, 1)

    def __repr__(self) -> str:
        return f"<WallClock {self.now():%F %T} UTC, {self._legs[-1][2]} times as fast>"

    def now(self) -> datetime:
        """What every process shows that has it preloaded."""
        return EPOCH + timedelta(microseconds=self._wall(time.monotonic_ns()) // 1000)

    def run(self, rate: int) -> None:
        """Go on from here, so many times as fast as the real one."""
        since = time.monotonic_ns() + LEAD_NS
        self._add(since, self._wall(since), rate)
        time.sleep(LEAD_NS / 1e9)

    def real_s(self, until: datetime) -> float:
        """How long that is from now, if it goes on like this."""
        return (until - self.now()).total_seconds() / self._legs[-1][2]

    def _wall(self, now: int) -> int:
        since, wall, rate = next(leg for leg in (*self._legs[:0:-1], self._legs[0])
                                 if leg[0] <= now or leg is self._legs[0])  # fmt: skip
        return wall + (now - since) * rate

    def _add(self, *leg: int) -> None:
        pack_into("3q", self._map, 8 + 24 * len(self._legs), *leg)
        self._legs.append((leg[0], leg[1], leg[2]))
        self._map[:8] = pack("q", len(self._legs))  # last: who reads it finds the leg

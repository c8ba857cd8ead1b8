"""Whether a database file is still the one that was opened, also where another was copied over it.

`cp backup.db rack.db` keeps the inode, and SQLite notices nothing: it goes on with the pages it
has in memory and in its log, reads the others from the new file, and at the next checkpoint, or
when it is closed, or opened anew after a kill, plays the log into it. So every commit raises a
number in the header of the file (`user_version`; SQLite itself leaves it alone). A checkpoint
carries it into the file: there stands a number that our log counted since, or it is not our file.
A copy that was made since then passes, rightly: the log holds all in which it differs.
"""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import SystemRandom

from tmcore.errors import StoreFailed

NUMBERS = 2**31  # SQLite reads and writes them with a sign
STRIDE = 2**20  # so that two copies that are both opened do not count alike
AHEAD = 16  # commits of an owner that was frozen in one when the file was taken from it
HEADER, FORMAT, NUMBER = 100, slice(18, 20), slice(60, 64)  # of a file, in bytes
LOG_HEADER, FRAME_HEADER = 32, 24  # https://www.sqlite.org/fileformat.html#walformat


class Identity:
    """Kept from the opening of a file to its end, by whoever writes to it.

    The file is read through one handle that stays open: to close one would drop every lock that
    SQLite has on the file in this process.
    """

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self._path, self._file, self._last = path, _place(path), 0
        self.count(db)  # first without a gap, by which a log is known as its file's
        self.count(db, SystemRandom().randrange(STRIDE))
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._handle = os.open(path, os.O_RDONLY)
        header = self._header()
        self._format, self._seen = header[FORMAT], _number(header)

    def count(self, db: sqlite3.Connection, by: int = 1) -> None:
        """Number the commit that is being made; outside of one, make one."""
        [last] = db.execute("PRAGMA user_version").fetchone()
        self._last = (last + by) % NUMBERS
        db.execute(f"PRAGMA user_version={self._last}")

    @property
    def moved(self) -> bool:
        """Whether the path names no file now, or another one."""
        return _place(self._path) != self._file

    @property
    def overwritten(self) -> bool:
        """Whether the file holds another database now, or none; may be asked in any thread."""
        return not self.look()

    def look(self) -> bool:
        """Return whether the file holds our database, and learn which checkpoint it is at."""
        seen, header = self._seen, self._header()
        number = _number(header)
        known = _gap(seen, self._last) + AHEAD
        if header[FORMAT] != self._format or _gap(seen, number) > known:
            return False
        self._seen = number
        return True

    def close(self) -> None:
        """To be called when every connection to the file is closed."""
        os.close(self._handle)

    def _header(self) -> bytes:
        return os.pread(self._handle, HEADER, 0)


def check_log(path: Path) -> None:
    """Raises StoreFailed where the log beside a file is another one's; before SQLite opens it."""
    log = path.with_name(f"{path.name}-wal")
    if not belongs(path, log):
        raise StoreFailed(
            f"{path} is not the file that {log.name} belongs to: was it overwritten while a server "
            "ran, or after one had crashed? To go on with what is there now, move "
            f"{log.name} away; else put a backup in its place with `tm restore`"
        )


def belongs(path: Path, log: Path) -> bool:
    """Whether a log counts on from its file; also where there is none, or nothing to tell by."""
    if not path.exists() or not log.exists():
        return True
    with path.open("rb") as file:
        header = file.read(HEADER)
    logged = list(_logged(log))
    if not logged:
        return True
    same = [_number(page) for page in logged if page[FORMAT] == header[FORMAT]]
    return bool(same) and (_number(header) in same or _gap(_number(header), same[0]) == 1)


def _logged(log: Path) -> Iterator[bytes]:
    """The headers of the file in its log, the oldest first: where a frame holds the first page."""
    with log.open("rb") as file:
        header = file.read(LOG_HEADER)
        page, salt = int.from_bytes(header[8:12]), header[16:24]
        while len(frame := file.read(FRAME_HEADER + HEADER)) == FRAME_HEADER + HEADER:
            if frame[8:16] != salt:  # of an older round of the log
                return
            if int.from_bytes(frame[:4]) == 1:
                yield frame[FRAME_HEADER:]
            file.seek(page - HEADER, os.SEEK_CUR)


def _number(header: bytes) -> int:
    return int.from_bytes(header[NUMBER])


def _gap(earlier: int, later: int) -> int:
    return (later - earlier) % NUMBERS


def _place(path: Path) -> tuple[int, int] | None:
    """Which file has this name now; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

"""The media store: files become rows only when scanned, and a duration comes a little later."""

import mimetypes
import sqlite3
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

from tmcore.virtual.files import SHARED, Files, real

COLUMNS = (
    "_id", "_data", "_display_name", "title", "_size", "mime_type", "duration", "width", "height",
    "date_added", "date_modified", "bucket_display_name", "relative_path", "is_pending",
    "media_type",
)  # fmt: skip
_KINDS = {"video": 3, "image": 1, "audio": 2}


@dataclass(slots=True)
class Row:
    """One scanned file."""

    id: int
    path: str
    kind: str
    added: float
    probed_at: float

    @property
    def uri(self) -> str:
        """Its content URI."""
        word = {"image": "images"}.get(self.kind, self.kind)
        return f"content://media/external/{word}/media/{self.id}"


class Media:
    """One phone's media store."""

    def __init__(self, files: Files, probe_seconds: Callable[[], float]) -> None:
        self._files, self._probe_seconds = files, probe_seconds
        self._rows: dict[str, Row] = {}
        self._next_id = 1000000031

    def scan(self, path: str) -> Row | None:
        """Make, refresh or drop the row of one file."""
        path = real(path)
        kind = _kind(path)
        entry = self._files.find(path)
        if entry is None or entry.is_dir or not kind or not path.startswith(SHARED + "/"):
            self._rows.pop(path, None)
            return None
        known = self._rows.get(path)
        if known is None:
            ready = time.monotonic() + self._probe_seconds()
            known = Row(self._next_id, path, kind, time.time(), ready)
            self._rows[path] = known
            self._next_id += 1
        return known

    def by_uri(self, uri: str) -> Row | None:
        """The row of a content URI."""
        return next((r for r in self._rows.values() if r.uri == uri), None)

    def kind(self, path: str) -> str:
        """video, image, audio, or nothing for what is not in the store."""
        return self._rows[path].kind if path in self._rows else ""

    def newest(
        self, kinds: tuple[str, ...] = ("video", "image"), *, by_second: bool = False
    ) -> list[Row]:
        """What a gallery shows: newest file first, rows whose file is gone left out.

        By the second in which a file was scanned, those of one second come as they will: here the
        other way round.
        """
        rows = [r for r in self._rows.values() if r.kind in kinds and self._files.find(r.path)]
        if by_second:
            return sorted(rows, key=lambda r: (-int(r.added), r.id))
        return sorted(rows, key=lambda r: (self._files.entry(r.path).mtime, r.id), reverse=True)

    def query(
        self, table: str, columns: list[str], where: str, sort: str
    ) -> list[dict[str, object]]:
        """Rows in the terms of SQL; raises sqlite3.Error for bad ones."""
        database = sqlite3.connect(":memory:")
        try:
            database.execute(f"CREATE TABLE t ({','.join(COLUMNS)})")
            marks = ",".join("?" * len(COLUMNS))
            rows = [self._values(r) for r in self._rows.values() if _in_table(r, table)]
            database.executemany(f"INSERT INTO t VALUES ({marks})", rows)  # noqa: S608 - our own names
            names = columns or list(COLUMNS)
            if unknown := [n for n in names if n not in COLUMNS]:
                raise sqlite3.OperationalError(f"Invalid column {unknown[0]}")
            wanted = ",".join(names)
            # the caller's own SQL on a table of its own in memory, as the real store lets it
            sql = f"SELECT {wanted} FROM t WHERE {where or '1'} ORDER BY {sort or '_id'}"  # noqa: S608
            return [dict(zip(names, row, strict=True)) for row in database.execute(sql)]
        finally:
            database.close()

    def delete(self, table: str, where: str) -> int:
        """Delete rows and their files, as the real store does."""
        found = self.query(table, ["_data"], where, "")
        for row in found:
            path = str(row["_data"])
            self._rows.pop(path, None)
            if self._files.find(path):
                self._files.remove(path)
        return len(found)

    def forget(self, path: str) -> None:
        """A file was removed or moved through the shared storage."""
        path = real(path)
        for known in [p for p in self._rows if p == path or p.startswith(path + "/")]:
            del self._rows[known]

    def clear(self) -> None:
        """Factory state."""
        self._rows.clear()

    def _values(self, row: Row) -> tuple[object, ...]:
        entry = self._files.find(row.path)
        folder, _, name = row.path.rpartition("/")
        data = entry.blob.data if entry and entry.blob else b""
        ready = time.monotonic() >= row.probed_at
        duration = _duration_ms(data) if row.kind == "video" and ready else None
        size = (1080, 1920) if ready else (None, None)
        return (
            row.id, row.path, name, name.rpartition(".")[0], len(data),
            mimetypes.guess_type(name)[0], duration, *size, int(row.added),
            int(entry.mtime) if entry else 0, folder.rpartition("/")[2],
            folder[len(SHARED) + 1 :] + "/", 0, _KINDS[row.kind],
        )  # fmt: skip


def _kind(path: str) -> str:
    guess = (mimetypes.guess_type(path)[0] or "").partition("/")[0]
    return guess if guess in _KINDS else ""


def _in_table(row: Row, table: str) -> bool:
    return table == "file" or table == {"image": "images"}.get(row.kind, row.kind)


def _duration_ms(data: bytes) -> int | None:
    """From an MP4's movie header; None when there is none, as for a file that is no video."""
    at = data.find(b"mvhd")
    if at < 0 or len(data) < at + 32:
        return None
    if data[at + 4] == 1:
        scale, length = struct.unpack(">IQ", data[at + 24 : at + 36])
    else:
        scale, length = struct.unpack(">II", data[at + 16 : at + 24])
    return int(length * 1000 / scale) if scale else None

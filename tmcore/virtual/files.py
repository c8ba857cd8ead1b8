"""The phone's files, in memory. Errors are OSErrors with the errno that Android would give."""

import errno
import fnmatch
import os
import posixpath
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from tmcore.virtual.blobs import Blob, blob

SHARED = "/storage/emulated/0"
ALIASES = ("/sdcard", "/storage/self/primary", "/mnt/sdcard", "/data/media/0")
WRITABLE = (SHARED, "/data/local/tmp")
TOTAL_BYTES = 58 << 30
SYSTEM_BYTES = 12 << 30  # what a factory-fresh phone has already used
FOLDERS = (
    "/",
    "/dev",
    "/proc",
    "/system/bin",
    "/data/local/tmp",
    f"{SHARED}/DCIM/Camera",
    f"{SHARED}/Movies",
    f"{SHARED}/Pictures",
    f"{SHARED}/Download",
    f"{SHARED}/Android/data",
)


@dataclass(slots=True)
class Entry:
    """A file, or a folder when it has no blob."""

    blob: Blob | None
    mtime: float
    mode: int

    @property
    def is_dir(self) -> bool:
        """Whether this is a folder."""
        return self.blob is None

    @property
    def size(self) -> int:
        """Bytes, as ls shows them."""
        return 4096 if self.blob is None else len(self.blob.data)


class Files:
    """One phone's file tree."""

    def __init__(self) -> None:
        self.room: int | None = None  # bytes that still fit, when a fault limits them
        self._entries: dict[str, Entry] = {}
        for folder in FOLDERS:
            self._make_parents(folder)

    @property
    def used(self) -> int:
        """Bytes in files of the operator's making."""
        return sum(len(e.blob.data) for e in self._entries.values() if e.blob)

    @property
    def free(self) -> int:
        """Bytes that df calls available."""
        return TOTAL_BYTES - SYSTEM_BYTES - self.used if self.room is None else max(0, self.room)

    def find(self, path: str) -> Entry | None:
        """The entry at a path, if any."""
        return self._entries.get(real(path))

    def entry(self, path: str) -> Entry:
        """The entry at a path."""
        found = self.find(path)
        if found is None:
            raise _error(errno.ENOENT)
        return found

    def read(self, path: str) -> Blob:
        """A file's content."""
        entry = self.entry(path)
        if entry.blob is None:
            raise _error(errno.EISDIR)
        return entry.blob

    def write(
        self, path: str, data: bytes | bytearray, *, mtime: float | None = None, mode: int = 0o660
    ) -> None:
        """Create or replace a file."""
        path = self._writable(path)
        existing = self._entries.get(path)
        if existing is not None and existing.is_dir:
            raise _error(errno.EISDIR)
        self.take_room(len(data))
        now = time.time() if mtime is None else mtime
        self._entries[path] = Entry(blob(data), now, stat.S_IFREG | mode)

    def append(self, path: str, data: bytes) -> None:
        """Add to a file, or create it."""
        found = self.find(path)
        self.write(path, (found.blob.data if found and found.blob else b"") + data)

    def take_room(self, size: int) -> None:
        """Count bytes against the storage that a fault left us."""
        if self.room is None:
            return
        if size > self.room:
            raise _error(errno.ENOSPC)
        self.room -= size

    def mkdir(self, path: str) -> None:
        """Make one folder whose parent exists; atomic, as locks on the phone rely on it."""
        if self.find(path):
            raise _error(errno.EEXIST)
        path = self._writable(path)
        if self.room == 0:
            raise _error(errno.ENOSPC)
        self._entries[path] = Entry(None, time.time(), stat.S_IFDIR | 0o770)

    def mkdirs(self, path: str) -> None:
        """Make a folder and its missing parents."""
        path = real(path)
        for part in _ancestors(path):
            found = self._entries.get(part)
            if found is None:
                self.mkdir(part)
            elif not found.is_dir:
                raise _error(errno.ENOTDIR)

    def remove(self, path: str) -> None:
        """Unlink a file."""
        if self.entry(path).is_dir:
            raise _error(errno.EISDIR)
        del self._entries[self._writable(path)]

    def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        if not self.entry(path).is_dir:
            raise _error(errno.ENOTDIR)
        path = self._writable(path)
        if self.names(path):
            raise _error(errno.ENOTEMPTY)
        del self._entries[path]

    def remove_tree(self, path: str) -> None:
        """Remove a file, or a folder with all it holds."""
        path = self._writable(path)
        for inner in [p for p in self._entries if p == path or p.startswith(path + "/")]:
            del self._entries[inner]

    def rename(self, source: str, target: str) -> None:
        """Move, replacing a file at the target."""
        self.entry(source)
        source, target = self._writable(source), self._writable(target)
        moved = {
            p: e for p, e in self._entries.items() if p == source or p.startswith(source + "/")
        }
        for path in moved:
            del self._entries[path]
        for path, entry in moved.items():
            self._entries[target + path[len(source) :]] = entry

    def boot(self, run: str = "") -> None:
        """Name this run of Android anew; no two phones ever have the same one, unless told so."""
        self.show("/proc/sys/kernel/random/boot_id", f"{run or uuid4()}\n".encode())

    def show(self, path: str, data: bytes) -> None:
        """Put a file of the system's own, which the shell may read and not write."""
        self._make_parents(posixpath.dirname(path))
        self._entries[path] = Entry(blob(data), time.time(), stat.S_IFREG | 0o444)

    def hide(self, path: str) -> None:
        """Take away a folder of the system's own."""
        for inner in [p for p in self._entries if p == path or p.startswith(path + "/")]:
            del self._entries[inner]

    def touch(self, path: str, mtime: float) -> None:
        """Set a file's time, creating it when missing."""
        found = self.find(path)
        if found is None:
            self.write(path, b"", mtime=mtime)
        else:
            found.mtime = mtime

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted."""
        prefix = real(path).rstrip("/") + "/"
        return sorted(
            p[len(prefix) :]
            for p in self._entries
            if p.startswith(prefix) and p != "/" and "/" not in p[len(prefix) :]
        )

    def walk(self, path: str = "/") -> Iterator[tuple[str, Entry]]:
        """Everything at and under a path."""
        root = real(path)
        for inner, entry in sorted(self._entries.items()):
            if root in (inner, "/") or inner.startswith(root + "/"):
                yield inner, entry

    def glob(self, pattern: str) -> list[str]:
        """The paths a pattern names, written as the pattern was (aliases stay)."""
        found = [""] if pattern.startswith("/") else []
        for part in pattern.strip("/").split("/"):
            found = [
                f"{base}/{name}" for base in found for name in self._matching(base or "/", part)
            ]
        return found

    def _matching(self, folder: str, part: str) -> list[str]:
        if not any(c in part for c in "*?["):
            return [part] if self.find(f"{folder}/{part}") else []
        hidden = part.startswith(".")  # a name with a dot has to be asked for by one
        return [
            n
            for n in self.names(folder)
            if fnmatch.fnmatchcase(n, part) and n.startswith(".") is hidden
        ]

    def _make_parents(self, path: str) -> None:
        for part in _ancestors(path):
            self._entries.setdefault(part, Entry(None, time.time(), stat.S_IFDIR | 0o771))

    def _writable(self, path: str) -> str:
        path = real(path)
        if not any(path.startswith(root + "/") for root in WRITABLE):
            raise _error(errno.EROFS if path.startswith("/system") else errno.EACCES)
        parent = self._entries.get(posixpath.dirname(path))
        if parent is None:
            raise _error(errno.ENOENT)
        if not parent.is_dir:
            raise _error(errno.ENOTDIR)
        return path


def real(path: str) -> str:
    """The path behind the aliases of the shared storage."""
    path = posixpath.normpath("/" + path.lstrip("/"))
    for alias in ALIASES:
        if path == alias or path.startswith(alias + "/"):
            return SHARED + path[len(alias) :]
    return path


def _ancestors(path: str) -> list[str]:
    parts = [p for p in path.split("/") if p]
    return ["/", *("/" + "/".join(parts[: i + 1]) for i in range(len(parts)))]


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))

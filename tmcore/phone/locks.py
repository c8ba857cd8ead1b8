"""One rack for one phone on this computer, whatever database it has.

A lock is a file in a folder that all users of the computer share, locked with flock: the kernel
frees it when its holder ends, however it ends. The name holds the phone's serial and a hash of its
boot id, since two phones can have one serial, at two adb servers or at one.

fcntl by itself: filelock refuses for ever what another user's killed process left in such a folder,
and cannot say who holds a lock. A lock is taken from its file before the file is removed, so
whoever opened it meanwhile finds a file without a name and opens the new one.
"""

import fcntl
import hashlib
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_OPEN = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_EVERYBODY = 0o666
_MARK = 16  # digits of the boot id's hash
_TRIES = 4  # a look at a lock holds it for microseconds, and a holder may just remove its file


def common_folder() -> Path:
    """Return the same folder for every user and every TMPDIR of this computer."""
    common = Path("/tmp")  # noqa: S108 - shared on purpose; what lies there is opened with care
    return (common if common.is_dir() else Path(tempfile.gettempdir())) / "tmrack-locks"


@dataclass(frozen=True)
class _Held:
    path: Path
    descriptor: int


class PhoneLocks:
    """The locks that one rack holds, from its first use of a phone until it ends."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or common_folder()
        self._held: dict[str, _Held] = {}

    def take(self, serial: str, boot_id: str | None) -> bool:
        """Take the lock of this phone or keep it; False while another rack holds it.

        A phone that was restarted has another lock: the old one is left for it. Raises OSError
        where the folder cannot be used.
        """
        path = self._path(serial, boot_id)
        held = self._held.get(serial)
        if held and held.path == path and os.fstat(held.descriptor).st_nlink:
            os.utime(held.descriptor)  # cleaners of /tmp take what is old
            return True
        descriptor = self._lock(path)
        if descriptor is None:
            return False
        self.leave(serial)
        self._held[serial] = _Held(path, descriptor)
        self._sweep(path)
        return True

    def holder(self, serial: str, boot_id: str | None) -> str:
        """Say which other rack holds a phone's lock; nothing where none does."""
        path = self._path(serial, boot_id)
        held = self._held.get(serial)
        if held and held.path == path:
            return ""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:  # none there; or one that take() will tell about
            return ""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            said = os.read(descriptor, 32).decode(errors="replace").strip()
            return f"process {said}" if re.fullmatch(r"\d{1,10}", said, re.ASCII) else "a process"
        finally:
            os.close(descriptor)
        return ""

    def leave(self, serial: str) -> None:
        """Give a phone's lock back."""
        if (held := self._held.pop(serial, None)) is None:
            return
        with suppress(OSError):  # another user made the file, and the folder keeps it
            if os.fstat(held.descriptor).st_ino == held.path.stat().st_ino:
                held.path.unlink()
        os.close(held.descriptor)

    def leave_all(self) -> None:
        for serial in list(self._held):
            self.leave(serial)

    def _path(self, serial: str, boot_id: str | None) -> Path:
        mark = hashlib.sha256((boot_id or "").encode()).hexdigest()[:_MARK]
        return self._folder / f"{re.sub('[^A-Za-z0-9._-]', '-', serial)}-{mark}.lock"

    def _lock(self, path: Path) -> int | None:
        self._make_folder()
        for _ in range(_TRIES):
            descriptor = _opened(path)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                continue
            if os.fstat(descriptor).st_nlink:
                with suppress(OSError):  # disk full: held all the same, only not by name
                    os.ftruncate(descriptor, 0)
                    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
                return descriptor
            os.close(descriptor)
        return None

    def _sweep(self, mine: Path) -> None:
        """Remove what killed racks left of this serial's earlier boots; nobody holds those."""
        mark = "[0-9a-f]" * _MARK
        stem = mine.name.removesuffix(".lock")[:-_MARK]
        for other in set(mine.parent.glob(f"{stem}{mark}.lock")) - {mine}:
            with suppress(OSError):  # held, just gone, or another user's
                descriptor = os.open(other, _OPEN)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    other.unlink()
                finally:
                    os.close(descriptor)

    def _make_folder(self) -> None:
        with suppress(FileExistsError):
            self._folder.mkdir()
            self._folder.chmod(0o1777)  # the umask of a server leaves nothing for others

    def __repr__(self) -> str:
        return f"<PhoneLocks in {self._folder}: {len(self._held)} held>"


def _opened(path: Path) -> int:
    """Open a lock file or make it; the kernel lets nobody make one over another user's."""
    while True:
        try:
            return os.open(path, _OPEN)
        except FileNotFoundError:
            with suppress(FileExistsError):
                descriptor = os.open(path, _OPEN | os.O_CREAT | os.O_EXCL, _EVERYBODY)
                os.fchmod(descriptor, _EVERYBODY)
                return descriptor

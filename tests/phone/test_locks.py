import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tmcore.phone.locks import PhoneLocks, common_folder

SERIAL, RUN = "R58M1", "11111111-2222-3333-4444-555555555555"
HOLD = """
import sys
from pathlib import Path
from tmcore.phone.locks import PhoneLocks
locks = PhoneLocks(Path(sys.argv[1]))
print(locks.take(sys.argv[2], sys.argv[3]), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "locks"


@contextmanager
def _another_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A rack of another program that holds the phone."""
    command = [sys.executable, "-c", HOLD, str(folder), SERIAL, RUN]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "True\n"
        try:
            yield process
        finally:
            process.kill()


def test_one_rack_at_a_time(folder: Path) -> None:
    """The second one is refused until the first has left, also in the same process."""
    first, second = PhoneLocks(folder), PhoneLocks(folder)

    assert first.take(SERIAL, RUN)
    assert first.take(SERIAL, RUN)
    assert not second.take(SERIAL, RUN)
    assert second.holder(SERIAL, RUN) == f"process {os.getpid()}"
    assert first.holder(SERIAL, RUN) == ""

    first.leave_all()
    assert second.holder(SERIAL, RUN) == ""
    assert second.take(SERIAL, RUN)


def test_a_killed_holder_frees_it(folder: Path) -> None:
    """Whatever ends a process, kill -9 included, frees its phones; its number was told."""
    locks = PhoneLocks(folder)
    with _another_process(folder) as process:
        assert not locks.take(SERIAL, RUN)
        assert locks.holder(SERIAL, RUN) == f"process {process.pid}"
        process.kill()
        process.wait()

        assert locks.holder(SERIAL, RUN) == ""
        assert locks.take(SERIAL, RUN)


def test_two_phones_with_one_serial(folder: Path) -> None:
    """Phones at two adb servers may have one serial: their boot ids tell them apart."""
    first, second = PhoneLocks(folder), PhoneLocks(folder)

    assert first.take(SERIAL, RUN)
    assert second.take(SERIAL, RUN.replace("1", "9"))
    assert second.take(SERIAL + "2", RUN)


def test_a_restarted_phone_is_kept(folder: Path) -> None:
    """Its boot id is another one now: the new lock is taken, and the old one left."""
    first, second = PhoneLocks(folder), PhoneLocks(folder)
    again = RUN.replace("1", "9")

    assert first.take(SERIAL, RUN)
    assert first.take(SERIAL, again)

    assert not second.take(SERIAL, again)
    assert second.take(SERIAL, RUN)


def test_nothing_is_left(folder: Path) -> None:
    """A rack that ends leaves no file behind."""
    locks = PhoneLocks(folder)
    locks.take(SERIAL, RUN)
    locks.take("R58M2", None)

    locks.leave_all()

    assert list(folder.iterdir()) == []


def test_what_killed_racks_left_is_swept(folder: Path) -> None:
    """Each start of a phone has a file of its own: those that nobody holds do not pile up."""
    killed, other = "9" + RUN[1:], "8" + RUN[1:]
    holder, locks = PhoneLocks(folder), PhoneLocks(folder)
    with _another_process(folder) as process:
        process.kill()
        process.wait()
    assert holder.take(SERIAL, other)
    assert len(list(folder.iterdir())) == 1

    assert locks.take(SERIAL, killed)

    assert len(list(folder.iterdir())) == 2  # its own, and the one that is held
    assert not PhoneLocks(folder).take(SERIAL, other)


def test_every_user_may_lock(folder: Path) -> None:
    """Whatever the umask of who came first: the folder is as /tmp, the files are for all."""
    old = os.umask(0o077)
    try:
        PhoneLocks(folder).take(SERIAL, RUN)
    finally:
        os.umask(old)

    assert folder.stat().st_mode & 0o7777 == 0o1777
    assert [file.stat().st_mode & 0o777 for file in folder.iterdir()] == [0o666]


def test_a_lock_that_a_cleaner_took_is_taken_again(folder: Path) -> None:
    """A file without a name guards nothing: its holder notices at the next use of the phone."""
    first, second = PhoneLocks(folder), PhoneLocks(folder)
    first.take(SERIAL, RUN)
    for file in folder.iterdir():
        file.unlink()

    assert first.take(SERIAL, RUN)
    assert not second.take(SERIAL, RUN)


def test_no_link_is_followed(folder: Path, tmp_path: Path) -> None:
    """What a stranger lays there under the lock's name is neither opened nor written."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    locks = PhoneLocks(folder)
    locks.take(SERIAL, RUN)
    [file] = folder.iterdir()
    name = file.name
    locks.leave_all()
    (folder / name).symlink_to(victim)

    with pytest.raises(OSError, match="symbolic link"):
        locks.take(SERIAL, RUN)

    assert victim.read_text() == "mine"
    assert locks.holder(SERIAL, RUN) == ""


def test_a_full_disk_lets_a_phone_be_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file holds only who has the lock: where that finds no room, it is held all the same."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    first, second = PhoneLocks(folder), PhoneLocks(folder)
    monkeypatch.setattr(os, "pwrite", full)

    assert first.take(SERIAL, RUN)
    assert not second.take(SERIAL, RUN)
    first.leave_all()
    assert second.take(SERIAL, RUN)


def test_the_folder_is_common(monkeypatch: pytest.MonkeyPatch) -> None:
    """A TMPDIR of one's own does not lead to a folder of one's own."""
    before = common_folder()
    monkeypatch.setenv("TMPDIR", "/somewhere/else")

    assert common_folder() == before

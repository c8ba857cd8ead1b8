"""A database file that is not what it was: refused by name, or opened with all that was told of."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.promises.checker import broken
from tests.store.conftest import a_draft
from tmcore.errors import StoreFailed
from tmcore.store.store import Store

TOLD = 16
FRAME = 24 + 4096  # of a WAL: its header and a page
ROOMS = range(0, 48, 6)  # free pages of a disk


async def filled(path: Path, count: int = 3) -> None:
    store = await Store.open(path)
    await store.insert([a_draft()] * count)
    await store.close()


def a_folder(path: Path) -> None:
    path.mkdir()


def a_text(path: Path) -> None:
    path.write_text("groceries, and not a database at all" * 50)


def a_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scrambled(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(255 for _ in whole[4096:]))


def another_programs(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE invoice (id)")
        db.commit()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (a_folder, "is a folder; name a file"),
        (a_text, "file is not a database; put a backup in its place"),
        (a_half, "malformed; put a backup in its place"),
        (scrambled, "malformed; put a backup in its place"),
        (another_programs, r"is another program's database \(it holds invoice\)"),
    ],
)
async def test_what_is_no_database_of_ours_is_refused(
    tmp_path: Path, harm: Callable[[Path], None], said: str
) -> None:
    """By name, with what to do, and untouched; with a right file in its place it opens."""
    path = tmp_path / "rack.db"
    if harm in (a_half, scrambled):
        await filled(path)
    harm(path)
    before = path.read_bytes() if path.is_file() else None

    with pytest.raises(StoreFailed, match=said) as caught:
        await Store.open(path)

    assert str(path) in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before
    path.rename(tmp_path / "kept")
    await filled(path)


async def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    """As `touch rack.db` leaves it: nothing in it can be lost."""
    path = tmp_path / "rack.db"
    path.touch()

    await filled(path)


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the folder should be, or a lock file's name that is taken by a folder."""
    (tmp_path / "file").write_text("")
    (tmp_path / "rack.db.lock").mkdir()

    for path in (tmp_path / "file" / "rack.db", tmp_path / "rack.db"):
        with pytest.raises(StoreFailed, match=f"{path} cannot be opened"):
            await Store.open(path)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: a file system of one's own needs root and mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


async def test_a_read_only_file_system_is_named(small: Path) -> None:
    """Neither an old database nor a new one can be opened there; writable again, it opens."""
    await filled(small / "rack.db")
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)

    for name in ("rack.db", "new.db"):
        with pytest.raises(StoreFailed, match=f"{name} cannot be opened: Read-only file system"):
            await Store.open(small / name)
    subprocess.run(["mount", "-o", "remount,rw", small], check=True)

    await filled(small / "rack.db")


async def test_a_disk_that_is_full_at_any_commit(small: Path) -> None:
    """However little room is left: a refused write is a StoreFailed, an answered one is there."""
    store = await Store.open(small / "rack.db")
    told: list[int] = []
    refused = 0
    for pages in ROOMS:
        with (small / "filler").open("wb", buffering=0) as filler:
            with suppress(OSError):
                while True:
                    filler.write(bytes(512))
            filler.truncate(max(0, filler.tell() - pages * 4096))
        for _ in range(TOLD):
            try:
                told += await store.insert([a_draft(), a_draft()])
            except StoreFailed as error:
                refused += 1
                assert "full" in str(error) or "I/O" in str(error)  # noqa: PT017 - many of them
                assert (await store.stats()).total == len(told)
                break
        (small / "filler").unlink()
        told += await store.insert([a_draft()])
    await store.close()

    assert refused > len(ROOMS) // 2
    with closing(sqlite3.connect(small / "rack.db")) as db:
        assert [row[0] for row in db.execute("SELECT id FROM task ORDER BY id")] == sorted(told)
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert broken(small / "rack.db", {}) == []


@pytest.fixture
async def crashed(tmp_path: Path) -> Path:
    """A database as a kill leaves it: what was told of is in its WAL, one commit a task."""
    store = await Store.open(tmp_path / "alive.db")
    for _ in range(TOLD):
        await store.insert([a_draft()])
    for suffix in ("", "-wal"):
        shutil.copy(tmp_path / f"alive.db{suffix}", tmp_path / f"rack.db{suffix}")
    await store.close()
    assert wal(tmp_path / "rack.db").stat().st_size > TOLD * FRAME
    return tmp_path / "rack.db"


def wal(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


async def ids_of(database: Path) -> list[int]:
    """Open it as the program does; its promises hold, and it can be written."""
    store = await Store.open(database)
    rows = await store._read("SELECT id FROM task ORDER BY id")
    [new] = await store.insert([a_draft()])
    await store.delete([new])
    await store.close()
    assert broken(database, {}) == []
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    return [row["id"] for row in rows]


@pytest.mark.parametrize("junk", [1, FRAME, 3 * FRAME + 7])
async def test_a_commit_that_was_cut_costs_only_itself(crashed: Path, junk: int) -> None:
    """What a power cut left behind the last answered commit is not taken for one."""
    with wal(crashed).open("ab") as file:
        file.write(os.urandom(junk))

    assert await ids_of(crashed) == list(range(1, TOLD + 1))


@pytest.mark.parametrize("kept", [0, 33, 0.35, 0.77, 0.99])
async def test_a_torn_log_is_read_up_to_the_tear(crashed: Path, kept: float) -> None:
    """A log cut anywhere opens; every commit before the tear is whole, none after it is there."""
    size = wal(crashed).stat().st_size
    os.truncate(wal(crashed), int(kept * size if kept < 1 else kept))

    ids = await ids_of(crashed)

    assert ids == list(range(1, len(ids) + 1))
    assert bool(ids) == (0 < kept < 1)


@pytest.mark.parametrize("at", [0.4, 0.95])
async def test_a_rotten_page_in_the_log_ends_it_there(crashed: Path, at: float) -> None:
    """Its checksum is wrong: what comes after it is not guessed at."""
    with wal(crashed).open("r+b") as file:
        file.seek(int(wal(crashed).stat().st_size * at))
        file.write(os.urandom(64))

    ids = await ids_of(crashed)

    assert 0 < len(ids) < TOLD
    assert ids == list(range(1, len(ids) + 1))

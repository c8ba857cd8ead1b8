"""Opens the database file: one owner, the right version, a backup before it is changed."""

import asyncio
import os
import sqlite3
from contextlib import closing, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock, Timeout
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from tmcore.errors import DatabaseInUse, NewerDatabase, StoreFailed
from tmcore.store.identity import belongs, check_log
from tmcore.store.reader import Query, Reader
from tmcore.store.writer import BUSY_TIMEOUT_MS, Writer

MIGRATIONS = "tmcore.store.migrations"
TABLES = "tmcore.store.tables"
JOURNAL = "tortoise_migrations"  # names the migrations that were applied
TABLE_NAMES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
CURE = "put a backup in its place, and keep the file for whoever can mend it"


class Database:
    """The file, its lock, its one writer and its reading connection."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self.path = path
        self._lock = lock
        self.write = Writer(path)
        self._reader = Reader(path)

    @classmethod
    async def open(cls, path: Path) -> "Database":
        """Raises DatabaseInUse, NewerDatabase, StoreFailed; nothing is changed then."""
        if path.is_dir():
            raise StoreFailed(f"{path} is a folder; name a file for the database")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = own(path)
        except OSError as error:
            why = f"{error.strerror} ({error.filename})"
            raise StoreFailed(f"{path} cannot be opened: {why}") from error
        try:
            check_log(path)
            await _upgrade(path)
            database = cls(path, lock)
        except (OperationalError, sqlite3.OperationalError, OSError) as error:
            lock.release()
            raise StoreFailed(f"{path} cannot be opened: {error}") from error
        except sqlite3.Error as error:
            lock.release()
            raise StoreFailed(f"{path} cannot be read: {error}; {CURE}") from error
        except BaseException:
            lock.release()
            raise
        return database

    async def read(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Run one query on the reading connection, which refuses to write."""
        try:
            rows = await self._reader(Query(sql, values))
        except sqlite3.Error as error:
            raise self.write.gone() or StoreFailed(
                f"the database could not be read: {error}"
            ) from error
        if self.write.identity.overwritten and (gone := self.write.gone()):
            raise gone
        return rows

    async def close(self) -> None:
        """Let go of the file; one that was copied over ours stays as it is."""
        overwritten = self.write.identity.overwritten
        with closing(_hold(self.path)) if overwritten else nullcontext():
            await self.write.close()
            await self._reader.close()
        self.write.identity.close()
        self._lock.release()


def own(path: Path) -> FileLock:
    """Hold a database for this process alone. Raises DatabaseInUse."""
    lock = FileLock(f"{path}.lock", mode=0o600, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise DatabaseInUse(
            f"{path} is in use by another process; connect to that one (set TM_URL)"
        ) from None
    return lock


def _hold(path: Path) -> sqlite3.Connection:
    """Return a connection that keeps others from playing the log into the file as they close.

    SQLite does so when the last one closes; where that can only read, it leaves both alone.
    """
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    with suppress(sqlite3.Error):  # no database at all: then there is nothing to play into
        db.execute("SELECT COUNT(*) FROM sqlite_master").fetchall()
    return db


def _config(path: Path, **pragmas: Any) -> dict[str, Any]:
    credentials = {"file_path": str(path), "busy_timeout": BUSY_TIMEOUT_MS, **pragmas}
    return {
        "connections": {"main": {"engine": "tortoise.backends.sqlite", "credentials": credentials}},
        "apps": {
            "tm": {"models": [TABLES], "migrations": MIGRATIONS, "default_connection": "main"}
        },
    }


async def _upgrade(path: Path) -> None:
    """Bring the file to this version's schema; the old one is kept beside it.

    A copy is migrated and then put in its place in one step: Tortoise commits a migration before
    it writes down that it has, so a kill in between would leave a file that never opens again.
    """
    applied = await asyncio.to_thread(_applied, path)
    if not _waiting(path, applied):
        return
    draft = path.with_name(f"{path.name}.upgrading")
    await asyncio.to_thread(_begin_draft, path, draft, copied=bool(applied))
    await _migrate(draft)
    await asyncio.to_thread(_put_in_place, path, draft, max(applied, default=""))


def _begin_draft(path: Path, draft: Path, *, copied: bool) -> None:
    for left in draft.parent.glob(f"{draft.name}*"):  # by a kill
        left.unlink()
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))  # also -wal and -shm
    if copied:
        with closing(sqlite3.connect(path)) as db:
            db.execute("VACUUM INTO ?", (str(draft),))


def _put_in_place(path: Path, draft: Path, version: str) -> None:
    fold(draft)
    if version:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        keep_aside(path, path.with_name(f"{path.name}.{version}.{stamp}.backup"))
    sync(draft)
    draft.replace(path)
    sync(path.parent)


def keep_aside(db: Path, kept: Path) -> None:
    """Keep the old file under another name too: the new one takes its place in one step.

    Its log must not outlive it: SQLite would play it into the new file.
    """
    log = db.with_name(f"{db.name}-wal")
    if not (belongs(db, log) and _folds(db)) and log.exists():
        log.replace(kept.with_name(f"{kept.name}.log"))
    kept.unlink(missing_ok=True)
    os.link(db, kept)
    kept.chmod(0o600)


def _folds(db: Path) -> bool:
    """Fold it, unless it is damaged."""
    try:
        fold(db)
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # locked, or the disk is full
            raise
        return False
    return True


def fold(file: Path) -> None:
    """Bring a database's log into it, so that it is one file."""
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode=DELETE")


def sync(path: Path) -> None:
    """Let a file, or what a folder names, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def migrations_wait(path: Path) -> bool:
    """Whether opening would migrate the file; raises what opening would. Changes nothing."""
    lock = own(path)
    try:
        check_log(path)
        return _waiting(path, _applied(path))
    finally:
        lock.release()


def check_version(path: Path) -> bool:
    """Whether the file is a database of this program. Raises NewerDatabase, StoreFailed."""
    applied = _applied(path)
    _waiting(path, applied)
    return bool(applied)


def _waiting(path: Path, applied: set[str]) -> bool:
    known = _known()
    if newer := sorted(applied - known):
        raise NewerDatabase(
            f"{path} was written by a newer version of this program (it holds {newer[-1]}); "
            "update the program, or open another database"
        )
    return applied != known


def _applied(path: Path) -> set[str]:
    if not path.exists():
        return set()
    with closing(sqlite3.connect(path)) as db:
        tables = {row[0] for row in db.execute(TABLE_NAMES)}
        if JOURNAL in tables:
            applied = db.execute(f"SELECT name FROM {JOURNAL} WHERE app = 'tm'")
            if names := {row[0] for row in applied}:
                return names
    if foreign := sorted(tables - {JOURNAL}):
        raise StoreFailed(
            f"{path} is another program's database (it holds {foreign[0]}); name another file"
        )
    return set()


def _known() -> set[str]:
    folder = Path(__file__).with_name("migrations")
    return {file.stem for file in folder.glob("m[0-9]*.py")}


async def _migrate(path: Path) -> None:
    context = TortoiseContext()
    config = _config(path, foreign_keys="OFF")
    with context:
        await context.init(config=config)
        try:
            executor = MigrationExecutor(context.db("main"), config["apps"])
            await executor.migrate([MigrationTarget("tm", "__latest__")])
        finally:
            await context.close_connections()


def new_uuid() -> str:
    return uuid4().hex

"""Copies a database while it is at work, and puts a copy back when nothing is."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tmcore.errors import BadInput, StoreFailed
from tmcore.store.database import check_version, keep_aside, own, sync


def back_up(db: Path, target: Path) -> None:
    """Write one consistent moment of a database to a new file, also while a server uses it.

    What is beside it stays there: evidence, uploaded files, your profiles. Raises BadInput,
    StoreFailed; then no file is left.
    """
    if not db.is_file():
        raise BadInput.of("db", f"there is no database at {db}")
    if target.exists():
        raise BadInput.of("target", f"{target} exists; name a new file")
    if not target.absolute().parent.is_dir():
        raise BadInput.of("target", f"{target.absolute().parent} is not a folder")
    _copy(db, target)


def restore(backup: Path, db: Path) -> Path | None:
    """Put a backup in a database's place; return where the database that was there is kept.

    Raises BadInput, DatabaseInUse, NewerDatabase, StoreFailed; then nothing has changed.
    """
    if not backup.is_file():
        raise BadInput.of("backup", f"there is no file {backup}")
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    with _of_the_file(backup):
        if not check_version(backup):
            raise BadInput.of("backup", f"{backup} is not a database of this program")
    db.absolute().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = db.with_name(f"{db.name}.{stamp}.restoring")
    lock = own(db)
    try:
        _copy(backup, fresh)
        kept = db.with_name(f"{db.name}.{stamp}.replaced") if db.exists() else None
        if kept:
            with _of_the_file(db):
                keep_aside(db, kept)
        fresh.replace(db)
    finally:
        fresh.unlink(missing_ok=True)  # where the old one could not be put aside
        lock.release()
    return kept


def _copy(source: Path, target: Path) -> None:
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        with _of_the_file(source):
            with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as db:
                db.execute("VACUUM INTO ?", (str(target),))
            _check(target)
        sync(target)
    except BaseException:
        target.unlink()
        raise


def _check(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        [[found]] = db.execute("PRAGMA integrity_check(1)").fetchall()
    if found != "ok":
        raise StoreFailed(f"the copy of the database is damaged: {found}")


@contextmanager
def _of_the_file(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreFailed(f"{path} cannot be read: {error}") from error

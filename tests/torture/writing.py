"""Commits through our own writer until it is killed: `python -m tests.torture.writing FILE MODE`.

A number goes to stdout only after its commit was answered. MODE is FULL, or NORMAL, with which the
trial is tried.
"""

import asyncio
import os
import sqlite3
import sys
from functools import partial
from itertools import count
from pathlib import Path

from tmcore.store.writer import Writer


async def main(path: Path, mode: str) -> None:
    writer = Writer(path)
    if mode != "FULL":  # which is what the writer itself insists on
        writer._db.execute(f"PRAGMA synchronous={mode}")
    for number in count(1):
        await writer(partial(_insert, number=number))
        os.write(1, f"{number}\n".encode())


def _insert(db: sqlite3.Connection, number: int) -> int:
    return db.execute("INSERT INTO done VALUES (?)", (number,)).rowcount


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))

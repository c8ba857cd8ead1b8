"""What a failed attempt saw, kept as files: one folder a task, readable by the operator only."""

import asyncio
import re
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from tmcore.errors import NotFound

NAME = re.compile(r"[A-Za-z0-9_-]{1,60}\.(png|xml|txt)")


class EvidenceFolder:
    """Keeps and reads evidence; a name from outside is checked before it becomes a path."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def keep(self, task_id: int, attempt_id: int, name: str, content: bytes) -> str:
        kept = f"{attempt_id}-{name}"
        assert NAME.fullmatch(kept), kept
        await asyncio.to_thread(self._write, self._root / str(task_id), kept, content)
        return kept

    def _write(self, folder: Path, name: str, content: bytes) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / name
        file.touch(mode=0o600)
        file.write_bytes(content)

    async def read(self, task_id: int, name: str) -> bytes:
        """Raises NotFound."""
        if not NAME.fullmatch(name):
            raise NotFound(f"task {task_id} has no evidence of that name")
        try:
            return await asyncio.to_thread((self._root / str(task_id) / name).read_bytes)
        except OSError:
            raise NotFound(f"task {task_id} has no evidence {name!r}") from None

    async def old(self, before: datetime) -> list[int]:
        """Return the tasks whose evidence was last added to before then."""
        return await asyncio.to_thread(self._old, before.timestamp())

    def _old(self, before_s: float) -> list[int]:
        if not self._root.is_dir():
            return []
        folders = (folder for folder in self._root.iterdir() if folder.name.isdigit())
        return sorted(int(one.name) for one in folders if one.stat().st_mtime < before_s)

    async def drop(self, task_ids: Iterable[int]) -> None:
        for task_id in task_ids:
            await asyncio.to_thread(shutil.rmtree, self._root / str(task_id), ignore_errors=True)

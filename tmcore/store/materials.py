"""The library's rows: which files there are, who has reserved them, and where they were used."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import TypeAdapter

from tmcore.errors import BadInput, NotFound
from tmcore.materials import Known, Material
from tmcore.store.accounts import Write
from tmcore.store.reading import Read
from tmcore.store.times import LARGEST_ID, to_ms

MATERIALS: TypeAdapter[tuple[Material, ...]] = TypeAdapter(tuple[Material, ...])

# the tags come twice, as JSON; NULL asks for none
TAGGED = """(? IS NULL OR EXISTS (SELECT 1 FROM json_each(tags) t, json_each(?) w
WHERE t.value = w.value))"""

RESERVED = """SELECT m.id, r.task_id FROM material m JOIN reservation r ON r.sha256 = m.sha256
WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY r.task_id"""
USES = """SELECT m.id, p.app, p.account, p.task_id, p.intent_at AS at, p.outcome FROM material m
JOIN press_file f ON f.sha256 = m.sha256 JOIN press p ON p.id = f.press_id
WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY p.id"""


class MaterialShelf:
    """Every material, each with what became of it."""

    def __init__(self, write: Write, read: Read) -> None:
        self._write, self._read = write, read

    async def every(self, tags: Sequence[str] = ()) -> tuple[Material, ...]:
        """Return the whole library, or what has any of these tags, oldest first."""
        wanted = orjson.dumps(list(tags)).decode() if tags else None
        return await self._told(
            await self._read(f"SELECT * FROM material WHERE {TAGGED} ORDER BY id", wanted, wanted)
        )

    async def one(self, material_id: int) -> Material:
        """Raises NotFound."""
        if material_id < LARGEST_ID:
            rows = await self._read("SELECT * FROM material WHERE id = ?", material_id)
            if rows:
                return (await self._told(rows))[0]
        raise NotFound(f"material {material_id} does not exist")

    async def add(self, new: Material) -> Material:
        """Add a file; its id is given here. Raises BadInput where its content is there already."""
        return await self.one(await self._write(lambda db: _add(db, new)))

    async def demand_new(self, sha256: str) -> None:
        """Raise BadInput where a content is there already."""
        await self._write(lambda db: _demand_new(db, sha256))

    async def change(self, material_id: int, known: Known) -> Material:
        """Change what is set in `known`; tasks that were dealt the file keep what they were dealt.

        Raises NotFound.
        """
        await self._write(lambda db: _change(db, material_id, known))
        return await self.one(material_id)

    async def delete(self, material_id: int) -> None:
        """Raises NotFound. Tasks that were dealt the file keep it."""
        await self._write(lambda db: _delete(db, material_id))

    async def _told(self, rows: list[dict[str, Any]]) -> tuple[Material, ...]:
        ids = orjson.dumps([row["id"] for row in rows]).decode()
        known = {row["id"]: row | {"uses": [], "reserved_by": []} for row in rows}
        for row in await self._read(USES, ids):
            known[row.pop("id")]["uses"].append(row)
        for row in await self._read(RESERVED, ids):
            known[row["id"]]["reserved_by"].append(row["task_id"])
        return MATERIALS.validate_python(list(known.values()))


def _demand_new(db: sqlite3.Connection, sha256: str) -> None:
    there = db.execute("SELECT id, path FROM material WHERE sha256 = ?", (sha256,)).fetchone()
    if there:
        raise BadInput.of("path", f"material {there['id']} is this file already: {there['path']!r}")


def _add(db: sqlite3.Connection, new: Material) -> int:
    _demand_new(db, new.sha256)
    cursor = db.execute(
        "INSERT INTO material (path, kind, sha256, size_bytes, duration_s, width, height, tags, "
        "caption, username, sort, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new.path,
            new.kind,
            new.sha256,
            new.size_bytes,
            new.duration_s,
            new.width,
            new.height,
            orjson.dumps(new.tags).decode(),
            new.caption,
            new.username,
            new.sort,
            to_ms(new.added_at),
        ),
    )
    assert cursor.lastrowid
    return cursor.lastrowid


def _change(db: sqlite3.Connection, material_id: int, known: Known) -> None:
    values = known.model_dump(exclude_unset=True)
    if "tags" in values:
        values["tags"] = orjson.dumps(values["tags"]).decode()
    if values and material_id < LARGEST_ID:
        fields = ", ".join(f"{name} = ?" for name in values)  # of the model: no foreign words
        db.execute(f"UPDATE material SET {fields} WHERE id = ?", (*values.values(), material_id))


def _delete(db: sqlite3.Connection, material_id: int) -> None:
    gone = material_id < LARGEST_ID and db.execute(
        "DELETE FROM material WHERE id = ?", (material_id,)
    )
    if not gone or gone.rowcount == 0:
        raise NotFound(f"material {material_id} does not exist")

"""A library in memory."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from tmcore.errors import NotFound
from tmcore.materials import Known, Material, Materials, NewMaterial, NewUpload, tags_of


class FakeMaterials:
    """Satisfies MaterialsApi; whatever is added is called a video."""

    def __init__(self) -> None:
        self.kept: dict[int, Material] = {}

    async def every(self, tag: str | None = None) -> Materials:
        wanted = set(tags_of(tag or ""))
        return Materials(one for one in self.kept.values() if not wanted or wanted & set(one.tags))

    async def one(self, material_id: int) -> Material:
        if material_id not in self.kept:
            raise NotFound(f"material {material_id} does not exist")
        return self.kept[material_id]

    async def add(self, new: NewMaterial) -> Material:
        made = Material(
            id=len(self.kept) + 1,
            kind="video",
            sha256="ab" * 32,
            size_bytes=1000,
            width=360,
            height=640,
            added_at=datetime(2026, 1, 31, 14, 5, tzinfo=UTC),
            **new.model_dump(),
        )
        self.kept[made.id] = made
        return made

    async def upload(self, new: NewUpload, content: AsyncIterator[bytes]) -> Material:
        known = new.model_dump()
        name, size = known.pop("name"), 0
        async for chunk in content:
            size += len(chunk)
        made = await self.add(NewMaterial(path=f"/kept/{name}", **known))
        self.kept[made.id] = made.model_copy(update={"size_bytes": size})
        return self.kept[made.id]

    async def change(self, material_id: int, known: Known) -> Material:
        one = await self.one(material_id)
        self.kept[material_id] = one.model_copy(update=known.model_dump(exclude_unset=True))
        return self.kept[material_id]

    async def delete(self, material_id: int) -> None:
        await self.one(material_id)
        del self.kept[material_id]

    async def thumbnail(self, material_id: int) -> bytes:
        await self.one(material_id)
        return b"\xff\xd8\xff"

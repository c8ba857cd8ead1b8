"""The far end of `rack.materials`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import quote, urlencode

from tmcore.materials import Known, Material, Materials, NewMaterial, NewUpload
from tmcore.model import Model
from tmserve.far.desk import PATIENCE_S, Ask, Desk, dump

Fetch = Callable[[str], Awaitable[bytes]]  # what lies outside the envelope


class _Materials(Model):
    materials: tuple[Material, ...]


class RemoteMaterials(Desk):
    """Satisfies MaterialsApi over HTTP."""

    def __init__(self, ask: Ask, fetch: Fetch) -> None:
        super().__init__(ask)
        self._fetch = fetch

    async def every(self, tag: str | None = None) -> Materials:
        path = f"/material?tag={quote(tag, safe='')}" if tag else "/material"
        return Materials((await self._ask(_Materials, "GET", path)).materials)

    async def one(self, material_id: int) -> Material:
        return await self._ask(Material, "GET", f"/material/{material_id}")

    async def add(self, new: NewMaterial) -> Material:
        body = dump(new)
        return await self._ask(Material, "POST", "/material", body, read_s=PATIENCE_S)

    async def upload(self, new: NewUpload, content: AsyncIterator[bytes]) -> Material:
        query = urlencode(
            {name: _text(value) for name, value in new if value not in (None, (), "")}
        )
        return await self._ask(Material, "POST", f"/material?{query}", content, read_s=PATIENCE_S)

    async def change(self, material_id: int, known: Known) -> Material:
        body = dump(known)
        return await self._ask(Material, "PATCH", f"/material/{material_id}", body)

    async def delete(self, material_id: int) -> None:
        await self._ask(dict[str, int], "DELETE", f"/material/{material_id}")

    async def thumbnail(self, material_id: int) -> bytes:
        return await self._fetch(f"/material/{material_id}/thumbnail.jpg")


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)

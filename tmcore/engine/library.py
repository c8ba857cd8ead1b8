"""The library's verbs: a file is looked at, and kept with what is known of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

from tmcore.errors import BadInput
from tmcore.materials import Material, Materials, NewMaterial, tags_of
from tmcore.media.files import open_inside
from tmcore.media.inspection import Inspected, Inspector
from tmcore.media.probe import Video
from tmcore.media.thumbnail import thumbnail_of
from tmcore.rules.dealing import sort_number
from tmcore.rules.spintax import parse
from tmcore.settings import Settings
from tmcore.store.materials import MaterialShelf

PATH = "path"


@dataclass(frozen=True)
class Library:
    """Satisfies MaterialsApi."""

    shelf: MaterialShelf
    settings: Callable[[], Settings]
    clock: Callable[[], datetime]
    inspector: Inspector = field(default_factory=Inspector)

    async def every(self, tag: str | None = None) -> Materials:
        try:
            tags = tags_of(tag or "")
        except ValueError as error:
            raise BadInput.of("tag", str(error)) from None
        return Materials(await self.shelf.every(tags))

    async def one(self, material_id: int) -> Material:
        return await self.shelf.one(material_id)

    async def add(self, new: NewMaterial) -> Material:
        _check_caption(new.caption)
        folders = self.settings().media_folders
        found = await asyncio.to_thread(self.inspector.inspect, new.path, folders, None, PATH)
        return await self.shelf.add(_material(new, found, self.clock()))

    async def delete(self, material_id: int) -> None:
        await self.shelf.delete(material_id)

    async def thumbnail(self, material_id: int) -> bytes:
        material = await self.shelf.one(material_id)
        return await asyncio.to_thread(self._thumbnail, material)

    def _thumbnail(self, material: Material) -> bytes:
        folders = self.settings().media_folders
        found = self.inspector.inspect(material.path, folders, material.kind, PATH)
        with open_inside(found.path, folders, PATH) as file:
            return thumbnail_of(file, material.kind)


def _check_caption(caption: str) -> None:
    try:
        parse(caption)
    except BadInput as error:
        raise BadInput.of("caption", error.errors[0].message) from None


def _material(new: NewMaterial, found: Inspected, now: datetime) -> Material:
    what = found.what
    is_video = isinstance(what, Video)
    return Material(
        id=0,  # the store gives it
        path=found.path,
        kind="video" if is_video else "image",
        sha256=found.sha256,
        size_bytes=what.size_bytes,
        duration_s=what.duration_s if isinstance(what, Video) else None,
        width=what.width,
        height=what.height,
        tags=new.tags,
        caption=new.caption,
        username=new.username,
        sort=sort_number(PurePath(found.path).name) if new.sort is None else new.sort,
        added_at=now,
    )

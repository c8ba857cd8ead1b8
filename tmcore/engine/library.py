"""The library's verbs: a file is looked at, and kept with what is known of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

from tmcore.errors import BadInput, FieldError
from tmcore.materials import Known, Material, Materials, NewMaterial, NewUpload, tags_of
from tmcore.media.files import open_inside, shown
from tmcore.media.inbox import Inbox, Received
from tmcore.media.inspection import Inspected, Inspector
from tmcore.media.probe import Video
from tmcore.media.thumbnail import thumbnail_of
from tmcore.rules.dealing import sort_number
from tmcore.rules.spintax import parse
from tmcore.store.materials import MaterialShelf

PATH = "path"


@dataclass(frozen=True)
class Library:
    """Satisfies MaterialsApi."""

    shelf: MaterialShelf
    inbox: Inbox
    folders: Callable[[], Sequence[str]]  # the allowed ones
    clock: Callable[[], datetime]
    inspector: Inspector = field(default_factory=Inspector)
    keeping: set[asyncio.Task[Material]] = field(default_factory=set)

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
        found = await asyncio.to_thread(
            self.inspector.inspect, new.path, self.folders(), None, PATH
        )
        return await self.shelf.add(_material(new, found, self.clock()))

    async def upload(self, new: NewUpload, content: AsyncIterator[bytes]) -> Material:
        _check_caption(new.caption)
        received = await self.inbox.receive(content)
        # from here on it ends, whether or not the sender waits: file and row come or go together
        keeping = asyncio.create_task(self._keep(new, received))
        self.keeping.add(keeping)
        keeping.add_done_callback(self.keeping.discard)
        return await asyncio.shield(keeping)

    async def _keep(self, new: NewUpload, received: Received) -> Material:
        file = received.part
        try:
            found = await asyncio.to_thread(self._look, new.name, received)
            await self.shelf.demand_new(received.sha256)
            file = await asyncio.to_thread(received.keep, new.name)
            material = _material(new, found._replace(path=str(file)), self.clock())
            return await self.shelf.add(material)
        except BaseException:
            file.unlink(missing_ok=True)
            raise

    def _look(self, name: str, received: Received) -> Inspected:
        try:
            return self.inspector.inspect(
                str(received.part), (str(self.inbox.folder),), None, "body", sha256=received.sha256
            )
        except BadInput as error:  # the sender knows it by another name
            passing = shown(str(received.part))
            told = [
                FieldError(e.field, e.message.replace(passing, shown(name))) for e in error.errors
            ]
            raise BadInput(*told) from None

    async def change(self, material_id: int, known: Known) -> Material:
        _check_caption(known.caption)
        return await self.shelf.change(material_id, known)

    async def delete(self, material_id: int) -> None:
        await self.shelf.delete(material_id)

    async def thumbnail(self, material_id: int) -> bytes:
        material = await self.shelf.one(material_id)
        return await asyncio.to_thread(self._thumbnail, material)

    def _thumbnail(self, material: Material) -> bytes:
        folders = self.folders()
        found = self.inspector.inspect(material.path, folders, material.kind, PATH)
        with open_inside(found.path, folders, PATH) as file:
            return thumbnail_of(file, material.kind)


def _check_caption(caption: str) -> None:
    try:
        parse(caption)
    except BadInput as error:
        raise BadInput.of("caption", error.errors[0].message) from None


def _material(new: Known, found: Inspected, now: datetime) -> Material:
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
        sort=sort_number(_name(new, found)) if new.sort is None else new.sort,
        added_at=now,
    )


def _name(new: Known, found: Inspected) -> str:
    """What its owner calls it."""
    return new.name if isinstance(new, NewUpload) else PurePath(found.path).name

"""The library: files to post from."""

from pydantic import Field

from tmcore.keys import Scope
from tmcore.materials import MOST_UPLOAD_BYTES, Known, Material, NewMaterial, NewUpload
from tmcore.model import Model
from tmserve.routes.route import Call, Gone, Route, Served
from tmserve.wire import File


class MaterialFilter(Model):
    """What GET /material can be asked."""

    tag: str | None = Field(None, description="Any of these, with commas between them.")


class MaterialList(Model):
    """The library."""

    materials: tuple[Material, ...]
    total: int


async def every(rack: Served, call: Call) -> MaterialList:
    found = await rack.materials.every(call.filters(MaterialFilter).tag)
    return MaterialList(materials=found, total=len(found))


async def one(rack: Served, call: Call) -> Material:
    return await rack.materials.one(call.id("material"))


async def add(rack: Served, call: Call) -> Material:
    if call.content is not None:
        return await rack.materials.upload(call.filters(NewUpload), call.content)
    return await rack.materials.add(call.json(NewMaterial))


async def change(rack: Served, call: Call) -> Material:
    return await rack.materials.change(call.id("material"), call.json(Known))


async def delete(rack: Served, call: Call) -> Gone:
    await rack.materials.delete(call.id("material"))
    return Gone()


async def thumbnail(rack: Served, call: Call) -> File:
    return File(await rack.materials.thumbnail(call.id("material")), "image/jpeg")


ROUTES = (
    Route(
        "GET", "/material", every, "List the files to post from, with where each was used.",
        scope=Scope.READ, query=MaterialFilter,
    ),
    Route("GET", "/material/<id>", one, "Return one of them.", scope=Scope.READ),
    Route(
        "GET", "/material/<id>/thumbnail.jpg", thumbnail, "A small picture of it.",
        scope=Scope.READ, sends="image/jpeg",
    ),
    Route(
        "POST", "/material", add,
        "Add a file that lies on the server, or one that is sent as it is.",
        scope=Scope.POST, body=NewMaterial, query=NewUpload, most_upload_bytes=MOST_UPLOAD_BYTES,
    ),
    Route(
        "PATCH", "/material/<id>", change,
        "Change what is known of a file; what is absent stays as it is.",
        scope=Scope.POST, body=Known,
    ),
    Route(
        "DELETE", "/material/<id>", delete, "Take a file out of the library; it stays on the disk.",
        scope=Scope.POST,
    ),
)  # fmt: skip

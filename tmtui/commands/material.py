"""tm material: the library of files to post from."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from tmcore.columns import MATERIALS, USES
from tmtui.commands.common import COMMON, Common, Id, retagged
from tmtui.exits import Exit
from tmtui.tables import listed

if TYPE_CHECKING:
    from tmcore.materials import Material
    from tmserve.client import RemoteRack

material = App(name="material", help="Keep files to post from; a task takes the next free one.")


@material.command(name="list")
async def list_(*, tag: tuple[str, ...] = (), common: Common = COMMON) -> Exit:
    """List the library, with where each file was used.

    Parameters
    ----------
    tag
        Only files with this tag; may be repeated for any of several.
    """
    async with common.rack() as rack:
        found = await rack.materials.every(",".join(tag) or None)
    none = "no files; for example: tm material add clip.mp4 --tag food"
    return common.listed("materials", found, listed(MATERIALS, found), none)


@material.command
async def show(material_id: Id, /, *, common: Common = COMMON) -> Exit:
    """Show one file and each post of it.

    Parameters
    ----------
    material_id
        Its number, as `tm material list` shows it.
    """
    async with common.rack() as rack:
        found = await rack.materials.one(material_id)
    return common.shown(found, listed(MATERIALS, [found]), listed(USES, found.uses))


@material.command
async def add(
    *files: Annotated[Path, Parameter(name="FILE")],
    tag: tuple[str, ...] = (),
    caption: str = "",
    username: str | None = None,
    sort: int | None = None,
    upload: bool = False,
    common: Common = COMMON,
) -> Exit:
    """Add files that lie on the server's computer, or send them there. The first refused ends it.

    For example: `tm material add clips/*.mp4 --tag food`, and then
    `tm post --from-library --material-tag food --serial R58M34FGHIJ`.

    Parameters
    ----------
    files
        The files, as the server's computer has them; with --upload, as this one has them.
    tag
        A word to choose them by; may be repeated.
    caption
        The text below the post; it wins over the task's. {a|b} draws one.
    username
        Only tasks for this account take them.
    sort
        The place among the images of a post; without it, the N of a name like sort_N_photo.jpg.
    upload
        Send the files to the server, which keeps them. Done by itself for a file of this computer
        where the server is another one.
    """
    from tmcore.errors import BadInput

    if not files:
        raise BadInput.of("FILE", "is missing; name at least one file")
    known: dict[str, object] = {"tags": tag, "caption": caption, "username": username, "sort": sort}
    added = []
    try:
        async with common.rack() as rack:
            for file in files:
                path = file.expanduser().absolute()
                is_sent = upload or (not rack.is_near and path.is_file())
                added.append(await (_send if is_sent else _name)(rack, path, known))
    finally:
        if common.json or added:
            common.listed("materials", added, listed(MATERIALS, added))
    return Exit.OK


async def _send(rack: "RemoteRack", file: Path, known: dict[str, object]) -> "Material":
    from tmcore.materials import NewUpload, chunks_of
    from tmcore.validation import checked

    new = checked(NewUpload, {"name": file.name, **known})
    return await rack.materials.upload(new, chunks_of(file))


async def _name(rack: "RemoteRack", file: Path, known: dict[str, object]) -> "Material":
    from tmcore.materials import NewMaterial
    from tmcore.validation import checked

    return await rack.materials.add(checked(NewMaterial, {"path": str(file), **known}))


@material.command
async def change(
    *ids: Id,
    tag: tuple[str, ...] = (),
    untag: tuple[str, ...] = (),
    caption: str | None = None,
    common: Common = COMMON,
) -> Exit:
    """Change what is known of files; tasks that have them keep what they were dealt.

    Parameters
    ----------
    ids
        Their numbers, as `tm material list` shows them.
    tag
        A tag to add; may be repeated.
    untag
        A tag to take away; may be repeated.
    caption
        Another text below the post; "" for none.
    """
    from tmcore.errors import BadInput
    from tmcore.materials import Known
    from tmcore.validation import checked

    if not ids:
        raise BadInput.of("ID", "is missing; name at least one number")
    text = {} if caption is None else {"caption": caption}
    async with common.rack() as rack:
        files = [await rack.materials.one(material_id) for material_id in ids]
        wanted = [checked(Known, {"tags": retagged(one.tags, tag, untag)} | text) for one in files]
        changed = [
            await rack.materials.change(one.id, known)
            for one, known in zip(files, wanted, strict=True)
        ]
    return common.listed("materials", changed, listed(MATERIALS, changed))


@material.command
async def delete(*ids: Id, common: Common = COMMON) -> Exit:
    """Take files out of the library. They stay on the disk, and tasks that have them keep them.

    Parameters
    ----------
    ids
        Their numbers, as `tm material list` shows them.
    """
    from tmcore.errors import BadInput

    if not ids:
        raise BadInput.of("ID", "is missing; name at least one number")
    async with common.rack() as rack:
        for material_id in ids:
            await rack.materials.delete(material_id)
    return common.said({"deleted_count": len(ids)}, f"{len(ids)} taken out")

"""tm post and tm rehearse: creating tasks. Loaded when one of them is asked for: see options.py."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from tmcore.errors import BadInput
from tmtui.commands.common import COMMON, Common
from tmtui.commands.creating import create, create_in
from tmtui.commands.options import NOTHING, PostOptions, said
from tmtui.commands.rehearsal import rehearsed
from tmtui.commands.request import ANYBODY, Who, post_config
from tmtui.exits import Exit

Files = Annotated[Path, Parameter(name="FILE")]
Pairs = Annotated[tuple[str, ...], Parameter(name="--set", metavar="KEY=VALUE")]


async def post(
    *files: Files,
    from_library: bool = False,
    images: bool = False,
    who: Who = ANYBODY,
    options: PostOptions = NOTHING,
    set_: Pairs = (),
    start: str | None = None,
    start_at: datetime | None = None,
    min_interval: int = 0,
    max_interval: int = 0,
    multi_account: bool = False,
    wait: bool = False,
    save: Path | None = None,
    common: Common = COMMON,
) -> Exit:
    """Post videos or images: one task for each phone, or for each account.

    All or nothing: if any part is refused, no task is created. Several files are dealt to the
    tasks in turn. Without files they come from --folder, or from the library (`tm material`). For
    example:

    `tm post clip.mp4 --serial R58M34FGHIJ --caption "Hello #one" --wait`

    Parameters
    ----------
    files
        The files, as the server's computer has them.
    from_library
        Take the next free files of the library; --material-tag says which.
    images
        Post images: the same as --content-type 1.
    set_
        Any key of the script's configuration, such as upload_wait_time=60.
    start
        When, as HH:MM in the server's zone: today, or tomorrow if that has passed.
    start_at
        When, as a date with a time, such as 2026-01-31T18:30.
    min_interval
        The least minutes between two tasks of this command.
    max_interval
        The most minutes between two tasks of this command.
    multi_account
        With --serial: one task for each account of the phone.
    wait
        Wait until all have ended. The exit code is then 1 if any failed, 3 if an outcome is
        unknown. A rehearsal that starts now is waited for.
    save
        The folder for the pictures of a rehearsal.
    """
    request = _request(files, options, set_, images=images, from_library=from_library) | {
        "enable_multi_account": multi_account,
        "min_interval": min_interval,
        "max_interval": max_interval,
        "start_time": start,
        "start_at": start_at and start_at.astimezone(),
    }
    is_rehearsal = request["script_config"].get("rehearse") is True
    if is_rehearsal and (wait or not (start or start_at)):
        return await _rehearse(request, who, save, common)
    if save:
        raise BadInput.of("--save", "is for the pictures of a rehearsal that starts now")
    async with common.rack() as rack:
        request |= await who.named(rack)
    return await create(request, common, wait=wait)


async def rehearse(
    *files: Files,
    plan: int | None = None,
    from_library: bool = False,
    images: bool = False,
    who: Who = ANYBODY,
    options: PostOptions = NOTHING,
    set_: Pairs = (),
    multi_account: bool = False,
    save: Path | None = None,
    common: Common = COMMON,
) -> Exit:
    """Do all of a post up to the press, keep a picture of it, and discard the draft.

    It takes what `tm post` takes. Nothing is posted and no file is used up. It waits, and ends with
    a line for each phone: how far it came, and the picture of what it had filled in. Without files
    they come from --folder, or from the library. For example, after an update of the app:

    `tm rehearse clip.mp4 --tag EU --save pictures`

    Parameters
    ----------
    files
        The files, as the server's computer has them.
    plan
        Instead of files: one post of each account of this plan; see `tm plan list`.
    from_library
        Take files of the library; --material-tag says which.
    images
        Post images: the same as --content-type 1.
    set_
        Any key of the script's configuration, such as upload_wait_time=60.
    multi_account
        With --serial: one rehearsal for each account of the phone.
    save
        The folder for the pictures.
    """
    if plan is not None:
        if files or from_library or who != ANYBODY or options != NOTHING or set_:
            raise BadInput.of("--plan", "says who posts what; name nothing beside it but --save")
        async with common.rack() as rack:
            return await rehearsed(rack, await rack.plans.rehearse_saved(plan), save, common)
    request = _request(files, options, set_, images=images, from_library=from_library)
    request["script_config"]["rehearse"] = True
    request["enable_multi_account"] = multi_account
    return await _rehearse(request, who, save, common)


async def _rehearse(request: dict[str, Any], who: Who, save: Path | None, common: Common) -> Exit:
    async with common.rack() as rack:
        created = await create_in(rack, request | await who.named(rack))
        return await rehearsed(rack, created, save, common)


def _request(
    files: Sequence[Path],
    options: PostOptions,
    pairs: Sequence[str],
    *,
    images: bool,
    from_library: bool,
) -> dict[str, Any]:
    """Return the part of a create request that says what. Raises BadInput."""
    named = dict(said(options))
    sources = {
        "FILE": bool(files),
        "--folder": "material_path" in named,
        "--from-library": from_library,
    }
    if len(both := [name for name, is_said in sources.items() if is_said]) > 1:
        raise BadInput.of(both[1], f"stands beside {both[0]}; name one source")
    if images and named.setdefault("content_type", 1) != 1:
        raise BadInput.of("--images", f"stands beside --content-type {named['content_type']}")
    if sources["--folder"]:
        named.setdefault("material_source", "localFolder")
    config = named | post_config(files, pairs)
    return {"script_name": "post", "script_config": config, "source": "ui"}

"""What `tm post`, `tm rehearse` and `tm schedule add` ask for alike: who posts, and what."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tmcore.errors import BadInput
from tmtui.commands.pairs import read_pairs
from tmtui.commands.targets import targets

if TYPE_CHECKING:
    from tmserve.client import RemoteRack


def _option(name: str, said: str) -> Parameter:
    return Parameter(name=name, help=said, group="Who posts")


@Parameter(name="*")
@dataclass(frozen=True)
class Who:
    """Options that name phones and accounts."""

    serial: Annotated[
        tuple[str, ...],
        _option("--serial", "A phone, tag:EU for all with that tag; may be repeated."),
    ] = ()
    username: Annotated[
        tuple[str, ...],
        _option("--username", "An account; it goes to the phone on which it lives. Repeatable."),
    ] = ()
    tag: Annotated[
        tuple[str, ...], _option("--tag", "All phones with this tag; may be repeated.")
    ] = ()
    every: Annotated[bool, _option("--all", "All phones that are connected.")] = False

    async def named(self, rack: "RemoteRack") -> dict[str, Any]:
        """Return the part of a create request that says who. Raises BadInput."""
        if self.every and self.username:
            raise BadInput.of("--all", "stands beside --username; name one of them")
        serials = [*self.serial, *(f"tag:{tag}" for tag in self.tag)]
        if self.every:
            serials = list(await targets(rack, serials, every=True))
            if not serials:
                raise BadInput.of("--all", "no phone is connected")
        who = {"serials": serials, "usernames": list(self.username)}
        return {name: names for name, names in who.items() if names}


ANYBODY = Who()


def post_config(files: Sequence[Path], options: Sequence[str]) -> dict[str, Any]:
    """Return script_config for these files; an option key=value says any of its keys."""
    paths = [str(file.expanduser().absolute()) for file in files]
    return {"material_list": paths} | read_pairs(options)


def post_request(
    files: Sequence[Path],
    serials: Sequence[str],
    usernames: Sequence[str],
    caption: str | None,
    options: Sequence[str],
) -> dict[str, Any]:
    """Return the part of a create request that says who posts what; nothing that is empty."""
    config = {"captions": caption} if caption is not None else {}
    who = {"serials": list(serials), "usernames": list(usernames)}
    return {name: names for name, names in who.items() if names} | {
        "script_name": "post",
        "script_config": config | post_config(files, options),
    }
